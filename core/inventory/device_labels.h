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

/// The vendor of a resource that stands for accelerators ("nvidia", "amd", "intel", "habana", "aws", ...), also of
/// those Berth cannot place on; empty for all others: NICs, KVM, and parts of a card that are counted beside it (GPU
/// memory, tiles, monitoring).
std::string_view acceleratorVendor(std::string_view resource);
bool isAcceleratorResource(std::string_view resource);

/// Partitions one AMD Instinct card is cut into under a compute mode ("cpx_nps4"): SPX 1, DPX 2, QPX 4, CPX one per
/// die. The dies follow from the device id (MI300A 6, MI308X 4, any other MI300 or MI350 8). 0 when unknown.
int amdPartitionsPerCard(std::string_view partition, std::string_view deviceId);

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
