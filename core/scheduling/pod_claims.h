// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace core {

/// One entry of spec.resourceClaims: a claim by name, or a template from which one is made for the pod.
struct PodClaim {
    std::string name;         ///< as containers refer to it
    std::string claimName;    ///< of the ResourceClaim; empty when it is still to be made
    std::string templateName; ///< of the ResourceClaimTemplate; empty for a claim by name
    bool operator==(const PodClaim &) const = default;
};

/// The claims of a v1.Pod, those that were made from templates by the name that status.resourceClaimStatuses gives.
/// A field of the wrong type is an error that names it.
Result<std::vector<PodClaim>> readPodClaims(const nlohmann::json &pod);

} // namespace core
