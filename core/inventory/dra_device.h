// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/dra/device.h"

#include <optional>
#include <string>

namespace core {

/// What the GPU drivers of NVIDIA, AMD and Intel publish of a device, under the name each gives it. Empty = not said.
struct DeviceFacts {
    std::string product; ///< productName (NVIDIA, AMD) or model (Intel)
    std::string type;    ///< "gpu", "mig", "vfio"; "amdgpu", "amdgpu-partition"
    std::string uuid, architecture;
    std::string migProfile;       ///< "3g.40gb", of a MIG device
    std::string partitionProfile; ///< "dpx_nps1"
    std::string parentUuid;       ///< of the card behind a MIG device
    std::optional<std::int64_t> memoryBytes;
};

/// Pure. Attributes of another domain than the driver's are not looked at.
DeviceFacts describeDevice(const dra::Device &device);

} // namespace core
