// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/import/hf_config.h"
#include "core/sizing/import/json_section.h"

namespace core {

/// Reads a config of a model that is not a decoder (BERT and its kin, Whisper, vision transformers) into `imported`,
/// with its parameters by formula. False when it is none of these. Throws BrokenDocument.
bool readEncoder(const JsonSection &config, ImportedModel &imported);

} // namespace core
