// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/second_opinion.h"

#include "core/sizing/kv_cache.h"
#include "core/sizing/weights.h"

#include <fmt/format.h>

#include <cmath>

namespace core {

namespace {

constexpr double oneGib = 0x1p30;

/// What the formulas share.
struct Question {
    const Model &model;
    const Requirement &requirement;
    std::int64_t device = 0;
    Result<ModelWeights> weights;
    std::optional<std::int64_t> kvBytes16; ///< of a token over all devices, at 16 bit
    std::optional<std::int64_t> kvBytes;   ///< at the requirement's precision
};

std::optional<std::int64_t> tokenBytes(const Model &model, std::string_view format)
{
    const auto layout = model.isLlm ? kvLayout(model, format, 1) : fail(ErrorKind::Unsupported, "");
    return layout ? std::optional(layout->bytesPerToken()) : std::nullopt;
}

double gib(double bytes)
{
    return bytes / oneGib;
}

bool isDiffusion(const Model &model)
{
    return model.kind.starts_with("diffusion");
}

std::string devicesText(int devices)
{
    return fmt::format("{} GPU{}", devices, devices == 1 ? "" : "s");
}

Opinion gpuStack(const Question &q)
{
    Opinion out{"GPUStack", {}, {}, {},
                {},         {}, {}, "gpustack/gpustack policies/utils.py, vllm_resource_fit_selector.py"};
    const auto weights = static_cast<double>(q.weights->total);
    const double factor = isDiffusion(q.model) ? 1 : 1.2;
    const double extra = isDiffusion(q.model) ? 0 : q.model.isLlm ? 2 * oneGib : 0.5 * oneGib;
    const double need = weights * factor + extra, claim = std::floor(static_cast<double>(q.device) * 0.9);
    out.needBytes = std::llround(need);
    out.formula = fmt::format("{:.1f} GiB of weights x {:g} + {:.1f} GiB = {:.1f} GiB; {:.1f} GiB of a GPU (90 %)",
                              gib(weights), factor, gib(extra), gib(need), gib(claim));
    out.whyDifferent =
        "a fifth over the weights stands for cache and activations, whatever context and concurrency are";
    if (claim <= 0)
        return out;
    int devices = static_cast<int>(std::ceil(need / claim));
    if (q.model.heads) // its tensor parallel must divide the attention heads
        while (devices < *q.model.heads && *q.model.heads % devices != 0)
            ++devices;
    out.devices = devices;
    out.answer = devicesText(devices);
    return out;
}

Opinion kaito(const Question &q)
{
    Opinion out{"KAITO", {}, {}, {},
                {},      {}, {}, "kaito-project/kaito nodesestimator/estimator.go, memory-estimator.md"};
    out.whyDifferent =
        "the cache is that of 2048 tokens of one request at 16 bit, and any number of GPUs may come out, "
        "also one that tensor parallel cannot use";
    if (!q.kvBytes16) {
        out.answer = "unknown: its estimator knows language models only";
        return out;
    }
    const double size = static_cast<double>(q.weights->total) * 1.02;
    const double available = static_cast<double>(q.device) * 0.84;
    const double fixed = 2.3 * oneGib + 2048.0 * static_cast<double>(*q.kvBytes16);
    const double forWeights = (available - fixed) / 1.05;
    out.formula = fmt::format("{:.1f} GiB x 1.02; a GPU has {:.1f} GiB (84 %), less {:.2f} GiB fixed, over 1.05 = "
                              "{:.1f} GiB for weights",
                              gib(static_cast<double>(q.weights->total)), gib(available), gib(fixed), gib(forWeights));
    if (forWeights <= 0) {
        out.answer = "no number of such GPUs";
        return out;
    }
    out.devices = static_cast<int>(size / forWeights) + 1;
    out.needBytes = std::llround(size * 1.05 + *out.devices * fixed);
    out.answer = devicesText(*out.devices);
    if (*out.devices > 1)
        return out;
    const double left = available - 2.3 * oneGib - size * 1.05;
    out.kvTokens = static_cast<std::int64_t>(left / static_cast<double>(*q.kvBytes16));
    if (q.model.context && *out.kvTokens > *q.model.context)
        out.kvTokens = *q.model.context; // it serves one request of the longest context
    return out;
}

Opinion aiRunway(const Question &q)
{
    Opinion out{"AI Runway", {}, {}, {}, {}, {}, {}, "ai-runway/airunway gpuValidation.ts, GpuFitIndicator.tsx"};
    const double need = std::ceil(static_cast<double>(q.weights->parameters) * 2 * 1.2 / oneGib);
    const double memory = std::round(gib(static_cast<double>(q.device)));
    out.needBytes = std::llround(need * oneGib);
    out.whyDifferent =
        "16 bit and a fifth for every model: format, context and cache are not asked; it compares with all "
        "GPUs of the cluster, used ones too (here: one)";
    out.formula = fmt::format("{:.2f} B parameters x 2 x 1.2 = {:.0f} \"GB\" of {:.0f}",
                              static_cast<double>(q.weights->parameters) / 1e9, need, memory);
    if (memory <= 0)
        return out;
    const double share = need / memory;
    out.answer = share < 0.6 ? "Perfect" : share < 0.8 ? "Good" : share < 1 ? "Tight" : "Won't fit";
    if (share >= 1)
        out.answer += fmt::format(" (of {} such GPUs it would)", static_cast<int>(need / memory) + 1);
    out.devices = static_cast<int>(std::floor(share)) + 1; // it wants less than 100 %
    return out;
}

/// llm-d-planner's activation constants by what it calls the model.
double plannerActivation(const Model &model)
{
    if (model.architecture.contains("ForConditionalGeneration"))
        return 2.5;
    if (model.experts)
        return 8.0;
    if (model.architecture.starts_with("Llama"))
        return 4.8;
    return model.architecture.starts_with("Qwen") ? 5.6 : 5.5;
}

Opinion planner(const Question &q)
{
    Opinion out{"llm-d-planner", {}, {}, {}, {}, {}, {}, "llm-d-incubation/llm-d-planner capacity_planner.py"};
    const int devices = q.requirement.tensorParallel;
    out.whyDifferent = devices > 1
        ? "one constant for activations; the cache is divided by tensor parallel even where each GPU keeps all of it"
        : "one constant for activations; CUDA graphs count as nothing";
    if (!q.kvBytes || *q.kvBytes <= 0) {
        out.answer = "unknown: its planner knows language models only";
        return out;
    }
    const double budget = static_cast<double>(q.device) * q.requirement.utilization * devices;
    const double weights = static_cast<double>(q.weights->total), activation = plannerActivation(q.model) * oneGib;
    const double nonTorch = (devices == 1 ? 0.15 : 0.6) * oneGib, left = budget - weights - activation - nonTorch;
    out.formula = fmt::format("{:.1f} GiB - {:.1f} GiB of weights - {:.1f} - {:.2f} GiB = {:.1f} GiB for KV cache",
                              gib(budget), gib(weights), gib(activation), gib(nonTorch), gib(left));
    out.needBytes = std::llround(weights + activation + nonTorch);
    out.kvTokens = left > 0 ? static_cast<std::int64_t>(left / static_cast<double>(*q.kvBytes)) : 0;
    if (left > 0)
        out.devices = devices;
    out.answer = left > 0
        ? fmt::format("yes, on {}: {:.1f} GiB of cache, {} tokens", devicesText(devices), gib(left), *out.kvTokens)
        : fmt::format("no, on {}", devicesText(devices));
    return out;
}

/// accelerate's types; other formats it does not know.
std::optional<double> accelerateBytes(std::string_view format)
{
    if (format == "fp32")
        return 4;
    if (format == "bf16" || format == "fp16")
        return 2;
    if (format == "int8")
        return 1;
    return format == "int4" ? std::optional(0.5) : std::nullopt;
}

Opinion accelerate(const Question &q)
{
    Opinion out{"accelerate", {}, {}, {}, {}, {}, {}, "huggingface/accelerate model_size_estimator.md"};
    out.whyDifferent = "weights alone, no cache; it does not ask for a GPU";
    const auto bytes = accelerateBytes(q.requirement.weights);
    if (!bytes) {
        out.answer = fmt::format("unknown: it has no {}", q.requirement.weights);
        return out;
    }
    const double need = static_cast<double>(q.weights->parameters) * *bytes;
    out.needBytes = std::llround(need);
    out.formula = fmt::format("{:.2f} B parameters x {:g} B", static_cast<double>(q.weights->parameters) / 1e9, *bytes);
    out.answer = fmt::format("{:.2f} GiB to load, {:.2f} GiB with its 20 % for inference", gib(need), gib(need * 1.2));
    return out;
}

} // namespace

std::vector<Opinion> secondOpinions(const Model &model, const Requirement &requirement, std::int64_t deviceBytes)
{
    const Question question{model,
                            requirement,
                            deviceBytes,
                            weightBytes(model, requirement.weights, 1),
                            tokenBytes(model, "auto"),
                            tokenBytes(model, requirement.kvCache)};
    if (question.weights)
        return {gpuStack(question), kaito(question), aiRunway(question), planner(question), accelerate(question)};
    std::vector<Opinion> unknown;
    for (const char *peer : {"GPUStack", "KAITO", "AI Runway", "llm-d-planner", "accelerate"})
        unknown.push_back({peer, {}, {}, {}, "unknown: " + question.weights.error().message, {}, {}, {}});
    return unknown;
}

} // namespace core
