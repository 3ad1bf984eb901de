// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

namespace core {

/// A part of a card that is one device to Kubernetes.
struct CardSlice {
    std::string profile;     ///< "3g.40gb", "1g.10gb+me", "cpx_nps4"; empty = the whole card
    int start = 0, size = 0; ///< where it lies, in slices of its card
    /// Of this slice; nullopt when the catalogue does not know it. Never more than a process is sure to get.
    std::optional<std::int64_t> memoryBytes;
    /// AMD: other slices of the card draw on the same memory, and memoryBytes is this one's equal share of it.
    bool memoryShared = false;
    bool operator==(const CardSlice &) const = default;
};

/// A legal way to cut one card.
struct CardPartition {
    std::string mode;             ///< as cutCard() reads it: "whole", "3g.40gb:2", "3g.40gb:1,1g.10gb:4", "cpx_nps4"
    int slices = 0;               ///< that the card has: MIG memory slices, AMD dies; 1 for a card that cannot be cut
    std::vector<CardSlice> parts; ///< by start; slices between them stay unused
    bool operator==(const CardPartition &) const = default;
};

/// Cuts a card as asked for: "whole" (MIG off, SPX), MIG profiles "3g.40gb,1g.10gb:4" (":4" = four of them) or
/// "all-1g.10gb" (as many as the card takes), AMD modes "CPX/NPS4" or "cpx_nps4".
/// Errors name the rule that is broken, `place` the profile or mode: a card without partitions (Unsupported), a
/// profile or mode it does not offer (Invalid, with those it does), more instances than there may be, a second
/// instance with media engines, no slices left where an instance may start (Invalid), no words at all (Usage).
/// Where an instance may start comes from the catalogue: nvidia-smi mig -lgipp; AMD's GPU operator and driver.
Result<CardPartition> cutCard(const Sku &sku, std::string_view wanted);

/// "whole" and every other way to cut the card that leaves no room for one more instance; AMD: every pair of modes.
/// Without the profile variants that only move media or graphics engines ("+me", "-me", "+gfx"). Largest first.
std::vector<CardPartition> legalPartitions(const Sku &sku);

/// The card uncut.
CardPartition wholeCard(const Sku &sku);

} // namespace core
