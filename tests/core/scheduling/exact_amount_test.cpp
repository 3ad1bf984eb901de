// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/exact_amount.h"

#include <QtTest>

using namespace core;

class ExactAmountTest : public QObject {
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
        const auto amount = ExactAmount::parse(typed.toStdString());
        QVERIFY(amount);
        QTEST(QString::fromStdString(amount->text()), "canonical");
    }

    void what_is_no_quantity_is_refused_data()
    {
        QTest::addColumn<QString>("typed");
        for (const auto *typed : {"", " ", "one", "1 Gi", " 1", "1.2.3", "Gi", "1gi", "1Mii", "1e", "1e1.5", "--1", "+",
                                  "0x10", "1K", "1 ", "1e999999999999"})
            QTest::newRow(typed) << typed;
    }
    void what_is_no_quantity_is_refused()
    {
        QFETCH(QString, typed);
        QVERIFY(!ExactAmount::parse(typed.toStdString()));
    }
    void what_is_too_large_to_sum_is_refused()
    {
        QVERIFY(!ExactAmount::parse(std::string(60, '9')));
        QVERIFY(!ExactAmount::parse("1e60"));
    }

    void sums_are_exact_and_keep_the_first_notation()
    {
        auto sum = *ExactAmount::parse("100m");
        addTo(sum, *ExactAmount::parse("0.2"));
        QCOMPARE(sum.text(), std::string("300m"));
        auto binary = *ExactAmount::parse("1Gi");
        addTo(binary, *ExactAmount::parse("1024"));
        QCOMPARE(binary.text(), std::string("1048577Ki"));
    }
    void a_zero_takes_the_notation_of_what_is_added()
    {
        auto sum = *ExactAmount::parse("0");
        addTo(sum, *ExactAmount::parse("2048Mi"));
        QCOMPARE(sum.text(), std::string("2Gi"));
    }
    void amounts_compare_by_value_whatever_their_notation()
    {
        QVERIFY(*ExactAmount::parse("1Ki") == *ExactAmount::parse("1024"));
        QVERIFY(*ExactAmount::parse("1Ki") > *ExactAmount::parse("1k"));
        QVERIFY(*ExactAmount::parse("-1") < ExactAmount());
    }
};

QTEST_APPLESS_MAIN(ExactAmountTest)
#include "exact_amount_test.moc"
