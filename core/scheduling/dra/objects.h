// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/dra/device.h"

#include <memory>
#include <string_view>
#include <utility>

namespace core::dra {

/// v1.ResourceSlice: devices, or shared counters, that a driver publishes.
struct Slice {
    std::string name;
    std::string driver, pool;
    std::int64_t generation = 0; ///< of the pool; only the highest one counts
    std::int64_t sliceCount = 0; ///< how many slices that generation of the pool has
    Reach reach;
    bool perDeviceReach = false; ///< each device says for itself from where it can be reached
    std::vector<Device> devices;
    std::vector<CounterSet> sharedCounters;
    bool operator==(const Slice &) const = default;
};
using SlicePtr = std::shared_ptr<const Slice>;

/// Opaque parameters for a driver; Berth shows them and does not read them.
struct DeviceConfig {
    std::vector<std::string> requests; ///< empty = all
    std::string driver;
    std::string parameters; ///< JSON
    bool operator==(const DeviceConfig &) const = default;
};

/// v1.DeviceClass.
struct DeviceClass {
    std::string name;
    std::vector<std::string> selectors; ///< CEL, all of which must hold
    std::string extendedResourceName;   ///< pods may ask for this resource instead of making a claim
    std::string created;                ///< metadata.creationTimestamp, as written
    std::vector<DeviceConfig> config;
    bool operator==(const DeviceClass &) const = default;
};
using DeviceClassPtr = std::shared_ptr<const DeviceClass>;

/// v1.ExactDeviceRequest or v1.DeviceSubRequest.
struct Request {
    std::string name;
    std::string className;
    std::vector<std::string> selectors;
    bool all = false;    ///< allocationMode All: every matching device of the node
    std::string oddMode; ///< another allocation mode than ExactCount and All, as written
    std::int64_t count = 1;
    bool adminAccess = false; ///< may take devices that are in use, and does not take them away
    Capacities capacity;      ///< amounts asked for of devices that can be shared (consumable capacity)
    std::vector<DeviceToleration> tolerations;
    bool operator==(const Request &) const = default;
};

/// v1.DeviceRequest: exactly one alternative, or the first available of several.
struct ClaimRequest {
    std::string name;
    bool firstAvailable = false;
    std::vector<Request> alternatives; ///< one, named like this, unless firstAvailable; empty = an unknown kind
    bool operator==(const ClaimRequest &) const = default;
};

/// v1.DeviceConstraint over the devices of `requests` (empty = of all).
struct Constraint {
    enum class Kind { Match, Distinct, Unknown };
    Kind kind = Kind::Unknown;
    std::vector<std::string> requests;
    std::string attribute; ///< "domain/id"
    bool operator==(const Constraint &) const = default;
};

/// What a claim asks for.
struct ClaimSpec {
    std::vector<ClaimRequest> requests;
    std::vector<Constraint> constraints;
    std::vector<DeviceConfig> config;
    bool operator==(const ClaimSpec &) const = default;
};

/// One device of status.allocation.
struct AllocatedDevice {
    std::string request, driver, pool, device;
    bool adminAccess = false; ///< such a device is not taken away from others
    std::string shareId;      ///< not empty: a part of a device's capacity, not the device
    bool operator==(const AllocatedDevice &) const = default;
};

struct Allocation {
    std::vector<AllocatedDevice> devices;
    std::optional<std::vector<NodeSelectorTerm>> nodeSelector; ///< nullopt = every node
    bool operator==(const Allocation &) const = default;
};

/// v1.ResourceClaim.
struct Claim {
    std::string nameSpace, name;
    ClaimSpec spec;
    std::optional<Allocation> allocation;
    std::vector<std::string> reservedFor; ///< names of the pods that use it
    bool deleting = false;
    std::string key() const { return nameSpace + "/" + name; }
    bool operator==(const Claim &) const = default;
};
using ClaimPtr = std::shared_ptr<const Claim>;

/// v1.ResourceClaimTemplate.
struct ClaimTemplate {
    std::string nameSpace, name;
    ClaimSpec spec;
    std::string key() const { return nameSpace + "/" + name; }
    bool operator==(const ClaimTemplate &) const = default;
};
using ClaimTemplatePtr = std::shared_ptr<const ClaimTemplate>;

/// Namespace and name; of objects of the cluster the name alone.
using ObjectKey = std::pair<std::string_view, std::string_view>;
inline ObjectKey keyOf(const Slice &one)
{
    return {{}, one.name};
}
inline ObjectKey keyOf(const DeviceClass &one)
{
    return {{}, one.name};
}
inline ObjectKey keyOf(const Claim &one)
{
    return {one.nameSpace, one.name};
}
inline ObjectKey keyOf(const ClaimTemplate &one)
{
    return {one.nameSpace, one.name};
}

/// Everything of resource.k8s.io in one cluster, each list in no particular order; in a snapshot by keyOf().
struct Resources {
    std::vector<SlicePtr> slices;
    std::vector<DeviceClassPtr> classes;
    std::vector<ClaimPtr> claims;
    std::vector<ClaimTemplatePtr> templates;
    std::string version = "v1"; ///< of the API group as the cluster serves it: "v1", "v1beta2" or "v1beta1"
    bool operator==(const Resources &) const = default;
};

/// Devices by driver, pool and name.
struct DeviceId {
    std::string driver, pool, device;
    auto operator<=>(const DeviceId &) const = default;
};

} // namespace core::dra
