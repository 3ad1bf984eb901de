// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/calibration_store.h"
#include "app/ctl/catalog_files.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "core/sizing/kv_cache.h"
#include "core/sizing/second_opinion.h"
#include "core/sizing/sku_estimate.h"
#include "core/sizing/weights.h"

#include <fmt/format.h>

#include <algorithm>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

/// Berth's own ledger in the words of the others.
core::Opinion berthsOpinion(const core::Model &model, core::Requirement requirement, const core::SkuEstimate &one)
{
    core::Opinion out{"Berth", {}, {}, {}, {}, {}, {}, "core/sizing/ledger.h"};
    out.answer = one.problem;
    if (!one.ledger)
        return out;
    const auto &ledger = *one.ledger;
    out.needBytes = ledger.total.likely * one.tensorParallel;
    out.formula =
        fmt::format("{:.1f} GiB a GPU ({:.1f} to {:.1f}) of {:.1f} usable",
                    static_cast<double>(ledger.total.likely) / 0x1p30, static_cast<double>(ledger.total.low) / 0x1p30,
                    static_cast<double>(ledger.total.high) / 0x1p30, static_cast<double>(one.usableBytes) / 0x1p30);
    if (!one.fits)
        return out;
    out.devices = one.tensorParallel;
    out.answer = fmt::format("{} GPU{}", one.tensorParallel, one.tensorParallel == 1 ? "" : "s");
    requirement.tensorParallel = one.tensorParallel;
    const auto cache = std::ranges::find(ledger.blocks, core::BlockKind::KvCache, &core::LedgerBlock::kind);
    const auto layout = core::kvLayout(model, requirement.kvCache, requirement.tensorParallel);
    if (model.isLlm && layout && cache != ledger.blocks.end())
        out.kvTokens = core::kvTokensIn(*layout, one.usableBytes - ledger.total.likely + cache->bytes.likely);
    return out;
}

ordered_json opinionDocument(const core::Opinion &one)
{
    return {{"peer", one.peer},
            {"answer", one.answer},
            {"needBytes", orNull(one.needBytes)},
            {"devices", orNull(one.devices)},
            {"kvTokens", orNull(one.kvTokens)},
            {"formula", one.formula},
            {"whyDifferent", one.whyDifferent},
            {"source", one.source}};
}

std::string gib(const std::optional<std::int64_t> &bytes)
{
    return bytes ? fmt::format("{:.1f}", static_cast<double>(*bytes) / 0x1p30) : "?";
}

void printOpinions(const core::Sku &sku, const std::vector<core::Opinion> &opinions)
{
    print(fmt::format("{}\n", sku.displayName));
    Table table({"WHO", "ANSWER", "NEEDS GIB", "CACHE TOKENS", "HOW", "WHY IT DIFFERS"});
    for (const auto &one : opinions)
        table.add({one.peer, one.answer, gib(one.needBytes), one.kvTokens ? std::to_string(*one.kvTokens) : "?",
                   one.formula, one.whyDifferent});
    print(table.text() + "\n");
}

} // namespace

Answer runOpinions(const GlobalOptions &global, const EstimateOptions &options)
{
    const auto catalog = openCatalog();
    if (!catalog)
        return std::unexpected(catalog.error());
    const auto model = namedModel(*catalog, options.requirement.modelId);
    if (!model)
        return std::unexpected(model.error());
    const auto skus = chosenSkus(*catalog, options.skus);
    if (!skus)
        return std::unexpected(skus.error());
    const auto calibrations = loadCalibrations(calibrationFile());
    if (!calibrations)
        return std::unexpected(calibrations.error());
    if (const auto bits = core::bitsPerWeight(options.requirement.weights); !bits)
        return std::unexpected(bits.error());
    auto requirement = options.requirement;
    requirement.tensorParallel = options.tensorParallel.value_or(1);
    ordered_json document{
        {"model", (*model)->id},          {"weights", requirement.weights},         {"kvCache", requirement.kvCache},
        {"context", requirement.context}, {"concurrency", requirement.concurrency}, {"skus", ordered_json::array()}};
    for (const auto *sku : *skus) {
        auto opinions = core::secondOpinions(**model, requirement, sku->usableBytes());
        const auto own = core::weighOn(**model, requirement, *sku, options.tensorParallel, &*calibrations);
        opinions.insert(opinions.begin(), berthsOpinion(**model, requirement, own));
        if (global.format == Format::Table) {
            printOpinions(*sku, opinions);
            continue;
        }
        auto list = ordered_json::array();
        for (const auto &one : opinions)
            list.push_back(opinionDocument(one));
        document["skus"].push_back({{"sku", sku->id}, {"name", sku->displayName}, {"opinions", list}});
    }
    if (global.format != Format::Table)
        printDocument(document, global.format);
    return Yes;
}

} // namespace app::ctl
