// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

namespace core::optimizer {

/// A small dense linear program: min cost·x, A x >= b, x >= 0, with cost >= 0, so that x = 0 is dual feasible and the
/// dual simplex method starts at once. Made for tens of rows and columns. Ties are broken by the lowest index (Bland),
/// so it ends.
class SmallLp {
public:
    struct Solution {
        std::vector<double> x;
        std::vector<double> prices; ///< one a row, >= 0
    };

    explicit SmallLp(std::size_t columns) : m_cost(columns) {}

    void setCost(std::size_t column, double cost) { m_cost[column] = cost; }
    /// sum coefficients·x >= least; coefficients one a column.
    void addRow(std::vector<double> coefficients, double least);

    /// The optimum; none when no x satisfies the rows, or rounding got in the way.
    std::optional<Solution> solve() const;

private:
    std::vector<double> m_cost;
    std::vector<std::vector<double>> m_rows;
    std::vector<double> m_least;
};

} // namespace core::optimizer
