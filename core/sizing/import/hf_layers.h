// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/sizing/import/json_section.h"

namespace core {

/// What a decoder's config says of its layers: which kind each is, windows, and the states of recurrent ones. Sets
/// layerMix, slidingWindow, recurrent and gatedAttention of a model whose `layers` is set. Throws BrokenDocument.
void readLayers(const JsonSection &config, Model &model);

} // namespace core
