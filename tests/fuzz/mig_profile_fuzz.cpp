// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/inventory/hami.h"
#include "core/inventory/mig_profile.h"
#include "core/inventory/vendor_labels.h"

// The words that device plugins put into resource names, labels and annotations.
FUZZ_TARGET(mig_profile)
{
    const auto profile = core::parseMigProfile(input);
    if (profile) // of none at all too: "0c.0g.0gb" is well-formed, and no card offers it (go-nvlib)
        mustHold(profile->computeSlices >= 0 && profile->gpuSlices >= 0, "no fewer slices than none", input);
    (void)core::migProfileOfResource(input);
    (void)core::classifyResource(input);
    (void)core::acceleratorVendor(input);
    (void)core::parseNvidiaProduct(input);
    (void)core::parseHamiRegister(input);
    const std::string text(input);
    core::Labels labels;
    for (const auto *key : {"nvidia.com/gpu.memory", "nvidia.com/gpu.count", "amd.com/gpu.vram", "amd.com/gpu.cu-count",
                            "gpu.intel.com/gpu-numbers", "gpu.intel.com/numa-gpu-map", "gpu.intel.com/pci-groups"})
        labels[key] = text;
    labels["nvidia.com/mig-" + text] = text;
    (void)core::readNvidiaLabels(labels);
    (void)core::readAmdLabels(labels);
    (void)core::readIntelLabels(labels);
}
