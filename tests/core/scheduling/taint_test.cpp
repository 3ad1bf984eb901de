// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/taint.h"

#include <QtTest>

using namespace core;

namespace {

const Taint dedicated{"dedicated", "a", TaintEffect::NoSchedule};

} // namespace

class TaintTest : public QObject {
    Q_OBJECT

private slots:
    void a_toleration_tolerates_by_key_value_and_effect_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("op");
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("tolerated");
        QTest::newRow("equal") << "dedicated"
                               << "Equal"
                               << "a" << true;
        QTest::newRow("no operator means Equal") << "dedicated"
                                                 << ""
                                                 << "a" << true;
        QTest::newRow("other value") << "dedicated"
                                     << "Equal"
                                     << "b" << false;
        QTest::newRow("exists looks at no value") << "dedicated"
                                                  << "Exists"
                                                  << "" << true;
        QTest::newRow("other key") << "team"
                                   << "Exists"
                                   << "" << false;
        QTest::newRow("empty key exists: every taint") << ""
                                                       << "Exists"
                                                       << "" << true;
        QTest::newRow("operator that is none") << "dedicated"
                                               << "Sometimes"
                                               << "a" << false;
        QTest::newRow("operator in lower case is none") << "dedicated"
                                                        << "exists"
                                                        << "" << false;
    }
    void a_toleration_tolerates_by_key_value_and_effect()
    {
        QFETCH(QString, key);
        QFETCH(QString, op);
        QFETCH(QString, value);
        const Toleration toleration{key.toStdString(), op.toStdString(), value.toStdString(), {}, {}};
        QTEST(tolerates(toleration, dedicated), "tolerated");
    }
    void an_effect_that_is_named_must_be_the_taints()
    {
        QVERIFY(tolerates({"dedicated", "Exists", "", TaintEffect::NoSchedule, {}}, dedicated));
        QVERIFY(!tolerates({"dedicated", "Exists", "", TaintEffect::NoExecute, {}}, dedicated));
    }

    void numbers_are_compared_only_in_canonical_form_data()
    {
        QTest::addColumn<QString>("op");
        QTest::addColumn<QString>("toleration");
        QTest::addColumn<QString>("taint");
        QTest::addColumn<bool>("holds");
        QTest::newRow("greater") << "Gt"
                                 << "5"
                                 << "7" << true;
        QTest::newRow("equal is not greater") << "Gt"
                                              << "7"
                                              << "7" << false;
        QTest::newRow("less") << "Lt"
                              << "-5"
                              << "-7" << true;
        QTest::newRow("leading zero") << "Gt"
                                      << "05"
                                      << "7" << false;
        QTest::newRow("plus sign") << "Gt"
                                   << "+5"
                                   << "7" << false;
        QTest::newRow("minus zero") << "Gt"
                                    << "-0"
                                    << "7" << false;
        QTest::newRow("space") << "Gt"
                               << " 5"
                               << "7" << false;
        QTest::newRow("empty") << "Lt"
                               << ""
                               << "7" << false;
        QTest::newRow("word") << "Lt"
                              << "five"
                              << "1" << false;
        QTest::newRow("more than 64 bits") << "Gt"
                                           << "5"
                                           << "9223372036854775808" << false;
        QTest::newRow("highest of 64 bits") << "Gt"
                                            << "5"
                                            << "9223372036854775807" << true;
        QTest::newRow("other operator") << "Equal"
                                        << "7"
                                        << "7" << false;
    }
    void numbers_are_compared_only_in_canonical_form()
    {
        QFETCH(QString, op);
        QFETCH(QString, toleration);
        QFETCH(QString, taint);
        QTEST(comparesNumerically(op.toStdString(), toleration.toStdString(), taint.toStdString()), "holds");
    }
    void comparison_needs_its_feature_gate()
    {
        const Taint taint{"tier", "7", TaintEffect::NoSchedule};
        const Toleration toleration{"tier", "Gt", "5", {}, {}};
        QVERIFY(!tolerates(toleration, taint));
        QVERIFY(tolerates(toleration, taint, true));
    }

    void only_taints_that_keep_pods_off_count()
    {
        const std::vector<Taint> taints{{"soft", "", TaintEffect::PreferNoSchedule},
                                        {"hard", "", TaintEffect::NoExecute},
                                        {"harder", "", TaintEffect::NoSchedule}};
        const auto *first = firstUntolerated({}, taints);
        QVERIFY(first);
        QCOMPARE(first->key, std::string("hard"));
        const std::vector<Toleration> both{{"hard", "Exists", "", {}, {}}, {"harder", "Exists", "", {}, {}}};
        QVERIFY(!firstUntolerated(both, taints));
    }

    void a_taint_is_written_as_kubectl_writes_it()
    {
        QCOMPARE(taintText(dedicated), std::string("dedicated=a:NoSchedule"));
        QCOMPARE(taintText({"k", "", TaintEffect::NoExecute}), std::string("k:NoExecute"));
        QCOMPARE(taintText({"k", "v", TaintEffect::Unset}), std::string("k=v:"));
        QCOMPARE(taintText({"k", "", TaintEffect::Unset}), std::string("k"));
    }
    void words_that_are_no_effect_are_refused()
    {
        QVERIFY(!taintEffect("noschedule"));
        QVERIFY(!taintEffect("NoSchedule "));
        QCOMPARE(taintEffect(""), std::optional(TaintEffect::Unset));
    }
};

QTEST_APPLESS_MAIN(TaintTest)
#include "taint_test.moc"
