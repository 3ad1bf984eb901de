// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/node_affinity.h"

#include <QtTest>

using namespace core;

namespace {

const Labels labels{{"zone", "a"}, {"tier", "010"}, {"word", "x"}, {"empty", ""}};
const NodeIdentity node{"node-1", labels};

bool holds(const NodeSelectorRequirement &expression)
{
    return matches(NodeSelectorTerm{{expression}, {}}, node);
}

bool fieldHolds(const NodeSelectorRequirement &field)
{
    return matches(NodeSelectorTerm{{}, {field}}, node);
}

} // namespace

class NodeAffinityTest : public QObject {
    Q_OBJECT

private slots:
    void an_expression_holds_by_its_operator_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("op");
        QTest::addColumn<QStringList>("values");
        QTest::addColumn<bool>("matches");
        QTest::newRow("in") << "zone"
                            << "In" << QStringList{"b", "a"} << true;
        QTest::newRow("in, label missing") << "gone"
                                           << "In" << QStringList{"a"} << false;
        QTest::newRow("in, empty value") << "empty"
                                         << "In" << QStringList{""} << true;
        QTest::newRow("not in") << "zone"
                                << "NotIn" << QStringList{"b"} << true;
        QTest::newRow("not in, label missing") << "gone"
                                               << "NotIn" << QStringList{"b"} << true;
        QTest::newRow("exists") << "empty"
                                << "Exists" << QStringList{} << true;
        QTest::newRow("does not exist") << "gone"
                                        << "DoesNotExist" << QStringList{} << true;
        QTest::newRow("greater, leading zero is decimal") << "tier"
                                                          << "Gt" << QStringList{"9"} << true;
        QTest::newRow("less") << "tier"
                              << "Lt" << QStringList{"10"} << false;
        QTest::newRow("label is no number") << "word"
                                            << "Gt" << QStringList{"0"} << false;
        QTest::newRow("label missing is no number") << "gone"
                                                    << "Lt" << QStringList{"9"} << false;
    }
    void an_expression_holds_by_its_operator()
    {
        QFETCH(QString, key);
        QFETCH(QString, op);
        QFETCH(QStringList, values);
        NodeSelectorRequirement expression{key.toStdString(), op.toStdString(), {}};
        for (const auto &value : values)
            expression.values.push_back(value.toStdString());
        QTEST(holds(expression), "matches");
    }

    void a_wrong_expression_is_named_and_never_holds_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("op");
        QTest::addColumn<QStringList>("values");
        QTest::addColumn<QString>("path");
        QTest::newRow("operator") << "zone"
                                  << "in" << QStringList{"a"} << "[0].operator";
        QTest::newRow("no operator") << "zone"
                                     << "" << QStringList{"a"} << "[0].operator";
        QTest::newRow("in without values") << "zone"
                                           << "In" << QStringList{} << "[0].values";
        QTest::newRow("exists with values") << "zone"
                                            << "Exists" << QStringList{"a"} << "[0].values";
        QTest::newRow("two limits") << "tier"
                                    << "Gt" << QStringList{"1", "2"} << "[0].values";
        QTest::newRow("limit is no number") << "tier"
                                            << "Gt" << QStringList{"one"} << "[0].values[0]";
        QTest::newRow("limit of 65 bits") << "tier"
                                          << "Lt" << QStringList{"9223372036854775808"} << "[0].values[0]";
        QTest::newRow("value is none") << "zone"
                                       << "NotIn" << QStringList{"not a value"} << "[0].values[0]";
        QTest::newRow("value of 64 characters") << "zone"
                                                << "NotIn" << QStringList{QString(64, 'v')} << "[0].values[0]";
        QTest::newRow("key is none") << "zone/"
                                     << "Exists" << QStringList{} << "[0].key";
        QTest::newRow("empty key") << ""
                                   << "DoesNotExist" << QStringList{} << "[0].key";
        QTest::newRow("key with an upper-case prefix") << "Zone.io/a"
                                                       << "DoesNotExist" << QStringList{} << "[0].key";
    }
    void a_wrong_expression_is_named_and_never_holds()
    {
        QFETCH(QString, key);
        QFETCH(QString, op);
        QFETCH(QStringList, values);
        QFETCH(QString, path);
        NodeSelectorRequirement expression{key.toStdString(), op.toStdString(), {}};
        for (const auto &value : values)
            expression.values.push_back(value.toStdString());
        QVERIFY(!holds(expression));
        const auto checked = checkedRequirements(std::vector{expression}, "at");
        QVERIFY(!checked);
        QVERIFY2(describe(checked.error()).find("at" + path.toStdString()) != std::string::npos,
                 describe(checked.error()).c_str());
    }

    void fields_know_only_the_name()
    {
        QVERIFY(fieldHolds({"metadata.name", "In", {"node-1"}}));
        QVERIFY(!fieldHolds({"metadata.name", "NotIn", {"node-1"}}));
        QVERIFY(!fieldHolds({"metadata.labels", "In", {"node-1"}}));
        QVERIFY(!fieldHolds({"metadata.name", "In", {"node-1", "node-2"}}));
        QVERIFY(!fieldHolds({"metadata.name", "Exists", {}}));
    }

    void terms_are_alternatives_and_an_empty_one_matches_nothing()
    {
        const NodeSelectorTerm empty, good{{{"zone", "In", {"a"}}}, {}}, wrong{{{"zone", "bad", {}}}, {}};
        QVERIFY(!matches(std::vector{empty}, node));
        QVERIFY(matches(std::vector{empty, wrong, good}, node));
        QVERIFY(!matches(RequiredNodeAffinity{{}, std::vector<NodeSelectorTerm>{}}, node));
        QVERIFY(matches(RequiredNodeAffinity{}, node));
    }
    void selector_and_affinity_must_both_hold()
    {
        const std::vector terms{NodeSelectorTerm{{{"zone", "In", {"a"}}}, {}}};
        QVERIFY(matches(RequiredNodeAffinity{{{"word", "x"}}, terms}, node));
        QVERIFY(!matches(RequiredNodeAffinity{{{"word", "y"}}, terms}, node));
        QVERIFY(!matches(RequiredNodeAffinity{{{"gone", ""}}, {}}, node));
    }

    void preferred_terms_sum_their_weights()
    {
        const NodeSelectorTerm good{{{"zone", "In", {"a"}}}, {}}, other{{{"zone", "In", {"b"}}}, {}};
        const std::vector<PreferredTerm> terms{{5, good}, {7, other}, {9, good}, {100, {}}};
        QCOMPARE(preferredScore(terms, node).value(), 14);
    }
    void a_wrong_preferred_term_is_an_error_unless_it_weighs_nothing()
    {
        const NodeSelectorTerm wrong{{{"zone", "Gt", {"x"}}}, {}};
        QVERIFY(!preferredScore(std::vector<PreferredTerm>{{1, wrong}}, node));
        QCOMPARE(preferredScore(std::vector<PreferredTerm>{{0, wrong}}, node).value(), 0);
    }
};

QTEST_APPLESS_MAIN(NodeAffinityTest)
#include "node_affinity_test.moc"
