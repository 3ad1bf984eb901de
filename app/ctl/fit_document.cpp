// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/fit_document.h"

#include "app/ctl/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

ordered_json estimateDocument(const core::Estimate &bytes)
{
    return {{"low", bytes.low}, {"likely", bytes.likely}, {"high", bytes.high}};
}

} // namespace

const char *word(core::BlockKind kind)
{
    static constexpr std::array words{"weights", "kvCache", "activations", "runtime", "reserve"};
    return words.at(static_cast<std::size_t>(kind));
}

const char *word(core::Verdict verdict)
{
    static constexpr std::array words{"fits", "tight", "no", "unknown"};
    return words.at(static_cast<std::size_t>(verdict));
}

const char *word(core::Link link)
{
    return core::linkName(link);
}

ordered_json requirementDocument(const core::Requirement &requirement)
{
    return {{"name", requirement.name},
            {"model", requirement.modelId},
            {"weights", requirement.weights},
            {"kvCache", requirement.kvCache},
            {"context", requirement.context},
            {"concurrency", requirement.concurrency},
            {"tensorParallel", requirement.tensorParallel},
            {"replicas", requirement.replicas},
            {"utilization", requirement.utilization},
            {"engine", requirement.engine},
            {"namespace", requirement.nameSpace},
            {"minTokensPerSecond", orNull(requirement.minTokensPerSecond)},
            {"maxFirstTokenSeconds", orNull(requirement.maxFirstTokenSeconds)},
            {"maxCostPerMillionTokens", orNull(requirement.maxCostPerMillionTokens)}};
}

ordered_json ledgerDocument(const core::Ledger &ledger)
{
    auto blocks = ordered_json::array();
    for (const auto &block : ledger.blocks)
        blocks.push_back({{"kind", word(block.kind)},
                          {"bytes", estimateDocument(block.bytes)},
                          {"reason", block.reason},
                          {"source", block.source}});
    return {{"perDevice", true},
            {"blocks", blocks},
            {"total", estimateDocument(ledger.total)},
            {"kvBytesPerToken", ledger.kvBytesPerToken},
            {"kvTokens", ledger.kvTokens},
            {"calibration", ledger.calibration},
            {"notes", ledger.notes}};
}

ordered_json candidateDocument(const core::Candidate &candidate)
{
    auto reasons = ordered_json::array();
    for (const auto &reason : candidate.chain)
        reasons.push_back({{"link", word(reason.link)},
                           {"code", reason.code},
                           {"verdict", word(reason.verdict)},
                           {"detail", reason.detail},
                           {"remedy", reason.remedy}});
    return {{"node", candidate.node},
            {"resource", candidate.resource},
            {"sku", candidate.skuId},
            {"verdict", word(candidate.verdict)},
            {"freeDevices", candidate.freeDevices},
            {"needed", candidate.needed},
            {"headroomBytes", candidate.headroomBytes ? ordered_json(*candidate.headroomBytes) : ordered_json()},
            {"reasons", reasons}};
}

std::string candidateTable(std::vector<core::Candidate> candidates)
{
    static constexpr std::array rank{0, 1, 3, 2}; // an open question before a no
    std::ranges::stable_sort(candidates, {},
                             [](const auto &one) { return rank.at(static_cast<std::size_t>(one.verdict)); });
    Table table({"NODE", "RESOURCE", "SKU", "FREE", "VERDICT", "WHY"});
    for (const auto &candidate : candidates) {
        const auto why = candidate.chain.empty() ? std::string() : candidate.headline().detail;
        table.add({candidate.node, candidate.resource, candidate.skuId, std::to_string(candidate.freeDevices),
                   word(candidate.verdict), why});
    }
    return table.text();
}

} // namespace app::ctl
