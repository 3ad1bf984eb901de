// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace core {

enum class WeightFiles { None, Safetensors, Index, Gguf, Onnx };

/// What a folder holds of one model.
struct ModelFolder {
    std::optional<std::filesystem::path> config;
    WeightFiles kind = WeightFiles::None;
    std::vector<std::filesystem::path> files; ///< of the weights, in order: the index, or the shards
    std::vector<std::filesystem::path> parts; ///< of a diffusion pipeline: its folders
};

/// Sorts the files of a folder. Usage error, with their names, when they are of more than one model; NotFound when of
/// none; Io.
Result<ModelFolder> readFolder(const std::filesystem::path &folder);

/// "model" of "model-00001-of-00004.safetensors".
std::string withoutShard(const std::filesystem::path &file);

} // namespace core
