// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/yaml_json.h"

#include <QTest>

#include <random>

class YamlJsonTest : public QObject {
    Q_OBJECT

private slots:
    void scalarsAreReadAsKubernetesReadsThem_data();
    void scalarsAreReadAsKubernetesReadsThem();
    void brokenYamlIsAnErrorWithItsLine_data();
    void brokenYamlIsAnErrorWithItsLine();
    void aliasesCannotMakeASmallFileHuge();
    void base64ComesBackAsItWas();
    void whatIsNoBase64IsRefused_data();
    void whatIsNoBase64IsRefused();
    void base64MayHaveLineBreaks();
};

void YamlJsonTest::scalarsAreReadAsKubernetesReadsThem_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *yaml, const char *json) {
        QTest::newRow(yaml) << QByteArray(yaml) << QByteArray(json);
    };
    row("433e40", "4.33e+42");
    row("'433e40'", "\"433e40\"");
    row("\"433e40\"", "\"433e40\"");
    row("!!str 433e40", "\"433e40\"");
    row("12", "12");
    row("+12", "12");
    row("-12", "-12");
    row("0x1F", "31");
    row("0b11", "3");
    row("0o17", "15");
    row("017", "15");
    row("1_000", "1000");
    row("089", "89");
    row(".5", "0.5");
    row("yes", "true");
    row("Off", "false");
    row("n", "false");
    row("~", "null");
    row("null", "null");
    row("", "null");
    row("nothing", "\"nothing\"");
    row("1.2.3", "\"1.2.3\"");
    row("10.0.0.1:6443", "\"10.0.0.1:6443\"");
    row("-", "[null]");
    row("inf", "\"inf\"");
    row("nan", "\"nan\"");
    row("a: {b: [1, x]}", R"({"a":{"b":[1,"x"]}})");
    row("a: &x 1\nb: *x", R"({"a":1,"b":1})");
    row("y: 1", R"({"y":1})");
}

void YamlJsonTest::scalarsAreReadAsKubernetesReadsThem()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, json);
    const auto value = core::yamlToJson(yaml.toStdString(), "file");
    QVERIFY2(value.has_value(), value ? "" : core::describe(value.error()).c_str());
    QCOMPARE(QByteArray::fromStdString(value->dump()), json);
}

void YamlJsonTest::brokenYamlIsAnErrorWithItsLine_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("place");
    QTest::newRow("open bracket") << QByteArray("a: 1\nb: [1, 2\n") << QByteArray("file line");
    QTest::newRow("tab") << QByteArray("a: 1\n\tb: 2\n") << QByteArray("file line 2");
    QTest::newRow("unknown alias") << QByteArray("a: *x") << QByteArray("file line 1");
    QTest::newRow("key twice") << QByteArray("a: 1\na: 2\n") << QByteArray("file line 1");
    QTest::newRow("number as key") << QByteArray("7: x") << QByteArray("file line 1");
    QTest::newRow("list as key") << QByteArray("[a]: x") << QByteArray("file line 1");
    QTest::newRow("too deep") << QByteArray(200, '[') + QByteArray(200, ']') << QByteArray("file line 1");
    QTest::newRow("far too deep") << QByteArray(200'000, '[') << QByteArray("file line 1");
}

void YamlJsonTest::brokenYamlIsAnErrorWithItsLine()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, place);
    const auto value = core::yamlToJson(yaml.toStdString(), "file");
    QVERIFY(!value);
    QCOMPARE(value.error().kind, core::ErrorKind::Parse);
    QVERIFY2(value.error().place.starts_with(place.toStdString()), value.error().place.c_str());
}

void YamlJsonTest::aliasesCannotMakeASmallFileHuge()
{
    std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        yaml += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int j = 0; j < 10; ++j)
            yaml += (j ? ", " : "") + before;
        yaml += "]\n";
    }
    const auto value = core::yamlToJson(yaml, "file");
    QVERIFY(!value);
    QCOMPARE(value.error().message, std::string("too large"));
}

void YamlJsonTest::base64ComesBackAsItWas()
{
    std::minstd_rand random(1);
    for (std::size_t size = 0; size < 200; ++size) {
        std::string bytes(size, '\0');
        for (auto &byte : bytes)
            byte = static_cast<char>(random());
        const auto text = core::encodeBase64(bytes);
        QCOMPARE(QByteArray::fromStdString(text), QByteArray::fromStdString(bytes).toBase64());
        QCOMPARE(core::decodeBase64(text), std::optional(bytes));
    }
}

void YamlJsonTest::whatIsNoBase64IsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"a", "ab", "abc", "ab=", "a===", "abcde", "abcd=", "ab=c", "ab-_", "ab c", "===="})
        QTest::newRow(text) << QByteArray(text);
}

void YamlJsonTest::whatIsNoBase64IsRefused()
{
    QFETCH(QByteArray, text);
    QVERIFY(!core::decodeBase64(text.toStdString()));
}

void YamlJsonTest::base64MayHaveLineBreaks()
{
    QCOMPARE(core::decodeBase64("aGVs\nbG8=\r\n"), std::optional<std::string>("hello"));
}

QTEST_APPLESS_MAIN(YamlJsonTest)
#include "yaml_json_test.moc"
