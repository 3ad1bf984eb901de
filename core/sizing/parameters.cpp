// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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

/// One layer's attention, added `layers` times.
void addAttention(ParameterCount &count, const Model &model)
{
    const std::int64_t h = model.hidden.value_or(0), H = model.heads.value_or(1), L = model.layers.value_or(0);
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
    count.attention += L * 2 * h * H * d;
    count.kvProjection += L * 2 * h * KV * d;
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
    count.experts += sparse * E * matrices * h * I;
    count.small += sparse * h * E; // router
    if (model.architecture.starts_with("DeepseekV3"))
        count.small += sparse * E; // score correction of its sigmoid router
    if (model.architecture.starts_with("GptOss"))
        count.small += sparse * (E + E * (2 * I + h)); // biases of router and experts
}

/// Bytes when every matrix has `linear` bits, the experts `expert` bits and the rest `rest` bits; 1/tp of what is
/// split.
double bytesAt(const ParameterCount &count, double linear, double expert, double rest, double tp, double kvShare)
{
    const double matrices = static_cast<double>(count.attention + count.mlp) / tp
        + static_cast<double>(count.kvProjection) * kvShare + static_cast<double>(count.replicated);
    const double plain = static_cast<double>(count.embedding + count.head) / tp + static_cast<double>(count.small);
    return (matrices * linear + static_cast<double>(count.experts) / tp * expert + plain * rest) / 8;
}

/// Part of the K/V projections on one rank: whole heads, at least one.
double kvShare(const Model &model, int tensorParallel)
{
    if (!model.kvHeads || *model.kvHeads <= 0 || model.mla)
        return 1.0 / tensorParallel;
    return std::max(1.0, std::floor(static_cast<double>(*model.kvHeads) / tensorParallel)) / *model.kvHeads;
}

/// Parameters behind a checkpoint of known size, when the catalogue does not call it quantised.
std::optional<std::int64_t> countFromCheckpoint(const Model &model)
{
    if (!model.checkpointGiB || model.source.contains("int4") || model.source.contains("mxfp4"))
        return std::nullopt;
    const double bytes = model.source.contains("fp8") ? 1 : 2;
    return std::llround(*model.checkpointGiB * 1073741824.0 / bytes);
}

/// Fits a count by formula to the total that was published: what the formula does not know is taken for matrices.
ParameterCount reconciled(ParameterCount count, std::int64_t published)
{
    const auto difference = published - count.total();
    auto &part = count.experts > count.mlp ? count.experts : count.mlp;
    part = std::max<std::int64_t>(0, part + difference);
    return count;
}

/// The count to size by, and a note when the architecture alone did not give it.
Result<ParameterCount> trustedCount(const Model &model, std::vector<std::string> &notes)
{
    auto count = countParameters(model);
    const auto published = model.params ? model.params : countFromCheckpoint(model);
    if (count && published
        && std::abs(static_cast<double>(count->total() - *published)) > 0.001 * static_cast<double>(*published)) {
        notes.push_back(fmt::format("{} says {:.2f} B parameters, the architecture gives {:.2f} B; the former is used",
                                    model.params ? "the publisher" : "the checkpoint's size",
                                    static_cast<double>(*published) / 1e9, static_cast<double>(count->total()) / 1e9));
        return reconciled(*count, *published);
    }
    if (!count && !published && !model.isLlm)
        return fail(ErrorKind::Unsupported,
                    fmt::format("the catalogue has neither parameters nor a checkpoint size of {}", model.id),
                    "params");
    if (count || !published)
        return count;
    ParameterCount lump;
    (model.experts ? lump.experts : lump.mlp) = *published;
    notes.push_back(fmt::format("{} parameters from {}; which tensors stay at 16 bit is not known ({})", *published,
                                model.params ? "the publisher" : "the checkpoint's size", count.error().message));
    return lump;
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
    count.small = model.layers.value_or(0) * (fourNorms ? std::int64_t{4} : 2) * h + h;
    if (model.architecture.starts_with("Falcon"))
        count.small += h; // its layer norms have a bias; one norm a layer makes up for that but for the last
    addAttention(count, model);
    addMlp(count, model);
    return count;
}

const std::vector<std::string> &weightFormats()
{
    static const std::vector<std::string> formats{"bf16", "fp16", "fp8", "int8", "int4", "nvfp4", "mxfp4", "fp32"};
    return formats;
}

Result<double> bitsPerWeight(std::string_view format)
{
    if (format == "fp32")
        return 32;
    if (format == "bf16" || format == "fp16")
        return 16;
    if (format == "fp8" || format == "int8")
        return 8;
    if (format == "int4")
        return 4 + 20.0 / 128;
    if (format == "nvfp4")
        return 4.5;
    if (format == "mxfp4")
        return 4.25;
    return fail(ErrorKind::Usage, fmt::format("unknown weight format '{}'", format), "weights",
                fmt::format("one of {}", fmt::join(weightFormats(), ", ")));
}

Result<ModelWeights> weightBytes(const Model &model, std::string_view format, int tensorParallel)
{
    const auto bits = bitsPerWeight(format);
    if (!bits)
        return std::unexpected(bits.error());
    if (tensorParallel < 1)
        return fail(ErrorKind::Usage, fmt::format("tensor parallel {} is less than 1", tensorParallel),
                    "tensorParallel");
    ModelWeights weights;
    const auto count = trustedCount(model, weights.notes);
    if (!count)
        return std::unexpected(count.error());
    const double rest = std::max(16.0, *bits); // only fp32 widens what quantisation leaves alone
    const double linear = format == "mxfp4" && count->experts > 0 ? 16.0 : *bits;
    weights.parameters = count->total();
    weights.expertParameters = count->experts;
    weights.expertsPerDevice = std::llround(static_cast<double>(count->experts) / tensorParallel * *bits / 8);
    weights.total = std::llround(bytesAt(*count, linear, *bits, rest, 1, 1));
    weights.perDevice =
        std::llround(bytesAt(*count, linear, *bits, rest, tensorParallel, kvShare(model, tensorParallel)));
    return weights;
}

} // namespace core
