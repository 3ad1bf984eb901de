// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/card_partition.h"
#include "core/placement/plan.h"

namespace core {

/// A slice of a card of a node, and who has it.
struct HeldSlice {
    CardSlice slice;
    std::string resource; ///< what a pod asks for to get it
    std::string holder;   ///< pod, namespace/name; empty when free
    bool operator==(const HeldSlice &) const = default;
};

/// One card as it would be drawn.
struct CardView {
    int index = 0;  ///< 0.. on the node: a number for the reader, not the driver's
    int slices = 0; ///< of the whole card
    std::vector<HeldSlice> parts;
    bool operator==(const CardView &) const = default;
};

/// A pod that has a device of the cards, and has to go before they are cut again.
struct Eviction {
    std::string pod, owner; ///< owner empty: a bare pod, nothing makes it again
    std::string resource;
    std::int64_t devices = 0;
    bool operator==(const Eviction &) const = default;
};

/// A model of the plan on the node, now and afterwards. Places are replicas at once with nothing else on the node's
/// free devices: now next to the pods that run there, afterwards on empty cards.
struct ModelOnNode {
    std::string requirement;
    Verdict now{}, after{};
    std::string whyNow, whyAfter; ///< headline of the best pool
    std::int64_t placesNow = 0, placesAfter = 0;
    bool operator==(const ModelOnNode &) const = default;
};

struct PartitionWhatIf {
    std::string node, skuId, skuName;
    std::string mode;                        ///< CardPartition::mode of what is asked for
    bool changes = true;                     ///< false: the node's cards are cut like that already
    std::vector<CardView> now, after;        ///< one a card; `after` holds nothing
    std::vector<CardPartition> alternatives; ///< every other legal way to cut such a card
    std::vector<DevicePool> pools;           ///< what the node would offer, this SKU only
    std::vector<Eviction> evictions;         ///< by pod
    std::vector<ModelOnNode> models;         ///< one a requirement of the plan, in its order
    /// Placements of the plan on the node that ask for a resource it would no longer offer.
    std::vector<std::string> brokenPlacements;
    std::vector<std::string> notes; ///< assumptions and what else happens to the node, in words
};

/// What if all cards of `node` were cut as `wanted` says (cutCard())? Nothing is executed.
/// Which slice lies on which card and who has it is not in a snapshot: `now` is one layout that agrees with the counts,
/// and a note says so. `plan` may be null.
/// Errors: an unknown node (NotFound); a node without accelerators or with cards of several SKUs, or a SKU the
/// catalogue does not know (Unsupported); a partition that is not legal (as cutCard()); profiles of several sizes under
/// the MIG strategy "single" (Invalid); pods that may not be read (Forbidden).
Result<PartitionWhatIf> partitionWhatIf(const FitInput &input, std::string_view node, std::string_view wanted,
                                        const Plan *plan);

/// The cards of a node as they are cut now, by the pools of one SKU. `exact` is false when another layout agrees with
/// the counts just as well.
struct CardsNow {
    std::vector<CardView> cards;
    bool exact = true;
};
CardsNow cardsNow(const Node &node, const Sku &sku, const NodeUsage *usage);

} // namespace core
