// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/sizing/requirement.h"

#include <optional>
#include <string>
#include <vector>

namespace core {

/// What another estimator answers to a requirement on one kind of device, as its source code computes it.
/// What its code does not say, or is not known to us, is nullopt.
struct Opinion {
    std::string peer;
    std::optional<std::int64_t> needBytes; ///< of one replica over all its devices
    std::optional<int> devices;            ///< how many devices it asks for
    std::optional<std::int64_t> kvTokens;  ///< tokens of cache that it sees left on the devices it looks at
    std::string answer;                    ///< in its own terms: "2 GPUs", "Tight fit", "4.9 GiB left for KV cache"
    std::string formula;                   ///< with this requirement's figures
    std::string whyDifferent;              ///< what it leaves out or puts in against Berth's ledger
    std::string source;                    ///< project and file
};

/// GPUStack, KAITO, AI Runway, llm-d-planner and accelerate, in this order. Formulas (W: weights in the requirement's
/// format, M: deviceBytes, what the driver reports; d: devices):
/// * gpustack/gpustack policies/utils.py estimate_model_vram: W · 1.2 + 2 GiB for language models, + 512 MiB for
///   others, W alone for diffusion; a device gives int(M · 0.9) (vllm_resource_fit_selector.py); attention heads must
///   divide by d.
/// * kaito-project/kaito nodesestimator/estimator.go: S = W · 1.02; a device keeps 2.3 GiB + 2048 tokens · KV bytes at
///   16 bit of M · 0.84, and the rest over 1.05 for weights; d = int(S / that) + 1. One GPU a node, its default
///   context.
/// * ai-runway/airunway gpuValidation.ts: ceil(parameters · 2 · 1.2 / 2^30) whatever the format, context or cache;
///   GpuFitIndicator.tsx: share of the cluster's memory < 60 % perfect, < 80 % good, < 100 % tight. Here: of one
///   device.
/// * llm-d-incubation/llm-d-planner capacity_planner.py: cache = M · utilization · d − W − activation − non-torch, with
///   activation 5.5 GiB dense, 8.0 MoE, 2.5 multimodal, 4.8 Llama, 5.6 Qwen and non-torch 0.15 GiB (d = 1) or 0.6; over
///   the KV bytes of a token. d is the requirement's tensor parallel.
/// * huggingface/accelerate estimate-memory: parameters · bytes of the type; its text adds up to 20 % for inference.
/// Weights that cannot be sized leave all but the names unknown; `answer` says why.
std::vector<Opinion> secondOpinions(const Model &model, const Requirement &requirement, std::int64_t deviceBytes);

} // namespace core
