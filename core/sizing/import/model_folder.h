// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace core {

enum class WeightFiles { None, Safetensors, Index, Gguf, Onnx };

/// What a folder holds of one model.
struct ModelFolder {
    std::optional<std::filesystem::path> config = {};
    WeightFiles kind = WeightFiles::None;
    std::vector<std::filesystem::path> files = {}; ///< of the weights, in order: the index, or the shards
    bool pipeline = false;                         ///< of diffusers: it has a model_index.json, and nothing but parts
    std::vector<std::filesystem::path> parts = {}; ///< of a diffusion pipeline: the folders that model_index.json names
};

/// Sorts the files of a folder. Usage error, with their names, when they are of more than one model; NotFound when of
/// none; Parse for a broken model_index.json; Io.
Result<ModelFolder> readFolder(const std::filesystem::path &folder);

/// The safetensors files of one part of a pipeline; kind None when it carries no weights, as a scheduler. Errors of
/// readFolder(), and NotFound when its weights are there in another format only.
Result<ModelFolder> readPart(const std::filesystem::path &folder);

/// "model" of "model-00001-of-00004.safetensors".
std::string withoutShard(const std::filesystem::path &file);

/// The folder's own name, also of ".", for the model in it.
std::string folderName(const std::filesystem::path &folder);

/// One file names its model, unless it is named as every model's file is ("model.safetensors"); else its folder does.
std::string modelName(const std::filesystem::path &folder, const ModelFolder &found);

} // namespace core
