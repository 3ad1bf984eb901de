// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// For node_json.cpp and pod_json.cpp only: the pod half of ObjectReader.

#include "core/inventory/object_fields.h"
#include "core/inventory/pod.h"

namespace core::fields {

/// Throws WrongType.
PodPtr readPod(const Object &json);
/// Selector, required affinity, tolerations, device claims and rules beyond one node of a pod's spec; the status names
/// the claims that were made from templates. Throws WrongType.
SharedPodRules readPodRules(const Object &spec, const std::optional<Object> &status);

} // namespace core::fields
