// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/mix_rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace core::optimizer {

namespace {

constexpr double Rounding = 1e-7; ///< instances by which a load may pass its count: sums of rates are not exact
constexpr int ShakenSlices = 3;

/// The nearest whole numbers with the same sum: rounded down, then one more each by largest remainder.
std::vector<int> roundKeepingSum(const std::vector<double> &parts, int sum)
{
    std::vector<int> whole;
    whole.reserve(parts.size());
    for (const double part : parts)
        whole.push_back(static_cast<int>(std::floor(part + Rounding)));
    std::vector<std::size_t> order(parts.size());
    for (std::size_t j = 0; j < order.size(); ++j)
        order[j] = j;
    std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t j) { return parts[j] - whole[j]; });
    int left = sum - std::accumulate(whole.begin(), whole.end(), 0);
    for (std::size_t i = 0; left > 0 && i < order.size(); ++i)
        if (parts[order[i]] > Rounding) {
            ++whole[order[i]];
            --left;
        }
    return whole;
}

/// One slice of one bucket from a type to another.
struct Move {
    std::size_t bucket = 0, from = 0, to = 0;
};

class Repair {
public:
    Repair(const MixProblem &problem, const MixRelaxation &relaxation,
           const std::vector<std::vector<double>> &fractions, const std::vector<double> &counts)
        : m_relaxation(relaxation)
        , m_counts(counts)
        , m_load(counts.size())
    {
        for (const auto &parts : fractions)
            m_slices.push_back(roundKeepingSum(parts, problem.slices));
        recount();
    }

    bool run(int kicks)
    {
        auto best = m_slices;
        double least = std::numeric_limits<double>::max();
        for (int kick = 0;; ++kick) {
            while (over() > Rounding && (improveByMove() || improveBySwap())) {}
            const double left = over();
            if (left <= Rounding)
                return true;
            if (kick >= kicks)
                return false;
            if (left <= least) {
                least = left;
                best = m_slices;
            } else
                restore(best);
            shake();
        }
    }

private:
    double excess(std::size_t type, double load) const { return std::max(0.0, load - m_counts[type]); }
    double over() const
    {
        double sum = 0;
        for (std::size_t j = 0; j < m_counts.size(); ++j)
            sum += excess(j, m_load[j]);
        return sum;
    }
    bool possible(const Move &move) const
    {
        return move.from != move.to && m_slices[move.bucket][move.from] > 0
            && std::isfinite(m_relaxation.load(move.bucket, move.to));
    }
    void make(const Move &move)
    {
        --m_slices[move.bucket][move.from];
        ++m_slices[move.bucket][move.to];
        m_load[move.from] -= m_relaxation.load(move.bucket, move.from);
        m_load[move.to] += m_relaxation.load(move.bucket, move.to);
    }
    /// `now`: over()
    double overAfter(const Move &move, double now) const
    {
        return now - excess(move.from, m_load[move.from]) - excess(move.to, m_load[move.to])
            + excess(move.from, m_load[move.from] - m_relaxation.load(move.bucket, move.from))
            + excess(move.to, m_load[move.to] + m_relaxation.load(move.bucket, move.to));
    }
    template <class Visit>
    void eachMove(Visit visit) const
    {
        for (std::size_t b = 0; b < m_slices.size(); ++b)
            for (std::size_t from = 0; from < m_counts.size(); ++from)
                for (std::size_t to = 0; to < m_counts.size(); ++to)
                    if (const Move move{b, from, to}; possible(move))
                        visit(move);
    }
    void restore(const std::vector<std::vector<int>> &slices)
    {
        m_slices = slices;
        recount();
    }
    void recount()
    {
        std::ranges::fill(m_load, 0.0);
        for (std::size_t b = 0; b < m_slices.size(); ++b)
            for (std::size_t j = 0; j < m_load.size(); ++j)
                if (m_slices[b][j] > 0)
                    m_load[j] += m_slices[b][j] * m_relaxation.load(b, j);
    }
    void shake()
    {
        std::vector<Move> moves;
        eachMove([&](const Move &move) { moves.push_back(move); });
        for (int i = 0; i < ShakenSlices && !moves.empty(); ++i)
            if (const auto &move = moves[m_random() % moves.size()]; possible(move))
                make(move);
    }
    bool improveByMove()
    {
        std::optional<Move> best;
        const double now = over();
        double least = now - Rounding / 10;
        eachMove([&](const Move &move) {
            if (const double after = overAfter(move, now); after < least) {
                least = after;
                best = move;
            }
        });
        if (best)
            make(*best);
        return best.has_value();
    }
    bool improveBySwap()
    {
        std::vector<Move> moves;
        eachMove([&](const Move &move) { moves.push_back(move); });
        const double before = over();
        for (const auto &first : moves) {
            if (excess(first.from, m_load[first.from]) <= 0)
                continue; // relief starts where there is too much
            make(first);
            const double now = over();
            for (const auto &second : moves)
                if (second.from == first.to && second.bucket != first.bucket && possible(second)
                    && overAfter(second, now) < before - Rounding / 10) {
                    make(second);
                    return true;
                }
            make({first.bucket, first.to, first.from});
        }
        return false;
    }

    const MixRelaxation &m_relaxation;
    const std::vector<double> &m_counts;
    std::vector<double> m_load;
    std::vector<std::vector<int>> m_slices;
    std::mt19937_64 m_random{1};
};

} // namespace

bool fitsCounts(const MixProblem &problem, const MixRelaxation &relaxation,
                const std::vector<std::vector<double>> &fractions, const std::vector<double> &counts, int kicks)
{
    return Repair(problem, relaxation, fractions, counts).run(kicks);
}

} // namespace core::optimizer
