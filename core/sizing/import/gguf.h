// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/import/byte_source.h"
#include "core/sizing/import/hf_config.h"
#include "core/sizing/import/tensor_table.h"

namespace core {

/// A GGUF file (versions 2 and 3): the architecture from its keys, the weights from its tensor list. Checked: magic,
/// version, counts against the bytes that are left, types, dimensions, alignment, overlap, and that the data is all
/// there. Parse errors hold the offset, key or tensor. Only the header is read.
struct GgufFile {
    Model model; ///< without `stored`, which a split model adds up over its files
    TensorTable tensors;
    int files = 1; ///< split.count
};
Result<GgufFile> readGguf(ByteSource &source, const std::string &id);

} // namespace core
