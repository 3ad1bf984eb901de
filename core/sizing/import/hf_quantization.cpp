// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/hf_quantization.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

namespace core {

namespace {

std::string lower(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// The layer in "model.layers.12.mlp.down_proj"; -1 for a pattern over all layers.
int layerOf(std::string_view module)
{
    const auto at = module.find("layers.");
    int layer = -1;
    for (auto i = at == std::string_view::npos ? module.size() : at + 7;
         i < module.size() && std::isdigit(static_cast<unsigned char>(module[i])) != 0 && layer < 100000; ++i)
        layer = std::max(layer, 0) * 10 + (module[i] - '0');
    return layer;
}

/// Layers that a list of module names or patterns takes out of one part of the weights.
class Spared {
public:
    explicit Spared(int layers) : m_layers(std::max(1, layers)) {}
    void add(const std::string &module)
    {
        const int layer = layerOf(module);
        m_all = m_all || layer < 0;
        m_some.insert(layer);
    }
    double share() const { return m_all ? 1.0 : std::min(1.0, static_cast<double>(m_some.size()) / m_layers); }

private:
    int m_layers;
    bool m_all = false;
    std::set<int> m_some;
};

KeptPlain keptOf(const std::vector<std::string> &modules, int layers, bool headByDefault)
{
    Spared attention(layers), mlp(layers), experts(layers);
    KeptPlain kept;
    kept.head = headByDefault ? 1 : 0;
    for (const auto &raw : modules) {
        const auto module = lower(raw);
        if (module.contains("lm_head"))
            kept.head = 1;
        else if (module.contains("vis") || module.contains("gate") || module.contains("router"))
            continue; // counted at 16 bit anyway
        else if (module.contains("attn") || module.contains("attention"))
            attention.add(module);
        else if (module.contains("experts"))
            experts.add(module);
        else if (module.contains("mlp"))
            mlp.add(module);
    }
    kept.attention = attention.share();
    kept.mlp = mlp.share();
    kept.experts = experts.share();
    return kept;
}

/// Group-quantised integers: a 16 bit scale a group, and a zero point of `bits` unless symmetric.
void grouped(Quantization &out, std::int64_t bits, std::int64_t group, bool symmetric, const std::string &method)
{
    const double perGroup = 16.0 + (symmetric ? 0.0 : static_cast<double>(bits));
    out.bits = static_cast<double>(bits) + (group > 0 ? perGroup / static_cast<double>(group) : 0.0);
    out.format = group > 0 ? fmt::format("int{} ({}, groups of {})", bits, method, group)
                           : fmt::format("int{} ({})", bits, method);
}

/// -1 means one group a row.
std::int64_t groupOf(const JsonSection &config)
{
    const auto at = config.value().find("group_size");
    if (at == config.value().end() || at->is_null() || (at->is_number_integer() && *at == -1))
        return 0;
    return config.number({"group_size"}, 1 << 16).value_or(0);
}

void readInteger(const JsonSection &config, const std::string &method, Quantization &out)
{
    const auto bits = config.count({"bits", "w_bit"}, 16).value_or(4);
    // GPTQ files carry zero points even when they are all equal.
    grouped(out, bits, groupOf(config), false, method);
}

void readFp8(const JsonSection &config, Quantization &out)
{
    out.bits = 8;
    out.format = "fp8";
    const auto block = config.value().find("weight_block_size");
    if (block == config.value().end() || block->is_null())
        return;
    if (!block->is_array() || block->size() != 2 || !std::ranges::all_of(*block, [](const auto &side) {
            return side.is_number_unsigned() && side >= 1 && side <= 65536;
        }))
        throw BrokenDocument{config.pathOf("weight_block_size"), "is not a pair of whole numbers"};
    out.bits += 32.0 / ((*block)[0].get<double>() * (*block)[1].get<double>());
    out.format = fmt::format("fp8 (blocks of {}x{})", (*block)[0].get<int>(), (*block)[1].get<int>());
}

void readBitsAndBytes(const JsonSection &config, Quantization &out)
{
    if (config.flag("load_in_8bit").value_or(false)) {
        out.bits = 8;
        out.format = "int8 (bitsandbytes)";
        return;
    }
    out.bits = config.flag("bnb_4bit_use_double_quant").value_or(false) ? 4.127 : 4.5;
    out.format = fmt::format("{} (bitsandbytes)", config.text({"bnb_4bit_quant_type"}).value_or("fp4"));
}

/// NVIDIA ModelOpt names its algorithm.
void readAlgorithm(const std::string &algorithm, Quantization &out)
{
    const auto name = lower(algorithm);
    const bool four = name.contains("fp4");
    out.bits = name.contains("mxfp4") ? 4.25 : four ? 4.5 : name.contains("int4") || name.contains("w4a16") ? 4.125 : 8;
    out.format = fmt::format("{} (modelopt)", name);
}

/// compressed-tensors: one or more groups of modules; the first with weights decides.
void readGroups(const JsonSection &config, Quantization &out)
{
    const auto groups = config.section("config_groups");
    if (!groups)
        throw BrokenDocument{config.pathOf("config_groups"), "is missing"};
    for (const auto &[name, value] : groups->value().items()) {
        const JsonSection group(value, groups->pathOf(name));
        const auto weights = group.section("weights");
        if (!weights)
            continue;
        const auto bits = weights->count({"num_bits"}, 16).value_or(16);
        const auto size = groupOf(*weights);
        if (weights->text({"type"}).value_or("int") == "int") {
            grouped(out, bits, size, weights->flag("symmetric").value_or(true), "compressed-tensors");
            return;
        }
        // FP4: an 8 bit scale a group (16 NVFP4, 32 MXFP4); FP8: one a tensor, row or block.
        out.bits = static_cast<double>(bits) + (bits == 4 ? 8.0 / static_cast<double>(size > 0 ? size : 16) : 0.0);
        out.format = bits == 4 ? (size == 32 ? "mxfp4" : "nvfp4") : fmt::format("fp{}", bits);
        return;
    }
    throw BrokenDocument{config.pathOf("config_groups"), "has no group with weights"};
}

bool saysFp8(const std::optional<std::string> &text)
{
    return text && lower(*text).contains("fp8");
}

bool cacheIsFp8(const JsonSection &config)
{
    if (const auto scheme = config.section("kv_cache_scheme"))
        return scheme->count({"num_bits"}, 64).value_or(16) == 8;
    return saysFp8(config.text({"kv_cache_quant_algo", "kv_cache_dtype"}));
}

} // namespace

Result<Quantization> readQuantization(const JsonSection &config, int layers)
{
    const auto method = lower(config.text({"quant_method"})
                                  .value_or(config.has("config_groups")    ? "compressed-tensors"
                                                : config.has("quant_algo") ? "modelopt"
                                                                           : ""));
    Quantization out;
    if (method == "gptq" || method == "awq" || method == "auto-round" || method == "gptq_marlin"
        || method == "awq_marlin")
        readInteger(config, method, out);
    else if (method == "fp8" || method == "fbgemm_fp8")
        readFp8(config, out);
    else if (method == "mxfp4") {
        out.bits = 4.25;
        out.format = "mxfp4";
    } else if (method == "bitsandbytes")
        readBitsAndBytes(config, out);
    else if (method == "compressed-tensors")
        readGroups(config, out);
    else if (method.starts_with("modelopt"))
        readAlgorithm(config.text({"quant_algo"}).value_or("fp8"), out);
    else
        return fail(ErrorKind::Unsupported, fmt::format("quantisation \"{}\" is not one Berth can size", method),
                    config.pathOf("quant_method"), "name a format with --weights");
    const bool headByDefault = method != "compressed-tensors" && !config.flag("lm_head").value_or(false);
    out.kept = keptOf(config.texts({"modules_to_not_convert", "ignore", "ignored_layers", "exclude_modules"}), layers,
                      headByDefault);
    out.kvCacheFp8 = cacheIsFp8(config);
    return out;
}

} // namespace core
