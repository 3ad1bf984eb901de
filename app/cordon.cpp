// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cordon.h"

#include "core/probe_report/plain_words.h"

#include <fmt/format.h>

namespace app {

namespace {

/// A refusal names the command that someone with the right can run.
std::unexpected<core::Error> refusal(core::Error error, const std::string &node)
{
    if (error.kind == core::ErrorKind::Forbidden)
        error.remedy = fmt::format("nothing was changed; have someone with the right to patch nodes run: {}",
                                   core::cordonCommand(node));
    return std::unexpected(std::move(error));
}

} // namespace

std::vector<CordonProposal> cordonProposals(const core::ProbedNodes &probed, const core::ClusterSnapshot &snapshot)
{
    std::vector<CordonProposal> out;
    for (const auto &[name, said] : probed) {
        const auto *node = said.failed ? core::findNode(snapshot, name) : nullptr;
        if (node != nullptr && !node->unschedulable)
            out.push_back({name, said.reason});
    }
    return out;
}

core::Result<void> cordon(core::KubeClient &client, const std::string &node, const std::stop_token &stop)
{
    const auto path = core::apiPath({"", "v1", "nodes"}, {}, node);
    const auto live = client.get(path, stop);
    if (!live)
        return refusal(live.error(), node);
    const auto metadata = live->value("metadata", nlohmann::json::object());
    const nlohmann::ordered_json wanted{{"apiVersion", "v1"},
                                        {"kind", "Node"},
                                        {"metadata", {{"name", node}, {"uid", metadata.value("uid", "")}}},
                                        {"spec", {{"unschedulable", true}}}};
    const auto applied = client.apply(path, wanted, {}, stop);
    if (!applied)
        return refusal(applied.error(), node);
    return {};
}

} // namespace app
