// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/cluster_view.h"

#include "app/ctl/output.h"
#include "app/probed_nodes.h"
#include "app/resource_paths.h"

#include <fmt/format.h>

#include <chrono>

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

core::ProbedNodes measuredNodes(const core::Catalog &catalog, const core::ClusterSnapshot &snapshot)
{
    const auto resources = resourceFolder();
    const auto measured = resources ? readMeasured(catalog, *resources / "catalog", historyFile())
                                    : core::Result<Measured>(std::unexpected(resources.error()));
    if (!measured) {
        fmt::print(stderr, "berthctl: probes are left out: {}\n", printable(core::describe(measured.error())));
        return {};
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return probedNodes(measured->newest, measured->voids, snapshot,
                       std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

} // namespace app::ctl
