// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/import/hf_config.h"

#include <filesystem>

namespace core {

/// A model from a local file or folder; nothing is ever downloaded. A file is told by its first bytes and its name:
/// config.json, a safetensors index, safetensors, GGUF, ONNX. A folder is one model as hubs lay it out; the config
/// gives the architecture and the weight files what is really stored. Errors name the file and the byte or JSON path:
/// NotFound, Io, Parse, Unsupported, and Usage for a folder that holds more than one model.
Result<ImportedModel> importModel(const std::filesystem::path &path);

} // namespace core
