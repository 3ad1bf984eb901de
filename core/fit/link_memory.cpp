// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/links.h"
#include "core/sizing/overhead.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// Drivers report 2 to 7 % less than the data sheet (ECC, reserved memory).
constexpr double reportedShare = 0.93;

double inGib(std::int64_t bytes)
{
    return static_cast<double>(bytes) / 1073741824.0;
}

struct Room {
    std::int64_t device = 0; ///< what the engine sees
    std::int64_t usable = 0; ///< what it may take
    bool nominal = false;    ///< device is the data sheet's figure
    bool shared = false;     ///< neighbours may take it too
    int shares = 1;
};

std::string_view sharingOf(const DevicePool &pool)
{
    return pool.sharing;
}

Room roomOf(const DevicePool &pool, std::int64_t bytes, bool nominal, double utilization)
{
    Room room;
    room.device = bytes;
    room.nominal = nominal;
    room.shares = std::max(1, pool.replicas);
    if (pool.kind == DeviceKind::Share && sharingOf(pool) == "mps")
        room.device /= room.shares; // the MPS daemon pins the device memory limit of each client
    else
        room.shared = pool.kind == DeviceKind::Share && room.shares > 1;
    room.usable = usableMemory(room.device, utilization);
    return room;
}

bool fitsLikely(const Result<Ledger> &ledger, std::int64_t usable)
{
    return ledger && ledger->total.likely <= usable;
}

/// The nearest requirement that would fit, in words: split it, then shrink the weights, then the cache.
std::string memoryRemedy(LedgerCache &ledgers, const DevicePool &pool, const Requirement &requirement, const Room &room)
{
    auto changed = requirement;
    if (pool.kind == DeviceKind::Card)
        for (changed.tensorParallel = requirement.tensorParallel * 2; changed.tensorParallel <= pool.capacity;
             changed.tensorParallel *= 2)
            if (fitsLikely(ledgers.get(changed, room.device, calibrationSku(pool)), room.usable))
                return fmt::format("tensor parallel {}", changed.tensorParallel);
    changed = requirement;
    if (requirement.kvCache == "auto") {
        changed.kvCache = "fp8";
        if (fitsLikely(ledgers.get(changed, room.device, calibrationSku(pool)), room.usable))
            return "an fp8 KV cache";
        changed = requirement;
    }
    for (const char *format : {"fp8", "int4"}) {
        changed.weights = format;
        if (requirement.weights != format
            && fitsLikely(ledgers.get(changed, room.device, calibrationSku(pool)), room.usable))
            return fmt::format("{} weights", format);
    }
    changed = requirement;
    for (changed.concurrency = requirement.concurrency / 2; changed.concurrency >= 1; changed.concurrency /= 2)
        if (fitsLikely(ledgers.get(changed, room.device, calibrationSku(pool)), room.usable))
            return fmt::format("concurrency {}", changed.concurrency);
    return pool.kind == DeviceKind::Card ? "a card with more memory" : "a whole card";
}

Reason memoryReason(LedgerCache &ledgers, const Ledger &ledger, const DevicePool &pool, const Requirement &requirement,
                    const Room &room)
{
    const auto need = ledger.total;
    // What decides comes first: the sentence is cut where there is little room.
    auto figures = fmt::format("needs {}, {:.1f} usable of {:.1f} (range {:.1f} to {:.1f})", gibText(need.likely),
                               inGib(room.usable), inGib(room.device), inGib(need.low), inGib(need.high));
    if (!ledger.calibration.empty())
        figures += "; " + ledger.calibration;
    const auto sure = room.nominal ? usableMemory(room.device, requirement.utilization * reportedShare) : room.usable;
    if (need.likely > room.usable)
        return {Link::Memory, Verdict::No, "insufficient-memory", figures,
                memoryRemedy(ledgers, pool, requirement, room)};
    if (room.shared)
        return {Link::Memory, Verdict::Tight, "shared-memory",
                fmt::format("{}; {} shares of the card see the same memory and nothing keeps them apart", figures,
                            room.shares),
                "a MIG slice or a whole card"};
    if (need.high > sure)
        return {Link::Memory, Verdict::Tight,
                room.nominal && need.high <= room.usable ? "memory-from-data-sheet" : "memory-tight", figures,
                memoryRemedy(ledgers, pool, requirement,
                             {room.device, room.usable - (need.high - need.likely), room.nominal, false, 1})};
    return {Link::Memory, Verdict::Fits, "memory-fits", figures, {}};
}

Reason shapeReason(const DevicePool &pool, const Sku *sku, const Requirement &requirement)
{
    const int tp = requirement.tensorParallel;
    if (tp <= 1)
        return {Link::Shape, Verdict::Fits, "single-device", "one device a replica", {}};
    if (pool.kind != DeviceKind::Card)
        return {
            Link::Shape, Verdict::No, "not-whole-cards",
            fmt::format("tensor parallel {} needs whole cards; slices, partitions and shares cannot form a group", tp),
            "tensor parallel 1, or whole cards"};
    if (pool.capacity < tp)
        return {Link::Shape, Verdict::No, "too-few-cards",
                fmt::format("the node has {} of the {} equal cards", pool.capacity, tp), "a node with more cards"};
    if (sku && sku->interconnect == "none")
        return {Link::Shape,
                Verdict::Fits,
                "equal-cards-pcie",
                fmt::format("{} equal cards on one node over PCIe: slower than a GPU link", tp),
                {}};
    return {Link::Shape, Verdict::Fits, "equal-cards", fmt::format("{} equal cards on one node", tp), {}};
}

/// A requirement that no ledger can be built for: the field at fault decides which link says so.
void explainFailure(MemoryAndShape &links, const Error &error)
{
    if (error.place == "tensorParallel") {
        links.shape = {Link::Shape, Verdict::No, "bad-tensor-parallel", error.message,
                       error.remedy.empty() ? "another tensor parallel" : error.remedy};
        links.memory = {Link::Memory, Verdict::Unknown, "not-sized", "cannot be sized with this tensor parallel", {}};
        return;
    }
    const bool unknown = error.kind == ErrorKind::Unsupported || error.kind == ErrorKind::NotFound;
    links.memory = {Link::Memory, unknown ? Verdict::Unknown : Verdict::No,
                    unknown ? "not-sized" : "bad-" + error.place, error.message, error.remedy};
}

std::optional<std::int64_t> profileMemory(const DevicePool &pool, const Sku *sku)
{
    if (!sku)
        return std::nullopt;
    const auto found = std::ranges::find(sku->profiles, pool.profile, &Sku::PartitionProfile::name);
    return found == sku->profiles.end() ? std::nullopt : found->memoryBytes;
}

} // namespace

std::string gibText(std::int64_t bytes)
{
    return fmt::format("{:.1f} GiB", inGib(bytes));
}

std::string calibrationSku(const DevicePool &pool)
{
    return pool.kind == DeviceKind::Card ? pool.skuId : std::string();
}

const Result<Ledger> &LedgerCache::get(const Requirement &requirement, std::int64_t deviceBytes,
                                       const std::string &skuId)
{
    const Key key{requirement.weights,
                  requirement.kvCache,
                  requirement.context,
                  requirement.concurrency,
                  requirement.tensorParallel,
                  deviceBytes >= largeDeviceBytes,
                  skuId};
    if (const auto found = m_ledgers.find(key); found != m_ledgers.end())
        return found->second;
    return m_ledgers.emplace(key, calibratedLedger(m_model, requirement, deviceBytes, skuId, m_calibrations))
        .first->second;
}

DeviceMemory deviceMemory(const DevicePool &pool, const Sku *sku)
{
    if (pool.memoryBytes)
        return {pool.memoryBytes, false};
    if (pool.kind == DeviceKind::MigSlice || pool.kind == DeviceKind::Partition || !pool.profile.empty())
        return {profileMemory(pool, sku), false};
    if (!sku)
        return {};
    return {sku->usableBytes(), !sku->reportedBytes};
}

MemoryAndShape memoryAndShapeLinks(LedgerCache *ledgers, const DevicePool &pool, const Sku *sku,
                                   const Requirement &requirement)
{
    MemoryAndShape links{{}, shapeReason(pool, sku, requirement), std::nullopt, std::nullopt};
    if (!ledgers) {
        explainFailure(links,
                       {ErrorKind::NotFound, fmt::format("model {} is not in the catalogue", requirement.modelId),
                        "modelId", "pick a model of the catalogue"});
        return links;
    }
    const auto memory = deviceMemory(pool, sku);
    const auto &ledger = ledgers->get(requirement, memory.bytes.value_or(0), calibrationSku(pool));
    if (!ledger) {
        explainFailure(links, ledger.error());
        return links;
    }
    if (!memory.bytes || *memory.bytes <= 0) {
        links.memory = {Link::Memory, Verdict::Unknown, "memory-unknown",
                        fmt::format("needs {}; the memory of the device is not known", gibText(ledger->total.likely)),
                        "label the node, or add the card to the catalogue"};
        return links;
    }
    const auto room = roomOf(pool, *memory.bytes, memory.nominal, requirement.utilization);
    const auto &fitted = ledgers->get(requirement, room.device, calibrationSku(pool));
    links.headroomBytes = room.usable - fitted->total.likely;
    links.deviceBytes = room.device;
    links.memory = memoryReason(*ledgers, *fitted, pool, requirement, room);
    return links;
}

} // namespace core
