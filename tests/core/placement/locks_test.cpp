// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/locks.h"

#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

using namespace core;

namespace {

Plan twoLocked(Target one, int oneReplicas, Target other, int otherReplicas)
{
    Plan plan;
    for (const auto *name : {"first", "second"}) {
        Requirement wanted;
        wanted.name = name;
        wanted.replicas = 8;
        plan.requirements.push_back(wanted);
    }
    plan.placements = {{"first", std::move(one), oneReplicas, true}, {"second", std::move(other), otherReplicas, true}};
    return plan;
}

Target on(const std::string &node, std::optional<int> card = {})
{
    return {card ? TargetLevel::Card : TargetLevel::Node, "nvidia.com/gpu", {}, node, card};
}

QString said(const Result<void> &checked)
{
    return checked ? QStringLiteral("good") : QString::fromStdString(checked.error().message);
}

} // namespace

class LocksTest : public QObject {
    Q_OBJECT

private slots:
    void locksThatCannotHoldAtOnceAreAnErrorThatNamesBoth_data()
    {
        QTest::addColumn<int>("oneReplicas");
        QTest::addColumn<int>("otherReplicas");
        QTest::addColumn<int>("oneCard");
        QTest::addColumn<int>("otherCard");
        QTest::addColumn<QByteArray>("why");
        QTest::newRow("one card twice") << 1 << 1 << 3 << 3 << QByteArray("same card");
        QTest::newRow("more devices than the node has") << 5 << 4 << -1 << -1 << QByteArray("9 devices");
        QTest::newRow("a card and all the others") << 8 << 1 << -1 << 0 << QByteArray("9 devices");
    }

    void locksThatCannotHoldAtOnceAreAnErrorThatNamesBoth()
    {
        QFETCH(int, oneReplicas);
        QFETCH(int, otherReplicas);
        QFETCH(int, oneCard);
        QFETCH(int, otherCard);
        QFETCH(QByteArray, why);
        const auto card = [](int number) { return number < 0 ? std::optional<int>() : std::optional(number); };
        const auto plan = twoLocked(on("n", card(oneCard)), oneReplicas, on("n", card(otherCard)), otherReplicas);
        const auto snapshot = sample::cluster({sample::node("n")}, {});
        const auto checked = checkLocks(plan, *snapshot);
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, ErrorKind::Conflict);
        for (const auto &piece : {QByteArray("first"), QByteArray("second"), why})
            QVERIFY2(said(checked).contains(QString::fromLatin1(piece)), qPrintable(said(checked)));
        QVERIFY(!checked.error().remedy.empty());
        const auto findings = checkPlan(plan, *snapshot, account(*snapshot));
        QVERIFY(std::ranges::any_of(findings, [&](const PlanFinding &finding) {
            return finding.isError && finding.message == checked.error().message;
        }));
    }

    void moreLockedReplicasThanTheRequirementHasContradict()
    {
        auto plan = twoLocked(on("a"), 2, on("b"), 2);
        plan.placements[1].requirement = "first";
        plan.requirements[0].replicas = 3;
        const auto checked = checkLocks(plan);
        QVERIFY(!checked);
        QVERIFY2(said(checked).contains("on a") && said(checked).contains("on b"), qPrintable(said(checked)));
    }

    void locksThatAgreeAreGood_data()
    {
        QTest::addColumn<QByteArray>("otherNode");
        QTest::addColumn<int>("otherCard");
        QTest::addColumn<bool>("otherLocked");
        QTest::newRow("other card") << QByteArray("n") << 4 << true;
        QTest::newRow("same card of another node") << QByteArray("m") << 3 << true;
        QTest::newRow("same card, one of them free to move") << QByteArray("n") << 3 << false;
        QTest::newRow("a node that is gone") << QByteArray("gone") << 3 << true;
    }

    void locksThatAgreeAreGood()
    {
        QFETCH(QByteArray, otherNode);
        QFETCH(int, otherCard);
        QFETCH(bool, otherLocked);
        auto plan = twoLocked(on("n", 3), 1, on(otherNode.toStdString(), otherCard), 1);
        plan.placements[1].locked = otherLocked;
        const auto snapshot = sample::cluster({sample::node("n"), sample::node("m")}, {});
        QVERIFY2(checkLocks(plan, *snapshot), qPrintable(said(checkLocks(plan, *snapshot))));
    }
};

QTEST_APPLESS_MAIN(LocksTest)
#include "locks_test.moc"
