// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/host_request.h"
#include "core/fit/verdict.h"

#include <map>
#include <tuple>

namespace core {

// The links of the chain, one function each. Those of the node look at one node; those of the device look only at what
// all pools of a class share, so that evaluate() asks them once a class.

/// 1. Are enough devices there and not taken?
Reason deviceLink(const DevicePool &pool, std::int64_t requested, std::int64_t planned, std::int64_t needed,
                  bool usageKnown);
/// The same for a pool of a driver, where something besides the counts speaks against it: no device class, or claims
/// that cannot be read. nullopt when the counts decide, and for pools of device plugins.
std::optional<Reason> claimLink(const ClusterSnapshot &snapshot, const DevicePool &pool);
/// 2. Would the scheduler put a pod with `tolerations` there?
Reason schedulableLink(const Node &node, std::span<const Toleration> tolerations);
/// 3. Does the node say something against itself or its devices, or did a probe? `probed` may be null.
Reason healthLink(const Node &node, const DevicePool &pool, const ProbedNode *probed);
/// 4. Can the device compute in the precisions asked for? `target` is "9.0" or "gfx942", empty when unknown.
Reason architectureLink(Vendor vendor, std::string_view target, const Sku *sku, const Requirement &requirement);
/// 5. Is there an image of the engine for that device and driver? `model` may be null.
Reason imageLink(const ImageCatalog &images, const Requirement &requirement, const Model *model, const DevicePool &pool,
                 std::string_view architecture);
/// 8. CPU, memory, disk and pod slots of the host.
Reason hostLink(const Node &node, const NodeUsage *usage, const HostRequest &host);
/// 9. Throughput, latency and cost, as far as the requirement asks for them: a likely estimate beyond the target is a
/// no, a range that reaches beyond it is tight, what cannot be estimated is unknown. `model`, `sku`, `prices` and
/// `speeds` may be null.
Reason targetLink(const Model *model, const DevicePool &pool, const Sku *sku, const Requirement &requirement,
                  const Prices *prices, const MeasuredSpeeds *speeds);

/// Ledgers by what changes between devices, so each is built once. Not for several threads.
class LedgerCache {
public:
    /// `calibrations` may be null; both are loans.
    LedgerCache(const Model &model, const Calibrations *calibrations) : m_model(model), m_calibrations(calibrations) {}
    /// `skuId` names whose calibrations apply; empty = none.
    const Result<Ledger> &get(const Requirement &requirement, std::int64_t deviceBytes, const std::string &skuId);

private:
    using Key = std::tuple<std::string, std::string, std::int64_t, int, int, bool, std::string>;
    const Model &m_model;
    const Calibrations *m_calibrations;
    std::map<Key, Result<Ledger>> m_ledgers;
};

/// Links 6 and 7, which come from one ledger.
struct MemoryAndShape {
    Reason memory, shape;
    std::optional<std::int64_t> headroomBytes, deviceBytes;
};
MemoryAndShape memoryAndShapeLinks(LedgerCache *ledgers, const DevicePool &pool, const Sku *sku,
                                   const Requirement &requirement);

/// The SKU whose calibrations hold for a pool: logs are of whole cards. Empty for slices, partitions and shares.
std::string calibrationSku(const DevicePool &pool);

/// What a process sees of one device, or nullopt. `nominal`: only the data sheet says so, which is an upper bound.
struct DeviceMemory {
    std::optional<std::int64_t> bytes;
    bool nominal = false;
};
DeviceMemory deviceMemory(const DevicePool &pool, const Sku *sku);

/// "56.7 GiB".
std::string gibText(std::int64_t bytes);

} // namespace core
