// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifests/pod_template.h"

namespace core {

/// A label value made of any text: characters Kubernetes refuses become '-', at most 63, "" when nothing is left.
std::string labelValue(std::string_view text);

/// Deployment and Service for one placement, and a ResourceClaimTemplate behind them for devices that only claims give.
/// `placed.name` is a DNS label, unique in its namespace. A member of a set has no Service of its own.
std::vector<ManifestObject> servingObjects(const PlacedModel &placed, const std::string &plan);
/// The one Service over all members of the placement set of a requirement, under its name.
ManifestObject setService(const Requirement &requirement, std::size_t members, const std::string &plan);

} // namespace core
