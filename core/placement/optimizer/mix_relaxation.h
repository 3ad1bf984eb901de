// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/gpu_mix.h"
#include "core/placement/optimizer/small_lp.h"

#include <deque>
#include <map>
#include <span>

namespace core::optimizer {

/// Bounds that branching has set: counts of types, and slices of a bucket on a type.
struct MixBox {
    std::vector<double> least, most; ///< of each type; `most` may be infinite
    /// (bucket, type) -> least and most slices.
    std::map<std::pair<std::size_t, std::size_t>, std::pair<int, int>> slices;
};

/// The relaxation of a mix within a box: fractions of slices, fractions of instances.
///
/// An assignment of all slices to types has a load on each type; the relaxation mixes assignments a with weights that
/// sum to 1:
///   min c·y,  y >= sum weight_a·load_a,  least <= y <= most.
/// Assignments are made when they are wanted: at prices m of a type's load, the cheapest assignment puts each slice on
/// its cheapest type. That also proves a bound at any prices m >= 0 (Lagrange), however exact the linear program was:
///   cost >= min over assignments m·load + sum over types min over y in [least, most] of (c − m)·y.
class MixRelaxation {
public:
    struct Answer {
        double bound = 0;                        ///< infinite: the box holds no mix
        std::vector<double> counts;              ///< y
        std::vector<std::vector<double>> slices; ///< by bucket, by type
        std::vector<std::size_t> assignments;    ///< that carry weight: where a box within this one starts
    };

    struct Roomiest {
        double room = 0;                         ///< left of every type, in units of what it costs
        std::vector<std::vector<double>> slices; ///< by bucket, by type
        std::vector<std::size_t> assignments;    ///< as in Answer
    };

    explicit MixRelaxation(const MixProblem &problem);

    /// `start`: the assignments of the box that this one was cut from.
    Answer solve(const MixBox &box, const std::vector<std::size_t> &start = {});
    /// Fractions within these counts that leave as much of every type free as can be, in units of what it costs; none
    /// when no fractions in the box fit. Rounded, they fit more often than a corner of the relaxation does.
    std::optional<Roomiest> roomiest(const MixBox &box, const std::vector<double> &counts,
                                     const std::vector<std::size_t> &start = {});
    /// Load of one slice of a bucket on a type; infinite when the type cannot serve it.
    double load(std::size_t bucket, std::size_t type) const { return m_loads[bucket][type]; }

private:
    struct Assignment {
        std::vector<std::vector<int>> slices;
        std::vector<double> load;
    };
    struct Master {
        std::vector<double> counts, weights, prices;
        double convexity = 0;
    };

    std::optional<SmallLp::Solution> solveRoom(const std::vector<double> &counts,
                                               const std::vector<const Assignment *> &columns, double shift) const;
    /// The assignments of `start` that the box allows, else a first one at `prices`; none when the box holds none.
    std::vector<std::size_t> usable(const MixBox &box, const std::vector<std::size_t> &start,
                                    const std::vector<double> &prices);
    std::vector<const Assignment *> columnsOf(const std::vector<std::size_t> &used) const;
    /// Those of `used` that carry weight.
    static std::vector<std::size_t> weighing(const std::vector<std::size_t> &used, std::span<const double> weights);
    static double priced(const Assignment &assignment, std::span<const double> prices);
    std::vector<std::vector<double>> mixed(const std::vector<const Assignment *> &columns,
                                           std::span<const double> weights) const;
    bool allows(const MixBox &box, const Assignment &assignment) const;
    std::optional<Assignment> cheapest(const MixBox &box, const std::vector<double> &prices) const;
    bool fillBucket(const MixBox &box, std::size_t bucket, const std::vector<double> &prices,
                    std::vector<int> &slices) const;
    std::optional<Master> solveMaster(const MixBox &box, const std::vector<const Assignment *> &columns) const;
    double boundAt(const MixBox &box, const std::vector<double> &prices, double assigned) const;

    const MixProblem *m_problem;
    std::vector<std::vector<double>> m_loads;
    std::deque<Assignment> m_assignments; ///< grows while columns point into it
    double m_overflowPrice = 0;           ///< of an instance beyond what the box allows
};

} // namespace core::optimizer
