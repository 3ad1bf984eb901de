// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/quantity.h"
#include "core/scheduling/node_affinity.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace core::dra {

// The objects of Dynamic Resource Allocation (resource.k8s.io v1), reduced to what allocation looks at. Values; any
// thread. Texts are as the API server has them: nothing here is checked.

/// An attribute of type version, as written: equal only as text, ordered as a semantic version.
struct VersionText {
    std::string text;
    bool operator==(const VersionText &) const = default;
};
/// A list (alpha in 1.36) or a type that is not known here.
struct OtherType {
    bool operator==(const OtherType &) const = default;
};
using Attribute = std::variant<bool, std::int64_t, std::string, VersionText, OtherType>;

/// By name as published: "model" belongs to the driver's domain, "resource.kubernetes.io/pcieRoot" to its own.
using Attributes = std::map<std::string, Attribute, std::less<>>;

/// How much of what the device has, by name as published.
using Capacities = std::map<std::string, Quantity, std::less<>>;

using Counters = std::map<std::string, Quantity, std::less<>>;

/// What a partition takes of a shared counter set.
struct CounterUse {
    std::string counterSet;
    Counters counters;
    bool operator==(const CounterUse &) const = default;
};

struct CounterSet {
    std::string name;
    Counters counters;
    bool operator==(const CounterSet &) const = default;
};

/// `effect` is "NoSchedule" or "NoExecute"; any other, such as "None", keeps nothing away.
struct DeviceTaint {
    std::string key, value, effect;
    bool operator==(const DeviceTaint &) const = default;
};
/// An empty operator means Equal; an empty key or effect is every key or effect.
struct DeviceToleration {
    std::string key, op, value, effect;
    bool operator==(const DeviceToleration &) const = default;
};
/// resourceclaim.ToleratesTaint of kube-scheduler v1.36.
bool tolerates(const DeviceToleration &toleration, const DeviceTaint &taint);

/// From which nodes something can be reached: one by name, all, or those of a selector. Nothing set = none.
struct Reach {
    std::string nodeName;
    bool allNodes = false;
    std::optional<std::vector<NodeSelectorTerm>> selector;
    bool operator==(const Reach &) const = default;
};
bool reaches(const Reach &reach, const NodeIdentity &node);

struct Device {
    std::string name;
    Attributes attributes;
    Capacities capacities;
    std::vector<CounterUse> consumes;
    std::vector<DeviceTaint> taints;
    Reach reach; ///< only where the slice selects nodes device by device
    bool hasBindingConditions = false;
    bool allowMultipleAllocations = false;
    bool operator==(const Device &) const = default;
};

/// The attribute by its full name "domain/id"; that of the driver's own domain is also found by its id alone.
const Attribute *attributeOf(const Device &device, std::string_view driver, std::string_view fullName);

} // namespace core::dra
