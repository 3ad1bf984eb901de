// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/catalog/prices.h"
#include "core/cluster/accounting.h"

#include <string>

namespace ui {

/// "Hopper · sm_90 · FP8", "Ampere · sm_80 · no FP8", "CDNA3 · gfx942 · FP8 FNUZ"; what a data sheet leaves
/// open is left out, and of a SKU the catalogue does not know (nullptr) only what the row holds is said.
std::string chipWords(const core::SkuRow &row, const core::Sku *sku);
/// "$2.49/h" of one whole card; "—" when no price is known, and for slices and shares: nothing is derived.
std::string priceWords(const core::SkuRow &row, const core::Prices *prices);
/// An amount in the currency of the price file: "$2.49", "EUR 2.49".
std::string moneyWords(double amount, const std::string &currency);
/// The driver of a pool in short: "R570", "amdgpu 6.14.14", "xe"; empty when the node does not say.
std::string driverWords(const core::DevicePool &pool);

} // namespace ui
