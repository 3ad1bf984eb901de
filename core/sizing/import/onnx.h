// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/import/byte_source.h"
#include "core/sizing/import/tensor_table.h"

namespace core {

/// The initialisers of an ONNX file (ModelProto.graph.initializer), inside it or in files beside it: their bytes by
/// dimensions and type. The graph is walked, nothing else is kept. Parse errors hold the offset.
Result<TensorTable> readOnnx(ByteSource &source);

} // namespace core
