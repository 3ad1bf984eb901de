// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/quantity.h"

#include <QtTest>

#include <limits>

using namespace core;

class QuantityTest : public QObject {
    Q_OBJECT

private slots:
    void an_amount_prints_in_its_canonical_form_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("canonical");
        QTest::newRow("plain") << "9"
                               << "9";
        QTest::newRow("thousands") << "2000"
                                   << "2k";
        QTest::newRow("fraction") << "0.5"
                                  << "500m";
        QTest::newRow("milli that make one") << "1000m"
                                             << "1";
        QTest::newRow("binary") << "1024Mi"
                                << "1Gi";
        QTest::newRow("binary with a fraction") << "1.5Gi"
                                                << "1536Mi";
        QTest::newRow("small binary") << "0.5Ki"
                                      << "512";
        QTest::newRow("broken binary") << "1.0001Ki"
                                       << "1024102400u";
        QTest::newRow("exponent") << "1e3"
                                  << "1e3";
        QTest::newRow("exponent of no multiple of three") << "1e4"
                                                          << "10e3";
        QTest::newRow("exa is no exponent") << "1E"
                                            << "1E";
        QTest::newRow("negative") << "-1500m"
                                  << "-1500m";
        QTest::newRow("finer than a billionth") << "0.1n"
                                                << "1n";
        QTest::newRow("zero") << "0Gi"
                              << "0";
        QTest::newRow("leading point") << ".5"
                                       << "500m";
    }
    void an_amount_prints_in_its_canonical_form()
    {
        QFETCH(QString, typed);
        const auto amount = Quantity::parse(typed.toStdString());
        QVERIFY(amount);
        QTEST(QString::fromStdString(amount->text()), "canonical");
    }

    void what_is_no_quantity_is_refused_data()
    {
        QTest::addColumn<QString>("typed");
        for (const auto *typed : {"", " ", "one", "1 Gi", " 1", "1.2.3", "1gi", "1Mii", "1e", "1e1.5", "--1", "0x10",
                                  "1K", "1 ", "1e999999999999", "1e10001", "1e-10001"})
            QTest::newRow(typed) << typed;
    }
    void what_is_no_quantity_is_refused()
    {
        QFETCH(QString, typed);
        QVERIFY(!Quantity::parse(typed.toStdString()));
    }
    void an_amount_of_any_length_is_exact()
    {
        auto sum = *Quantity::parse(std::string(60, '9'));
        sum.add(*Quantity::parse("1"));
        QVERIFY(sum == *Quantity::parse("1e60"));
    }
    void a_value_that_does_not_fit_is_the_largest_that_does()
    {
        QCOMPARE(Quantity::parse("1e60")->value(), std::numeric_limits<std::int64_t>::max());
        QCOMPARE(Quantity::parse("-1e60")->value(), std::numeric_limits<std::int64_t>::min());
    }
    void a_value_in_thousandths_is_rounded_away_from_zero()
    {
        QCOMPARE(Quantity::parse("1500u")->value(-3), 2);
        QCOMPARE(Quantity::parse("-1500u")->value(-3), -2);
    }
    void what_is_no_json_amount_is_refused()
    {
        for (const auto *token : {"true", "{}", "[1]", "\"1", "\"one\"", "1 2", ""})
            QVERIFY2(!Quantity::parseJson(token), token);
        QVERIFY(Quantity::parseJson("null")->amount().isZero());
        QCOMPARE(Quantity::parseJson("\" 1Gi \"")->text(), std::string("1Gi"));
    }

    void sums_are_exact_and_keep_the_first_notation()
    {
        auto sum = *Quantity::parse("100m");
        sum.add(*Quantity::parse("0.2"));
        QCOMPARE(sum.text(), std::string("300m"));
        auto binary = *Quantity::parse("1Gi");
        binary.add(*Quantity::parse("1024"));
        QCOMPARE(binary.text(), std::string("1048577Ki"));
    }
    void a_zero_takes_the_notation_of_what_is_added()
    {
        auto sum = *Quantity::parse("0");
        sum.add(*Quantity::parse("2048Mi"));
        QCOMPARE(sum.text(), std::string("2Gi"));
    }
    void amounts_compare_by_value_whatever_their_notation()
    {
        QVERIFY(*Quantity::parse("1Ki") == *Quantity::parse("1024"));
        QVERIFY(*Quantity::parse("1Ki") > *Quantity::parse("1k"));
        QVERIFY(*Quantity::parse("-1") < Quantity());
    }
};

QTEST_APPLESS_MAIN(QuantityTest)
#include "quantity_test.moc"
