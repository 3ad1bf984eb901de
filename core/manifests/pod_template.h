// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifests/manifest.h"

namespace core {

/// What a manifest is made for: one placement with the pools it may land on.
struct PlacedModel {
    const Requirement &requirement;
    const Placement &placement;
    const Model *model = nullptr; ///< nullptr when the catalogue does not know it
    struct Place {
        const Node *node;
        const DevicePool *pool;
    };
    std::vector<Place> places; ///< every pool of the target, never empty
    ImageChoice image;
    bool hasNvidiaRuntimeClass = false;
    std::string name = {};           ///< of the objects made for it
    std::string claimVersion = "v1"; ///< of resource.k8s.io, as the cluster serves it
    std::string set = {};            ///< requirement whose placement set it is a member of; empty: none

    /// The name that clients ask for: every member of a set answers to the same one.
    const std::string &servedName() const { return set.empty() ? requirement.name : set; }
};

/// Does it get its devices through claims of Dynamic Resource Allocation?
bool claimsDevices(const PlacedModel &placed);
/// `spec` of a ResourceClaimTemplate for one that does: as many devices of the pool as a replica takes.
nlohmann::ordered_json claimTemplateSpec(const PlacedModel &placed);

/// The pod template of a serving Deployment. Adds to `reasons` and `warnings` why it is as it is.
nlohmann::ordered_json podTemplate(const PlacedModel &placed, const nlohmann::ordered_json &labels,
                                   ManifestObject &notes);

} // namespace core
