// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/cel/expression.h"
#include "core/scheduling/cel/regex.h"
#include "core/scheduling/cel/semver.h"

#include <QtTest>

using namespace core;
using Kind = cel::Answer::Kind;

namespace {

Quantity quantity(const char *text)
{
    return Quantity::parse(text).value();
}

dra::Device sample()
{
    dra::Device device;
    device.name = "gpu-0";
    device.attributes = {{"productName", std::string("NVIDIA H100 80GB HBM3")},
                         {"index", std::int64_t{3}},
                         {"healthy", true},
                         {"driverVersion", dra::VersionText{"580.126.20"}},
                         {"resource.kubernetes.io/pcieRoot", std::string("pci0000:64")}};
    device.capacities = {{"memory", quantity("80Gi")}, {"fabric.example.com/lanes", quantity("16")}};
    return device;
}

cel::Answer ask(const std::string &text)
{
    return cel::Expression(text).evaluate(sample(), "gpu.example.com");
}

/// `$` stands for the driver's attributes, `#` for its capacities.
std::string spelled(std::string text)
{
    for (const auto &[mark, meant] : {std::pair{'$', R"(device.attributes["gpu.example.com"])"},
                                      std::pair{'#', R"(device.capacity["gpu.example.com"])"}})
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1))
            text.replace(at, 1, meant);
    return text;
}

const char *nameOf(Kind kind)
{
    switch (kind) {
    case Kind::Match: return "match";
    case Kind::NoMatch: return "no match";
    case Kind::Failed: return "failed";
    case Kind::Unknown: return "unknown";
    }
    return "?";
}

} // namespace

class DeviceSelectorTest : public QObject {
    Q_OBJECT

private slots:
    void an_expression_says_what_the_scheduler_computes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("kind");
        const auto rows = [](Kind kind, std::initializer_list<const char *> texts) {
            for (const auto *text : texts)
                QTest::newRow(text) << text << static_cast<int>(kind);
        };
        rows(Kind::Match,
             {"true", "!false", "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "-7 / 2 == -3", "-7 % 2 == -1", "1 == 1.0",
              "1 < 1.5", "'a' < 'b'", "false < true", "\"a\" + 'b' == 'ab'", "0x10 == 16", "1 in [1, 2]",
              "'x' in ['y', 'x',]", "!('z' in [])", "-9223372036854775808 < 0", "true ? true : false",
              "false ? false : true", "r'a\\b' == 'a\\\\b'", "'''a'b''' == \"a'b\"", "// a remark\n true",
              "device.driver == 'gpu.example.com'", "$.productName == 'NVIDIA H100 80GB HBM3'",
              "$['productName'].startsWith('NVIDIA')", "$.productName.contains('H100')",
              "$.productName.endsWith('HBM3')", "$.productName.lowerAscii() == 'nvidia h100 80gb hbm3'",
              "$.productName.substring(7, 11) == 'H100'", "$.productName.indexOf('H100') == 7",
              "$.productName.size() == 21", "size($.productName) == 21", "int('3') == $.index",
              "string($.index) == '3'", "$.healthy", "$.healthy && $.index >= 3", "$.index != 4", "'index' in $",
              "!('speed' in $)", "has($.index)", "!has($.speed)", "'gpu.example.com' in device.attributes",
              "!('other.com' in device.attributes)", "!has(device.attributes['other.com'].x)",
              "device.attributes['resource.kubernetes.io'].pcieRoot == 'pci0000:64'",
              "'fabric.example.com' in device.capacity", "#.memory.isGreaterThan(quantity('40Gi'))",
              "#.memory.compareTo(quantity('80Gi')) >= 0", "#.memory == quantity('81920Mi')",
              "#.memory.isLessThan(quantity('1e20'))", "#.memory.asInteger() == 85899345920",
              "#.memory.sub(quantity('1Gi')).isLessThan(#.memory)", "#.memory.sign() == 1",
              "device.capacity['fabric.example.com'].lanes.isInteger()", "isQuantity('5Gi') && !isQuantity('5 Gi')",
              "$.driverVersion.isGreaterThan(semver('580.65.6'))", "$.driverVersion.major() == 580",
              "$.driverVersion.compareTo(semver('580.126.20')) == 0", "$.driverVersion == semver('580.126.20')",
              "semver('v1.02', true) == semver('1.2.0')", "isSemver('1.2.3') && !isSemver('1.2')",
              "$.productName.matches(r'^NVIDIA [AH]\\d+')", "cel.bind(d, $, d.index == 3 && d.healthy)",
              "!device.allowMultipleAllocations",
              // The deciding side of && and || absorbs what fails or is not computed beside it.
              "$.speed == 3 || $.index == 3", "!($.speed == 3 && $.index == 4)", "$.index == 3 || $.x.trim() == 'a'",
              // Values of different types are unequal, not a failure.
              "$.productName != 3", "!($.index == '3')", "!($.productName in [1, 2])"});
        rows(Kind::NoMatch,
             {"false", "$.index > 3", "$.productName == ''", "'x' in $", "$.index == 4 && $.speed == 1",
              "#.memory.isGreaterThan(quantity('80Gi'))", "$.driverVersion.isLessThan(semver('1.0.0'))"});
        rows(Kind::Failed,
             {"$.speed == 3",
              "device.attributes['other.com'].x == 1",
              "#.lanes.sign() == 1",
              "$.speed && true",
              "$.index && true",
              "!$.index",
              "$.productName < 3",
              "$.index.startsWith('a')",
              "$.productName > true",
              "quantity('much') == quantity('1')",
              "semver('1') == semver('1.0.0')",
              "1 / 0 == 1",
              "9223372036854775807 + 1 > 0",
              "[1][1] == 1",
              "$.productName.substring(5, 2) == ''",
              "int('x') == 1",
              "$.driverVersion == '580.126.20'",
              "#.memory > 5",
              "$.driverVersion.isGreaterThan(quantity('1'))",
              "$.index",
              "device.driver",
              "'a' ? true : false",
              "$.productName.isGreaterThan(quantity('1'))"});
        rows(Kind::Unknown,
             {"$.productName.matches('(?i)h100')",
              "[1, 2].exists(x, x == 1)",
              "$.x.all(y, true)",
              "{'a': 1}['a'] == 1",
              "$.?index.orValue(3) == 3",
              "b'abc' == b'abc'",
              "1u == 1u",
              "timestamp('x') == timestamp('x')",
              "device.nodeName == 'a'",
              "model == 'a'",
              "$ == $",
              "$.index.includes(3)",
              "'\\u00e9' == 'x'",
              "1.5 + 1.5 == 3.0",
              "size($) == 5",
              "",
              "(",
              "true true",
              "1 +",
              "'a",
              "a.b.",
              "[1",
              "\x01",
              "$.index == 3 &&",
              "99999999999999999999 > 1",
              "#.memory.rounded() == 1"});
    }
    void an_expression_says_what_the_scheduler_computes()
    {
        QFETCH(QString, text);
        QFETCH(int, kind);
        const auto answer = ask(spelled(text.toStdString()));
        QVERIFY2(static_cast<int>(answer.kind) == kind,
                 qPrintable(QString("%1: %2").arg(nameOf(answer.kind), QString::fromStdString(answer.why))));
        const bool decided = answer.kind == Kind::Match || answer.kind == Kind::NoMatch;
        QCOMPARE(answer.why.empty(), decided);
    }

    void patterns_match_as_re2_does_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("expected"); // 1 matches, 0 does not, -1 not understood
        const auto rows = [](int expected, const char *pattern, std::initializer_list<const char *> texts) {
            for (const auto *text : texts)
                QTest::addRow("%s on \"%s\"", pattern, text) << pattern << text << expected;
        };
        rows(1, "", {"", "a"});
        rows(1, "H100", {"H100", "NVIDIA H100 PCIe"});
        rows(0, "^H100$", {"H100 ", "NVIDIA H100", "", "H10"});
        rows(1, "^(A|H)[12]00?$", {"A100", "H20", "H200"});
        rows(0, "^(A|H)[12]00?$", {"B100", "A1", "A1000", "AH100"});
        rows(1, "^\\d+\\.\\d+$", {"1.0", "580.12"});
        rows(0, "^\\d+\\.\\d+$", {"1x0", ".5", "1."});
        rows(1, "^[^a-c_]{2,3}$", {"xy", "xyz"});
        rows(0, "^[^a-c_]{2,3}$", {"x", "xyzw", "xb", "x_"});
        rows(1, "^(?:ab?)*?c$", {"c", "aabac"});
        rows(0, "^(?:ab?)*?c$", {"abbc", "ab"});
        rows(1, "a{2}", {"aa", "baaa"});
        rows(0, "a{2}", {"a", "aba"});
        rows(1, "^[]x-]+$", {"]-x"});
        rows(1, "(a*)*b", {"aaab"});
        rows(0, "(a*)*b", {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"});
        rows(1, "^.$", {"x"});
        rows(0, "^.$", {"\n"});
        rows(-1, "(?i)a", {"a"});
        rows(-1, "[[:alpha:]]", {"a"});
        rows(-1, "\\bword", {"word"});
        for (const auto *broken :
             {"(", ")", "[", "[b-a]", "a**", "*a", "a{3,2}", "a{", "a{9999}", "\\", "(a{1000}){1000}"})
            rows(-1, broken, {"a"});
        rows(-1, "\xc3\xa9", {"a"});
    }
    void patterns_match_as_re2_does()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, text);
        QFETCH(int, expected);
        const auto matched = cel::matchesPattern(text.toStdString(), pattern.toStdString());
        QCOMPARE(matched ? int{*matched} : -1, expected);
    }
    void a_pattern_never_takes_long()
    {
        QElapsedTimer clock;
        clock.start();
        const std::string text(10'000, 'a');
        QCOMPARE(cel::matchesPattern(text, "(a?){200}(a|aa)+(.*.*)*b").value_or(true), false);
        QVERIFY(!cel::matchesPattern(text, std::string(5'000, '(')).has_value());
        QVERIFY2(clock.elapsed() < 10'000, qPrintable(QString::number(clock.elapsed())));
    }

    void absurd_expressions_are_unknown_and_quick_data()
    {
        QTest::addColumn<QByteArray>("text");
        const auto times = [](const char *part, int count) { return QByteArray(part).repeated(count); };
        QTest::newRow("1 MB") << times("true && ", 131072) + "true";
        QTest::newRow("1 MB of nothing") << times(" ", 1 << 20);
        QTest::newRow("brackets") << times("(", 5000) + "true" + times(")", 5000);
        QTest::newRow("lists") << times("[", 5000);
        QTest::newRow("signs") << times("!", 9000) + "true";
        QTest::newRow("choices") << times("true ? ", 1000) + "true" + times(" : true", 1000);
        QTest::newRow("sums") << times("1 + ", 2000) + "1 == 2001";
        QTest::newRow("fields") << "device" + times(".a", 4000);
        QTest::newRow("growing text") << times("cel.bind(a, 'x' + a, ", 60) + "a == ''" + times(")", 60);
        QTest::newRow("doubling text") << "cel.bind(a, 'xxxxxxxx', " + times("cel.bind(a, a + a, ", 40) + "a == ''"
                + times(")", 41);
    }
    void absurd_expressions_are_unknown_and_quick()
    {
        QFETCH(QByteArray, text);
        QElapsedTimer clock;
        clock.start();
        const auto answer = ask(text.toStdString());
        QCOMPARE(nameOf(answer.kind), "unknown");
        QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
    }
    void long_lists_of_alternatives_are_no_deep_expressions()
    {
        const auto text = QByteArray("device.driver == 'a' || ").repeated(400) + "true";
        QCOMPARE(nameOf(ask(text.toStdString()).kind), "match");
    }

    void the_text_that_is_not_computed_is_named()
    {
        QVERIFY(ask("device.driver.trim() == 'x'").why.contains("trim()"));
        QVERIFY(ask("[1].exists(x, true)").why.contains("exists()"));
    }

    void attributes_of_other_types_make_every_selector_unknown()
    {
        auto device = sample();
        device.attributes["models"] = dra::OtherType{};
        QCOMPARE(nameOf(cel::Expression("true").evaluate(device, "gpu.example.com").kind), "unknown");
        device.attributes["models"] = dra::VersionText{"1.2"};
        QCOMPARE(nameOf(cel::Expression("true").evaluate(device, "gpu.example.com").kind), "failed");
    }

    void versions_are_ordered_by_precedence()
    {
        const char *ascending[]{"0.9.9",        "1.0.0-alpha",   "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",    "1.0.0",
                                "1.0.1",        "1.10.0"};
        for (std::size_t i = 1; i < std::size(ascending); ++i)
            QVERIFY2(*SemanticVersion::parse(ascending[i - 1]) < *SemanticVersion::parse(ascending[i]), ascending[i]);
        QVERIFY(*SemanticVersion::parse("1.0.0+a") == *SemanticVersion::parse("1.0.0+b"));
    }
    void texts_that_are_no_versions_are_refused_data()
    {
        QTest::addColumn<QString>("text");
        for (const auto *text : {"", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "1.2.x",
                                 "1.2.-3", "99999999999999999999.0.0", "1.2.3-a..b", " 1.2.3"})
            QTest::newRow(text) << text;
    }
    void texts_that_are_no_versions_are_refused()
    {
        QFETCH(QString, text);
        QVERIFY(!SemanticVersion::parse(text.toStdString()));
    }
};

QTEST_APPLESS_MAIN(DeviceSelectorTest)
#include "device_selector_test.moc"
