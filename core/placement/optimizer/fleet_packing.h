// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/fleet_pools.h"

#include <array>
#include <bit>
#include <optional>

namespace core::optimizer {

/// Where one replica lies.
struct Berth {
    std::uint32_t node = 0;
    std::uint64_t gpus = 0; ///< bit i: GPU i of the node
};

/// The free GPUs of every node, by pool, packed by best fit: a group goes to the node with the fewest whole GPUs that
/// are enough, a share to the fullest GPU that takes it, and only then to a whole one. Every operation takes time that
/// does not grow with the nodes. Values only; a copy is a what-if.
class FleetPacking {
public:
    FleetPacking(const FleetProblem &problem, const FleetPools &pools);

    /// How many replicas of the shape the pool still takes (each alone; shares and groups compete).
    std::int64_t room(std::size_t poolIndex, Shape shape) const;
    /// Takes a place, or says that there is none.
    std::optional<Berth> take(std::size_t poolIndex, Shape shape);
    /// Takes exactly this place, which must be free: how a removal is undone.
    void retake(const Berth &berth, Shape shape) { shift(berth, -shape.milli); }
    /// Gives a place back.
    void give(const Berth &berth, Shape shape) { shift(berth, shape.milli); }
    /// Free milli of the GPUs of the pool.
    std::int64_t idleMilli(std::size_t pool) const { return m_pools[pool].idleMilli; }

private:
    static constexpr std::size_t Words = (WholeGpu + 63) / 64;
    struct Gpu {
        std::uint32_t node = 0;
        std::int32_t free = 0;
        std::uint32_t slot = 0; ///< place in its bucket, while partly free
    };
    struct Node {
        std::uint32_t pool = 0, firstGpu = 0, slot = 0;
        std::uint64_t whole = 0; ///< GPUs that are wholly free
    };
    struct PoolState {
        std::vector<std::vector<std::uint32_t>> byWhole; ///< nodes by number of whole GPUs
        std::vector<std::vector<std::uint32_t>> byFree;  ///< partly free GPUs by free milli
        std::array<std::uint64_t, Words> someFree{};     ///< bit f: byFree[f] is not empty
        std::int64_t wholeGpus = 0, idleMilli = 0;
    };

    void shift(const Berth &berth, int milli);
    void setFree(std::uint32_t gpu, int free);
    void setWhole(std::uint32_t nodeIndex, std::uint64_t whole);
    void listPart(PoolState &pool, std::uint32_t gpu);
    void unlistPart(PoolState &pool, std::uint32_t gpu);
    static std::optional<std::size_t> leastFree(const PoolState &pool, int milli);
    std::optional<Berth> spotForShare(const PoolState &pool, int milli) const;
    std::optional<Berth> spotForGroup(const PoolState &pool, int gpus) const;

    std::vector<Gpu> m_gpus;
    std::vector<Node> m_nodes;
    std::vector<PoolState> m_pools;
};

} // namespace core::optimizer
