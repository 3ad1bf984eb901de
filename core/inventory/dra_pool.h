// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/inventory/node.h"
#include "core/scheduling/dra/device.h"

namespace core {

// Devices of Dynamic Resource Allocation as pools of a node. Kubernetes has no resource name for them, so Berth makes
// one up, "dra.gpu.nvidia.com/NVIDIA-H100-80GB-HBM3": the driver, the product and the profile, which is what a claim
// can ask for. It stands wherever a device plugin's resource name stands, and never in a manifest.

/// Whose GPUs the driver publishes; nullopt for drivers of other devices, and of vendors that Berth does not know.
std::optional<Vendor> vendorOfDriver(std::string_view driver);
/// Is it a name that Berth made up?
bool isDraResource(std::string_view resource);

/// The pool that a device belongs to, without counts and class; its SKU decoded from the attributes of the drivers
/// gpu.nvidia.com, gpu.amd.com and gpu.intel.com. nullopt for what is not a card or slice to compute on: devices of
/// other drivers, cards handed to virtual machines (vfio), and the MIG profiles a card could be cut into (partitionable
/// devices), which are not there beside it. Pure.
std::optional<DevicePool> draPool(const dra::Device &device, std::string_view driver, const Catalog &catalog);

/// May nothing new be put on the device? It has a taint that keeps claims without a toleration away.
bool keepsClaimsAway(const dra::Device &device);

} // namespace core
