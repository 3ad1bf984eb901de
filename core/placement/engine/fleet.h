// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace core::engine {

/// A kind of GPU, interned by Fleet: small, dense, stable for the life of the fleet.
using SkuId = std::uint16_t;

/// A whole GPU in thousandths, the unit of every share.
inline constexpr int WholeGpu = 1000;

/// What one pod asks for. `gpus` whole devices of one node (milli 1000), or a share of one device (gpus 1, milli <
/// 1000), or nothing but CPU and memory (gpus 0).
struct Demand {
    std::int64_t cpuMilli = 0;
    std::int64_t memoryMib = 0;
    int gpus = 0;
    int milli = WholeGpu;
    std::optional<std::vector<SkuId>> skus =
        std::nullopt; ///< sorted; absent: any kind of GPU, present and empty: none exists

    std::int64_t gpuMilli() const { return std::int64_t{gpus} * milli; }
    bool isShare() const { return gpus == 1 && milli < WholeGpu; }
    bool operator==(const Demand &) const = default;
};

/// A node as it is handed to the engine: what is free now.
struct FleetNode {
    std::string name;
    std::int64_t cpuMilli = 0;
    std::int64_t memoryMib = 0;
    std::string sku;
    std::vector<int> gpuFreeMilli; ///< one a device, 0 … 1000
};

/// A place on a node for one demand.
struct Spot {
    std::size_t node = 0;
    std::vector<int> gpus; ///< device indices
    bool operator==(const Spot &) const = default;
};

/// The nodes and what is free on them; the only code that takes and gives capacity.
/// Values only, no thread of its own: one owner at a time. Copying it is how a what-if is asked.
class Fleet {
public:
    /// Names are for people: the fleet knows its nodes by index, and does not mind two of one name.
    /// Errors: an empty name, negative capacity, a device with more than 1000 or less than 0 free.
    static Result<Fleet> make(std::vector<FleetNode> nodes);

    /// The running numbers of a node, kept beside its devices so that a scan touches one cache line a node.
    struct Node {
        std::int64_t cpuFree = 0;
        std::int64_t memoryFree = 0;
        int idleMilli = 0; ///< sum over devices
        std::uint32_t firstGpu = 0;
        std::uint16_t gpuCount = 0;
        std::uint16_t wholeFree = 0; ///< devices with 1000 free
        std::uint16_t mostFree = 0;  ///< largest free share of one device
        SkuId sku = 0;
        bool closed = false; ///< drained: takes nothing new
    };

    std::size_t size() const { return m_nodes.size(); }
    const std::vector<Node> &nodes() const { return m_nodes; }
    const Node &node(std::size_t index) const { return m_nodes[index]; }
    const std::string &name(std::size_t index) const { return m_names[index]; }
    std::span<const int> gpuFree(std::size_t index) const;

    std::size_t skuCount() const { return m_skuNames.size(); }
    const std::string &skuName(SkuId id) const { return m_skuNames[id]; }
    /// The ids of the named kinds that this fleet has, sorted; names nobody has are left out.
    std::vector<SkuId> skuIds(std::span<const std::string> names) const;
    std::int64_t idleMilli() const { return m_idleMilli; }

    /// CPU, memory, kind, and enough devices with enough free.
    bool fits(const Demand &demand, std::size_t index) const;
    /// Takes the spot. Errors name the link that breaks (Internal never happens for a spot from OnlinePlacer).
    Result<void> take(const Demand &demand, const Spot &spot);
    /// Gives back what take() took; the caller answers for pairing them.
    void release(const Demand &demand, const Spot &spot);
    /// Drains a node: fits() is false from now on.
    void close(std::size_t index) { m_nodes[index].closed = true; }

private:
    void shift(const Demand &demand, const Spot &spot, int sign);

    std::vector<Node> m_nodes;
    std::vector<std::string> m_names;
    std::vector<int> m_gpuFree;
    std::vector<std::string> m_skuNames;
    std::int64_t m_idleMilli = 0;
};

} // namespace core::engine
