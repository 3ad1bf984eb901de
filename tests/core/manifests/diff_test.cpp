// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifests/manifest.h"

#include <QtTest>

using namespace core;

namespace {

/// "-old +new  same", one sign and text a line.
QString diff(const char *live, const char *planned)
{
    QStringList out;
    for (const auto &line : diffLines(live, planned))
        out << QLatin1Char(line.sign) + QString::fromStdString(line.text);
    return out.join(u'|');
}

} // namespace

class DiffTest : public QObject {
    Q_OBJECT

private slots:
    void aChangedLineIsTakenOutAndPutIn() { QCOMPARE(diff("a\nb\nc\n", "a\nx\nc\n"), QStringLiteral(" a|-b|+x| c")); }
    void equalTextsHaveNoSigns()
    {
        QCOMPARE(diff("a\nb\n", "a\nb\n"), QStringLiteral(" a| b"));
        QCOMPARE(diff("", ""), QString());
    }
    void whatIsNewOrGoneIsAllOfIt()
    {
        QCOMPARE(diff("", "a\nb\n"), QStringLiteral("+a|+b"));
        QCOMPARE(diff("a\n", ""), QStringLiteral("-a"));
        QCOMPARE(diff("a", "a\n"), QStringLiteral(" a"));
    }

    void whatTheServerAddedIsNoDifference()
    {
        const auto live = nlohmann::json::parse(R"({"metadata":{"name":"a","uid":"1","managedFields":[]},
            "spec":{"replicas":2,"paused":false,"containers":[{"name":"other"},{"name":"s","image":"i","tty":false}]},
            "status":{"ready":1}})");
        const auto planned = nlohmann::ordered_json::parse(
            R"({"metadata":{"name":"a"},"spec":{"replicas":1,"containers":[{"name":"s","image":"j"}]}})");
        QCOMPARE(QString::fromStdString(comparable(live, planned).dump()),
                 QStringLiteral(
                     R"({"metadata":{"name":"a"},"spec":{"replicas":2,"containers":[{"name":"s","image":"i"}]}})"));
    }
    void aFieldThatTheServerLacksIsADifference()
    {
        const auto planned = nlohmann::ordered_json::parse(R"({"spec":{"a":1,"list":[{"name":"x"}]}})");
        QCOMPARE(QString::fromStdString(comparable({{"spec", {{"list", nlohmann::json::array()}}}}, planned).dump()),
                 QStringLiteral(R"({"spec":{"list":[]}})"));
    }
    void anotherTypeThanPlannedIsShownAsItIs()
    {
        const auto planned = nlohmann::ordered_json::parse(R"({"a":{"b":1}})");
        QCOMPARE(QString::fromStdString(comparable({{"a", "text"}}, planned).dump()),
                 QStringLiteral(R"({"a":"text"})"));
    }
};

QTEST_APPLESS_MAIN(DiffTest)
#include "diff_test.moc"
