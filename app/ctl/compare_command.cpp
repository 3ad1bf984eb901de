// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/catalog_files.h"
#include "app/ctl/cluster_view.h"
#include "app/ctl/commands.h"
#include "app/ctl/fit_document.h"
#include "app/ctl/inventory_document.h"
#include "app/ctl/output.h"
#include "app/ctl/placement_document.h"
#include "core/placement/compare_plans.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

ordered_json figuresDocument(const core::PlanFigures &figures)
{
    ordered_json document{{"name", figures.name},
                          {"replicasWanted", figures.wanted},
                          {"replicasPlaced", figures.placed},
                          {"devices", figures.devices},
                          {"costPerHour", orNull(figures.costPerHour)},
                          {"unpriced", figures.unpriced},
                          {"headroomBytes", orNull(figures.headroomBytes)},
                          {"tightest", figures.tightest},
                          {"fragmentation", ordered_json::array()},
                          {"stranded", figures.stranded},
                          {"findings", ordered_json::array()}};
    for (const auto &[size, share] : figures.fragmentation)
        document["fragmentation"].push_back({{"size", size}, {"share", share}});
    for (const auto &finding : figures.findings)
        document["findings"].push_back(
            {{"place", finding.place}, {"message", finding.message}, {"error", finding.isError}});
    return document;
}

ordered_json modelDocument(const core::PlanOnModel &model)
{
    if (!model.inPlan)
        return {};
    return {{"replicasWanted", model.wanted},
            {"replicasPlaced", model.placed},
            {"targets", model.targets},
            {"verdict", model.verdict ? ordered_json(word(*model.verdict)) : ordered_json()},
            {"headroomBytes", orNull(model.headroomBytes)}};
}

ordered_json skuDocument(const core::PlanOnSku &sku)
{
    return {{"planned", sku.planned},
            {"held", sku.held},
            {"costPerHour", orNull(sku.costPerHour)},
            {"free", sku.free},
            {"shapes", shapesDocument(sku.shapes)}};
}

ordered_json comparisonDocument(const core::PlanComparison &both)
{
    ordered_json document{{"currency", both.currency},
                          {"a", figuresDocument(both.plans.a)},
                          {"b", figuresDocument(both.plans.b)},
                          {"models", ordered_json::array()},
                          {"skus", ordered_json::array()}};
    for (const auto &model : both.models)
        document["models"].push_back(
            {{"requirement", model.a.requirement}, {"a", modelDocument(model.a)}, {"b", modelDocument(model.b)}});
    for (const auto &sku : both.skus)
        document["skus"].push_back({{"sku", sku.a.sku},
                                    {"name", sku.a.displayName},
                                    {"resource", sku.a.resource},
                                    {"kind", word(sku.a.kind)},
                                    {"a", skuDocument(sku.a)},
                                    {"b", skuDocument(sku.b)}});
    return document;
}

std::string cost(const core::PlanFigures &plan, const std::string &currency)
{
    if (plan.costPerHour)
        return fmt::format("{:.2f} {}/h", *plan.costPerHour, currency);
    return fmt::format("unknown (no price: {})", fmt::join(plan.unpriced, ", "));
}

std::string headroom(const core::PlanFigures &plan)
{
    return plan.headroomBytes ? fmt::format("{} ({})", gibOrUnknown(plan.headroomBytes), plan.tightest) : "unknown";
}

void printFigures(const core::PlanComparison &both)
{
    const auto &[a, b] = both.plans;
    Table table({"", a.name, b.name});
    table.add(
        {"replicas placed", fmt::format("{} of {}", a.placed, a.wanted), fmt::format("{} of {}", b.placed, b.wanted)});
    table.add({"devices", std::to_string(a.devices), std::to_string(b.devices)});
    table.add({"cost", cost(a, both.currency), cost(b, both.currency)});
    table.add({"least headroom", headroom(a), headroom(b)});
    for (std::size_t i = 0; i < std::min(a.fragmentation.size(), b.fragmentation.size()); ++i)
        table.add({fmt::format("free but no use to TP {}", a.fragmentation[i].first),
                   fmt::format("{:.0f} %", a.fragmentation[i].second * 100),
                   fmt::format("{:.0f} %", b.fragmentation[i].second * 100)});
    table.add({"stranded cards", std::to_string(a.stranded), std::to_string(b.stranded)});
    print(table.text());
}

std::string modelText(const core::PlanOnModel &model)
{
    if (!model.inPlan)
        return "-";
    return fmt::format("{} of {}: {}{}", model.placed, model.wanted,
                       model.targets.empty() ? "nowhere" : fmt::format("{}", fmt::join(model.targets, ", ")),
                       model.headroomBytes ? ", " + gibOrUnknown(model.headroomBytes) + " headroom" : "");
}

std::string skuText(const core::PlanOnSku &sku)
{
    std::string places;
    for (const auto &shape : sku.shapes)
        places += fmt::format("{}{}×{}", places.empty() ? "" : " ", shape.places, shape.size);
    return fmt::format("{} used, {} free ({})", sku.planned + sku.held, sku.free, places);
}

void printComparison(const core::PlanComparison &both)
{
    printFigures(both);
    Table models({"MODEL", both.plans.a.name, both.plans.b.name});
    for (const auto &model : both.models)
        models.add({model.a.requirement, modelText(model.a), modelText(model.b)});
    Table skus({"SKU", both.plans.a.name, both.plans.b.name});
    for (const auto &sku : both.skus)
        skus.add({sku.a.displayName, skuText(sku.a), skuText(sku.b)});
    print(fmt::format("\n{}\n{}", models.text(), skus.text()));
    for (const auto *plan : {&both.plans.a, &both.plans.b})
        for (const auto &finding : plan->findings)
            print(fmt::format("{}: {}: {}: {}\n", finding.isError ? "error" : "warning", printable(plan->name),
                              printable(finding.place), printable(finding.message)));
}

} // namespace

Answer runCompare(const GlobalOptions &global, const CompareOptions &options)
{
    const auto a = core::loadPlan(options.a);
    const auto b = core::loadPlan(options.b);
    for (const auto *plan : {&a, &b})
        if (!*plan)
            return std::unexpected(plan->error());
    const auto view = readClusterView(global);
    if (!view)
        return std::unexpected(view.error());
    const auto prices = openPrices(view->session.catalog());
    if (!prices)
        return std::unexpected(prices.error());
    const core::PlannedDevices planned;
    const auto both = core::comparePlans(
        {*view->snapshot, view->usage, view->session.catalog(), view->session.images(), planned}, *prices, *a, *b);
    if (!both)
        return std::unexpected(both.error());
    if (global.format == Format::Table)
        printComparison(*both);
    else
        printDocument(comparisonDocument(*both), global.format);
    const auto isError = [](const core::PlanFigures &plan) {
        return std::ranges::any_of(plan.findings, &core::PlanFinding::isError);
    };
    return isError(both->plans.a) || isError(both->plans.b) ? No : Yes;
}

} // namespace app::ctl
