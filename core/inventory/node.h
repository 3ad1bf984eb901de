// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/resources.h"
#include "core/scheduling/taint.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace core {

using Labels = std::map<std::string, std::string, std::less<>>;

enum class Vendor { Nvidia, Amd, Intel };

/// What a pod is given when it asks for one unit of a resource.
enum class DeviceKind {
    Card,      ///< a whole physical GPU
    MigSlice,  ///< an NVIDIA MIG instance
    Partition, ///< an AMD compute partition (CPX, DPX, QPX)
    Share      ///< a time-sliced or MPS replica of a card or slice
};

/// The devices of one resource name on one node: all of one kind, as Kubernetes counts them.
struct DevicePool {
    std::string resource; ///< e.g. "nvidia.com/gpu", "nvidia.com/mig-3g.40gb", "gpu.intel.com/xe"
    Vendor vendor{};
    DeviceKind kind{};
    std::string productLabel;                  ///< as the vendor labels it; empty when the node carries no label
    std::string skuId;                         ///< id in the SKU catalogue; empty when the catalogue does not know it
    std::string profile;                       ///< MIG profile "3g.40gb" or AMD "cpx_nps4"; empty for whole cards
    std::optional<std::int64_t> memoryBytes;   ///< of ONE device (of the whole card behind it for Share)
    std::optional<std::int64_t> physicalCards; ///< cards behind the pool when the object settles it
    int replicas = 1;                          ///< shares handed out per card (time-slicing, MPS); 1 = exclusive
    std::string sharing;                       ///< "", "time-slicing", "mps"
    std::string computeTarget;                 ///< CUDA capability "9.0" or LLVM target "gfx942"; empty = unknown
    std::string driverVersion;                 ///< as labelled; empty = unknown
    std::string cudaVersion;                   ///< highest CUDA the driver takes, as labelled; NVIDIA only
    std::int64_t capacity = 0;                 ///< devices the kubelet knows
    std::int64_t allocatable = 0;              ///< devices it offers; less than capacity after the plugin withdrew some
    // Only of devices that a driver of Dynamic Resource Allocation publishes (dra_pool.h):
    std::string driver;      ///< "gpu.nvidia.com"; empty = a device plugin offers the pool
    std::string deviceClass; ///< through which pods claim the devices; empty = no class selects them
    std::string selector;    ///< CEL that holds for the pool's devices and no others of the driver

    std::int64_t withdrawn() const { return capacity > allocatable ? capacity - allocatable : 0; }
    bool operator==(const DevicePool &) const = default;
};

/// A machine of the cluster, as it was at one resource version.
struct Node {
    std::string name;
    std::string uid;
    Labels labels;
    Labels annotations; ///< only keys Berth reads (HAMi registers, cordon reasons)
    std::vector<Taint> taints;
    bool unschedulable = false; ///< cordoned
    std::optional<bool> ready;  ///< from the Ready condition; nullopt = Unknown or no condition
    std::string notReadyReason; ///< message of that condition when not ready
    Resources capacity;
    Resources allocatable;
    std::string kubeletVersion, osImage, kernelVersion, architecture;
    std::vector<DevicePool> devices; ///< by resource name; empty on nodes without accelerators
    std::vector<std::string>
        issues; ///< what the object says against itself, in words, e.g. "MIG configuration invalid"

    bool acceptsPods() const { return ready.value_or(false) && !unschedulable; }
    bool operator==(const Node &) const = default;
};
using NodePtr = std::shared_ptr<const Node>;

} // namespace core
