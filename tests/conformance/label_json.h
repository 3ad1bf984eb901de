// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node.h"

#include <nlohmann/json.hpp>

namespace conformance {

core::Labels labelsOf(const nlohmann::json &map);
/// What the labels say of one vendor, in the vectors' field names; null when they say nothing.
nlohmann::json nvidiaJson(const core::Labels &labels);
nlohmann::json amdJson(const core::Labels &labels);
nlohmann::json intelJson(const core::Labels &labels);

} // namespace conformance
