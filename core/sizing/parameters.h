// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

#include <string>
#include <string_view>
#include <vector>

namespace core {

/// The weights of a decoder, in elements, sorted by how they are quantised and how tensor parallelism splits them.
/// Formulas: attention h·H·d + 2·h·KV·d + H·d·h, gated MLP 3·h·I, MoE E·3·h·I_moe + shared + router, MLA projections;
/// embeddings V·h twice unless tied. They reproduce published counts exactly (Llama-3.3-70B: 70 553 706 496).
struct ParameterCount {
    std::int64_t embedding = 0;    ///< V·h; stays 16 bit when quantised; split over ranks
    std::int64_t head = 0;         ///< lm_head; 0 when tied; stays 16 bit; split
    std::int64_t attention = 0;    ///< Q, O and MLA up-projections; quantised; split
    std::int64_t kvProjection = 0; ///< K and V; quantised; split by KV heads, replicated beyond them
    std::int64_t replicated = 0;   ///< MLA down-projections; quantised; whole on every rank
    std::int64_t mlp = 0;          ///< dense and shared-expert MLPs; quantised; split
    std::int64_t experts = 0;      ///< routed experts; quantised; split
    std::int64_t small = 0;        ///< norms, biases, router, sinks; 16 bit; whole on every rank

    std::int64_t total() const
    {
        return embedding + head + attention + kvProjection + replicated + mlp + experts + small;
    }
    bool operator==(const ParameterCount &) const = default;
};

/// Counts from the architecture alone. Unsupported when a dimension is missing; the message names it.
Result<ParameterCount> countParameters(const Model &model);

/// Storage of one weight in bits: 32, 16, 8, 4 + 20/128 (GPTQ/AWQ group 128: scale 16, zero 4), 4.5 (nvfp4), 4.25
/// (mxfp4). Usage error for an unknown format.
Result<double> bitsPerWeight(std::string_view format);

/// The formats `bitsPerWeight` knows, in the order people expect to choose from.
const std::vector<std::string> &weightFormats();

/// Weights as stored, in bytes.
struct ModelWeights {
    std::int64_t total = 0;            ///< of the checkpoint
    std::int64_t perDevice = 0;        ///< of one rank, with what tensor parallelism replicates
    std::int64_t expertsPerDevice = 0; ///< the part of perDevice that is routed experts
    std::int64_t parameters = 0;       ///< elements behind `total`
    std::int64_t expertParameters = 0; ///< the part of `parameters` that is routed experts
    std::vector<std::string> notes;    ///< where the count comes from when the architecture does not settle it
};

/// Bytes of a model's weights in a format over `tensorParallel` ranks. Quantised formats keep embeddings, lm_head,
/// norms, biases and routers at 16 bit; mxfp4 of a MoE model holds the routed experts only (gpt-oss). Order of trust:
/// published parameter count, checkpoint size (16 bit unless its source says otherwise), architecture. Errors: Usage
/// (format, tensorParallel < 1), Unsupported (neither count nor dimensions).
Result<ModelWeights> weightBytes(const Model &model, std::string_view format, int tensorParallel = 1);

} // namespace core
