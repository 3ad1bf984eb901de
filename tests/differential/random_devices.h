// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/differential/dice.h"

#include <nlohmann/json.hpp>

namespace differential {

/// Random objects of resource.k8s.io/v1: what drivers publish, and claims with CEL around everything that allocation
/// looks at. Devices of class "fabric" are reached from several nodes, all others from one.
class RandomDevices : private Dice {
public:
    explicit RandomDevices(std::uint64_t seed) : Dice(seed) {}

    /// The same ones for every seed.
    static nlohmann::json classes();
    /// Slices of one node: complete pools, pools in the middle of an update, partitions with shared counters.
    nlohmann::json slices(const std::string &node);
    /// Slices that many nodes reach.
    nlohmann::json fabric();
    /// The `spec` of a ResourceClaim. The API server may refuse it.
    nlohmann::json claim();

private:
    nlohmann::json slice(const std::string &name, const std::string &node, const std::string &pool, int count);
    nlohmann::json device(const std::string &name);
    void addPartitions(const std::string &node, nlohmann::json &out);
    nlohmann::json request(bool mayBeAdmin);
    nlohmann::json constraint();
    std::string selector();
    std::string selectorPart();
};

} // namespace differential
