// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

namespace core {

/// The weights of a decoder, in elements, sorted by how they are quantised and how tensor parallelism splits them.
/// Formulas: attention h·H·d + 2·h·KV·d + H·d·h, gated MLP 3·h·I, MoE E·3·h·I_moe + shared + router, MLA projections;
/// embeddings V·h twice unless tied. They reproduce published counts exactly (Llama-3.3-70B: 70 553 706 496).
using ParameterCount = WeightParts<std::int64_t>;

/// Counts from the architecture alone. Unsupported when a dimension is missing; the message names it.
Result<ParameterCount> countParameters(const Model &model);

} // namespace core
