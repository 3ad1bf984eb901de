// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/calibration_store.h"
#include "app/ctl/catalog_files.h"
#include "app/ctl/cluster_view.h"
#include "app/ctl/commands.h"
#include "app/ctl/fit_document.h"
#include "app/ctl/output.h"
#include "app/ctl/place_document.h"
#include "app/place_figures.h"
#include "app/place_words.h"
#include "core/placement/placement_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

/// The cluster a question is about, with what a plan takes of it.
struct Ground {
    Session session;
    core::SnapshotPtr snapshot;
    core::ClusterUsage usage;
    std::optional<core::Plan> plan;
    core::PlannedDevices planned;
    core::Calibrations calibrations;
    core::Prices prices;
    Measured measured;
    core::ProbedNodes probed;

    core::FitInput input() const
    {
        return {*snapshot,     usage,   session.catalog(), session.images(), planned,
                &calibrations, &prices, &probed,           &measured.speeds};
    }
};

/// Turns the plan's sets into placements, as far as they find room, and counts what all of them take.
core::Result<void> countPlan(Ground &ground, const core::Plan &plan)
{
    auto resolved = core::withSetsPlaced(plan, ground.input());
    if (!resolved)
        return std::unexpected(resolved.error());
    ground.planned = core::plannedDevices(*resolved, *ground.snapshot, ground.usage);
    ground.plan = *std::move(resolved);
    return {};
}

core::Result<Ground> openGround(const GlobalOptions &global, const std::optional<std::filesystem::path> &planFile)
{
    auto plan = planFile ? core::loadPlan(*planFile) : core::Result<core::Plan>();
    if (!plan)
        return std::unexpected(plan.error());
    auto view = readClusterView(global);
    if (!view)
        return std::unexpected(view.error());
    auto calibrations = loadCalibrations(calibrationFile());
    if (!calibrations)
        return std::unexpected(calibrations.error());
    auto prices = openPrices(view->session.catalog());
    if (!prices)
        return std::unexpected(prices.error());
    auto measured = measuredSoFar(view->session.catalog());
    auto probed = measuredNodes(measured, *view->snapshot);
    Ground ground{
        std::move(view->session), std::move(view->snapshot), std::move(view->usage), {}, {}, *std::move(calibrations),
        *std::move(prices),       std::move(measured),       std::move(probed)};
    if (planFile)
        if (auto counted = countPlan(ground, *plan); !counted)
            return std::unexpected(counted.error());
    return ground;
}

core::Objective objectiveOf(const PlaceOptions &options)
{
    const auto implied = options.keepFree.empty() ? core::Objective::LeastFragmentation : core::Objective::KeepFree;
    return core::objectiveOf(options.objective).value_or(implied);
}

void printOption(const char *title, const std::optional<core::PlaceOption> &option)
{
    if (option)
        print(fmt::format("{}: {} · {} × {} ({}) · {} · {}\n", title, printable(option->candidate.node),
                          option->candidate.needed, printable(option->sku), printable(option->candidate.resource),
                          word(option->candidate.verdict), printable(option->candidate.headline().detail)));
}

/// What the objective asked for but nobody knows.
void printUnknowns(const core::PlaceAnswer &answer, core::Objective objective)
{
    if (answer.best && objective == core::Objective::Cheapest && !answer.best->price)
        print("No price is known for any place that can take it; the least fragmentation decided.\n");
    if (answer.best && objective == core::Objective::Fastest && !answer.best->speed)
        print("No speed is known for any place that can take it; the least fragmentation decided.\n");
}

void printAnswer(const core::PlaceAnswer &answer, core::Objective objective)
{
    if (!answer.best)
        print(answer.keptFree ? "Only SKUs that are to be kept free can take it.\n" : "It fits nowhere.\n");
    printOption("best", answer.best);
    printOption("runner-up", answer.runnerUp);
    if (answer.best && answer.runnerUp)
        print("  " + printable(whySentence(*answer.best, *answer.runnerUp, answer.versus)) + "\n");
    const bool isRunnerUp = answer.otherSku && answer.runnerUp && answer.otherSku->sku == answer.runnerUp->sku;
    if (!isRunnerUp)
        printOption("other SKU", answer.otherSku);
    if (answer.best && answer.otherSku && !isRunnerUp)
        print("  " + printable(whySentence(*answer.best, *answer.otherSku, answer.versusSku)) + "\n");
    printOption("kept free", answer.keptFree);
    printUnknowns(answer, objective);
    if (!answer.best)
        for (const auto &miss : answer.misses)
            print("  " + printable(missSentence(miss)) + "\n");
}

void printDrain(const core::DrainAnswer &answer)
{
    Table table({"WHAT", "DEVICES", "TO", "SKU", "VERDICT", "DOUBTS"});
    for (const auto &move : answer.moves)
        table.add({move.isCounted ? move.what + " (not running yet)" : move.what,
                   move.devices > 0 ? fmt::format("{} × {}", move.devices, move.resource) : "-", move.to, move.toSku,
                   word(move.verdict), fmt::format("{}", fmt::join(move.doubts, ", "))});
    print(table.text());
    for (const auto &move : answer.stuck) {
        print(fmt::format("{} has no place{}\n", printable(move.what), move.locked ? ": it is locked" : ""));
        for (const auto &miss : move.misses)
            print("  " + printable(missSentence(miss)) + "\n");
    }
    print(fmt::format("{} would move, {} cannot, {} stay (DaemonSets, static pods)\n", answer.moves.size(),
                      answer.stuck.size(), answer.stays.size()));
}

} // namespace

Answer runPlace(const GlobalOptions &global, const PlaceOptions &options)
{
    const auto ground = openGround(global, options.plan);
    if (!ground)
        return std::unexpected(ground.error());
    const auto &catalog = ground->session.catalog();
    const auto model = namedModel(catalog, options.requirement.modelId);
    if (!model)
        return std::unexpected(model.error());
    auto requirement = options.requirement;
    requirement.modelId = (*model)->id;
    requirement.name = (*model)->shortName;
    const auto objective = objectiveOf(options);
    core::PlaceQuery query{requirement, objective, options.keepFree};
    query.plan = ground->plan ? &*ground->plan : nullptr;
    addFigures(ground->input(), query);
    const auto answers = core::autoPlaceAll(ground->input(), query);
    if (!answers)
        return std::unexpected(answers.error());
    ordered_json document{{"model", (*model)->id},
                          {"requirement", requirementDocument(requirement)},
                          {"objective", core::objectiveName(objective)},
                          {"keepFree", options.keepFree},
                          {"currency", ground->prices.currency},
                          {"replicas", ordered_json::array()}};
    for (const auto &answer : *answers) {
        document["replicas"].push_back(answerDocument(answer));
        if (global.format == Format::Table)
            printAnswer(answer, objective);
    }
    if (global.format != Format::Table)
        printDocument(document, global.format);
    return answers->back().best ? Yes : No;
}

Answer runWhatIfDrain(const GlobalOptions &global, const DrainOptions &options)
{
    const auto ground = openGround(global, options.plan);
    if (!ground)
        return std::unexpected(ground.error());
    const auto answer = core::whatIfDrain(ground->input(), options.node, ground->plan ? &*ground->plan : nullptr);
    if (!answer)
        return std::unexpected(answer.error());
    if (global.format == Format::Table)
        printDrain(*answer);
    else
        printDocument(drainDocument(*answer), global.format);
    return answer->stuck.empty() ? Yes : No;
}

} // namespace app::ctl
