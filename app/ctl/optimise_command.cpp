// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/calibration_store.h"
#include "app/ctl/catalog_files.h"
#include "app/ctl/cluster_view.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "core/placement/optimise_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unistd.h>

namespace app::ctl {

using core::ErrorKind;
using nlohmann::ordered_json;

namespace {

/// "NAME=TOKENS": what is asked of a requirement over all its replicas.
core::Result<std::map<std::string, double, std::less<>>> demands(const std::vector<std::string> &texts)
{
    std::map<std::string, double, std::less<>> out;
    for (const auto &text : texts) {
        const auto equals = text.find('=');
        double tps = 0;
        const auto *end = text.data() + text.size();
        const auto *begin = equals == std::string::npos ? end : text.data() + equals + 1;
        const auto [stopped, status] = std::from_chars(begin, end, tps);
        if (equals == std::string::npos || begin == end || status != std::errc{} || stopped != end)
            return core::fail(ErrorKind::Usage, fmt::format("\"{}\" is not NAME=TOKENS_PER_SECOND", text), "--demand");
        out[text.substr(0, equals)] = tps;
    }
    return out;
}

/// Replicas of the plan that have no place, whatever the reason.
int unplaced(const core::Plan &plan)
{
    int missing = 0;
    for (const auto &requirement : plan.requirements)
        missing += std::max(0, requirement.replicas - plan.placedReplicas(requirement.name));
    return missing;
}

ordered_json draftDocument(const core::PlanDraft &draft, const core::OptimiseQuery &query)
{
    ordered_json document{{"plan", draft.plan.name},
                          {"goal", query.goal == core::OptimiseGoal::Cost ? "cost" : "fewest-gpus"},
                          {"currency", query.prices->currency},
                          {"cost", draft.progress.usdPerHour},
                          {"bound", draft.progress.bound},
                          {"gap", draft.progress.gap()},
                          {"gpus", draft.gpus},
                          {"missingReplicas", unplaced(draft.plan)},
                          {"unmetTokensPerSecond", draft.score.unmetTps},
                          {"placements", ordered_json::array()},
                          {"notes", draft.notes}};
    for (const auto &placement : draft.plan.placements)
        document["placements"].push_back({{"requirement", placement.requirement},
                                          {"node", placement.target.node},
                                          {"sku", placement.target.skuId},
                                          {"replicas", placement.replicas},
                                          {"locked", placement.locked}});
    return document;
}

void printDraft(const core::PlanDraft &draft, core::OptimiseGoal goal)
{
    Table table({"MODEL", "REPLICAS", "NODE", "SKU", ""});
    for (const auto &placement : draft.plan.placements)
        table.add({placement.requirement, std::to_string(placement.replicas), placement.target.node,
                   placement.target.skuId, placement.locked ? "locked" : ""});
    print(table.text());
    const auto &[cost, bound] = draft.progress;
    print(goal == core::OptimiseGoal::Cost
              ? fmt::format("{:.2f} an hour for {} GPUs; no plan is below {:.2f}: gap {:.1f} %\n", cost, draft.gpus,
                            bound, 100 * draft.progress.gap())
              : fmt::format("{} GPUs; no plan takes fewer than {:.0f}\n", draft.gpus, std::ceil(bound - 1e-6)));
    for (const auto &note : draft.notes)
        print(printable(note) + "\n");
}

void showProgress(const core::optimizer::Progress &progress)
{
    if (isatty(STDERR_FILENO) != 0) // progress is for a person, never for a log file
        fmt::print(stderr, "\r\033[K{:.2f} an hour, gap {:.1f} % …", progress.usdPerHour, 100 * progress.gap());
}

} // namespace

Answer runOptimise(const GlobalOptions &global, const OptimiseOptions &options)
{
    const auto demand = demands(options.demand);
    const auto plan = core::loadPlan(options.plan);
    const auto view = readClusterView(global);
    if (!demand)
        return std::unexpected(demand.error());
    if (!plan)
        return std::unexpected(plan.error());
    if (!view)
        return std::unexpected(view.error());
    const auto prices = openPrices(view->session.catalog());
    const auto calibrations = loadCalibrations(calibrationFile());
    if (!prices)
        return std::unexpected(prices.error());
    if (!calibrations)
        return std::unexpected(calibrations.error());
    const core::PlannedDevices nothing;
    const auto measured = measuredSoFar(view->session.catalog());
    const auto probed = measuredNodes(measured, *view->snapshot);
    const core::FitInput input{*view->snapshot,        view->usage, view->session.catalog(),
                               view->session.images(), nothing,     &*calibrations,
                               &prices.value(),        &probed,     &measured.speeds};
    const core::OptimiseQuery query{.goal =
                                        options.fewestGpus ? core::OptimiseGoal::FewestGpus : core::OptimiseGoal::Cost,
                                    .prices = &prices.value(),
                                    .demandTps = *demand};
    const core::optimizer::OptimizeOptions limits{
        .limit = std::chrono::milliseconds(static_cast<std::int64_t>(options.seconds * 1000)), .seed = options.seed};
    const auto draft = core::optimisePlan(input, *plan, query, limits, showProgress);
    if (isatty(STDERR_FILENO) != 0)
        fmt::print(stderr, "\r\033[K");
    if (!draft)
        return std::unexpected(draft.error());
    if (!options.out.empty())
        if (const auto saved = core::savePlan(draft->plan, options.out); !saved)
            return std::unexpected(saved.error());
    if (global.format == Format::Table)
        printDraft(*draft, query.goal);
    else
        printDocument(draftDocument(*draft, query), global.format);
    const bool all = unplaced(draft->plan) == 0 && draft->score.unmetTps <= 0;
    return all ? Yes : No;
}

} // namespace app::ctl
