// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/cluster_view.h"

#include "app/ctl/output.h"
#include "app/resource_paths.h"
#include "app/seconds_now.h"

#include <fmt/format.h>

namespace app::ctl {

core::Result<ClusterView> readClusterView(const GlobalOptions &global)
{
    auto session = Session::open(global);
    if (!session)
        return std::unexpected(session.error());
    auto snapshot = session->snapshot();
    if (!snapshot)
        return std::unexpected(snapshot.error());
    for (const auto &spot : (*snapshot)->blindSpots)
        fmt::print(stderr, "berthctl: {} are not visible: {}\n", spot.resource, printable(spot.reason));
    auto usage = core::account(**snapshot);
    return ClusterView{std::move(*session), std::move(*snapshot), std::move(usage)};
}

core::Result<std::optional<core::Plan>> loadPlanIfNamed(const std::optional<std::filesystem::path> &file)
{
    if (!file)
        return std::nullopt;
    auto plan = core::loadPlan(*file);
    if (!plan)
        return std::unexpected(plan.error());
    return std::optional(std::move(*plan));
}

Measured measuredSoFar(const core::Catalog &catalog)
{
    const auto resources = resourceFolder();
    auto measured = resources ? readMeasured(catalog, *resources / "catalog", historyFile())
                              : core::Result<Measured>(std::unexpected(resources.error()));
    if (!measured) {
        fmt::print(stderr, "berthctl: what was measured is left out: {}\n",
                   printable(core::describe(measured.error())));
        return {};
    }
    return *std::move(measured);
}

core::ProbedNodes measuredNodes(const Measured &measured, const core::ClusterSnapshot &snapshot)
{
    return probedNodes(measured.newest, measured.voids, snapshot, secondsNow());
}

} // namespace app::ctl
