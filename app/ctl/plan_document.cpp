// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/plan_document.h"

#include "app/ctl/fit_document.h"
#include "app/ctl/output.h"
#include "core/placement/placement_set.h"

#include <fmt/format.h>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

const char *word(core::TargetLevel level)
{
    return level == core::TargetLevel::Sku ? "sku" : level == core::TargetLevel::Node ? "node" : "card";
}

} // namespace

ordered_json planDocument(const core::Plan &plan, const std::vector<core::PlanFinding> &findings)
{
    ordered_json document{{"name", plan.name},
                          {"requirements", ordered_json::array()},
                          {"placements", ordered_json::array()},
                          {"sets", ordered_json::array()},
                          {"findings", ordered_json::array()}};
    for (const auto &requirement : plan.requirements)
        document["requirements"].push_back(requirementDocument(requirement));
    for (const auto &placement : plan.placements)
        document["placements"].push_back({{"requirement", placement.requirement},
                                          {"level", word(placement.target.level)},
                                          {"enforceable", word(core::enforceableLevel(placement.target))},
                                          {"resource", placement.target.resource},
                                          {"sku", placement.target.skuId},
                                          {"node", placement.target.node},
                                          {"replicas", placement.replicas},
                                          {"locked", placement.locked}});
    for (const auto &set : plan.sets) {
        auto alternatives = ordered_json::array();
        for (const auto &one : set.alternatives) {
            alternatives.push_back({{"sku", one.skuId}, {"tensorParallel", one.tensorParallel}});
            if (one.atMost)
                alternatives.back()["atMost"] = *one.atMost;
        }
        document["sets"].push_back(
            {{"requirement", set.requirement}, {"replicas", set.replicas}, {"alternatives", alternatives}});
    }
    for (const auto &finding : findings)
        document["findings"].push_back(
            {{"place", finding.place}, {"message", finding.message}, {"error", finding.isError}});
    return document;
}

void printPlan(const core::Plan &plan, const std::vector<core::PlanFinding> &findings)
{
    Table table({"REQUIREMENT", "REPLICAS", "RESOURCE", "PINS", "TARGET"});
    for (const auto &placement : plan.placements)
        table.add({placement.requirement, std::to_string(placement.replicas), placement.target.resource,
                   word(core::enforceableLevel(placement.target)),
                   placement.target.node.empty() ? placement.target.skuId : placement.target.node});
    for (const auto &set : plan.sets)
        table.add({set.requirement, std::to_string(set.replicas), "", "sku", core::describe(set)});
    print(table.text());
    for (const auto &finding : findings)
        print(fmt::format("{}: {}: {}\n", finding.isError ? "error" : "warning", printable(finding.place),
                          printable(finding.message)));
}

} // namespace app::ctl
