// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/edit_set.h"

#include "tests/core/placement/sample_fit.h"

#include <QtTest>

using namespace core;

namespace {

Target skuOf(const char *id)
{
    return {TargetLevel::Sku, "nvidia.com/gpu", id, {}, {}};
}

/// The sample world with two SKUs, and its model placed twice on a node of the fast one.
struct Edited {
    World world;
    Plan plan;

    Edited()
    {
        world.add("a", "fast").add("b", "slow");
        plan.name = "p";
        plan.requirements = {world.requirement()};
        plan.placements = {{"r", {TargetLevel::Node, "nvidia.com/gpu", {}, "a", {}}, 2, false}};
    }

    Result<Plan> edit(const SetEdit &edit)
    {
        const auto input = world.input();
        return editSet(plan, edit, input.snapshot, resolveSets(plan, input).value());
    }
    /// Edits that the test is not about.
    Edited &with(const SetEdit &one)
    {
        plan = edit(one).value();
        return *this;
    }
    /// Fast, else slow, two replicas.
    Edited &withSet() { return with(ServeAlso{"r", skuOf("slow")}); }

    QString refusal(const SetEdit &one)
    {
        const auto next = edit(one);
        return next ? QStringLiteral("accepted") : QString::fromStdString(describe(next.error()));
    }
};

} // namespace

class EditSetTest : public QObject {
    Q_OBJECT

private slots:
    void whatIsPlacedBecomesTheFirstChoiceWithItsReplicas()
    {
        Edited edited;
        const auto plan = edited.edit(ServeAlso{"r", skuOf("slow")});
        QVERIFY(plan);
        QVERIFY(plan->placements.empty());
        QCOMPARE(plan->sets.size(), std::size_t(1));
        QCOMPARE(QString::fromStdString(describe(plan->sets[0])), QStringLiteral("1 × fast, else 1 × slow"));
        QCOMPARE(plan->sets[0].replicas, 2);
        QCOMPARE(plan->placedReplicas("r"), 2);
    }

    void aThirdSkuIsTheLastChoice()
    {
        Edited edited;
        edited.withSet();
        const auto plan = edited.edit(ServeAlso{"r", skuOf("third")});
        QVERIFY(plan);
        QCOMPARE(plan->sets[0].alternatives.back().skuId, std::string("third"));
        QCOMPARE(plan->sets[0].replicas, 2);
    }

    void replicasAndMembersChange()
    {
        Edited edited;
        edited.withSet();
        QCOMPARE(edited.edit(SetReplicas{"r", 5})->sets[0].replicas, 5);
        const auto changed = edited.edit(ChangeMember{"r", 1, {.skuId = "slow", .tensorParallel = 2, .atMost = 3}});
        QCOMPARE(changed->sets[0].alternatives[1].tensorParallel, 2);
        QCOMPARE(changed->sets[0].alternatives[1].atMost.value_or(0), 3);
    }

    void aMovedMemberChangesItsTurnAndNothingElse()
    {
        Edited edited;
        edited.withSet();
        const auto plan = edited.edit(MoveMember{"r", 1, 0});
        QVERIFY(plan);
        QCOMPARE(QString::fromStdString(describe(plan->sets[0])), QStringLiteral("1 × slow, else 1 × fast"));
    }

    void aRemovedMemberLeavesTheOthers()
    {
        Edited edited;
        edited.withSet().with(ServeAlso{"r", skuOf("third")});
        const auto plan = edited.edit(RemoveMember{"r", 1});
        QVERIFY(plan);
        QCOMPARE(QString::fromStdString(describe(plan->sets[0])), QStringLiteral("1 × fast, else 1 × third"));
    }

    void aDissolvedSetLeavesPlacementsWhereItsReplicasAre()
    {
        Edited edited;
        edited.withSet();
        edited.world.take("a", 7);
        const auto plan = edited.edit(DissolveSet{"r"});
        QVERIFY(plan);
        QVERIFY(plan->sets.empty());
        QCOMPARE(plan->placements.size(), std::size_t(2));
        QVERIFY(plan->placements[0].target == skuOf("fast"));
        QVERIFY(plan->placements[1].target == skuOf("slow"));
        QCOMPARE(plan->placedReplicas("r"), 2);
    }

    void aSetDissolvedOnAnotherTensorParallelCanBeSavedAndReadAgain()
    {
        Edited edited;
        edited.withSet().with(ChangeMember{"r", 0, {.skuId = "fast", .tensorParallel = 2}});
        const auto plan = edited.edit(DissolveSet{"r"});
        QVERIFY(plan);
        const auto read = parsePlan(writePlan(*plan), "plan.yaml");
        QVERIFY(read);
        QCOMPARE(read->placedReplicas("r-tp2"), 2);
    }

    void otherSetsStayWhenOneIsDissolved()
    {
        Edited edited;
        edited.plan.requirements.push_back(edited.plan.requirements[0]);
        edited.plan.requirements[1].name = "s";
        edited.plan.sets = {{"s", {{"fast", 1}, {"slow", 1}}, 1}};
        edited.withSet();
        const auto plan = edited.edit(DissolveSet{"r"});
        QVERIFY(plan);
        QCOMPARE(plan->sets.size(), std::size_t(1));
        QCOMPARE(plan->sets[0].requirement, std::string("s"));
    }

    void everyEditCanBeUndone()
    {
        Edited edited;
        PlanHistory history(edited.plan);
        history.commit(edited.edit(ServeAlso{"r", skuOf("slow")}).value(), "serve also");
        edited.plan = history.current();
        history.commit(edited.edit(SetReplicas{"r", 3}).value(), "replicas");
        history.undo();
        QCOMPARE(history.current().sets[0].replicas, 2);
        history.undo();
        QVERIFY(history.current().sets.empty());
        history.redo();
        history.redo();
        QCOMPARE(history.current().sets[0].replicas, 3);
    }

    void anEditThatContradictsItselfSaysWhatToDoInstead_data()
    {
        QTest::addColumn<QString>("sentence");
        QTest::addColumn<SetEdit>("edit");
        QTest::newRow("zero replicas") << "dissolve the set" << SetEdit(SetReplicas{"r", 0});
        QTest::newRow("fewer than zero") << "dissolve the set" << SetEdit(SetReplicas{"r", -1});
        QTest::newRow("one SKU twice") << "served on slow already" << SetEdit(ServeAlso{"r", skuOf("slow")});
        QTest::newRow("a set of one") << "dissolve the set instead" << SetEdit(RemoveMember{"r", 0});
        QTest::newRow("a member of no replicas")
            << "remove it from the set" << SetEdit(ChangeMember{"r", 0, {.skuId = "fast", .atMost = 0}});
        QTest::newRow("a member without devices")
            << "at least one" << SetEdit(ChangeMember{"r", 0, {.skuId = "fast", .tensorParallel = 0}});
        QTest::newRow("a member made equal to another")
            << "stands twice" << SetEdit(ChangeMember{"r", 0, {.skuId = "slow"}});
        QTest::newRow("no such member") << "no member 8" << SetEdit(MoveMember{"r", 7, 0});
        QTest::newRow("no such requirement") << "no requirement \"x\"" << SetEdit(ServeAlso{"x", skuOf("slow")});
        QTest::newRow("no set") << "not served by a placement set" << SetEdit(DissolveSet{"x"});
    }

    void anEditThatContradictsItselfSaysWhatToDoInstead()
    {
        QFETCH(QString, sentence);
        QFETCH(SetEdit, edit);
        Edited edited;
        const auto said = edited.withSet().refusal(edit);
        QVERIFY2(said.contains(sentence), qPrintable(said));
    }

    void membersThatTakeFewerThanTheSetHasAreAContradiction()
    {
        Edited edited;
        edited.withSet().with(ChangeMember{"r", 0, {.skuId = "fast", .atMost = 1}});
        const auto said = edited.refusal(ChangeMember{"r", 1, {.skuId = "slow", .atMost = 0}});
        QVERIFY2(said.contains("remove it"), qPrintable(said));
        edited.with(ChangeMember{"r", 1, {.skuId = "slow", .atMost = 1}});
        const auto tooMany = edited.refusal(SetReplicas{"r", 3});
        QVERIFY2(tooMany.contains("take 2 replicas at most, the set has 3"), qPrintable(tooMany));
    }

    void aSetOfOneIsNotMade()
    {
        Edited edited;
        auto said = edited.refusal(ServeAlso{"r", skuOf("fast")});
        QVERIFY2(said.contains("served on fast already"), qPrintable(said));
        edited.plan.placements.clear();
        said = edited.refusal(ServeAlso{"r", skuOf("fast")});
        QVERIFY2(said.contains("place it on one SKU first"), qPrintable(said));
    }

    void aLockedPlacementIsNoMemberOfASet()
    {
        Edited edited;
        edited.plan.placements[0].locked = true;
        const auto said = edited.refusal(ServeAlso{"r", skuOf("slow")});
        QVERIFY2(said.contains("unlock it first"), qPrintable(said));
    }

    void aPlacementWhoseNodeIsGoneIsNoMemberOfASet()
    {
        Edited edited;
        edited.plan.placements[0].target.node = "gone";
        const auto said = edited.refusal(ServeAlso{"r", skuOf("slow")});
        QVERIFY2(said.contains("the cluster has no gone"), qPrintable(said));
    }
};

QTEST_APPLESS_MAIN(EditSetTest)
#include "edit_set_test.moc"
