// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_catalog.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

using namespace core;

namespace {

DevicePool pool(Vendor vendor, const char *target, const char *driver)
{
    DevicePool devices;
    devices.vendor = vendor;
    devices.resource = vendor == Vendor::Amd ? "amd.com/gpu" : "nvidia.com/gpu";
    devices.computeTarget = target;
    devices.driverVersion = driver;
    return devices;
}

const ImageCatalog images{{{"vllm", "nvidia", "new", "13.0", {"9.0", "10.0"}, "580.65.06", {"amd64"}, {}, {}},
                           {"vllm", "nvidia", "old", "12.4", {"7.0", "8.0", "9.0"}, "550.54.14", {"amd64"}, {}, {}},
                           {"vllm", "amd", "rocm", "7.0", {"gfx942"}, "", {"amd64"}, {}, {}}}};

QString chosen(const DevicePool &devices, const char *architecture = "amd64")
{
    const auto choice = chooseImage(images, "vllm", devices, architecture);
    return choice.image ? QString::fromStdString(choice.image->reference) : QStringLiteral("none");
}

} // namespace

class ImageCatalogTest : public QObject {
    Q_OBJECT

private slots:
    void theFirstImageThatRunsThereIsChosen_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("driver");
        QTest::addColumn<QString>("image");
        QTest::newRow("newest driver") << "9.0"
                                       << "580.82.07"
                                       << "new";
        QTest::newRow("driver of CUDA 12") << "9.0"
                                           << "550.54.14"
                                           << "old";
        QTest::newRow("minor-version compatibility") << "9.0"
                                                     << "535.104.05"
                                                     << "old";
        QTest::newRow("driver below CUDA 12") << "9.0"
                                              << "470.57.02"
                                              << "none";
        QTest::newRow("old card") << "7.0"
                                  << "580.82.07"
                                  << "old";
        QTest::newRow("card of no image") << "6.1"
                                          << "580.82.07"
                                          << "none";
        QTest::newRow("card newer than the older image") << "10.0"
                                                         << "550.54.14"
                                                         << "none";
    }
    void theFirstImageThatRunsThereIsChosen()
    {
        QFETCH(QString, target);
        QFETCH(QString, driver);
        QTEST(chosen(pool(Vendor::Nvidia, qPrintable(target), qPrintable(driver))), "image");
    }

    void anotherArchitectureOrVendorOrEngineHasNoImage()
    {
        QCOMPARE(chosen(pool(Vendor::Nvidia, "9.0", "580.82.07"), "arm64"), QStringLiteral("none"));
        QCOMPARE(chosen(pool(Vendor::Intel, "", "")), QStringLiteral("none"));
        QVERIFY(!chooseImage(images, "sglang", pool(Vendor::Nvidia, "9.0", "580.82.07"), "amd64").image);
    }

    void whatIsNotKnownMakesTheChoiceUncertainNotImpossible()
    {
        const auto noDriver = chooseImage(images, "vllm", pool(Vendor::Nvidia, "9.0", ""), "amd64");
        QVERIFY(noDriver.image && !noDriver.certain);
        const auto noTarget = chooseImage(images, "vllm", pool(Vendor::Nvidia, "", "580.82.07"), "amd64");
        QVERIFY(noTarget.image && !noTarget.certain);
    }

    void aRefusalSaysWhichVersionsDoNotMeet()
    {
        const auto choice = chooseImage(images, "vllm", pool(Vendor::Nvidia, "9.0", "470.57.02"), "amd64");
        QVERIFY(!choice.image && !choice.reasons.empty());
        QVERIFY(choice.reasons.front().contains("580.65.06") && choice.reasons.front().contains("470.57.02"));
        QCOMPARE(choice.rejected.size(), std::size_t(2));
    }

    void versionsCompareAsNumbers_data()
    {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<int>("order");
        QTest::newRow("ten is more than nine") << "10.0"
                                               << "9.9" << 1;
        QTest::newRow("missing parts are zero") << "12"
                                                << "12.0.0" << 0;
        QTest::newRow("last part counts") << "580.65.05"
                                          << "580.65.06" << -1;
        QTest::newRow("empty is the lowest") << ""
                                             << "0.1" << -1;
        QTest::newRow("words are zero") << "abc"
                                        << "0" << 0;
    }
    void versionsCompareAsNumbers()
    {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(int, order);
        QCOMPARE(compareVersions(a.toStdString(), b.toStdString()), order);
        QCOMPARE(compareVersions(b.toStdString(), a.toStdString()), -order);
    }

    void theShippedListOfImagesIsReadable()
    {
        const auto shipped = loadImages(BERTH_TEST_DATA "/../../resources/catalog");
        QVERIFY2(shipped, shipped ? "" : describe(shipped.error()).c_str());
        for (const auto *vendor : {"nvidia", "amd", "intel"})
            QVERIFY(std::ranges::any_of(shipped->images, [&](const auto &image) { return image.vendor == vendor; }));
        for (const auto &image : shipped->images)
            QVERIFY2(!image.source.empty() && image.reference.find(":latest") == std::string::npos,
                     image.reference.c_str());
    }

    void aBrokenListIsRefusedWithItsFile()
    {
        QTemporaryDir folder;
        std::ofstream(folder.filePath(QStringLiteral("images.yaml")).toStdString()) << "images: [1\n";
        const auto broken = loadImages(folder.path().toStdString());
        QVERIFY(!broken);
        QVERIFY(broken.error().place.find("images.yaml") != std::string::npos);
        QVERIFY(!loadImages("/nowhere"));
    }
};

QTEST_APPLESS_MAIN(ImageCatalogTest)
#include "image_catalog_test.moc"
