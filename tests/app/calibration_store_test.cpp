// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/calibration_store.h"

#include "app/resource_paths.h"
#include "core/base/file.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>

namespace {

core::Calibration learnt(const char *id)
{
    core::Calibration one;
    one.id = id;
    one.modelId = "m";
    one.skuId = "s";
    one.engineVersion = "0.10.2";
    one.weights = "bf16";
    one.kvCache = "auto";
    one.log = "start.log";
    one.date = "2026-11-26";
    one.weightBytes = core::Estimate{1, 2, 3};
    return one;
}

} // namespace

class CalibrationStoreTest : public QObject {
    Q_OBJECT

private slots:
    void nothingLearntIsAnEmptyList()
    {
        const QTemporaryDir folder;
        const auto all = app::loadCalibrations(folder.filePath("none/calibrations.yaml").toStdString());
        QVERIFY(all && all->empty());
    }

    void whatIsKeptIsThereAgain()
    {
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("deep/er/calibrations.yaml").toStdString();
        const core::Calibrations all{learnt("a"), learnt("b")};
        QVERIFY(app::saveCalibrations(all, file));
        QCOMPARE(*app::loadCalibrations(file), all);
    }

    void aBrokenFileIsAnErrorAndStaysAsItIs()
    {
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("calibrations.yaml").toStdString();
        QVERIFY(core::writeFileAtomically(file, "schema: berth.dev/calibrations/v1\ncalibrations: [{id: x}]\n"));
        const auto all = app::loadCalibrations(file);
        QVERIFY(!all);
        QVERIFY2(all.error().place.contains("calibrations.yaml line 2"), all.error().place.c_str());
        QVERIFY(core::readFile(file)->contains("{id: x}"));
    }

    void aFolderThatCannotBeMadeIsNamed()
    {
        const QTemporaryDir folder;
        const std::filesystem::path taken = folder.filePath("taken").toStdString();
        QVERIFY(core::writeFileAtomically(taken, "a file"));
        const auto saved = app::saveCalibrations({}, taken / "berth" / "calibrations.yaml");
        QVERIFY(!saved);
        QCOMPARE(saved.error().kind, core::ErrorKind::Io);
        QVERIFY(saved.error().place.contains("taken"));
    }

    void theDataFolderFollowsTheDesktop()
    {
        qputenv("XDG_DATA_HOME", "/somewhere");
        QCOMPARE(app::calibrationFile(), std::filesystem::path("/somewhere/berth/calibrations.yaml"));
        qputenv("XDG_DATA_HOME", "relative"); // to be ignored
        qputenv("HOME", "/home/u");
        QCOMPARE(app::calibrationFile(), std::filesystem::path("/home/u/.local/share/berth/calibrations.yaml"));
    }
};

QTEST_APPLESS_MAIN(CalibrationStoreTest)
#include "calibration_store_test.moc"
