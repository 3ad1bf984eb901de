// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/dra/pools.h"
#include "core/scheduling/dra/selectors.h"

#include <set>

namespace core::dra {

/// A claim that is still to be allocated, with the name that reasons use. Views, valid as long as the claim is.
struct Wanted {
    std::string_view name;
    const ClaimSpec *spec = nullptr;
};

/// What the scheduler would say of one node.
struct Outcome {
    enum class Kind { Possible, Impossible, Unknown };
    Kind kind = Kind::Unknown;
    /// "devices-free"; "no-such-class", "no-device", "selector", "devices-busy", "too-few-devices", "device-tainted",
    /// "constraint", "pool-incomplete", "pool-invalid", "selector-failed", "claim-too-large"; "not-judged".
    std::string code;
    std::string detail;                   ///< with figures, in words
    std::vector<AllocatedDevice> devices; ///< of Possible: those that would be taken, claim after claim
};

/// Devices, classes and what is taken, made once for all nodes: asks whether claims can be allocated on a node as the
/// allocator of kube-scheduler v1.36 (k8s.io/dynamic-resource-allocation/structured) does, in its order of trying.
/// Consumable capacity is not computed: devices that several claims may share, and requests for amounts, are unknown.
/// Keeps pointers into `resources`. Not for several threads.
class Allocator {
public:
    explicit Allocator(const Resources &resources);

    Outcome allocate(const NodeIdentity &node, const std::vector<Wanted> &claims);

    /// As if a claim held them from now on; admin access and shares of devices hold nothing.
    void take(const std::vector<AllocatedDevice> &devices);

    /// How many devices of the class the node reaches that no claim holds; 0 when the class does not exist. Taints do
    /// not count.
    std::int64_t freeDevices(const NodeIdentity &node, std::string_view className);

    /// nullptr when no class has that name.
    const DeviceClass *findClass(std::string_view name) const;
    /// The class that stands for an extended resource: by spec.extendedResourceName, of several the newest (of equal
    /// age the first by name), or deviceclass.resource.kubernetes.io/<name>. nullptr when none does.
    const DeviceClass *classOfResource(std::string_view resource) const;

private:
    friend class Search;
    /// Why the claims cannot be allocated: the first request that cannot be met even alone, with its figures.
    Outcome explain(const NodeIdentity &node, const std::vector<Pool> &pools, const std::vector<Wanted> &claims);
    std::optional<Outcome> shortageOf(const NodeIdentity &node, const std::vector<Pool> &pools, const Wanted &claim,
                                      const Request &request);

    PoolIndex m_pools;
    std::map<std::string, const DeviceClass *, std::less<>> m_classes;
    std::map<std::string, const DeviceClass *, std::less<>> m_byResource;
    std::set<DeviceId> m_taken;
    Selectors m_selectors;
};

} // namespace core::dra
