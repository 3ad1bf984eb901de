// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/mix_relaxation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <ranges>

namespace core::optimizer {

namespace {

constexpr double Infinite = std::numeric_limits<double>::infinity();
constexpr double Converged = 1e-9; ///< relative to the cost
constexpr int MostColumns = 400;   ///< assignments added for one box
constexpr double Overflow = 1e5;   ///< an instance that the box forbids costs so many times the dearest

} // namespace

MixRelaxation::MixRelaxation(const MixProblem &problem) : m_problem(&problem)
{
    for (const auto &bucket : problem.buckets) {
        auto &loads = m_loads.emplace_back();
        for (const double throughput : bucket.throughput)
            loads.push_back(throughput > 0 ? bucket.rate / problem.slices / throughput : Infinite);
    }
    for (const auto &type : problem.types)
        m_overflowPrice = std::max(m_overflowPrice, Overflow * (1 + type.usdPerHour));
}

bool MixRelaxation::allows(const MixBox &box, const Assignment &assignment) const
{
    return std::ranges::all_of(box.slices, [&](const auto &entry) {
        const auto &[where, range] = entry;
        const int slices = assignment.slices[where.first][where.second];
        return slices >= range.first && slices <= range.second;
    });
}

/// Puts the slices of a bucket where they are cheapest within the box; false when the box leaves no way.
bool MixRelaxation::fillBucket(const MixBox &box, std::size_t bucket, const std::vector<double> &prices,
                               std::vector<int> &slices) const
{
    const auto types = prices.size();
    slices.assign(types, 0);
    // At equal prices the smaller load goes first: a price of 0 must not make a type look free of load.
    const auto byPrice = [&](std::size_t j) {
        const double load = m_loads[bucket][j];
        return std::pair(std::isinf(load) ? load : load * prices[j], load);
    };
    auto entry = box.slices.lower_bound({bucket, 0});
    if (entry == box.slices.end() || entry->first.first != bucket) {
        const auto best = std::ranges::min(std::views::iota(std::size_t{0}, types), {}, byPrice);
        slices[best] = m_problem->slices;
        return std::isfinite(m_loads[bucket][best]);
    }
    std::vector<int> most(types, m_problem->slices);
    int left = m_problem->slices;
    for (; entry != box.slices.end() && entry->first.first == bucket; ++entry) {
        slices[entry->first.second] = entry->second.first;
        most[entry->first.second] = entry->second.second;
        left -= entry->second.first;
    }
    std::vector<std::size_t> order(types);
    for (std::size_t j = 0; j < types; ++j)
        order[j] = j;
    std::ranges::sort(order, {}, byPrice);
    for (const auto type : order) {
        if (std::isinf(m_loads[bucket][type]))
            continue;
        const int more = std::clamp(most[type] - slices[type], 0, std::max(0, left));
        slices[type] += more;
        left -= more;
    }
    return left == 0;
}

std::optional<MixRelaxation::Assignment> MixRelaxation::cheapest(const MixBox &box,
                                                                 const std::vector<double> &prices) const
{
    Assignment made{std::vector<std::vector<int>>(m_loads.size()), std::vector<double>(prices.size())};
    for (std::size_t b = 0; b < m_loads.size(); ++b) {
        if (!fillBucket(box, b, prices, made.slices[b]))
            return std::nullopt;
        for (std::size_t j = 0; j < prices.size(); ++j)
            if (made.slices[b][j] > 0)
                made.load[j] += made.slices[b][j] * m_loads[b][j];
    }
    return made;
}

/// Columns: what each type has above its least, what it has beyond its most, the weight of each assignment.
std::optional<MixRelaxation::Master> MixRelaxation::solveMaster(const MixBox &box,
                                                                const std::vector<const Assignment *> &columns) const
{
    const auto types = m_problem->types.size();
    SmallLp lp(2 * types + columns.size());
    for (std::size_t j = 0; j < types; ++j) {
        lp.setCost(j, m_problem->types[j].usdPerHour);
        lp.setCost(types + j, m_overflowPrice);
        std::vector<double> row(2 * types + columns.size());
        row[j] = row[types + j] = 1;
        for (std::size_t a = 0; a < columns.size(); ++a)
            row[2 * types + a] = -columns[a]->load[j];
        lp.addRow(std::move(row), -box.least[j]);
    }
    std::vector<double> convexity(2 * types + columns.size());
    std::fill(convexity.begin() + static_cast<std::ptrdiff_t>(2 * types), convexity.end(), 1.0);
    lp.addRow(std::move(convexity), 1);
    for (std::size_t j = 0; j < types; ++j) {
        if (std::isinf(box.most[j]))
            continue;
        std::vector<double> row(2 * types + columns.size());
        row[j] = -1;
        lp.addRow(std::move(row), box.least[j] - box.most[j]);
    }
    auto solved = lp.solve();
    if (!solved)
        return std::nullopt;
    Master master;
    for (std::size_t j = 0; j < types; ++j)
        master.counts.push_back(box.least[j] + solved->x[j] + solved->x[types + j]);
    master.weights.assign(solved->x.begin() + static_cast<std::ptrdiff_t>(2 * types), solved->x.end());
    master.prices.assign(solved->prices.begin(), solved->prices.begin() + static_cast<std::ptrdiff_t>(types));
    // Without an upper end a price above the cost is rounding error.
    for (std::size_t j = 0; j < types; ++j)
        if (std::isinf(box.most[j]))
            master.prices[j] = std::min(master.prices[j], m_problem->types[j].usdPerHour);
    master.convexity = solved->prices[types];
    return master;
}

double MixRelaxation::boundAt(const MixBox &box, const std::vector<double> &prices, double assigned) const
{
    double bound = assigned;
    for (std::size_t j = 0; j < prices.size(); ++j) {
        const double margin = m_problem->types[j].usdPerHour - prices[j];
        // Without an upper end a price above the cost would let the minimum run away: by rounding only, so it is cut
        // there.
        bound += margin >= 0 ? margin * box.least[j] : std::isinf(box.most[j]) ? 0 : margin * box.most[j];
    }
    return bound;
}

std::vector<std::size_t> MixRelaxation::usable(const MixBox &box, const std::vector<std::size_t> &start,
                                               const std::vector<double> &prices)
{
    std::vector<std::size_t> used;
    for (const auto a : start)
        if (allows(box, m_assignments[a]))
            used.push_back(a);
    if (!used.empty())
        return used;
    if (auto first = cheapest(box, prices)) {
        used.push_back(m_assignments.size());
        m_assignments.push_back(*std::move(first));
    }
    return used;
}

std::vector<std::vector<double>> MixRelaxation::mixed(const std::vector<const Assignment *> &columns,
                                                      std::span<const double> weights) const
{
    const auto types = m_problem->types.size();
    std::vector<std::vector<double>> slices(m_loads.size(), std::vector<double>(types));
    for (std::size_t a = 0; a < weights.size(); ++a)
        for (std::size_t b = 0; weights[a] > 0 && b < m_loads.size(); ++b)
            for (std::size_t j = 0; j < types; ++j)
                slices[b][j] += weights[a] * columns[a]->slices[b][j];
    return slices;
}

/// What an assignment costs at prices of load.
double MixRelaxation::priced(const Assignment &assignment, std::span<const double> prices)
{
    return std::transform_reduce(prices.begin(), prices.end(), assignment.load.begin(), 0.0);
}

MixRelaxation::Answer MixRelaxation::solve(const MixBox &box, const std::vector<std::size_t> &start)
{
    Answer answer{.bound = Infinite, .counts = {}, .slices = {}, .assignments = {}};
    std::vector<double> costs;
    costs.reserve(m_problem->types.size());
    for (const auto &type : m_problem->types)
        costs.push_back(type.usdPerHour);
    auto used = usable(box, start, costs);
    if (used.empty())
        return answer;
    double bound = 0;
    std::optional<Master> master;
    std::vector<const Assignment *> columns;
    for (int added = 0; added < MostColumns; ++added) {
        columns = columnsOf(used);
        auto next = solveMaster(box, columns);
        if (!next)
            break;
        master = std::move(next);
        auto made = cheapest(box, master->prices);
        if (!made)
            return answer;
        const double assigned = priced(*made, master->prices);
        bound = std::max(bound, boundAt(box, master->prices, assigned));
        if (assigned >= master->convexity - Converged * (1 + std::abs(master->convexity)))
            break;
        used.push_back(m_assignments.size());
        m_assignments.push_back(*std::move(made));
    }
    answer.bound = bound;
    if (!master)
        return answer;
    answer.counts = master->counts;
    answer.slices = mixed(columns, master->weights);
    answer.assignments = weighing(used, master->weights);
    return answer;
}

std::vector<const MixRelaxation::Assignment *> MixRelaxation::columnsOf(const std::vector<std::size_t> &used) const
{
    std::vector<const Assignment *> columns;
    columns.reserve(used.size());
    for (const auto a : used)
        columns.push_back(&m_assignments[a]);
    return columns;
}

std::vector<std::size_t> MixRelaxation::weighing(const std::vector<std::size_t> &used, std::span<const double> weights)
{
    std::vector<std::size_t> out;
    for (std::size_t a = 0; a < weights.size(); ++a)
        if (weights[a] > 0)
            out.push_back(used[a]);
    return out;
}

/// min s with w_j·(s − shift) >= sum weight_a·load_a,j − y_j: below `shift` there is room in every type.
std::optional<SmallLp::Solution> MixRelaxation::solveRoom(const std::vector<double> &counts,
                                                          const std::vector<const Assignment *> &columns,
                                                          double shift) const
{
    SmallLp lp(1 + columns.size());
    lp.setCost(0, 1);
    for (std::size_t j = 0; j < counts.size(); ++j) {
        const double unit = 1 / (m_problem->types[j].usdPerHour + Converged);
        std::vector<double> row{unit};
        for (const auto *column : columns)
            row.push_back(-column->load[j]);
        lp.addRow(std::move(row), unit * shift - counts[j]);
    }
    std::vector<double> convexity(1 + columns.size(), 1.0);
    convexity[0] = 0;
    lp.addRow(std::move(convexity), 1);
    return lp.solve();
}

std::optional<MixRelaxation::Roomiest> MixRelaxation::roomiest(const MixBox &box, const std::vector<double> &counts,
                                                               const std::vector<std::size_t> &start)
{
    const auto types = counts.size();
    std::vector<double> prices;
    double shift = 1;
    for (std::size_t j = 0; j < types; ++j) {
        prices.push_back(m_problem->types[j].usdPerHour);
        shift = std::max(shift, counts[j] * (prices[j] + Converged));
    }
    auto used = usable(box, start, prices);
    std::vector<const Assignment *> columns;
    std::optional<SmallLp::Solution> solved;
    for (int added = 0; added < MostColumns && !used.empty(); ++added) {
        columns = columnsOf(used);
        solved = solveRoom(counts, columns, shift);
        if (!solved)
            return std::nullopt;
        prices.assign(solved->prices.begin(), solved->prices.begin() + static_cast<std::ptrdiff_t>(types));
        auto made = cheapest(box, prices);
        if (!made || priced(*made, prices) >= solved->prices[types] - Converged * (1 + std::abs(solved->prices[types])))
            break;
        used.push_back(m_assignments.size());
        m_assignments.push_back(*std::move(made));
    }
    if (!solved || solved->x[0] > shift * (1 + Converged))
        return std::nullopt;
    Roomiest found;
    found.room = shift - solved->x[0];
    const auto weights = std::span(solved->x).subspan(1);
    found.slices = mixed(columns, weights);
    found.assignments = weighing(used, weights);
    return found;
}

} // namespace core::optimizer
