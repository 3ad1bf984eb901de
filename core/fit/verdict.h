// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/catalog/prices.h"
#include "core/cluster/accounting.h"
#include "core/fit/probed_node.h"
#include "core/images/image_catalog.h"
#include "core/sizing/calibration.h"
#include "core/sizing/ledger.h"
#include "core/sizing/measured_speeds.h"

#include <memory>
#include <span>

namespace core {

enum class Verdict { Fits, Tight, No, Unknown };

/// The chain, checked in this order; the first link that fails is the headline.
enum class Link { Device = 1, Schedulable, Healthy, Architecture, Image, Memory, Shape, HostResources, Targets };
/// "device", "schedulable" ... "host-resources", "targets": the name in documents and sentences; stable.
const char *linkName(Link link);

/// What one link of the chain says. `code` is stable: tooltip, CLI, log and export share it.
struct Reason {
    Link link = Link::Device;
    Verdict verdict{};
    std::string code;   ///< "cordoned", "insufficient-memory", "untolerated-taint", "devices-free" ...
    std::string detail; ///< with figures: "needs 56.7 GiB, 43.1 usable"
    std::string remedy; ///< what would make it fit; empty when nothing or not needed
    bool operator==(const Reason &) const = default;
};

/// One pool of one node, judged for one replica of a requirement.
struct Candidate {
    std::string node;
    std::string resource;
    std::string skuId;
    Verdict verdict{};
    std::vector<Reason> chain;                 ///< every link, in order
    std::int64_t freeDevices = 0;              ///< allocatable - requested - planned, never negative
    std::int64_t needed = 0;                   ///< devices one replica takes
    std::optional<std::int64_t> headroomBytes; ///< usable - likely total, per device; negative when it lacks
    std::optional<std::int64_t> deviceBytes;   ///< memory of one device that the ledger was made for
    std::string calibrationSku = {};           ///< whose calibrations the ledger took; empty for slices and shares

    /// The first link as bad as the verdict; the memory link when all fit.
    const Reason &headline() const;
};

/// Devices that a plan already takes, by (node, resource): verdicts count them as gone.
using PlannedDevices = std::map<std::pair<std::string, std::string>, std::int64_t>;

/// Everything a verdict looks at. References are loans for the call.
struct FitInput {
    const ClusterSnapshot &snapshot;
    const ClusterUsage &usage;
    const Catalog &catalog;
    const ImageCatalog &images;
    const PlannedDevices &planned;
    const Calibrations *calibrations = nullptr; ///< corrections of ledgers; null = none
    const Prices *prices = nullptr;             ///< for the cost target; null = no price is known
    const ProbedNodes *probed = nullptr;        ///< what probes measured; null = nothing
    const MeasuredSpeeds *speeds = nullptr;     ///< what estimates of speed stand on; null = the data sheet

    /// The same question with other planned devices, a loan too.
    FitInput with(const PlannedDevices &others) const
    {
        return {snapshot, usage, catalog, images, others, calibrations, prices, probed, speeds};
    }
    /// The same question about other nodes and what is taken of them, loans too.
    FitInput on(const ClusterSnapshot &nodes, const ClusterUsage &taken, const PlannedDevices &others) const
    {
        return {nodes, taken, catalog, images, others, calibrations, prices, probed, speeds};
    }
};

/// Judges every device pool of every node for one replica of `requirement`. Pure. Ordered by node, then resource.
/// A requirement that cannot be sized gives candidates whose memory (or shape) link says why.
std::vector<Candidate> evaluate(const FitInput &input, const Requirement &requirement);
/// The same for some nodes of the snapshot, in the order they are given: what is in sight, before all the rest.
std::vector<Candidate> evaluate(const FitInput &input, const Requirement &requirement, std::span<const NodePtr> nodes);

/// Verdicts of a whole cluster are many: who shows them shares them.
using CandidatesPtr = std::shared_ptr<const std::vector<Candidate>>;
/// One of candidates ordered by node, then resource; nullptr when that pool was not judged. O(log n).
const Candidate *findCandidate(const std::vector<Candidate> &candidates, std::string_view node,
                               std::string_view resource);

} // namespace core
