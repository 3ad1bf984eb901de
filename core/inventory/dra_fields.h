// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For dra_json.cpp only: the two halves of reading resource.k8s.io. All throw WrongType.

#include "core/inventory/object_fields.h"
#include "core/scheduling/dra/objects.h"

namespace core::fields {

void readDra(const Object &json, dra::Slice &slice);
void readDra(const Object &json, dra::DeviceClass &deviceClass);
void readDra(const Object &json, dra::Claim &claim);
void readDra(const Object &json, dra::ClaimTemplate &claimTemplate);

/// A v1.NodeSelector; nullopt when absent.
std::optional<std::vector<NodeSelectorTerm>> nodeSelector(const Object &parent, std::string_view key);
/// {"name": quantity}, {"name": {"value": quantity}}.
dra::Capacities quantities(const Object &parent, std::string_view key);

} // namespace core::fields
