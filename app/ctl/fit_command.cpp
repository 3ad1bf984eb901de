// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/calibration_store.h"
#include "app/ctl/catalog_files.h"
#include "app/ctl/cluster_view.h"
#include "app/ctl/commands.h"
#include "app/ctl/fit_document.h"
#include "app/ctl/output.h"
#include "app/ctl/pod_fit.h"
#include "core/fit/scheduling_links.h"
#include "core/fit/verdict.h"

#include <fmt/format.h>

#include <algorithm>

namespace app::ctl {

using core::ErrorKind;
using nlohmann::ordered_json;

namespace {

ExitCode codeOf(const std::vector<core::Candidate> &candidates)
{
    return std::ranges::any_of(candidates,
                               [](const auto &one) {
                                   return one.verdict == core::Verdict::Fits || one.verdict == core::Verdict::Tight;
                               })
        ? Yes
        : No;
}

void printCandidates(ordered_json document, const std::vector<core::Candidate> &candidates, Format format)
{
    if (format == Format::Table) {
        print(candidates.empty() ? std::string("No node offers what is asked for.\n") : candidateTable(candidates));
        return;
    }
    document["candidates"] = ordered_json::array();
    for (const auto &candidate : candidates)
        document["candidates"].push_back(candidateDocument(candidate));
    printDocument(document, format);
}

std::string gib(std::int64_t bytes)
{
    return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / 0x1p30);
}

void printLedger(const core::Ledger &ledger)
{
    Table table({"PER DEVICE", "LOW", "LIKELY", "HIGH", "WHY"});
    for (const auto &block : ledger.blocks)
        table.add(
            {word(block.kind), gib(block.bytes.low), gib(block.bytes.likely), gib(block.bytes.high), block.reason});
    table.add({"total", gib(ledger.total.low), gib(ledger.total.likely), gib(ledger.total.high), ""});
    print(table.text() + "\n");
}

Answer fitPod(const core::SnapshotPtr &snapshot, const core::ClusterUsage &usage, const GlobalOptions &global,
              const std::filesystem::path &file)
{
    const auto pod = loadPod(file);
    if (!pod)
        return std::unexpected(pod.error());
    const auto candidates = core::evaluatePod(*snapshot, usage, *pod);
    if (!candidates)
        return std::unexpected(candidates.error());
    printCandidates({{"pod", pod->at("metadata").value("name", "")}}, *candidates, global.format);
    return codeOf(*candidates);
}

Answer fitModel(const Session &session, const core::SnapshotPtr &snapshot, const core::ClusterUsage &usage,
                const GlobalOptions &global, core::Requirement requirement, const core::Model &model)
{
    requirement.modelId = model.id;
    requirement.name = model.shortName;
    const auto calibrations = loadCalibrations(calibrationFile());
    if (!calibrations)
        return std::unexpected(calibrations.error());
    const auto prices = openPrices(session.catalog());
    if (!prices)
        return std::unexpected(prices.error());
    const core::PlannedDevices planned;
    const auto measured = measuredSoFar(session.catalog());
    const auto probed = measuredNodes(measured, *snapshot);
    const auto candidates = core::evaluate({*snapshot, usage, session.catalog(), session.images(), planned,
                                            &*calibrations, &*prices, &probed, &measured.speeds},
                                           requirement);
    const auto ledger = core::buildLedger(model, requirement);
    if (!ledger && ledger.error().kind == ErrorKind::Usage)
        return std::unexpected(ledger.error());
    if (!ledger)
        fmt::print(stderr, "berthctl: {}\n", printable(core::describe(ledger.error())));
    if (ledger && global.format == Format::Table)
        printLedger(*ledger);
    printCandidates({{"model", model.id},
                     {"requirement", requirementDocument(requirement)},
                     {"ledger", ledger ? ledgerDocument(*ledger) : ordered_json()}},
                    candidates, global.format);
    return codeOf(candidates);
}

} // namespace

Answer runFit(const GlobalOptions &global, const FitOptions &options)
{
    auto session = Session::open(global);
    if (!session)
        return std::unexpected(session.error());
    const core::Model *model = nullptr;
    if (!options.pod) {
        const auto named = namedModel(session->catalog(), options.requirement.modelId);
        if (!named)
            return std::unexpected(named.error());
        model = *named;
    }
    const auto snapshot = session->snapshot(true, options.pod.has_value());
    if (!snapshot)
        return std::unexpected(snapshot.error());
    for (const auto &spot : (*snapshot)->blindSpots)
        fmt::print(stderr, "berthctl: {} are not visible: {}\n", spot.resource, printable(spot.reason));
    const auto usage = core::account(**snapshot);
    return options.pod ? fitPod(*snapshot, usage, global, *options.pod)
                       : fitModel(*session, *snapshot, usage, global, options.requirement, *model);
}

} // namespace app::ctl
