// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/device_labels.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// What the vendors' feature discovery says of a node, read as it is written: no figure is derived, and a value that is
// no number is nullopt. Whether a figure can be true is decided where it is used (decodeDevices).

/// Labels of one MIG profile under strategy mixed: nvidia.com/mig-<profile>.*
struct MigLabels {
    std::string profile; ///< as the key spells it, "1g.10gb.me"
    std::string productLabel, sharing;
    std::optional<std::int64_t> count, replicas, memoryMiB, multiprocessors, giSlices, ciSlices;
};

/// GPU Feature Discovery and the GPU operator (k8s-device-plugin internal/lm). Under strategy single, count, memory and
/// slices are those of the MIG devices, not of the cards.
struct NvidiaLabels {
    std::string productLabel;
    NvidiaProduct product;
    std::optional<std::int64_t> count, replicas; ///< replicas 0: no whole card is handed out
    std::optional<std::int64_t> memoryMiB;
    bool memoryInBytes = false; ///< an old release wrote bytes; memoryMiB is converted
    std::string sharing;        ///< "none", "time-slicing", "mps"; empty when the label is missing or empty
    std::string family, machine, mode;
    std::string computeCapability, driverVersion, cudaVersion;
    std::optional<bool> migCapable, mpsCapable, vgpuPresent, gpuPresent;
    std::string migStrategy, migConfig, migConfigState;
    std::string vgpuHostDriverVersion, vgpuHostDriverBranch;
    std::string clique, devicePluginConfig, driverUpgradeState;
    std::optional<std::int64_t> multiprocessors, giSlices, ciSlices;
    std::vector<MigLabels> mig; ///< by profile

    /// How the labels say cards are shared: "mps", "time-slicing" or "" (old releases have no such label: then more
    /// than one replica, or the product's -SHARED, means time-slicing).
    std::string effectiveSharing() const;
};

/// ROCm's node labeller, both prefixes and both spellings (value, or value and count in the key). A kind whose cards
/// differ on the node is empty.
struct AmdLabels {
    std::string family, deviceId, productLabel, driverVersion, computeMemoryPartition;
    std::optional<std::int64_t> vramGiB, cuCount, simdCount;
    std::optional<std::int64_t> count; ///< cards the labeller counted; only the spelling with counts says it
};

/// Intel's NFD rules (product, family, device ids) and the labeller of older device plugins (the rest).
struct IntelLabels {
    std::vector<std::string> cards;      ///< "card0"; empty when the label was cut at 63 characters
    std::vector<std::string> gpuNumbers; ///< "0", from gpu-numbers, gpu-numbers2 ...
    std::optional<std::int64_t> memoryBytesTotal, millicores, tiles, deviceCount; ///< of all cards together
    std::map<std::string, std::vector<std::string>> numaGpuMap;                   ///< NUMA node to GPU numbers
    std::vector<std::vector<std::string>> pciGroups;
    std::string product, family;
    std::map<std::string, std::optional<std::int64_t>> pciClassDevice; ///< "0380-56c0" to how many, when told
};

/// nullopt when the node carries no label of the vendor.
std::optional<NvidiaLabels> readNvidiaLabels(const Labels &all);
std::optional<AmdLabels> readAmdLabels(const Labels &all);
std::optional<IntelLabels> readIntelLabels(const Labels &all);

/// A label value cut into pieces of 63 characters, put together again: each piece after the first begins with `mark`
/// (intel-device-plugins cmd/internal/pluginutils).
std::string joinLabelPieces(const std::vector<std::string> &pieces, std::string_view mark);

} // namespace core
