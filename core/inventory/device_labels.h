// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/inventory/node.h"

namespace core {

/// What a resource name stands for; nullopt for resources that are no accelerators (NICs, KVM, other plugins).
struct DeviceResource {
    Vendor vendor{};
    DeviceKind kind{};
    std::string profile; ///< "3g.40gb" for nvidia.com/mig-3g.40gb, "cpx_nps4" for amd.com/cpx_nps4
    bool shared = false; ///< the name carries the ".shared" suffix of NVIDIA's plugin
};
std::optional<DeviceResource> classifyResource(std::string_view resource);

/// NVIDIA's gpu.product label taken apart: suffixes -SHARED, -MIG-<profile>, -MIG-INVALID
/// (k8s-device-plugin internal/lm/resource.go).
struct NvidiaProduct {
    std::string model;      ///< without suffixes
    std::string migProfile; ///< "1g.10gb"; empty when whole
    bool shared = false, migInvalid = false;
};
NvidiaProduct parseNvidiaProduct(std::string_view label);

/// Fills `node.devices` and `node.issues` from its labels, capacity and allocatable. Labels that cannot be true
/// (negative or absurd memory, replicas that are no number) are not believed: the figure stays unknown and an issue
/// says so.
void decodeDevices(Node &node, const Catalog &catalog);

} // namespace core
