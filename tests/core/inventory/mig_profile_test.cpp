// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/mig_profile.h"

#include <QtTest>

using namespace core;

class MigProfileTest : public QObject {
    Q_OBJECT

private slots:
    void aNameIsReadOrRefused_data();
    void aNameIsReadOrRefused();
    void attributesAreKept();
    void aResourceNameSpellsThePlusAsADot_data();
    void aResourceNameSpellsThePlusAsADot();
    void theSizeInANameIsAnEighthOfTheCard_data();
    void theSizeInANameIsAnEighthOfTheCard();
    void aCardWithoutMemoryHasNoProfile();
};

void MigProfileTest::aNameIsReadOrRefused_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("valid");
    for (const char *name : {"1g.5gb", "7g.80gb", "1c.2g.10gb", "1g.10gb+me", "1g.10gb-me", "1g.24gb+gfx",
                             "1g.24gb+me.all", "0g.0gb", "1g.5gb+me,gfx"})
        QTest::newRow(name) << QByteArray(name) << true;
    for (const char *name : {"",           "1g",           "5gb",          "1g.5",
                             "g.5gb",      "1g.gb",        "-1g.5gb",      "1g.-5gb",
                             "1g.5gb+",    "1g.5gb+,me",   "1g.5gb+me,me", "1g.5gb+me-me",
                             "1g.5gb+2me", "1g.5gb ",      " 1g.5gb",      "1g .5gb",
                             "1x.2g.10gb", "1c.1c.1g.5gb", "1g.5gb*me",    "99999999999999999999g.5gb",
                             "1G.5GB",     "<b>1g.5gb</b>"})
        QTest::newRow(*name ? name : "empty") << QByteArray(name) << false;
}

void MigProfileTest::aNameIsReadOrRefused()
{
    QFETCH(QByteArray, name);
    QTEST(parseMigProfile(name.toStdString()).has_value(), "valid");
}

void MigProfileTest::attributesAreKept()
{
    const auto profile = parseMigProfile("1c.2g.10gb+me,gfx");
    QVERIFY(profile.has_value());
    QCOMPARE(profile->computeSlices, 1);
    QCOMPARE(profile->gpuSlices, 2);
    QCOMPARE(profile->gigabytes, 10);
    QCOMPARE(profile->with, (std::vector<std::string>{"me", "gfx"}));
    QVERIFY(profile->without.empty());
    QVERIFY(parseMigProfile("1g.5gb+me") != parseMigProfile("1g.5gb-me"));
    QVERIFY(parseMigProfile("2g.10gb") == parseMigProfile("2c.2g.10gb"));
}

void MigProfileTest::aResourceNameSpellsThePlusAsADot_data()
{
    QTest::addColumn<QByteArray>("resource");
    QTest::addColumn<QByteArray>("name");
    QTest::newRow("plain") << QByteArray("nvidia.com/mig-3g.40gb") << QByteArray("3g.40gb");
    QTest::newRow("with") << QByteArray("nvidia.com/mig-1g.10gb.me") << QByteArray("1g.10gb+me");
    QTest::newRow("with all") << QByteArray("nvidia.com/mig-1g.24gb.me.all") << QByteArray("1g.24gb+me.all");
    QTest::newRow("without") << QByteArray("nvidia.com/mig-1g.23gb-me") << QByteArray("1g.23gb-me");
    QTest::newRow("shared") << QByteArray("nvidia.com/mig-1g.5gb.shared") << QByteArray("1g.5gb");
    QTest::newRow("with and shared") << QByteArray("nvidia.com/mig-1g.5gb.me.shared") << QByteArray("1g.5gb+me");
    QTest::newRow("no slice") << QByteArray("nvidia.com/gpu") << QByteArray("none");
    QTest::newRow("broken") << QByteArray("nvidia.com/mig-x") << QByteArray("none");
}

void MigProfileTest::aResourceNameSpellsThePlusAsADot()
{
    QFETCH(QByteArray, resource);
    QFETCH(QByteArray, name);
    QVERIFY(migProfileOfResource(resource.toStdString()) == parseMigProfile(name.toStdString()));
}

void MigProfileTest::theSizeInANameIsAnEighthOfTheCard_data()
{
    QTest::addColumn<quint64>("cardGiB");
    QTest::addColumn<quint64>("mib");
    QTest::addColumn<qint64>("gigabytes");
    QTest::newRow("A100 40, one slice") << quint64(40) << quint64(4864) << qint64(5);
    QTest::newRow("A100 40, half") << quint64(40) << quint64(20096) << qint64(20);
    QTest::newRow("A100 80, one slice") << quint64(80) << quint64(9728) << qint64(10);
    QTest::newRow("A100 80, all") << quint64(80) << quint64(81920) << qint64(80);
    QTest::newRow("A30, one slice") << quint64(24) << quint64(5952) << qint64(6);
    QTest::newRow("exactly an eighth") << quint64(80) << quint64(10240) << qint64(10);
    QTest::newRow("one more than an eighth") << quint64(80) << quint64(10241) << qint64(20);
}

void MigProfileTest::theSizeInANameIsAnEighthOfTheCard()
{
    QFETCH(quint64, cardGiB);
    QFETCH(quint64, mib);
    QFETCH(qint64, gigabytes);
    QCOMPARE(migGigabytes(cardGiB << 30U, mib), std::optional<std::int64_t>(gigabytes));
}

void MigProfileTest::aCardWithoutMemoryHasNoProfile()
{
    QCOMPARE(migGigabytes(0, 4864), std::optional<std::int64_t>());
}

QTEST_APPLESS_MAIN(MigProfileTest)
#include "mig_profile_test.moc"
