// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

#include <string_view>
#include <vector>

namespace sample {

/// A dense decoder by its dimensions, as its config.json states them.
struct Dims {
    int layers, hidden, heads, kvHeads, headDim, intermediate, vocab;
};

inline core::Model dense(const char *id, const char *architecture, Dims dims, std::optional<std::int64_t> params,
                         bool tied = false)
{
    core::Model model;
    model.id = model.shortName = id;
    model.architecture = architecture;
    model.kind = "dense";
    model.layers = dims.layers;
    model.hidden = dims.hidden;
    model.heads = dims.heads;
    model.kvHeads = dims.kvHeads;
    model.headDim = dims.headDim;
    model.intermediate = dims.intermediate;
    model.vocab = dims.vocab;
    model.params = params;
    model.tieEmbeddings = tied;
    return model;
}

inline core::Model moe(core::Model model, int experts, int perToken, int intermediate, int shared = 0,
                       int denseLayers = 0)
{
    model.kind = "moe";
    model.experts = experts;
    model.expertsPerToken = perToken;
    model.moeIntermediate = intermediate;
    model.sharedExperts = shared;
    model.denseLayers = denseLayers;
    return model;
}

inline core::Model llama8b()
{
    return dense("llama-3.1-8b", "LlamaForCausalLM", {32, 4096, 32, 8, 128, 14336, 128256}, 8030261248);
}
inline core::Model llama70b()
{
    return dense("llama-3.3-70b", "LlamaForCausalLM", {80, 8192, 64, 8, 128, 28672, 128256}, 70553706496);
}

inline core::Model qwen25(const char *id, Dims dims, std::int64_t params, bool tied)
{
    auto model = dense(id, "Qwen2ForCausalLM", dims, params, tied);
    model.qkvBias = true;
    return model;
}
inline core::Model qwen25Half()
{
    return qwen25("qwen2.5-0.5b", {24, 896, 14, 2, 64, 4864, 151936}, 494032768, true);
}
inline core::Model qwen25OneAndHalf()
{
    return qwen25("qwen2.5-1.5b", {28, 1536, 12, 2, 128, 8960, 151936}, 1543714304, true);
}
inline core::Model qwen25Seven()
{
    return qwen25("qwen2.5-7b", {28, 3584, 28, 4, 128, 18944, 152064}, 7615616512, false);
}
inline core::Model qwen25SeventyTwo()
{
    return qwen25("qwen2.5-72b", {80, 8192, 64, 8, 128, 29568, 152064}, 72706203648, false);
}

inline core::Model qwen3(const char *id, Dims dims, std::int64_t params)
{
    auto model = dense(id, "Qwen3ForCausalLM", dims, params);
    model.qkNorm = true;
    return model;
}
inline core::Model qwen3Eight()
{
    return qwen3("qwen3-8b", {36, 4096, 32, 8, 128, 12288, 151936}, 8190735360);
}
inline core::Model qwen3ThirtyTwo()
{
    return qwen3("qwen3-32b", {64, 5120, 64, 8, 128, 25600, 151936}, 32762123264);
}
inline core::Model qwen3Moe30()
{
    return moe(qwen3("qwen3-30b-a3b", {48, 2048, 32, 4, 128, 6144, 151936}, 30532122624), 128, 8, 768);
}
inline core::Model qwen3Moe235()
{
    return moe(qwen3("qwen3-235b-a22b", {94, 4096, 64, 4, 128, 12288, 151936}, 235093634560), 128, 8, 1536);
}
inline core::Model mixtral()
{
    return moe(dense("mixtral-8x7b", "MixtralForCausalLM", {32, 4096, 32, 8, 128, 14336, 32000}, 46702792704), 8, 2,
               14336);
}

inline core::Model latent(core::Model model)
{
    model.headDim.reset();
    model.mla = core::Mla{512, 64, 128, 128, 1536};
    return model;
}
inline core::Model deepseekV3()
{
    return latent(
        moe(dense("deepseek-v3", "DeepseekV3ForCausalLM", {61, 7168, 128, 128, 0, 18432, 129280}, 671026419200), 256, 8,
            2048, 1, 3));
}
inline core::Model kimiK2()
{
    return latent(moe(dense("kimi-k2", "DeepseekV3ForCausalLM", {61, 7168, 64, 64, 0, 18432, 163840}, 1026408232448),
                      384, 8, 2048, 1, 1));
}
inline core::Model gptOss(const char *id, int layers, int experts, std::int64_t params)
{
    auto model = moe(dense(id, "GptOssForCausalLM", {layers, 2880, 64, 8, 64, 2880, 201088}, params), experts, 4, 2880);
    model.slidingWindow = 128;
    return model;
}
inline core::Model gptOss20()
{
    return gptOss("gpt-oss-20b", 24, 32, 20914757184);
}
inline core::Model gptOss120()
{
    return gptOss("gpt-oss-120b", 36, 128, 116829156672);
}
inline core::Model phi4()
{
    return dense("phi-4", "Phi3ForCausalLM", {40, 5120, 40, 10, 128, 17920, 100352}, 14659507200);
}
inline core::Model phi4Mini()
{
    return dense("phi-4-mini", "Phi3ForCausalLM", {32, 3072, 24, 8, 128, 8192, 200064}, 3836021760, true);
}
inline core::Model gemma3TwentySeven()
{
    auto model = dense("gemma-3-27b", "Gemma3ForConditionalGeneration", {62, 5376, 32, 16, 128, 21504, 262208},
                       27009346304, true);
    model.slidingWindow = 1024;
    return model;
}

} // namespace sample
