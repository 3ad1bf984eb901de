// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/import/byte_source.h"
#include "core/sizing/import/tensor_table.h"

#include <optional>

namespace core {

/// The header of a safetensors file: 8 bytes of length, JSON with dtype, shape and data_offsets of each tensor. Checked
/// as the format demands: lengths against the file, shapes against bytes, no overlap, no hole, no name twice. Parse
/// errors hold the offset or the tensor. Nothing but the header is read.
Result<TensorTable> readSafetensors(ByteSource &source);

/// model.safetensors.index.json.
struct SafetensorsIndex {
    std::vector<std::string> files;         ///< plain file names beside it, each once
    std::optional<std::int64_t> totalBytes; ///< what it says all tensors take
};
Result<SafetensorsIndex> readSafetensorsIndex(std::string_view text);

} // namespace core
