// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node_json.h"

namespace core {

/// One-shot form of ObjectReader::podList.
Result<std::vector<PodPtr>> parsePodList(std::string_view page);
Result<PodPtr> parsePod(std::string_view object);

} // namespace core
