// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/parameters.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// Older decoders use an MLP of two matrices; all others gate it with a third.
std::int64_t mlpMatrices(const Model &model)
{
    static constexpr std::string_view ungated[] = {"Falcon", "GPT2",  "GPTNeoX", "GPTBigCode",
                                                   "OPT",    "Bloom", "PhiFor",  "Starcoder2"};
    return std::ranges::any_of(ungated, [&](auto name) { return model.architecture.starts_with(name); }) ? 2 : 3;
}

std::string missingDimension(const Model &model)
{
    if (!model.layers)
        return "layers";
    if (!model.hidden)
        return "hidden";
    if (model.heads.value_or(0) <= 0)
        return "heads";
    if (!model.vocab)
        return "vocab";
    if (!model.mla && !model.kvHeads)
        return "kv_heads";
    if (model.experts && !model.moeIntermediate)
        return "moe_intermediate";
    if (!model.intermediate && (!model.experts || model.denseLayers.value_or(0) > 0))
        return "intermediate";
    return {};
}

/// Gated DeltaNet as in Qwen3-Next: Q, K, V and gate in one projection, two scalars a value head, a short convolution,
/// and an output projection. With channels c = 2·key + value and value width v: h·(c + v) + 2·h·heads + c·kernel + v·h.
void addLinearAttention(ParameterCount &count, const Model &model, std::int64_t layers)
{
    if (layers <= 0 || !model.recurrent || model.recurrent->heads <= 0 || model.recurrent->keyDim <= 0)
        return;
    const auto &state = *model.recurrent;
    const std::int64_t h = model.hidden.value_or(0), c = state.convChannels, v = state.elements / state.keyDim;
    const std::int64_t heads = state.heads;
    count.attention += layers * (h * (c + v) + v * h);
    count.small += layers * (2 * h * heads + c * state.convKernel + 2 * heads + v / heads);
}

/// One layer's attention, added `layers` times.
void addAttention(ParameterCount &count, const Model &model)
{
    const std::int64_t h = model.hidden.value_or(0), H = model.heads.value_or(1);
    std::int64_t L = model.layers.value_or(0);
    if (model.mla) {
        const auto &mla = *model.mla;
        const std::int64_t queryHead = mla.qkNopeHeadDim + mla.qkRopeHeadDim, q = mla.qLoraRank, kv = mla.kvLoraRank;
        count.replicated += L * (h * q + h * (kv + mla.qkRopeHeadDim));
        count.attention +=
            L * ((q > 0 ? q : h) * H * queryHead + kv * H * (mla.qkNopeHeadDim + mla.vHeadDim) + H * mla.vHeadDim * h);
        count.small += L * (q + kv);
        return;
    }
    const std::int64_t KV = model.kvHeads.value_or(0), d = model.headDim.value_or(static_cast<int>(h / H));
    const std::int64_t v = model.valueHeadDim.value_or(static_cast<int>(d));
    const std::int64_t all = L;
    L -= model.recurrent && model.layerMix ? model.layerMix->recurrent : 0;
    addLinearAttention(count, model, all - L);
    count.attention += L * h * H * (d * (model.gatedAttention ? 2 : 1) + v);
    count.kvProjection += L * h * KV * (d + v);
    const bool gptOss = model.architecture.starts_with("GptOss");
    if (model.qkvBias || gptOss)
        count.small += L * (H + 2 * KV) * d;
    if (model.qkNorm || model.architecture.starts_with("Gemma3"))
        count.small += L * 2 * d;
    if (gptOss)
        count.small += L * (h + H); // output bias and attention sinks
}

void addMlp(ParameterCount &count, const Model &model)
{
    const std::int64_t h = model.hidden.value_or(0), L = model.layers.value_or(0), matrices = mlpMatrices(model);
    if (!model.experts) {
        count.mlp += L * matrices * h * model.intermediate.value_or(0);
        return;
    }
    const std::int64_t E = *model.experts, I = model.moeIntermediate.value_or(0), dense = model.denseLayers.value_or(0);
    const std::int64_t sparse = L - dense;
    count.mlp += dense * matrices * h * model.intermediate.value_or(0);
    count.mlp += sparse * model.sharedExperts.value_or(0) * matrices * h * I;
    count.mlp += sparse * matrices * h * model.sharedIntermediate.value_or(0);
    count.experts += sparse * E * matrices * h * I;
    count.small += sparse * h * E; // router
    if (model.architecture.starts_with("DeepseekV3"))
        count.small += sparse * E; // score correction of its sigmoid router
    if (model.architecture.starts_with("GptOss"))
        count.small += sparse * (E + E * (2 * I + h)); // biases of router and experts
}

} // namespace

Result<ParameterCount> countParameters(const Model &model)
{
    if (const auto missing = missingDimension(model); !missing.empty())
        return fail(ErrorKind::Unsupported, fmt::format("{} has no '{}' in the catalogue", model.id, missing), missing);
    const std::int64_t h = model.hidden.value_or(0);
    const bool fourNorms = model.architecture.starts_with("Gemma2") || model.architecture.starts_with("Gemma3")
        || model.architecture.starts_with("Gemma4");
    ParameterCount count;
    count.embedding = model.vocab.value_or(0) * h;
    count.head = model.tieEmbeddings ? 0 : count.embedding;
    count.small = model.visionParams.value_or(0) + model.layers.value_or(0) * (fourNorms ? std::int64_t{4} : 2) * h + h;
    if (model.architecture.starts_with("Falcon"))
        count.small += h; // its layer norms have a bias; one norm a layer makes up for that but for the last
    addAttention(count, model);
    addMlp(count, model);
    return count;
}

} // namespace core
