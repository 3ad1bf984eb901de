// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/amounts.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// Amounts by resource name as kube-scheduler holds them: "cpu" in milli, everything else in whole units, rounded up.
using Resources = AmountsOf<std::int64_t>;

/// One quantity ("16Gi", "250m", "1e3", ".5") as the scheduler holds it for `resource`: rounded up (away from zero when
/// negative) to milli for cpu and to units for the rest; saturates at the int64 limits. nullopt when it is no quantity
/// (grammar: apimachinery pkg/api/resource/quantity.go).
std::optional<std::int64_t> parseAmount(std::string_view resource, std::string_view quantity);

/// into += from, resource by resource; saturates.
void add(Resources &into, const Resources &from);
/// into = max(into, from), resource by resource.
void raise(Resources &into, const Resources &from);
/// The amount asked for; 0 when the resource is not named.
std::int64_t amountOf(const Resources &resources, std::string_view resource);

} // namespace core
