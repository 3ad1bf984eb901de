// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

#include <random>

using namespace core;
using namespace sample;

namespace {

std::vector<std::string> names(const ClusterSnapshot &snapshot)
{
    std::vector<std::string> out;
    for (const auto &one : snapshot.nodes)
        out.push_back(one->name);
    return out;
}

} // namespace

class ApplyTest : public QObject {
    Q_OBJECT

private slots:
    void theSnapshotBeforeStaysAsItWas();
    void unchangedObjectsAreShared();
    void anEqualObjectKeepsItsPointer();
    void aListReplacesAllOfItsKind();
    void aListWithANameTwiceKeepsOne();
    void objectsAreOrderedHoweverTheyCome();
    void whatWasDeletedIsGoneAndMayComeBack();
    void deletingWhatIsNotThereChangesNothing();
    void anEmptyClusterIsNoLoadingCluster();
    void aKindThatIsListedIsNotBlind();
    void eventsInOneGoAreEventsOneByOne();
    void aNodeIsFoundByItsName();
};

void ApplyTest::theSnapshotBeforeStaysAsItWas()
{
    const auto before = cluster({node("a"), node("b")}, {pod("p", "a", 1)});
    const auto names1 = names(*before);
    after(before, {NodeDeleted{"a"}, PodDeleted{"ns", "p"}, NodeChanged{shared(node("c"))}, NodesListed{}});
    QCOMPARE(names(*before), names1);
    QCOMPARE(before->pods.size(), std::size_t(1));
}

void ApplyTest::unchangedObjectsAreShared()
{
    const auto before = cluster({node("a"), node("b")}, {pod("p", "a", 1)});
    const auto next = after(before, {NodeChanged{shared(node("b", 4))}});
    QCOMPARE(next->nodes[0].get(), before->nodes[0].get());
    QVERIFY(next->nodes[1].get() != before->nodes[1].get());
    QCOMPARE(next->pods[0].get(), before->pods[0].get());
}

void ApplyTest::anEqualObjectKeepsItsPointer()
{
    const auto before = cluster({node("a"), node("b")}, {pod("p", "a", 1)});
    const auto next = after(before,
                            {NodeChanged{shared(node("a"))}, PodChanged{shared(pod("p", "a", 1))},
                             NodesListed{{shared(node("b")), shared(node("a"))}}});
    QCOMPARE(next->nodes[0].get(), before->nodes[0].get());
    QCOMPARE(next->nodes[1].get(), before->nodes[1].get());
    QCOMPARE(next->pods[0].get(), before->pods[0].get());
}

void ApplyTest::aListReplacesAllOfItsKind()
{
    const auto next = after(cluster({node("a"), node("b")}, {pod("p", "a", 1)}), {NodesListed{{shared(node("c"))}}});
    QCOMPARE(names(*next), (std::vector<std::string>{"c"}));
    QCOMPARE(next->pods.size(), std::size_t(1)); // the other kind stays, even pods of nodes that are gone
}

void ApplyTest::aListWithANameTwiceKeepsOne()
{
    const auto next = cluster({node("a"), node("a", 4), node("b")}, {pod("p", "a", 1), pod("p", "a", 2)});
    QCOMPARE(names(*next), (std::vector<std::string>{"a", "b"}));
    QCOMPARE(next->pods.size(), std::size_t(1));
    QCOMPARE(next->nodes[0]->devices.front().capacity, std::int64_t(4)); // the later one, as a page that was read later
}

void ApplyTest::objectsAreOrderedHoweverTheyCome()
{
    SnapshotPtr snapshot;
    for (const char *name : {"m", "z", "a", "m", "b"})
        snapshot = after(snapshot, {NodeChanged{shared(node(name))}});
    QCOMPARE(names(*snapshot), (std::vector<std::string>{"a", "b", "m", "z"}));
    const auto listed = cluster({}, {pod("z", "n", 1), pod("a", "n", 1)});
    QCOMPARE(listed->pods.front()->name, std::string("a"));
}

void ApplyTest::whatWasDeletedIsGoneAndMayComeBack()
{
    auto snapshot = after(cluster({node("a")}, {pod("p", "a", 1)}), {NodeDeleted{"a"}, PodDeleted{"ns", "p"}});
    QVERIFY(snapshot->nodes.empty() && snapshot->pods.empty());
    snapshot = after(snapshot, {NodeChanged{shared(node("a"))}});
    QCOMPARE(names(*snapshot), (std::vector<std::string>{"a"}));
}

void ApplyTest::deletingWhatIsNotThereChangesNothing()
{
    const auto before = cluster({node("b")}, {pod("p", "b", 1)});
    const auto next = after(before, {NodeDeleted{"a"}, NodeDeleted{"z"}, NodeDeleted{""}, PodDeleted{"other", "p"}});
    QCOMPARE(names(*next), names(*before));
    QCOMPARE(next->pods.size(), std::size_t(1));
}

void ApplyTest::anEmptyClusterIsNoLoadingCluster()
{
    QVERIFY(!after(nullptr, {})->nodesSynced);
    QVERIFY(!after(nullptr, {NodeChanged{shared(node("a"))}})->nodesSynced);
    const auto empty = after(nullptr, {NodesListed{}});
    QVERIFY(empty->nodesSynced && !empty->podsSynced && empty->nodes.empty());
}

void ApplyTest::aKindThatIsListedIsNotBlind()
{
    const KindBlind blind{{"pods", "", "you may not list pods"}};
    auto snapshot = after(nullptr, {blind, blind, KindBlind{{"nodes", "", "no"}}});
    QCOMPARE(snapshot->blindSpots.size(), std::size_t(2)); // said once
    snapshot = after(snapshot, {PodsListed{}});
    QCOMPARE(snapshot->blindSpots.size(), std::size_t(1));
    QCOMPARE(snapshot->blindSpots.front().resource, std::string("nodes"));
}

void ApplyTest::eventsInOneGoAreEventsOneByOne()
{
    std::mt19937 random(20260101); // always the same walk
    std::vector<WatchEvent> events;
    for (int i = 0; i < 2000; ++i) {
        const auto name = "n" + std::to_string(random() % 20);
        if (random() % 3 == 0)
            events.emplace_back(NodeDeleted{name});
        else
            events.emplace_back(NodeChanged{shared(node(name, static_cast<std::int64_t>(random() % 9)))});
        if (random() % 2 == 0)
            events.emplace_back(PodChanged{shared(pod("p" + std::to_string(random() % 50), name, 1))});
        else
            events.emplace_back(PodDeleted{"ns", "p" + std::to_string(random() % 50)});
    }
    const auto atOnce = core::apply(nullptr, events);
    SnapshotPtr oneByOne;
    for (const auto &event : events)
        oneByOne = core::apply(oneByOne, std::span(&event, 1));
    QCOMPARE(names(*atOnce), names(*oneByOne));
    QVERIFY(std::equal(atOnce->nodes.begin(), atOnce->nodes.end(), oneByOne->nodes.begin(),
                       [](const auto &a, const auto &b) { return *a == *b; }));
    QVERIFY(std::equal(atOnce->pods.begin(), atOnce->pods.end(), oneByOne->pods.begin(), oneByOne->pods.end(),
                       [](const auto &a, const auto &b) { return *a == *b; }));
    QVERIFY(std::is_sorted(atOnce->pods.begin(), atOnce->pods.end(),
                           [](const auto &a, const auto &b) { return a->key() < b->key(); }));
}

void ApplyTest::aNodeIsFoundByItsName()
{
    const auto snapshot = cluster({node("a"), node("c")}, {});
    QCOMPARE(findNode(*snapshot, "c"), snapshot->nodes[1].get());
    for (const char *name : {"", "b", "d", "aa"})
        QVERIFY(!findNode(*snapshot, name));
}

QTEST_APPLESS_MAIN(ApplyTest)
#include "apply_test.moc"
