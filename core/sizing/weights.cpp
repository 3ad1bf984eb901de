// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace core {

namespace {

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

/// MXFP4 experts are padded by the Marlin kernel (vLLM quantization/mxfp4.py: rows to 256, MLP width to 128):
/// gpt-oss-120b is 60.77 GiB on disk and 65.97 GiB loaded on an H100 (vLLM issue 23278).
double marlinPadding(const Model &model, const GroupShape &shape)
{
    if (!model.experts || !model.hidden || !model.moeIntermediate || *model.hidden <= 0)
        return 1;
    const double width = static_cast<double>(*model.moeIntermediate) / (shape.expert > 1 ? 1 : shape.tensor);
    const auto padded = [](double value, double to) { return std::ceil(value / to) * to; };
    return width > 0 ? padded(*model.hidden, 256) / *model.hidden * padded(width, 128) / width : 1;
}

/// The fullest device: its share of the layers, and the embedding or the head. `expertFactor` pads the experts.
double deviceBytes(const WeightParts<double> &parts, const Model &model, const GroupShape &shape, double expertFactor)
{
    const double tp = shape.tensor;
    const double layers = std::max(1, model.layers.value_or(1));
    const double stage = std::ceil(layers / shape.pipeline) / layers;
    const double inLayers = (parts.attention + parts.mlp) / tp + parts.kvProjection * kvShare(model, shape.tensor)
        + parts.replicated + parts.small + parts.experts * expertFactor / std::max(shape.tensor, shape.expert);
    const double last = parts.head > 0 ? parts.head : parts.embedding; // a tied head is a copy on the last stage
    const double ends = shape.pipeline == 1 ? parts.embedding + parts.head : std::max(parts.embedding, last);
    return inLayers * stage + ends / tp;
}

WeightParts<double> asDouble(const WeightParts<std::int64_t> &parts)
{
    const auto of = [](std::int64_t value) { return static_cast<double>(value); };
    return {of(parts.embedding),  of(parts.head), of(parts.attention), of(parts.kvProjection),
            of(parts.replicated), of(parts.mlp),  of(parts.experts),   of(parts.small)};
}

std::optional<int> groupOf(std::string_view format)
{
    constexpr std::string_view prefix = "int4-g";
    int group = 0;
    const auto *end = format.data() + format.size();
    if (!format.starts_with(prefix) || std::from_chars(format.data() + prefix.size(), end, group).ptr != end)
        return std::nullopt;
    return group >= 8 && group <= 1024 ? std::optional(group) : std::nullopt;
}

Result<ModelWeights> ofParts(const WeightParts<double> &parts, const Model &model, const GroupShape &shape,
                             double expertFactor, ModelWeights weights)
{
    weights.total = std::llround(parts.total());
    const double experts = parts.experts / std::max(shape.tensor, shape.expert);
    const double layers = std::max(1, model.layers.value_or(1));
    weights.expertsPerDevice = std::llround(experts * std::ceil(layers / shape.pipeline) / layers);
    weights.perDevice = std::llround(deviceBytes(parts, model, shape, 1));
    weights.loaded = std::llround(deviceBytes(parts, model, shape, expertFactor));
    return weights;
}

Result<void> checkDegrees(const GroupShape &shape)
{
    for (const auto &[degree, name, place] : {std::tuple{shape.tensor, "tensor", "tensorParallel"},
                                              {shape.pipeline, "pipeline", "pipelineParallel"},
                                              {shape.expert, "expert", "expertParallel"}})
        if (degree < 1)
            return fail(ErrorKind::Usage, fmt::format("{} parallel {} is less than 1", name, degree), place);
    return {};
}

} // namespace

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
    if (const auto group = groupOf(format))
        return 4 + 20.0 / *group;
    if (format == "nvfp4" || format == "nf4")
        return 4.5;
    if (format == "mxfp4")
        return 4.25;
    return fail(ErrorKind::Usage, fmt::format("unknown weight format '{}'", format), "weights",
                fmt::format("one of {}", fmt::join(weightFormats(), ", ")));
}

int groupSize(std::string_view format)
{
    if (format == "int4")
        return 128;
    return format == "nvfp4" ? 16 : groupOf(format).value_or(0);
}

WeightParts<double> partBytes(const ParameterCount &count, double bits, const KeptPlain &kept)
{
    const double rest = std::max(16.0, bits); // only fp32 widens what quantisation leaves alone
    const auto bytes = [&](std::int64_t elements, double plain) {
        return static_cast<double>(elements) * (plain * rest + (1 - plain) * bits) / 8;
    };
    return {bytes(count.embedding, 1),
            bytes(count.head, kept.head),
            bytes(count.attention, kept.attention),
            bytes(count.kvProjection, kept.attention),
            bytes(count.replicated, kept.attention),
            bytes(count.mlp, kept.mlp),
            bytes(count.experts, kept.experts),
            bytes(count.small, 1)};
}

Result<ModelWeights> weightBytes(const Model &model, std::string_view format, const GroupShape &shape)
{
    if (auto checked = checkDegrees(shape); !checked)
        return std::unexpected(checked.error());
    ModelWeights weights;
    if (format == "stored" && model.stored) {
        weights.parameters = model.stored->parameters;
        const auto count = countParameters(model);
        weights.expertParameters = count ? count->experts : 0;
        const bool padded = model.stored->format.contains("mxfp4");
        return ofParts(asDouble(model.stored->bytes), model, shape, padded ? marlinPadding(model, shape) : 1, weights);
    }
    const auto bits = bitsPerWeight(format);
    if (!bits)
        return std::unexpected(bits.error());
    const auto count = trustedCount(model, weights.notes);
    if (!count)
        return std::unexpected(count.error());
    const bool expertsOnly = format == "mxfp4" && count->experts > 0;
    weights.parameters = count->total();
    weights.expertParameters = count->experts;
    return ofParts(partBytes(*count, *bits, {.attention = expertsOnly ? 1.0 : 0.0, .mlp = expertsOnly ? 1.0 : 0.0}),
                   model, shape, expertsOnly ? marlinPadding(model, shape) : 1, weights);
}

} // namespace core
