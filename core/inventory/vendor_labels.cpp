// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/vendor_labels.h"

#include "core/inventory/label_reader.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// No card has 256 TiB: a figure above it is in bytes, as an early GPU Feature Discovery wrote it.
constexpr std::int64_t aboveIsBytes = 1LL << 28;

bool anyKeyStarts(const Labels &labels, std::string_view prefix)
{
    const auto at = labels.lower_bound(prefix);
    return at != labels.end() && at->first.starts_with(prefix);
}

std::optional<bool> flag(const LabelReader &labels, std::string_view key)
{
    const auto text = labels.text(key);
    return text == "true" ? std::optional(true) : text == "false" ? std::optional(false) : std::nullopt;
}

std::string version(const LabelReader &labels, std::string_view full, std::initializer_list<std::string_view> parts)
{
    const auto whole = labels.text(full);
    return whole.empty() ? labels.dotted(parts) : whole;
}

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> out;
    for (std::size_t from = 0; from <= text.size();) {
        const auto at = std::min(text.find(separator, from), text.size());
        if (at > from)
            out.emplace_back(text.substr(from, at - from));
        from = at + 1;
    }
    return out;
}

void readMigLabel(MigLabels &mig, std::string_view attribute, const std::string &value)
{
    const auto number = LabelReader::parseNumber(value);
    if (attribute == "product")
        mig.productLabel = value;
    else if (attribute == "sharing-strategy")
        mig.sharing = value;
    else if (attribute == "count")
        mig.count = number;
    else if (attribute == "replicas")
        mig.replicas = number;
    else if (attribute == "memory")
        mig.memoryMiB = number;
    else if (attribute == "multiprocessors")
        mig.multiprocessors = number;
    else if (attribute == "slices.gi")
        mig.giSlices = number;
    else if (attribute == "slices.ci")
        mig.ciSlices = number;
}

/// nvidia.com/mig-1g.10gb.me.slices.gi: the profile has dots of its own, so it ends where a known attribute begins.
std::vector<MigLabels> readMigLabels(const Labels &labels)
{
    constexpr std::string_view prefix = "nvidia.com/mig-";
    std::map<std::string, MigLabels> byProfile;
    for (auto label = labels.lower_bound(prefix); label != labels.end() && label->first.starts_with(prefix); ++label) {
        const auto rest = std::string_view(label->first).substr(prefix.size());
        for (const std::string_view attribute :
             {"product", "count", "replicas", "sharing-strategy", "memory", "multiprocessors", "slices.gi", "slices.ci",
              "engines.copy", "engines.decoder", "engines.encoder", "engines.jpeg", "engines.ofa"}) {
            const auto dotted = fmt::format(".{}", attribute);
            if (!rest.ends_with(dotted))
                continue;
            const std::string profile(rest.substr(0, rest.size() - dotted.size()));
            byProfile[profile].profile = profile;
            readMigLabel(byProfile[profile], attribute, label->second);
        }
    }
    std::vector<MigLabels> out;
    out.reserve(byProfile.size());
    for (auto &[profile, mig] : byProfile)
        out.push_back(std::move(mig));
    return out;
}

/// gpu-numbers, gpu-numbers2, gpu-numbers3 ...
std::string inPieces(const LabelReader &labels, const std::string &key)
{
    std::vector<std::string> pieces{labels.text(key)};
    for (int i = 2; labels.has(fmt::format("{}{}", key, i)); ++i)
        pieces.push_back(labels.text(fmt::format("{}{}", key, i)));
    return joinLabelPieces(pieces, "Z");
}

/// Cards the labeller counted: the largest total of one kind, as not every kind can be read on every card.
std::optional<std::int64_t> amdCount(const Labels &labels)
{
    std::optional<std::int64_t> most;
    for (const std::string_view stem : {"amd.com/gpu.", "beta.amd.com/gpu."})
        for (const std::string_view kind : {"family", "device-id", "product-name", "vram", "cu-count", "simd-count"}) {
            const auto prefix = fmt::format("{}{}.", stem, kind);
            std::int64_t total = 0;
            for (auto label = labels.lower_bound(prefix); label != labels.end() && label->first.starts_with(prefix);
                 ++label)
                total += std::clamp<std::int64_t>(LabelReader::parseNumber(label->second).value_or(0), 0, 100'000);
            if (total > 0)
                most = std::max(most.value_or(0), total);
        }
    return most;
}

} // namespace

std::string NvidiaLabels::effectiveSharing() const
{
    if (sharing == "mps" || sharing == "time-slicing")
        return sharing;
    return replicas.value_or(1) > 1 || product.shared ? "time-slicing" : "";
}

std::optional<NvidiaLabels> readNvidiaLabels(const Labels &all)
{
    if (!anyKeyStarts(all, "nvidia.com/"))
        return std::nullopt;
    const LabelReader labels(all);
    NvidiaLabels out;
    out.productLabel = labels.text("nvidia.com/gpu.product");
    out.product = parseNvidiaProduct(out.productLabel);
    out.count = labels.number("nvidia.com/gpu.count");
    out.replicas = labels.number("nvidia.com/gpu.replicas");
    out.memoryMiB = labels.number("nvidia.com/gpu.memory");
    out.memoryInBytes = out.memoryMiB.value_or(0) > aboveIsBytes;
    if (out.memoryInBytes)
        out.memoryMiB = out.memoryMiB.value_or(0) >> 20;
    out.sharing = labels.text("nvidia.com/gpu.sharing-strategy");
    out.family = labels.text("nvidia.com/gpu.family");
    out.machine = labels.text("nvidia.com/gpu.machine");
    out.mode = labels.text("nvidia.com/gpu.mode");
    const auto major = labels.text("nvidia.com/gpu.compute.major");
    const auto minor = labels.text("nvidia.com/gpu.compute.minor");
    out.computeCapability = major.empty() ? "" : fmt::format("{}.{}", major, minor.empty() ? "0" : minor);
    out.driverVersion =
        version(labels, "nvidia.com/cuda.driver-version.full",
                {"nvidia.com/cuda.driver.major", "nvidia.com/cuda.driver.minor", "nvidia.com/cuda.driver.rev"});
    out.cudaVersion = version(labels, "nvidia.com/cuda.runtime-version.full",
                              {"nvidia.com/cuda.runtime.major", "nvidia.com/cuda.runtime.minor"});
    out.migCapable = flag(labels, "nvidia.com/mig.capable");
    out.mpsCapable = flag(labels, "nvidia.com/mps.capable");
    out.vgpuPresent = flag(labels, "nvidia.com/vgpu.present");
    out.gpuPresent = flag(labels, "nvidia.com/gpu.present");
    out.migStrategy = labels.text("nvidia.com/mig.strategy");
    out.migConfig = labels.text("nvidia.com/mig.config");
    out.migConfigState = labels.text("nvidia.com/mig.config.state");
    out.vgpuHostDriverVersion = labels.text("nvidia.com/vgpu.host-driver-version");
    out.vgpuHostDriverBranch = labels.text("nvidia.com/vgpu.host-driver-branch");
    out.clique = labels.text("nvidia.com/gpu.clique");
    out.devicePluginConfig = labels.text("nvidia.com/device-plugin.config");
    out.driverUpgradeState = labels.text("nvidia.com/gpu-driver-upgrade-state");
    out.multiprocessors = labels.number("nvidia.com/gpu.multiprocessors");
    out.giSlices = labels.number("nvidia.com/gpu.slices.gi");
    out.ciSlices = labels.number("nvidia.com/gpu.slices.ci");
    out.mig = readMigLabels(all);
    return out;
}

std::optional<AmdLabels> readAmdLabels(const Labels &all)
{
    if (!anyKeyStarts(all, "amd.com/") && !anyKeyStarts(all, "beta.amd.com/"))
        return std::nullopt;
    const LabelReader labels(all);
    AmdLabels out;
    out.family = labels.amd("family");
    out.deviceId = labels.amd("device-id");
    out.productLabel = labels.amd("product-name");
    out.driverVersion = labels.amd("driver-version");
    out.computeMemoryPartition = labels.amd("compute-memory-partition");
    if (out.computeMemoryPartition.empty()) // the documents write it without "gpu."
        out.computeMemoryPartition = labels.text("amd.com/compute-memory-partition");
    out.cuCount = LabelReader::parseNumber(labels.amd("cu-count"));
    out.simdCount = LabelReader::parseNumber(labels.amd("simd-count"));
    if (const auto vram = labels.amd("vram"); vram.ends_with('G'))
        out.vramGiB = LabelReader::parseNumber(std::string_view(vram).substr(0, vram.size() - 1));
    out.count = amdCount(all);
    return out;
}

std::optional<IntelLabels> readIntelLabels(const Labels &all)
{
    constexpr std::string_view prefix = "gpu.intel.com/", byId = "gpu.intel.com/device-id.";
    if (!anyKeyStarts(all, prefix) && !all.contains("intel.feature.node.kubernetes.io/gpu"))
        return std::nullopt;
    const LabelReader labels(all);
    IntelLabels out;
    out.gpuNumbers = split(inPieces(labels, "gpu.intel.com/gpu-numbers"), '.');
    out.cards = split(labels.text("gpu.intel.com/cards"), '.');
    if (!out.gpuNumbers.empty() && out.cards.size() != out.gpuNumbers.size())
        out.cards.clear();
    out.memoryBytesTotal = labels.number("gpu.intel.com/memory.max");
    out.millicores = labels.number("gpu.intel.com/millicores");
    out.tiles = labels.number("gpu.intel.com/tiles");
    out.deviceCount = labels.number("gpu.intel.com/device.count");
    for (const auto &node : split(inPieces(labels, "gpu.intel.com/numa-gpu-map"), '_'))
        if (const auto dash = node.find('-'); dash != std::string::npos)
            out.numaGpuMap[node.substr(0, dash)] = split(std::string_view(node).substr(dash + 1), '.');
    for (const auto &group : split(inPieces(labels, "gpu.intel.com/pci-groups"), '_'))
        out.pciGroups.push_back(split(group, '.'));
    out.product = labels.text("gpu.intel.com/product");
    out.family = labels.text("gpu.intel.com/family");
    for (auto label = all.lower_bound(byId); label != all.end() && label->first.starts_with(byId); ++label) {
        const auto rest = std::string_view(label->first).substr(byId.size());
        if (rest.ends_with(".present") && label->second == "true")
            out.pciClassDevice.try_emplace(std::string(rest.substr(0, rest.size() - 8)));
        else if (rest.ends_with(".count"))
            out.pciClassDevice[std::string(rest.substr(0, rest.size() - 6))] = LabelReader::parseNumber(label->second);
    }
    return out;
}

std::string joinLabelPieces(const std::vector<std::string> &pieces, std::string_view mark)
{
    std::string out;
    for (std::size_t i = 0; i < pieces.size(); ++i)
        out += i == 0 ? pieces[i] : pieces[i].substr(std::min(mark.size(), pieces[i].size()));
    return out;
}

} // namespace core
