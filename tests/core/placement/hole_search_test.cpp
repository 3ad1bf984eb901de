// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/hole_search.h"

#include <QtTest>

#include <algorithm>
#include <map>
#include <random>

using namespace core;

namespace {

using Assignment = std::vector<std::size_t>;

bool holds(const HoleProblem &problem, const Assignment &at, std::size_t pod, std::size_t node)
{
    auto left = problem.nodes[node].free;
    for (std::size_t other = 0; other < at.size(); ++other)
        for (std::size_t i = 0; i < left.size(); ++i) {
            left[i] += problem.pods[other].node == node ? problem.pods[other].needs[i] : 0;
            left[i] -= at[other] == node ? problem.pods[other].needs[i] : 0;
        }
    const auto &needs = problem.pods[pod].needs;
    return problem.tolerated[problem.nodes[problem.pods[pod].node].kind][problem.nodes[node].kind]
        && std::ranges::equal(needs, left, std::ranges::less_equal{});
}

std::int64_t freeOn(const HoleProblem &problem, const Assignment &at, std::size_t node)
{
    auto free = problem.nodes[node].free[0];
    for (std::size_t pod = 0; pod < at.size(); ++pod)
        free += (problem.pods[pod].node == node ? problem.pods[pod].needs[0] : 0)
            - (at[pod] == node ? problem.pods[pod].needs[0] : 0);
    return free;
}

bool isOpen(const HoleProblem &problem, const Assignment &at)
{
    for (std::size_t node = 0; node < problem.nodes.size(); ++node)
        if (freeOn(problem, at, node) >= problem.size)
            return true;
    return false;
}

/// The fewest moves by breadth-first search over every assignment that can be reached; -1 when none has a hole.
int bruteForce(const HoleProblem &problem)
{
    Assignment start;
    for (const auto &pod : problem.pods)
        start.push_back(pod.node);
    std::map<Assignment, int> seen{{start, 0}};
    std::vector<Assignment> queue{start};
    for (std::size_t next = 0; next < queue.size(); ++next) {
        const auto at = queue[next];
        if (isOpen(problem, at))
            return seen[at];
        for (std::size_t pod = 0; pod < at.size(); ++pod)
            for (std::size_t node = 0; node < problem.nodes.size(); ++node) {
                if (node == at[pod] || !holds(problem, at, pod, node))
                    continue;
                auto moved = at;
                moved[pod] = node;
                if (seen.emplace(moved, seen[at] + 1).second)
                    queue.push_back(moved);
            }
    }
    return -1;
}

HoleProblem randomProblem(unsigned seed)
{
    std::mt19937 random(seed);
    const auto pick = [&](int least, int most) { return std::uniform_int_distribution(least, most)(random); };
    HoleProblem problem;
    const int kinds = pick(1, 2);
    problem.tolerated = {{true, pick(0, 1) == 1}, {pick(0, 1) == 1, true}};
    const int nodes = pick(2, 4), capacity = pick(3, 8);
    problem.size = pick(2, capacity);
    const bool withHost = pick(0, 3) == 0;
    for (int node = 0; node < nodes; ++node) {
        HoleProblem::Amounts free{capacity};
        if (withHost)
            free.push_back(pick(4, 8));
        problem.nodes.push_back({free, static_cast<std::size_t>(pick(0, kinds - 1))});
    }
    for (int tries = 0; tries < 40 && problem.pods.size() < 6; ++tries) {
        const auto node = static_cast<std::size_t>(pick(0, nodes - 1));
        HoleProblem::Amounts needs{pick(1, 4)};
        if (withHost)
            needs.push_back(pick(0, 4));
        if (!std::ranges::equal(needs, problem.nodes[node].free, std::ranges::less_equal{}))
            continue;
        for (std::size_t i = 0; i < needs.size(); ++i)
            problem.nodes[node].free[i] -= needs[i];
        problem.pods.push_back({node, needs});
    }
    return problem;
}

/// Two full nodes and an empty one, stirred by moves that were possible: the way back is often long.
HoleProblem stirredProblem(unsigned seed)
{
    std::mt19937 random(seed);
    const auto pick = [&](int least, int most) { return std::uniform_int_distribution(least, most)(random); };
    HoleProblem problem;
    problem.tolerated = {{true}};
    const int capacity = pick(4, 8), largest = pick(2, 4);
    problem.size = capacity;
    problem.nodes = {{{capacity}, 0}, {{0}, 0}, {{0}, 0}};
    for (const std::size_t node : {1, 2})
        for (int left = capacity; left > 0;) {
            const int devices = pick(1, std::min(largest, left));
            problem.pods.push_back({node, {devices}});
            left -= devices;
        }
    for (int i = 0; i < 40; ++i) {
        auto &pod = problem.pods[static_cast<std::size_t>(pick(0, static_cast<int>(problem.pods.size()) - 1))];
        const auto to = static_cast<std::size_t>(pick(0, 2));
        if (to == pod.node || problem.nodes[to].free[0] < pod.needs[0])
            continue;
        problem.nodes[pod.node].free[0] += pod.needs[0];
        problem.nodes[to].free[0] -= pod.needs[0];
        pod.node = to;
    }
    return problem;
}

/// Plays the steps; empty when each found room and the hole is there at the end.
std::string played(const HoleProblem &problem, const HoleAnswer &answer)
{
    Assignment at;
    for (const auto &pod : problem.pods)
        at.push_back(pod.node);
    for (const auto &step : answer.steps) {
        if (at[step.pod] != step.from || step.to == step.from || !holds(problem, at, step.pod, step.to))
            return "a step is not possible";
        at[step.pod] = step.to;
    }
    return freeOn(problem, at, *answer.node) >= problem.size ? "" : "no hole";
}

HoleProblem alike(std::initializer_list<std::vector<std::int64_t>> podsOfNodes, std::int64_t capacity,
                  std::int64_t size)
{
    HoleProblem problem;
    problem.tolerated = {{true}};
    problem.size = size;
    for (const auto &pods : podsOfNodes) {
        auto free = capacity;
        for (const auto devices : pods) {
            free -= devices;
            problem.pods.push_back({problem.nodes.size(), {devices}});
        }
        problem.nodes.push_back({{free}, 0});
    }
    return problem;
}

} // namespace

class HoleSearchTest : public QObject {
    Q_OBJECT

private slots:
    void thePlanIsAsShortAsTryingEverythingFinds()
    {
        constexpr HoleLimits limits{.moves = 12, .steps = 50'000'000};
        std::map<int, int> byMoves;
        int chains = 0;
        for (unsigned seed = 0; seed < 3000; ++seed) {
            const auto problem = seed % 2 == 0 ? randomProblem(seed) : stirredProblem(seed);
            const auto answer = findHole(problem, limits);
            const auto fewest = bruteForce(problem);
            QVERIFY2(answer.proven, std::to_string(seed).c_str());
            QVERIFY2(answer.node.has_value() == (fewest >= 0), std::to_string(seed).c_str());
            if (!answer.node)
                continue;
            QVERIFY2(static_cast<int>(answer.steps.size()) == fewest, std::to_string(seed).c_str());
            QVERIFY2(played(problem, answer).empty(), played(problem, answer).c_str());
            ++byMoves[fewest];
            chains += std::ranges::any_of(answer.steps, [&](const auto &step) { return step.from != *answer.node; });
        }
        qInfo("%d, %d, %d, %d, %d, %d, %d plans of 0 to 6 moves; %d make room first", byMoves[0], byMoves[1],
              byMoves[2], byMoves[3], byMoves[4], byMoves[5], byMoves[6], chains);
        for (const int moves : {0, 1, 2, 3})
            QVERIFY2(byMoves[moves] > 5, ("too few cases of " + std::to_string(moves) + " moves").c_str());
        QVERIFY(byMoves[4] > 0 && chains > 10); // rooms had to be made first
    }

    void theLargestPodsLeaveFirst()
    {
        const auto answer = findHole(alike({{1, 1, 1, 4}, {4}, {4}}, 8, 8));
        QCOMPARE(answer.steps.size(), std::size_t(1)); // the node with one pod, not the one with four
        QVERIFY(answer.proven);
    }

    void roomIsMadeFirstWhereItMustBe()
    {
        // 4 of node 0 fit nowhere until a 2 has left node 1.
        const auto problem = alike({{4}, {2, 3}, {5}}, 7, 7);
        const auto answer = findHole(problem);
        QCOMPARE(answer.steps.size(), std::size_t(2));
        QVERIFY(answer.proven && played(problem, answer).empty());
        QCOMPARE(bruteForce(problem), 2);
    }

    void aHoleThatIsThereNeedsNoMove()
    {
        const auto answer = findHole(alike({{1}, {}}, 8, 8));
        QVERIFY(answer.node == std::size_t(1) && answer.steps.empty() && answer.proven);
    }

    void tooFewFreeDevicesAreImpossibleAtOnce()
    {
        const auto answer = findHole(alike({{4}, {6}}, 8, 8), {.moves = 6, .steps = 1});
        QVERIFY(!answer.node && answer.proven);
    }

    void noNodeIsLargeEnough()
    {
        const auto answer = findHole(alike({{}, {}, {}}, 4, 8));
        QVERIFY(!answer.node && answer.proven);
    }

    void nothingAtAllIsNoHole()
    {
        const auto answer = findHole(HoleProblem{});
        QVERIFY(!answer.node && answer.proven);
    }

    void aPodStaysOffNodesItDoesNotTolerate()
    {
        auto problem = alike({{4}, {4}}, 8, 8);
        problem.nodes[1].kind = 1;
        problem.tolerated = {{true, false}, {true, true}};
        const auto answer = findHole(problem);
        QCOMPARE(answer.node, std::optional<std::size_t>(1)); // only the pod of node 1 may go to the other
        problem.tolerated = {{true, false}, {false, true}};
        QVERIFY(!findHole(problem).node);
    }

    void hostResourcesCount()
    {
        HoleProblem problem{{{{4, 0}, 0}, {{4, 2}, 0}}, {{0, {4, 2}}, {1, {4, 1}}}, {{true}}, 8};
        const auto answer = findHole(problem);
        QCOMPARE(answer.node, std::optional<std::size_t>(0)); // node 0 has no CPU left for the pod of node 1
        problem.nodes[1].free[1] = 1;
        QVERIFY(!findHole(problem).node);
    }

    void anOvercommittedNodeTakesNothing()
    {
        HoleProblem problem{{{{4}, 0}, {{-2}, 0}}, {{0, {4}}}, {{true}}, 8};
        QVERIFY(!findHole(problem).node);
    }

    void aSearchThatGivesUpSaysSo()
    {
        const auto problem = alike({{4}, {2, 3}, {5}}, 7, 7);
        const auto answer = findHole(problem, {.moves = 6, .steps = 2});
        QVERIFY(!answer.proven);
        QVERIFY(answer.atLeast >= 1);
    }

    void aPlanBeyondTheLimitIsNotFoundAndThatIsProvenOnlyUpToIt()
    {
        const auto answer = findHole(alike({{1, 1, 1, 1, 1}, {5}, {5}}, 8, 8), {.moves = 0, .steps = 1000});
        QVERIFY(!answer.node && answer.proven);
        QCOMPARE(answer.atLeast, 1);
    }
};

QTEST_APPLESS_MAIN(HoleSearchTest)
#include "hole_search_test.moc"
