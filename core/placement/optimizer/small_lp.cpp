// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/small_lp.h"

#include <limits>

namespace core::optimizer {

namespace {

constexpr double Zero = 1e-9;
constexpr int MostPivots = 5000;
constexpr int SteepPivots = 200; ///< after which the first row leaves (Bland), which never cycles, not the worst

/// Rows of x_basic + sum a·x_free = value, and the reduced costs in the last row; the last column is the right-hand
/// side.
class Tableau {
public:
    Tableau(const std::vector<std::vector<double>> &rows, const std::vector<double> &least,
            const std::vector<double> &cost)
        : m_columns(cost.size())
        , m_cells(rows.size() + 1)
        , m_basic(rows.size())
        , m_free(cost.size())
    {
        for (std::size_t r = 0; r < rows.size(); ++r) {
            m_cells[r].reserve(m_columns + 1);
            for (const double cell : rows[r])
                m_cells[r].push_back(-cell);
            m_cells[r].push_back(-least[r]);
        }
        m_cells.back() = cost;
        m_cells.back().push_back(0);
        for (std::size_t c = 0; c < m_free.size(); ++c)
            m_free[c] = c;
        for (std::size_t r = 0; r < m_basic.size(); ++r)
            m_basic[r] = m_columns + r;
    }

    bool solve()
    {
        for (int pivots = 0; pivots < MostPivots; ++pivots) {
            const auto row = leavingRow(pivots >= SteepPivots);
            if (!row)
                return true;
            const auto column = enteringColumn(*row);
            if (!column)
                return false;
            pivot(*row, *column);
        }
        return false;
    }

    SmallLp::Solution solution() const
    {
        SmallLp::Solution found{std::vector<double>(m_columns), std::vector<double>(m_basic.size())};
        for (std::size_t r = 0; r < m_basic.size(); ++r)
            if (m_basic[r] < m_columns)
                found.x[m_basic[r]] = m_cells[r].back();
        for (std::size_t c = 0; c < m_columns; ++c)
            if (m_free[c] >= m_columns)
                found.prices[m_free[c] - m_columns] = m_cells.back()[c];
        return found;
    }

private:
    std::optional<std::size_t> leavingRow(bool bland) const
    {
        std::optional<std::size_t> row;
        for (std::size_t r = 0; r < m_basic.size(); ++r)
            if (m_cells[r].back() < -Zero
                && (!row || (bland ? m_basic[r] < m_basic[*row] : m_cells[r].back() < m_cells[*row].back())))
                row = r;
        return row;
    }

    std::optional<std::size_t> enteringColumn(std::size_t row) const
    {
        std::optional<std::size_t> column;
        double least = std::numeric_limits<double>::max();
        for (std::size_t c = 0; c < m_columns; ++c) {
            if (m_cells[row][c] >= -Zero)
                continue;
            const double ratio = m_cells.back()[c] / -m_cells[row][c];
            const bool earlier = !column || m_free[c] < m_free[*column];
            if (ratio < least - Zero || (ratio <= least + Zero && earlier)) {
                least = std::min(least, ratio);
                column = c;
            }
        }
        return column;
    }

    void pivot(std::size_t row, std::size_t column)
    {
        const double by = m_cells[row][column];
        for (auto &cell : m_cells[row])
            cell /= by;
        m_cells[row][column] = 1 / by;
        for (std::size_t r = 0; r < m_cells.size(); ++r) {
            const double factor = m_cells[r][column];
            if (r == row || factor == 0)
                continue;
            for (std::size_t c = 0; c <= m_columns; ++c)
                m_cells[r][c] -= factor * m_cells[row][c];
            m_cells[r][column] = -factor / by;
        }
        std::swap(m_basic[row], m_free[column]);
    }

    std::size_t m_columns;
    std::vector<std::vector<double>> m_cells;
    std::vector<std::size_t> m_basic, m_free; ///< below m_columns: a variable; from there on: the slack of a row
};

} // namespace

void SmallLp::addRow(std::vector<double> coefficients, double least)
{
    m_rows.push_back(std::move(coefficients));
    m_least.push_back(least);
}

std::optional<SmallLp::Solution> SmallLp::solve() const
{
    Tableau tableau(m_rows, m_least, m_cost);
    if (!tableau.solve())
        return std::nullopt;
    return tableau.solution();
}

} // namespace core::optimizer
