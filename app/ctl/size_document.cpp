// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/size_document.h"

#include "app/ctl/fit_document.h"
#include "app/ctl/output.h"

#include <fmt/format.h>

#include <array>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

std::string gib(std::int64_t bytes)
{
    return fmt::format("{:.2f} GiB", static_cast<double>(bytes) / 0x1p30);
}

const char *word(core::FitAnswer answer)
{
    static constexpr std::array words{"fits", "tight", "no", "unknown"};
    return words.at(static_cast<std::size_t>(answer));
}

ordered_json range(const core::Estimate &bytes)
{
    return {{"low", bytes.low}, {"likely", bytes.likely}, {"high", bytes.high}};
}

ordered_json groupDocument(const core::GroupShape &shape)
{
    return {{"tensor", shape.tensor},
            {"pipeline", shape.pipeline},
            {"expert", std::max(shape.expert, 1)},
            {"context", shape.context},
            {"speculativeTokens", shape.speculativeTokens}};
}

ordered_json deviceDocument(const Sizing &sizing)
{
    if (!sizing.device)
        return {};
    return {{"name", sizing.deviceName},
            {"memoryBytes", sizing.device->total > 0 ? ordered_json(sizing.device->total) : ordered_json()},
            {"freeBytes", orNull(sizing.device->free)},
            {"budgetBytes", orNull(sizing.answer.budget)}};
}

/// Unlimited models are searched up to a bound that no cache holds; nobody should read it as a promise.
std::string tokens(std::int64_t count)
{
    return fmt::format("{} tokens", count);
}

std::string heading(const Sizing &sizing)
{
    const auto &wanted = sizing.requirement;
    const bool stored = wanted.weights == "stored" && sizing.model.stored;
    auto text = fmt::format("weights {}", stored ? sizing.model.stored->format : wanted.weights);
    if (sizing.model.isLlm)
        text += fmt::format(", KV cache {}", wanted.kvCache);
    text += fmt::format(", {} requests", wanted.concurrency);
    if (sizing.model.isLlm || sizing.model.kind.contains("encoder"))
        text += fmt::format(" of {} tokens", wanted.context);
    const auto &shape = sizing.shape;
    for (const auto &[degree, name] : {std::pair{shape.tensor, "tensor"},
                                       {shape.pipeline, "pipeline"},
                                       {shape.expert, "expert"},
                                       {shape.context, "decode context"}})
        if (degree > 1)
            text += fmt::format(", {} parallel {}", name, degree);
    return printable(fmt::format("{} ({})", sizing.model.id, sizing.source)) + "\n" + printable(text) + "\n\n";
}

std::string blockTable(const Sizing &sizing)
{
    Table table({"PER DEVICE", "LOW", "LIKELY", "HIGH", "WHY"});
    const auto add = [&table](const std::string &name, const core::Estimate &bytes, const std::string &why) {
        table.add({name, gib(bytes.low), gib(bytes.likely), gib(bytes.high), why});
    };
    for (const auto &block : sizing.ledger.blocks)
        add(app::ctl::word(block.kind), block.bytes, block.reason);
    add("total", sizing.ledger.total, "");
    if (sizing.answer.headroom)
        add("headroom", *sizing.answer.headroom, sizing.answer.reason);
    return table.text();
}

std::string answerText(const Sizing &sizing)
{
    std::string text;
    if (sizing.ledger.kvBytesPerToken > 0)
        text += fmt::format("\nKV cache: {} B a token on each device\n", sizing.ledger.kvBytesPerToken);
    const auto &answer = sizing.answer;
    if (sizing.device)
        text += fmt::format("{}: {} ({})\n", printable(sizing.deviceName), word(answer.answer), answer.reason);
    if (answer.held && answer.kvPool)
        text +=
            fmt::format("cache of {} holds {}: {:.2f} requests of {}\n", gib(answer.kvPool->likely),
                        tokens(answer.held->tokens), answer.held->maxConcurrency, tokens(sizing.requirement.context));
    if (answer.largestContext && answer.largestConcurrency)
        text +=
            fmt::format("largest: {} at {} requests, or {} requests at {}\n", tokens(*answer.largestContext),
                        sizing.requirement.concurrency, *answer.largestConcurrency, tokens(sizing.requirement.context));
    if (!sizing.ledger.calibration.empty())
        text += printable(sizing.ledger.calibration) + "\n";
    for (const auto &note : sizing.ledger.notes)
        text += "note: " + printable(note) + "\n";
    return text;
}

} // namespace

ordered_json sizeDocument(const Sizing &sizing)
{
    const auto &answer = sizing.answer;
    auto requirement = requirementDocument(sizing.requirement);
    for (const char *key : {"name", "replicas", "namespace"})
        requirement.erase(key);
    ordered_json document{{"model", sizing.model.id},
                          {"source", sizing.source},
                          {"kind", sizing.model.kind},
                          {"requirement", requirement},
                          {"group", groupDocument(sizing.shape)},
                          {"parameters", sizing.weights.parameters},
                          {"weights_total_bytes", sizing.weights.total},
                          {"weights_bytes", sizing.weights.perDevice},
                          {"weights_loaded_bytes", sizing.weights.loaded}};
    document.update(ledgerDocument(sizing.ledger));
    for (const char *key : {"kvBytesPerToken", "kvTokens"}) // spelled in this document as below
        document.erase(key);
    const bool cached = sizing.ledger.kvBytesPerToken > 0;
    document["kv_bytes_per_token"] = cached ? ordered_json(sizing.ledger.kvBytesPerToken) : ordered_json();
    document["kv_tokens_needed"] = cached ? ordered_json(sizing.ledger.kvTokens) : ordered_json();
    document["kv_pool_bytes"] = answer.kvPool ? range(*answer.kvPool) : ordered_json();
    document["kv_tokens"] = answer.held ? ordered_json(answer.held->tokens) : ordered_json();
    document["max_concurrency"] = answer.held ? ordered_json(answer.held->maxConcurrency) : ordered_json();
    document["largest_context"] = orNull(answer.largestContext);
    document["largest_concurrency"] = orNull(answer.largestConcurrency);
    document["device"] = deviceDocument(sizing);
    document["headroom"] = answer.headroom ? range(*answer.headroom) : ordered_json();
    document["answer"] = word(answer.answer);
    document["reason"] = answer.reason;
    return document;
}

std::string sizeTable(const Sizing &sizing)
{
    return heading(sizing) + blockTable(sizing) + answerText(sizing);
}

} // namespace app::ctl
