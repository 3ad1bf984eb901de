// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/mix_search.h"

#include "core/placement/optimizer/mix_relaxation.h"
#include "core/placement/optimizer/mix_rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <queue>

namespace core::optimizer {

namespace {

constexpr double Infinite = std::numeric_limits<double>::infinity();
constexpr double Whole = 1e-6;     ///< distance from a whole number that is rounding error
constexpr double NotBetter = 1e-8; ///< relative: a branch that could only save so little is closed
constexpr double Plateau = 1e-7;   ///< relative difference of bounds that is rounding error
constexpr int SliceNodes = 300;    ///< spent on one set of whole counts at first
constexpr int DeepNodes = 3000;    ///< spent on it when all other counts are decided
constexpr int SliceKicks = 2;
constexpr int Kicks = 20;        ///< of each mix that is tried before counts are branched on
constexpr int CountsKicks = 300; ///< of counts that are whole in the relaxation

struct Node {
    MixBox box;
    MixRelaxation::Answer relaxed;
    std::int64_t rank = 0; ///< the bound in steps of Plateau
    int order = 0;
};

/// Least bound first; the youngest among equals, so that a plateau is searched in depth. Equal within rounding error,
/// or noise would decide and the search would go in breadth.
struct Later {
    bool operator()(const Node &a, const Node &b) const
    {
        return a.rank != b.rank ? a.rank > b.rank : a.order < b.order;
    }
};

/// Slices within bounds, for counts that are decided.
struct SliceNode {
    MixBox box;
    std::vector<std::size_t> start;
};

using Waiting = std::multimap<double, SliceNode, std::greater<>>; ///< by the room that is left

/// Whole counts that were neither filled nor refuted.
struct Unsettled {
    MixBox box; ///< of these counts alone
    std::vector<std::size_t> start;
    double usdPerHour = 0;
};

/// Branch and bound on counts; where they are whole, a search in depth for whole slices.
class MixSearch {
public:
    explicit MixSearch(const MixProblem &problem) : m_problem(problem), m_relaxation(problem)
    {
        m_best.usdPerHour = Infinite;
    }

    std::optional<GpuMix> run(int nodeLimit)
    {
        open(wholeBox(), {});
        while (!m_open.empty() && m_nodes < nodeLimit) {
            const Node node = m_open.top();
            if (closed(node.relaxed.bound))
                break; // the least bound of all
            m_open.pop();
            branch(node);
        }
        settleDeeper(nodeLimit);
        if (std::isinf(m_best.usdPerHour))
            return std::nullopt;
        m_best.bound = m_best.usdPerHour;
        for (const auto &left : m_unsettled)
            m_best.bound = std::min(m_best.bound, left.usdPerHour);
        if (!m_open.empty())
            m_best.bound = std::min(m_best.bound, m_open.top().relaxed.bound);
        return m_best;
    }

private:
    MixBox wholeBox() const
    {
        MixBox box;
        for (const auto &type : m_problem.types) {
            box.least.push_back(0);
            box.most.push_back(type.limit ? static_cast<double>(*type.limit) : Infinite);
        }
        return box;
    }

    bool closed(double bound) const { return bound >= m_best.usdPerHour * (1 - NotBetter); }

    double costOf(const std::vector<double> &counts) const
    {
        double cost = 0;
        for (std::size_t j = 0; j < counts.size(); ++j)
            cost += counts[j] * m_problem.types[j].usdPerHour;
        return cost;
    }

    void offer(const std::vector<std::vector<double>> &fractions, const std::vector<double> &counts, int kicks)
    {
        const double cost = costOf(counts);
        if (closed(cost) || !fitsCounts(m_problem, m_relaxation, fractions, counts, kicks))
            return;
        m_best.usdPerHour = cost;
        m_best.counts.clear();
        for (const double count : counts)
            m_best.counts.push_back(std::llround(count));
    }

    /// The counts rounded up, and then every mixture of up and down for the fractional ones, cheapest first.
    void round(const MixBox &box, const MixRelaxation::Answer &relaxed)
    {
        std::vector<std::vector<double>> candidates{{}};
        for (std::size_t j = 0; j < relaxed.counts.size(); ++j) {
            const double down = std::floor(relaxed.counts[j] + Whole), up = std::ceil(relaxed.counts[j] - Whole);
            const auto before = candidates.size();
            for (std::size_t i = 0; i < before; ++i) {
                if (up > down && candidates.size() < 64) {
                    candidates.push_back(candidates[i]);
                    candidates.back().push_back(down);
                }
                candidates[i].push_back(std::min(up, box.most[j]));
            }
        }
        std::ranges::stable_sort(candidates, {}, [&](const auto &counts) { return costOf(counts); });
        for (const auto &counts : candidates)
            if (costOf(counts) >= relaxed.bound * (1 - NotBetter)) // below the bound nothing fits
                offer(relaxed.slices, counts, Kicks);
    }

    void open(MixBox box, const std::vector<std::size_t> &start)
    {
        ++m_nodes;
        auto relaxed = m_relaxation.solve(box, start);
        if (std::isinf(relaxed.bound) || relaxed.counts.empty() || closed(relaxed.bound))
            return;
        for (std::size_t j = 0; j < box.most.size(); ++j)
            if (relaxed.counts[j] > box.most[j] + Whole)
                return; // only by instances that the box forbids
        if (m_nodes == 1)
            m_root = relaxed.bound;
        round(box, relaxed);
        if (!closed(relaxed.bound)) {
            const auto rank = std::llround(relaxed.bound / (1 + m_root) / Plateau);
            m_open.push({std::move(box), std::move(relaxed), rank, m_nodes});
        }
    }

    void branch(const Node &node)
    {
        if (const auto type = mostFractional(node.relaxed.counts)) {
            auto below = node.box, above = node.box;
            below.most[*type] = std::floor(node.relaxed.counts[*type]);
            above.least[*type] = below.most[*type] + 1;
            open(std::move(below), node.relaxed.assignments);
            open(std::move(above), node.relaxed.assignments);
            return;
        }
        settle(node);
    }

    /// The counts are whole at this node's bound: looks for whole slices within them, then goes on to what is not below
    /// them in every count. What the look neither finds nor refutes stays open in the bound.
    void settle(const Node &node)
    {
        std::vector<double> counts;
        counts.reserve(node.relaxed.counts.size());
        for (const double count : node.relaxed.counts)
            counts.push_back(std::round(count));
        auto box = node.box;
        box.least = box.most = counts;
        offer(node.relaxed.slices, counts, CountsKicks);
        int budget = SliceNodes;
        if (!refuted(box, counts, node.relaxed.assignments, budget))
            m_unsettled.push_back({box, node.relaxed.assignments, costOf(counts)});
        for (std::size_t j = 0; j < counts.size(); ++j) {
            auto rest = node.box;
            for (std::size_t i = 0; i < j; ++i)
                rest.most[i] = counts[i];
            rest.least[j] = counts[j] + 1;
            if (rest.least[j] <= rest.most[j])
                open(std::move(rest), node.relaxed.assignments);
        }
    }

    /// What is left of the nodes goes to the counts that are neither filled nor refuted, the cheapest first.
    void settleDeeper(int nodeLimit)
    {
        std::ranges::stable_sort(m_unsettled, {}, &Unsettled::usdPerHour);
        std::erase_if(m_unsettled, [&](const Unsettled &left) {
            int budget = std::min(DeepNodes, nodeLimit - m_nodes);
            return refuted(left.box, left.box.most, left.start, budget);
        });
    }

    /// True when no whole slices fit these counts, or when the mix that fits them has been taken. From where most room
    /// is left it goes down on the nearer side to an end, and then on from where most room is left now.
    bool refuted(const MixBox &counted, const std::vector<double> &counts, const std::vector<std::size_t> &start,
                 int &budget)
    {
        Waiting waiting;
        waiting.insert({Infinite, {counted, start}});
        while (!waiting.empty() && !closed(costOf(counts))) {
            auto node = std::optional(waiting.extract(waiting.begin()).mapped());
            while (node) {
                if (--budget < 0)
                    return false;
                node = goDown(*std::move(node), counts, waiting);
            }
        }
        return true;
    }

    /// The nearer side of the heaviest fraction; the other side waits. None where it ends.
    std::optional<SliceNode> goDown(SliceNode node, const std::vector<double> &counts, Waiting &waiting)
    {
        ++m_nodes;
        const auto roomiest = m_relaxation.roomiest(node.box, counts, node.start);
        if (!roomiest)
            return std::nullopt;
        offer(roomiest->slices, counts, SliceKicks);
        const auto where = heaviestFraction(roomiest->slices);
        if (!where || closed(costOf(counts)))
            return std::nullopt;
        const double part = roomiest->slices[where->first][where->second];
        SliceNode far{node.box, roomiest->assignments};
        restrict(far.box, *where, part, std::round(part) < part);
        waiting.insert({roomiest->room, std::move(far)});
        restrict(node.box, *where, part, std::round(part) > part);
        node.start = roomiest->assignments;
        return node;
    }

    /// To the whole numbers above a fraction of slices, or to those below.
    void restrict(MixBox &box, const std::pair<std::size_t, std::size_t> &where, double part, bool above) const
    {
        auto &range = box.slices.try_emplace(where, 0, m_problem.slices).first->second;
        const int down = static_cast<int>(std::floor(part));
        (above ? range.first : range.second) = above ? down + 1 : down;
    }

    /// The fraction of slices whose rounding moves most, in what that costs: when the heavy slices are decided, the
    /// light ones fill what is left; the other way round the same mixes are looked at again and again.
    std::optional<std::pair<std::size_t, std::size_t>>
    heaviestFraction(const std::vector<std::vector<double>> &slices) const
    {
        std::optional<std::pair<std::size_t, std::size_t>> where;
        double most = 0;
        for (std::size_t b = 0; b < slices.size(); ++b)
            for (std::size_t j = 0; j < slices[b].size(); ++j) {
                if (distance(slices[b][j]) <= Whole)
                    continue;
                const double price = m_problem.types[j].usdPerHour + Whole; // some cost nothing
                if (const double moved = distance(slices[b][j]) * m_relaxation.load(b, j) * price; moved > most) {
                    most = moved;
                    where = {b, j};
                }
            }
        return where;
    }

    static double distance(double value) { return std::abs(value - std::round(value)); }

    static std::optional<std::size_t> mostFractional(const std::vector<double> &values)
    {
        std::optional<std::size_t> found;
        double most = Whole;
        for (std::size_t i = 0; i < values.size(); ++i)
            if (distance(values[i]) > most) {
                most = distance(values[i]);
                found = i;
            }
        return found;
    }

    const MixProblem &m_problem;
    MixRelaxation m_relaxation;
    GpuMix m_best;
    std::priority_queue<Node, std::vector<Node>, Later> m_open;
    double m_root = 0; ///< bound of the whole problem
    std::vector<Unsettled> m_unsettled;
    int m_nodes = 0; ///< relaxations solved
};

} // namespace

std::optional<GpuMix> searchMix(const MixProblem &problem, int nodeLimit)
{
    return MixSearch(problem).run(nodeLimit);
}

} // namespace core::optimizer
