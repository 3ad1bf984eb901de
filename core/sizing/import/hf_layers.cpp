// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/hf_layers.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

constexpr std::int64_t mostDimension = 1 << 20;

int asInt(std::int64_t value)
{
    return static_cast<int>(value); // bounded where it was read
}

/// A list with the kind of each layer.
std::optional<LayerMix> listed(const JsonSection &config, int layers)
{
    const auto types = config.texts({"layer_types", "layers_block_type"});
    if (types.empty())
        return std::nullopt;
    if (static_cast<int>(types.size()) < layers)
        throw BrokenDocument{config.pathOf("layer_types"), fmt::format("names {} of {} layers", types.size(), layers)};
    LayerMix mix;
    for (int i = 0; i < layers; ++i) {
        const auto &type = types[static_cast<std::size_t>(i)];
        if (type.contains("sliding") || type.contains("chunked") || type.contains("local"))
            ++mix.sliding;
        else if (type.contains("linear") || type.contains("mamba") || type.contains("recurrent") || type == "conv")
            ++mix.recurrent;
        else if (type.contains("attention") || type.contains("hybrid"))
            ++mix.full;
        else
            throw BrokenDocument{fmt::format("{}[{}]", config.pathOf("layer_types"), i),
                                 fmt::format("\"{}\" is not a kind of layer Berth knows", type)};
    }
    return mix;
}

/// One full layer in every so many.
std::optional<LayerMix> interval(const JsonSection &config, int layers, bool slides)
{
    if (const auto every = config.count({"full_attention_interval"}, 10000)) {
        const int full = layers / asInt(*every);
        return LayerMix{full, 0, layers - full};
    }
    const auto every = config.count({"sliding_window_pattern", "_sliding_window_pattern"}, 10000);
    if (!every || !slides)
        return std::nullopt;
    const int full = *every == 1 ? 0 : layers / asInt(*every);
    return LayerMix{full, layers - full, 0};
}

/// Gated DeltaNet of Qwen3-Next and Qwen3.5.
std::optional<RecurrentState> deltaNet(const JsonSection &config)
{
    const auto valueHeads = config.count({"linear_num_value_heads"}, mostDimension);
    const auto keyHeads = config.count({"linear_num_key_heads"}, mostDimension);
    if (!valueHeads || !keyHeads)
        return std::nullopt;
    const auto keyDim = config.count({"linear_key_head_dim"}, 65536).value_or(128);
    const auto valueDim = config.count({"linear_value_head_dim"}, 65536).value_or(128);
    const auto type = config.text({"mamba_ssm_dtype"}).value_or("float32");
    return RecurrentState{*valueHeads * keyDim * valueDim,
                          2 * *keyHeads * keyDim + *valueHeads * valueDim,
                          asInt(config.count({"linear_conv_kernel_dim"}, 1024).value_or(4)),
                          asInt(*valueHeads),
                          asInt(keyDim),
                          type == "float32" ? 4 : 2};
}

/// Mamba 2 as Granite and Bamba name it.
std::optional<RecurrentState> mamba(const JsonSection &config)
{
    const auto heads = config.count({"mamba_n_heads", "mamba_num_heads"}, mostDimension);
    const auto dim = config.count({"mamba_d_head", "mamba_head_dim"}, mostDimension);
    const auto state = config.count({"mamba_d_state", "ssm_state_size"}, 65536);
    if (!heads || !dim || !state)
        return std::nullopt;
    const auto groups = config.count({"mamba_n_groups", "n_groups"}, 65536).value_or(1);
    return RecurrentState{*heads * *dim * *state,
                          *heads * *dim + 2 * groups * *state,
                          asInt(config.count({"mamba_d_conv", "conv_kernel"}, 1024).value_or(4)),
                          asInt(*heads),
                          asInt(*state),
                          4};
}

std::optional<int> windowOf(const JsonSection &config)
{
    if (config.flag("use_sliding_window") == false)
        return std::nullopt;
    const auto window = config.count({"sliding_window", "sliding_window_size", "attention_chunk_size"}, 1 << 26);
    return window ? std::optional(asInt(*window)) : std::nullopt;
}

} // namespace

void readLayers(const JsonSection &config, Model &model)
{
    const int layers = model.layers.value_or(0);
    model.slidingWindow = windowOf(config);
    auto mix = listed(config, layers);
    if (!mix)
        mix = interval(config, layers, model.slidingWindow.has_value());
    const auto state = deltaNet(config);
    model.gatedAttention = state.has_value() || config.flag("attn_output_gate").value_or(false);
    if (!mix)
        return;
    if (mix->sliding > 0 && !model.slidingWindow) // switched off: those layers keep everything
        *mix = {mix->full + mix->sliding, 0, mix->recurrent};
    if (mix->sliding == 0)
        model.slidingWindow.reset();
    if (mix->recurrent > 0)
        model.recurrent = state ? state : mamba(config);
    model.layerMix = mix;
}

} // namespace core
