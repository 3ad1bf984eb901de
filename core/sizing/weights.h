// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/ledger.h"
#include "core/sizing/parameters.h"

#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Storage of one weight in bits: 32, 16, 8, 4 + 20/g (GPTQ/AWQ with groups of g: scale 16, zero 4; "int4" is g = 128,
/// "int4-g64" another), 4.5 (nvfp4, nf4), 4.25 (mxfp4). Usage error for an unknown format.
Result<double> bitsPerWeight(std::string_view format);

/// The formats of checkpoints that engines load, in the order people expect to choose from.
const std::vector<std::string> &weightFormats();

/// Elements that one scale covers along a row; 0 for formats that scale whole tensors or rows.
int groupSize(std::string_view format);

/// Shares (0 to 1) of the parts that a quantised checkpoint leaves at 16 bit, beside embeddings, norms and routers.
struct KeptPlain {
    double attention = 0, mlp = 0, experts = 0;
    double head = 1;
};

/// Bytes of each part in a format. mxfp4 of a MoE model holds the routed experts only (gpt-oss).
WeightParts<double> partBytes(const ParameterCount &count, double bits, const KeptPlain &kept);

/// Weights as stored, in bytes.
struct ModelWeights {
    std::int64_t total = 0;            ///< of the checkpoint
    std::int64_t perDevice = 0;        ///< of the fullest device, with what parallelism replicates
    std::int64_t loaded = 0;           ///< perDevice after the engine's kernels padded it; equal where they do not
    std::int64_t expertsPerDevice = 0; ///< the part of perDevice that is routed experts
    std::int64_t parameters = 0;       ///< elements behind `total`
    std::int64_t expertParameters = 0; ///< the part of `parameters` that is routed experts
    std::vector<std::string> notes;    ///< where the count comes from when the architecture does not settle it
};

/// Bytes of a model's weights in a format over a group. Quantised formats keep embeddings, lm_head, norms, biases and
/// routers at 16 bit; "stored" is what an imported checkpoint holds. Order of trust: published parameter count,
/// checkpoint size (16 bit unless its source says otherwise), architecture. Errors: Usage (format, degree < 1),
/// Unsupported (neither count nor dimensions).
Result<ModelWeights> weightBytes(const Model &model, std::string_view format, const GroupShape &shape);
inline Result<ModelWeights> weightBytes(const Model &model, std::string_view format, int tensorParallel = 1)
{
    return weightBytes(model, format, GroupShape{.tensor = tensorParallel});
}

} // namespace core
