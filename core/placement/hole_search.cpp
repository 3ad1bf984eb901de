// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/hole_search.h"

#include "core/placement/hole_board.h"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>
#include <tuple>
#include <unordered_map>

namespace core {

namespace {

using Amounts = HoleProblem::Amounts;

class HoleSearch {
public:
    HoleSearch(const HoleProblem &problem, const HoleLimits &limits)
        : m_board(problem)
        , m_directLeft(limits.steps)
        , m_stepsLeft(limits.steps)
    {
        for (const auto &pod : problem.pods) {
            m_largest.resize(pod.needs.size());
            std::ranges::transform(m_largest, pod.needs, m_largest.begin(),
                                   [](std::int64_t a, std::int64_t b) { return std::max(a, b); });
        }
    }

    const HoleBoard &board() const { return m_board; }
    bool gaveUp() const { return m_stepsLeft <= 0; }
    bool gaveUpDirect() const { return m_directLeft <= 0; }

    /// A plan that only moves pods off the node: at each turn the smallest pod that is enough, else the largest, to
    /// where it fits best. nullopt when one of them finds no room, or after `most` moves.
    std::optional<std::vector<HoleStep>> direct(std::size_t node, int most)
    {
        m_board.forget();
        while (m_board.missing(node) > 0 && std::ssize(m_board.steps()) < most && moveOneOff(node)) {}
        const bool open = m_board.missing(node) <= 0;
        auto steps = m_board.steps();
        while (!m_board.steps().empty())
            m_board.undo();
        return open ? std::optional(std::move(steps)) : std::nullopt;
    }

    /// Is there a plan of at most `moves` for the node? Tries all of them that could matter; board().steps() has it.
    bool open(std::size_t node, int moves)
    {
        m_target = node;
        m_seen.clear();
        m_board.forget();
        return deepen(moves);
    }

private:
    bool moveOneOff(std::size_t node)
    {
        const auto missing = m_board.missing(node);
        auto pods = m_board.podsOn(node);
        std::ranges::sort(pods, {}, [&](std::size_t pod) {
            const auto devices = m_board.devices(pod);
            return std::tuple(devices < missing, devices < missing ? -devices : devices, pod);
        });
        return std::ranges::any_of(pods, [&](std::size_t pod) {
            const auto place = bestFit(pod, node, m_directLeft);
            if (place)
                m_board.move(pod, *place);
            return place.has_value();
        });
    }

    /// The node with the least room that the pod fits on; nullopt also when `budget` runs out.
    std::optional<std::size_t> bestFit(std::size_t pod, std::size_t except, std::int64_t &budget) const
    {
        for (auto it = m_board.roomy(pod); it != m_board.byFree().end() && --budget > 0; ++it)
            if (it->second != except && m_board.fits(pod, it->second))
                return it->second;
        return std::nullopt;
    }

    bool deepen(int left)
    {
        const int needed = m_board.movesAtLeast(m_target);
        if (needed == 0)
            return true;
        if (needed > left || gaveUp())
            return false;
        if (needed == left)
            return packOff(podsToPack(), 0, left);
        return isNew(left) && (moveOff(m_target, left) || makeRoom(left));
    }

    /// No move to spare: only pods of the target move, to room that is there now. Those that find some, large ones
    /// first.
    std::vector<std::size_t> podsToPack()
    {
        auto pods = m_board.podsOn(m_target);
        std::erase_if(pods, [&](std::size_t pod) { return !bestFit(pod, m_target, m_stepsLeft); });
        std::ranges::sort(pods, {}, [&](std::size_t pod) { return std::pair(-m_board.devices(pod), pod); });
        return pods;
    }

    /// Their order does not matter: those behind `first` stand for all.
    bool packOff(const std::vector<std::size_t> &pods, std::size_t first, int left)
    {
        const auto missing = m_board.missing(m_target);
        if (missing <= 0)
            return true;
        std::set<Amounts> tried;
        for (auto i = first; i < pods.size() && !gaveUp() && isEnough(pods, i, left, missing); ++i)
            if (tried.insert(m_board.alike(pods[i])).second
                && tryPlaces(pods[i], true, [&] { return packOff(pods, i + 1, left - 1); }))
                return true;
        return false;
    }

    bool isEnough(const std::vector<std::size_t> &pods, std::size_t first, int count, std::int64_t missing) const
    {
        for (auto i = first; i < std::min(pods.size(), first + static_cast<std::size_t>(count)); ++i)
            missing -= m_board.devices(pods[i]);
        return missing <= 0;
    }

    /// Each pod of a node to each place, and on from there.
    bool moveOff(std::size_t node, int left)
    {
        const auto pods = m_board.podsOn(node);
        std::set<Amounts> tried;
        return std::ranges::any_of(pods, [&](std::size_t pod) {
            return tried.insert(m_board.alike(pod)).second && tryPlaces(pod, false, [&] { return deepen(left - 1); });
        });
    }

    /// A move between other nodes. It is of use only where a later move needs the room it makes.
    bool makeRoom(int left)
    {
        std::vector<std::size_t> nodes;
        for (const auto &[free, node] : std::views::reverse(m_board.byFree()))
            if (node != m_target && !m_board.podsOn(node).empty() && mayRunShort(node, left - 1))
                nodes.push_back(node);
        std::set<Amounts> looks;
        return std::ranges::any_of(nodes, [&](std::size_t node) {
            return !gaveUp() && looks.insert(m_board.lookOf(node)).second && moveOff(node, left);
        });
    }

    /// Could `moves` pods at once ask for more than the node has free?
    bool mayRunShort(std::size_t node, int moves) const
    {
        return !std::ranges::equal(m_largest, m_board.free(node),
                                   [moves](std::int64_t most, std::int64_t free) { return most * moves <= free; });
    }

    /// `roomIsAll`: nothing else will be moved there or away, so nodes with the same room are one place.
    template <class Next>
    bool tryPlaces(std::size_t pod, bool roomIsAll, const Next &next)
    {
        std::vector<std::size_t> places;
        for (auto it = m_board.roomy(pod); it != m_board.byFree().end(); ++it)
            if (it->second != m_board.nodeOf(pod) && (!roomIsAll || it->second != m_target))
                places.push_back(it->second);
        std::set<Amounts> tried;
        for (const auto place : places) {
            if (--m_stepsLeft <= 0)
                return false;
            if (!m_board.fits(pod, place) || !tried.insert(lookOf(place, roomIsAll)).second)
                continue;
            m_board.move(pod, place);
            if (next())
                return true;
            m_board.undo();
        }
        return false;
    }

    Amounts lookOf(std::size_t node, bool roomIsAll) const
    {
        if (roomIsAll)
            return m_board.roomOf(node);
        auto look = m_board.lookOf(node);
        look.push_back(node == m_target ? 1 : 0);
        return look;
    }

    /// False when the same pods were on the same nodes before with as many moves left. By a 64-bit hash of what has
    /// moved: of the states of one search two collide once in some 10^8 searches.
    bool isNew(int left)
    {
        std::map<std::size_t, std::size_t> moved;
        for (const auto &step : m_board.steps())
            if (m_board.nodeOf(step.pod) != m_board.pod(step.pod).node)
                moved[step.pod] = m_board.nodeOf(step.pod);
        std::uint64_t hash = 0x9e3779b97f4a7c15ULL; // splitmix64's constants
        for (const auto &[pod, node] : moved) {
            hash ^= pod * 0xbf58476d1ce4e5b9ULL + node + (hash << 6) + (hash >> 2);
            hash *= 0x94d049bb133111ebULL;
            hash ^= hash >> 31;
        }
        const auto [seen, isFirst] = m_seen.emplace(hash, left);
        if (!isFirst && seen->second >= left)
            return false;
        seen->second = left;
        return true;
    }

    HoleBoard m_board;
    Amounts m_largest; ///< of each resource, what any pod needs most
    std::size_t m_target = 0;
    std::unordered_map<std::uint64_t, int> m_seen; ///< moves left in each state
    std::int64_t m_directLeft, m_stepsLeft;
};

/// A node that could be emptied enough, with the fewest pods that must leave it.
struct Goal {
    int atLeast = 0;
    std::int64_t missing = 0;
    std::size_t node = 0;
    auto operator<=>(const Goal &) const = default;
};

/// The problem without what cannot matter to a plan of up to `moves` moves: a node never takes more pods than that, so
/// more room than the largest of them need is as good as that much, and a resource of which every node has as much is
/// none. Nodes and pods that differ only there become alike.
HoleProblem reduced(const HoleProblem &problem, int moves)
{
    auto out = problem;
    const auto resources = problem.nodes.empty() ? 0 : problem.nodes.front().free.size();
    for (auto i = resources; i-- > 1;) {
        std::int64_t most = 0;
        for (const auto &pod : problem.pods)
            most = std::max(most, pod.needs[i]);
        const auto enough = most * moves;
        bool matters = false;
        for (auto &node : out.nodes) {
            matters = matters || node.free[i] < enough;
            node.free[i] = std::min(node.free[i], enough);
        }
        if (matters)
            continue;
        const auto drop = [&](Amounts &amounts) { amounts.erase(amounts.begin() + static_cast<std::ptrdiff_t>(i)); };
        for (auto &node : out.nodes)
            drop(node.free);
        for (auto &pod : out.pods)
            drop(pod.needs);
    }
    return out;
}

/// The best of the plans that only move pods off one node.
void findDirect(HoleSearch &search, const std::vector<Goal> &goals, const HoleLimits &limits, HoleAnswer &answer)
{
    auto best = limits.moves + 1;
    for (const auto &goal : goals) {
        if (goal.atLeast >= best || search.gaveUpDirect())
            return;
        if (auto steps = search.direct(goal.node, best - 1)) {
            best = static_cast<int>(steps->size());
            answer.node = goal.node;
            answer.steps = std::move(*steps);
        }
    }
}

} // namespace

HoleAnswer findHole(const HoleProblem &given, const HoleLimits &limits)
{
    HoleAnswer answer;
    const auto problem = reduced(given, limits.moves);
    HoleSearch search(problem, limits);
    std::vector<Goal> goals;
    std::int64_t free = 0;
    for (std::size_t node = 0; node < problem.nodes.size(); ++node) {
        const auto devices = problem.nodes[node].free[0];
        free += std::max<std::int64_t>(0, devices);
        if (const int atLeast = search.board().movesAtLeast(node); atLeast != HoleBoard::never)
            goals.push_back({atLeast, problem.size - devices, node});
    }
    std::ranges::sort(goals);
    answer.proven = true;
    if (goals.empty() || free < problem.size) // a move changes where devices are free, never how many
        return answer;
    findDirect(search, goals, limits, answer);
    std::set<Amounts> looks; // nodes that look the same have the same plans
    std::erase_if(goals, [&](const Goal &goal) { return !looks.insert(search.board().lookOf(goal.node)).second; });
    const int known = answer.node ? static_cast<int>(answer.steps.size()) : limits.moves + 1;
    for (answer.atLeast = goals.front().atLeast; answer.atLeast < known; ++answer.atLeast)
        for (const auto &goal : goals) {
            if (goal.atLeast > answer.atLeast)
                break;
            if (search.open(goal.node, answer.atLeast)) {
                answer.node = goal.node;
                answer.steps = search.board().steps();
                return answer;
            }
            if (search.gaveUp()) {
                answer.proven = false;
                return answer;
            }
        }
    return answer;
}

} // namespace core
