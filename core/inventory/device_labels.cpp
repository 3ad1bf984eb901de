// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/device_labels.h"

#include "core/inventory/hami.h"
#include "core/inventory/label_reader.h"
#include "core/inventory/mig_profile.h"
#include "core/inventory/vendor_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core {

namespace {

/// More than any card has or will have for years: 16 TiB. A label above it is a broken label.
constexpr std::int64_t absurdMiB = 16LL << 20;

/// Devices on one node, with shares: the largest machines have some 16 cards of at most 10,000 shares.
constexpr std::int64_t absurdCount = 1'000'000;

bool isAmdPartition(std::string_view name)
{
    return name.size() > 5
        && (name.starts_with("spx_") || name.starts_with("dpx_") || name.starts_with("qpx_")
            || name.starts_with("cpx_"))
        && name.substr(4).starts_with("nps");
}

/// A memory label in bytes per device; nullopt when it is missing, 0 or cannot be true (then the node says so).
std::optional<std::int64_t> memoryBytes(Node &node, std::string_view key, std::optional<std::int64_t> mib)
{
    const auto label = node.labels.find(key);
    if (label == node.labels.end())
        return std::nullopt;
    if (!mib || *mib < 0 || *mib > absurdMiB) {
        node.issues.push_back(fmt::format("label {}={} is not believed", key, label->second));
        return std::nullopt;
    }
    return *mib == 0 ? std::nullopt : std::optional(*mib << 20);
}

int replicas(Node &node, const std::string &key)
{
    const LabelReader labels(node.labels);
    if (!labels.has(key))
        return 1;
    const auto value = labels.number(key);
    if (!value || *value < 0 || *value > 10'000) {
        node.issues.push_back(fmt::format("label {}={} is not believed", key, node.labels.find(key)->second));
        return 1;
    }
    return std::max(1, static_cast<int>(*value));
}

/// The catalogue writes "1g.10gb+me", a resource name "1g.10gb.me".
bool sameProfile(const std::string &name, const std::string &profile)
{
    const auto known = parseMigProfile(name);
    return name == profile || (known && known == migProfileOfResource("nvidia.com/mig-" + profile));
}

void applySku(DevicePool &pool, const Sku *sku)
{
    if (!sku)
        return;
    pool.skuId = sku->id;
    if (pool.computeTarget.empty())
        pool.computeTarget = sku->target;
    const auto profile =
        std::ranges::find_if(sku->profiles, [&pool](const auto &p) { return sameProfile(p.name, pool.profile); });
    if (pool.memoryBytes || pool.kind == DeviceKind::Partition)
        return;
    if (pool.kind == DeviceKind::MigSlice)
        pool.memoryBytes = profile != sku->profiles.end() ? profile->memoryBytes : std::nullopt;
    else
        pool.memoryBytes = sku->reportedBytes; // never the nominal size: that would promise memory nobody saw
}

const MigLabels *find(const NvidiaLabels &labels, const std::string &profile)
{
    const auto found =
        std::ranges::find_if(labels.mig, [&profile](const MigLabels &mig) { return mig.profile == profile; });
    return found == labels.mig.end() ? nullptr : &*found;
}

void decodeSharing(Node &node, DevicePool &pool, const DeviceResource &kind, const NvidiaLabels &labels)
{
    const bool mixedSlice = kind.kind == DeviceKind::MigSlice;
    if (!mixedSlice && !labels.product.migProfile.empty()) { // strategy single: nvidia.com/gpu counts slices
        pool.kind = DeviceKind::MigSlice;
        pool.profile = labels.product.migProfile;
    }
    const auto *mig = mixedSlice ? find(labels, pool.profile) : nullptr;
    pool.replicas = replicas(node, (mixedSlice ? "nvidia.com/mig-" + pool.profile : "nvidia.com/gpu") + ".replicas");
    pool.sharing = mixedSlice ? (mig ? mig->sharing : "") : labels.sharing;
    if (pool.sharing == "none")
        pool.sharing.clear();
    // With renamed shares the plain resource holds the cards that are not shared.
    const bool renamed = !kind.shared && node.capacity.contains(pool.resource + ".shared")
        && amountOf(node.capacity, pool.resource + ".shared") > 0;
    if (renamed) {
        pool.replicas = 1;
        pool.sharing.clear();
    } else if (kind.shared || pool.replicas > 1) {
        pool.kind = DeviceKind::Share;
        if (pool.sharing.empty())
            pool.sharing = "time-slicing";
    } else {
        pool.sharing.clear();
    }
}

void decodeHami(const Node &node, DevicePool &pool)
{
    const auto cards = hamiDevices(node);
    if (cards.empty() || pool.resource != "nvidia.com/gpu")
        return;
    const auto split = cards.front().splitCount;
    const bool alike = std::ranges::all_of(cards, [split](const auto &c) { return c.splitCount == split; });
    pool.physicalCards = static_cast<std::int64_t>(cards.size());
    if (!alike || split <= 1)
        return;
    pool.kind = DeviceKind::Share;
    pool.replicas = split;
    pool.sharing = "hami";
}

void decodeNvidia(Node &node, DevicePool &pool, const DeviceResource &kind, const Catalog &catalog)
{
    const auto labels = readNvidiaLabels(node.labels).value_or(NvidiaLabels());
    const bool mixedSlice = kind.kind == DeviceKind::MigSlice;
    const auto *mig = mixedSlice ? find(labels, pool.profile) : nullptr;
    pool.productLabel = mig && !mig->productLabel.empty() ? mig->productLabel : labels.productLabel;
    if (mixedSlice)
        pool.memoryBytes = memoryBytes(node, fmt::format("nvidia.com/mig-{}.memory", pool.profile),
                                       mig ? mig->memoryMiB : std::nullopt);
    else
        pool.memoryBytes = memoryBytes(node, "nvidia.com/gpu.memory", labels.memoryMiB);
    decodeSharing(node, pool, kind, labels);
    if (labels.product.migInvalid)
        node.issues.emplace_back("MIG configuration is invalid (label nvidia.com/gpu.product says MIG-INVALID)");
    pool.computeTarget = labels.computeCapability;
    pool.driverVersion = labels.driverVersion;
    pool.cudaVersion = labels.cudaVersion;
    if (pool.kind == DeviceKind::Card)
        pool.physicalCards = pool.capacity;
    else if (pool.kind == DeviceKind::Share && pool.replicas > 1 && pool.profile.empty())
        pool.physicalCards = pool.capacity / pool.replicas;
    decodeHami(node, pool);
    applySku(pool, catalog.findByProduct("nvidia", parseNvidiaProduct(pool.productLabel).model));
}

void decodeAmd(Node &node, DevicePool &pool, const Catalog &catalog)
{
    const auto labels = readAmdLabels(node.labels).value_or(AmdLabels());
    pool.productLabel = labels.productLabel;
    const auto &partition = labels.computeMemoryPartition;
    if (pool.profile.empty() && !partition.empty() && !partition.starts_with("spx"))
        pool.profile = partition; // naming strategy single: amd.com/gpu counts partitions
    if (!pool.profile.empty() && !pool.profile.starts_with("spx"))
        pool.kind = DeviceKind::Partition;
    pool.driverVersion = labels.driverVersion;
    const auto *sku = labels.deviceId.empty() ? nullptr : catalog.findByPciId("1002:" + labels.deviceId);
    if (!sku)
        sku = catalog.findByProduct("amd", pool.productLabel);
    // The labeller says GiB with a G, rounded (k8s-device-plugin cmd/k8s-node-labeller).
    if (const auto vram = LabelReader(node.labels).amd("vram"); !vram.empty()) {
        if (labels.vramGiB && *labels.vramGiB > 0 && *labels.vramGiB < 16384)
            pool.memoryBytes = *labels.vramGiB << 30;
        else
            node.issues.push_back(fmt::format("the AMD vram label {} is not believed", vram));
    }
    // The label is of what the driver shows as one device; on a partitioned card whether that is the card or the
    // partition depends on the labeller's age. Do not promise it.
    if (pool.kind == DeviceKind::Partition) {
        pool.memoryBytes = std::nullopt;
        const int each = amdPartitionsPerCard(pool.profile, labels.deviceId);
        if (each > 0 && pool.capacity % each == 0)
            pool.physicalCards = pool.capacity / each;
    } else {
        pool.physicalCards = pool.capacity;
    }
    applySku(pool, sku);
}

void decodeIntel(Node &node, DevicePool &pool, const Catalog &catalog)
{
    if (pool.resource == "habana.ai/gaudi") { // an accelerator of its own: the labels of Intel's GPUs are not its
        pool.productLabel = LabelReader(node.labels).first({"habana.ai/product", "gaudi.habana.ai/product"});
        applySku(pool, catalog.findByProduct("intel", pool.productLabel));
        return;
    }
    const auto labels = readIntelLabels(node.labels).value_or(IntelLabels());
    pool.productLabel = labels.product;
    const auto *sku = catalog.findByProduct("intel", pool.productLabel);
    // Two kinds of card on one node stand behind one resource: then no single SKU is true.
    if (!sku && labels.pciClassDevice.size() == 1) {
        const auto &id = labels.pciClassDevice.begin()->first; // "0380-56c0"
        sku = catalog.findByPciId("8086:" + id.substr(id.find('-') + 1));
    }
    applySku(pool, sku);
}

/// Is there something to decode? What cannot be believed is said on the node, which then has no such pool.
bool countsAreBelieved(Node &node, const DevicePool &pool)
{
    if (pool.capacity < 0 || pool.allocatable < 0)
        node.issues.push_back(fmt::format("{} has a negative count", pool.resource));
    else if (pool.capacity > absurdCount || pool.allocatable > absurdCount)
        node.issues.push_back(fmt::format("{} counts {} devices, which is not believed", pool.resource,
                                          std::max(pool.capacity, pool.allocatable)));
    else // 0: the plugin is registered, or was, but offers nothing
        return pool.capacity > 0 || pool.allocatable > 0;
    return false;
}

void decodeResource(Node &node, const std::string &name, const DeviceResource &kind, const Catalog &catalog)
{
    DevicePool pool;
    pool.resource = name;
    pool.vendor = kind.vendor;
    pool.kind = kind.kind;
    pool.profile = kind.profile;
    pool.capacity = amountOf(node.capacity, name);
    pool.allocatable = amountOf(node.allocatable, name);
    if (!node.capacity.contains(name)) // only allocatable is there: nothing is known to be withdrawn
        pool.capacity = pool.allocatable;
    if (!countsAreBelieved(node, pool))
        return;
    if (kind.vendor == Vendor::Nvidia)
        decodeNvidia(node, pool, kind, catalog);
    else if (kind.vendor == Vendor::Amd)
        decodeAmd(node, pool, catalog);
    else
        decodeIntel(node, pool, catalog);
    node.devices.push_back(std::move(pool));
}

} // namespace

std::optional<DeviceResource> classifyResource(std::string_view resource)
{
    if (resource == "nvidia.com/gpu")
        return DeviceResource{Vendor::Nvidia, DeviceKind::Card, {}, false};
    if (resource == "nvidia.com/gpu.shared")
        return DeviceResource{Vendor::Nvidia, DeviceKind::Share, {}, true};
    if (resource.starts_with("nvidia.com/mig-")) {
        auto profile = resource.substr(15);
        const bool shared = profile.ends_with(".shared");
        if (shared)
            profile.remove_suffix(7);
        return DeviceResource{Vendor::Nvidia, DeviceKind::MigSlice, std::string(profile), shared};
    }
    if (resource == "amd.com/gpu")
        return DeviceResource{Vendor::Amd, DeviceKind::Card, {}, false};
    if (resource.starts_with("amd.com/") && isAmdPartition(resource.substr(8)))
        return DeviceResource{Vendor::Amd,
                              resource.substr(8).starts_with("spx_") ? DeviceKind::Card : DeviceKind::Partition,
                              std::string(resource.substr(8)), false};
    if (resource == "gpu.intel.com/i915" || resource == "gpu.intel.com/xe" || resource == "habana.ai/gaudi")
        return DeviceResource{Vendor::Intel, DeviceKind::Card, {}, false};
    return std::nullopt;
}

std::string_view acceleratorVendor(std::string_view resource)
{
    if (const auto kind = classifyResource(resource)) {
        if (resource.starts_with("habana.ai/"))
            return "habana";
        return kind->vendor == Vendor::Nvidia ? "nvidia" : kind->vendor == Vendor::Amd ? "amd" : "intel";
    }
    for (const auto &[prefix, vendor] :
         {std::pair{"huawei.com/Ascend", "huawei"}, std::pair{"cambricon.com/mlu", "cambricon"}})
        if (resource.starts_with(prefix))
            return vendor;
    for (const auto &[name, vendor] :
         {std::pair{"aws.amazon.com/neuron", "aws"}, std::pair{"aws.amazon.com/neurondevice", "aws"},
          std::pair{"google.com/tpu", "google"}, std::pair{"intel.com/gpu", "intel"},
          std::pair{"volcano.sh/vgpu-number", "nvidia"}, std::pair{"aliyun.com/gpu-count", "nvidia"},
          std::pair{"hygon.com/dcu", "hygon"}, std::pair{"qualcomm.com/qaic", "qualcomm"}})
        if (resource == name)
            return vendor;
    return {};
}

bool isAcceleratorResource(std::string_view resource)
{
    return !acceleratorVendor(resource).empty();
}

int amdPartitionsPerCard(std::string_view partition, std::string_view deviceId)
{
    if (partition.starts_with("spx"))
        return 1;
    if (partition.starts_with("dpx"))
        return 2;
    if (partition.starts_with("qpx"))
        return 4;
    if (!partition.starts_with("cpx"))
        return 0;
    if (deviceId == "74a0")
        return 6;
    return deviceId == "74a2" || deviceId == "74a8" || deviceId == "74b6" ? 4 : 8;
}

NvidiaProduct parseNvidiaProduct(std::string_view label)
{
    NvidiaProduct product;
    product.shared = label.ends_with("-SHARED");
    if (product.shared)
        label.remove_suffix(7);
    const auto mig = label.rfind("-MIG-");
    if (mig != std::string_view::npos) {
        const auto profile = label.substr(mig + 5);
        product.migInvalid = profile == "INVALID";
        if (!product.migInvalid)
            product.migProfile = profile;
        label = label.substr(0, mig);
    }
    product.model = label;
    return product;
}

void decodeDevices(Node &node, const Catalog &catalog)
{
    std::set<std::string> names;
    for (const auto *list : {&node.capacity, &node.allocatable})
        for (const auto &[name, amount] : *list)
            if (classifyResource(name))
                names.insert(name);
    for (const auto &name : names)
        if (const auto kind = classifyResource(name))
            decodeResource(node, name, *kind, catalog);
}

} // namespace core
