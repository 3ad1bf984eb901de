// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/import/json_section.h"
#include "core/sizing/weights.h"

namespace core {

/// What a `quantization_config` says of the stored weights.
struct Quantization {
    double bits = 16;   ///< a weight, with its share of scales and zero points
    KeptPlain kept;     ///< shares of the parts that stay at 16 bit
    std::string format; ///< for people: "int4 (awq, groups of 64)"
    bool kvCacheFp8 = false;
};

/// gptq, awq, auto-round, fp8, fbgemm_fp8, mxfp4, compressed-tensors, modelopt, bitsandbytes and quark. Throws
/// BrokenDocument; Unsupported for another method.
Result<Quantization> readQuantization(const JsonSection &config, int layers);

} // namespace core
