// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A model that files describe, and how it is meant to be run.
struct ImportedModel {
    Model model;
    std::string weights = "bf16";   ///< Requirement::weights: "stored" when the quantisation or the tensors are known
    std::string kvCache = "auto";   ///< fp8 when the checkpoint carries scales for it
    std::vector<std::string> notes; ///< what a reader should know: what was derived, what was left out
};

/// A Hugging Face `config.json`, with its `text_config`, `vision_config` and `quantization_config`. Decoders (dense,
/// MoE, latent attention, sliding, chunked and linear attention), encoders, Whisper and vision transformers are
/// understood by their own keys; spellings of older models count. `id` names the model. Errors (Parse) hold the JSON
/// path; Unsupported names a quantisation Berth cannot size.
Result<ImportedModel> readHfConfig(std::string_view text, const std::string &id);

/// Adds what `generation_config.json` says: the length its publisher generates by default, as a note.
Result<void> readGenerationConfig(std::string_view text, ImportedModel &imported);

} // namespace core
