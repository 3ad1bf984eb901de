// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/device_labels.h"

#include "core/inventory/label_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core {

namespace {

/// More than any card has or will have for years: 16 TiB. A label above it is a broken label.
constexpr std::int64_t absurdMiB = 16LL << 20;

bool isAmdPartition(std::string_view name)
{
    return name.size() > 5
        && (name.starts_with("spx_") || name.starts_with("dpx_") || name.starts_with("qpx_")
            || name.starts_with("cpx_"))
        && name.substr(4).starts_with("nps");
}

std::optional<std::int64_t> memoryMiB(Node &node, const std::string &key)
{
    const auto value = LabelReader(node.labels).number(key);
    if (!LabelReader(node.labels).has(key))
        return std::nullopt;
    if (!value || *value < 0 || *value > absurdMiB) {
        node.issues.push_back(fmt::format("label {}={} is not believed", key, node.labels.find(key)->second));
        return std::nullopt;
    }
    return *value == 0 ? std::nullopt : std::optional(*value);
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

void applySku(DevicePool &pool, const Sku *sku)
{
    if (!sku)
        return;
    pool.skuId = sku->id;
    if (pool.computeTarget.empty())
        pool.computeTarget = sku->target;
    const auto profile = std::find_if(sku->profiles.begin(), sku->profiles.end(),
                                      [&pool](const auto &p) { return p.name == pool.profile; });
    if (pool.memoryBytes || pool.kind == DeviceKind::Partition)
        return;
    if (pool.kind == DeviceKind::MigSlice)
        pool.memoryBytes = profile != sku->profiles.end() ? profile->memoryBytes : std::nullopt;
    else
        pool.memoryBytes = sku->reportedBytes; // never the nominal size: that would promise memory nobody saw
}

void decodeNvidia(Node &node, DevicePool &pool, const DeviceResource &kind, const Catalog &catalog)
{
    const LabelReader labels(node.labels);
    const auto product = parseNvidiaProduct(labels.text("nvidia.com/gpu.product"));
    const bool mixedSlice = kind.kind == DeviceKind::MigSlice;
    const auto stem = mixedSlice ? "nvidia.com/mig-" + pool.profile : std::string("nvidia.com/gpu");
    pool.productLabel = labels.text(stem + ".product");
    if (pool.productLabel.empty())
        pool.productLabel = labels.text("nvidia.com/gpu.product");
    if (auto mib = memoryMiB(node, stem + ".memory"))
        pool.memoryBytes = *mib << 20;
    pool.replicas = replicas(node, stem + ".replicas");
    if (!mixedSlice && !product.migProfile.empty()) { // strategy single: nvidia.com/gpu counts slices
        pool.kind = DeviceKind::MigSlice;
        pool.profile = product.migProfile;
    }
    pool.sharing = labels.text(stem + ".sharing-strategy");
    if (pool.sharing == "none")
        pool.sharing.clear();
    if (kind.shared || pool.replicas > 1) {
        pool.kind = DeviceKind::Share;
        if (pool.sharing.empty())
            pool.sharing = "time-slicing";
    }
    if (product.migInvalid)
        node.issues.push_back("MIG configuration is invalid (label nvidia.com/gpu.product says MIG-INVALID)");
    const auto major = labels.text("nvidia.com/gpu.compute.major");
    const auto minor = labels.text("nvidia.com/gpu.compute.minor");
    if (!major.empty())
        pool.computeTarget = major + "." + (minor.empty() ? "0" : minor);
    pool.driverVersion = labels.first({"nvidia.com/cuda.driver-version.full"});
    if (pool.driverVersion.empty())
        pool.driverVersion = labels.dotted(
            {"nvidia.com/cuda.driver.major", "nvidia.com/cuda.driver.minor", "nvidia.com/cuda.driver.rev"});
    pool.cudaVersion = labels.first({"nvidia.com/cuda.runtime-version.full"});
    if (pool.cudaVersion.empty())
        pool.cudaVersion = labels.dotted({"nvidia.com/cuda.runtime.major", "nvidia.com/cuda.runtime.minor"});
    if (pool.kind == DeviceKind::Card)
        pool.physicalCards = pool.capacity;
    else if (pool.kind == DeviceKind::Share && pool.replicas > 1 && product.migProfile.empty() && !mixedSlice)
        pool.physicalCards = pool.capacity / pool.replicas;
    applySku(pool, catalog.findByProduct("nvidia", parseNvidiaProduct(pool.productLabel).model));
}

void decodeAmd(Node &node, DevicePool &pool, const Catalog &catalog)
{
    const LabelReader labels(node.labels);
    pool.productLabel = labels.amd("product-name");
    const auto deviceId = labels.amd("device-id");
    const auto partition = labels.first({"amd.com/gpu.compute-memory-partition", "amd.com/compute-memory-partition"});
    if (pool.profile.empty() && !partition.empty() && !partition.starts_with("spx"))
        pool.profile = partition; // naming strategy single: amd.com/gpu counts partitions
    if (!pool.profile.empty() && !pool.profile.starts_with("spx"))
        pool.kind = DeviceKind::Partition;
    pool.driverVersion = labels.text("amd.com/gpu.driver-version");
    const auto *sku = deviceId.empty() ? nullptr : catalog.findByPciId("1002:" + deviceId);
    if (!sku)
        sku = catalog.findByProduct("amd", pool.productLabel);
    // The labeller says GiB with a G, rounded (k8s-device-plugin cmd/k8s-node-labeller).
    if (auto vram = labels.amd("vram"); !vram.empty() && vram.ends_with('G')) {
        const auto gib = LabelReader::parseNumber(vram.substr(0, vram.size() - 1));
        if (gib && *gib > 0 && *gib < 16384)
            pool.memoryBytes = *gib << 30;
        else
            node.issues.push_back(fmt::format("the AMD vram label {} is not believed", vram));
    }
    // The label is of what the driver shows as one device; on a partitioned card whether that is the card or the
    // partition depends on the labeller's age. Do not promise it.
    if (pool.kind == DeviceKind::Partition)
        pool.memoryBytes = std::nullopt;
    else
        pool.physicalCards = pool.capacity;
    applySku(pool, sku);
}

void decodeIntel(Node &node, DevicePool &pool, const Catalog &catalog)
{
    const LabelReader labels(node.labels);
    pool.productLabel = labels.text("gpu.intel.com/product");
    const auto *sku = catalog.findByProduct("intel", pool.productLabel);
    for (const auto &[key, value] : node.labels) { // gpu.intel.com/device-id.0380-56c0.present=true
        constexpr std::string_view prefix = "gpu.intel.com/device-id.";
        if (!sku && key.starts_with(prefix) && key.ends_with(".present") && value == "true")
            sku = catalog.findByPciId("8086:" + key.substr(prefix.size() + 5, 4));
    }
    if (pool.resource == "habana.ai/gaudi" && !sku)
        pool.productLabel = labels.first({"habana.ai/product", "gaudi.habana.ai/product"});
    applySku(pool, sku);
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
    for (const auto &name : names) {
        const auto kind = *classifyResource(name);
        DevicePool pool;
        pool.resource = name;
        pool.vendor = kind.vendor;
        pool.kind = kind.kind;
        pool.profile = kind.profile;
        pool.capacity = amountOf(node.capacity, name);
        pool.allocatable = amountOf(node.allocatable, name);
        if (!node.capacity.contains(name)) // only allocatable is there: nothing is known to be withdrawn
            pool.capacity = pool.allocatable;
        if (pool.capacity < 0 || pool.allocatable < 0) {
            node.issues.push_back(fmt::format("{} has a negative count", name));
            continue;
        }
        if (pool.capacity == 0 && pool.allocatable == 0)
            continue; // the plugin is registered, or was, but offers nothing
        if (kind.vendor == Vendor::Nvidia)
            decodeNvidia(node, pool, kind, catalog);
        else if (kind.vendor == Vendor::Amd)
            decodeAmd(node, pool, catalog);
        else
            decodeIntel(node, pool, catalog);
        node.devices.push_back(std::move(pool));
    }
}

} // namespace core
