// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/dra_pool.h"

#include "core/inventory/dra_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace core {

namespace {

constexpr std::array<std::pair<std::string_view, Vendor>, 3> drivers{
    {{"gpu.nvidia.com", Vendor::Nvidia}, {"gpu.amd.com", Vendor::Amd}, {"gpu.intel.com", Vendor::Intel}}};
constexpr std::string_view draPrefix = "dra.";
constexpr std::size_t longestName = 63; ///< of a resource name after the slash

/// The part of a resource name after the slash: characters that Kubernetes refuses become '-'.
std::string slug(std::string_view text)
{
    std::string out(text.substr(0, longestName));
    std::ranges::replace_if(
        out, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_' && c != '.'; }, '-');
    while (!out.empty() && std::isalnum(static_cast<unsigned char>(out.back())) == 0)
        out.pop_back();
    return out;
}

std::string written(const dra::Device &device, std::string_view name)
{
    const auto found = device.attributes.find(name);
    if (found == device.attributes.end())
        return {};
    if (const auto *version = std::get_if<dra::VersionText>(&found->second))
        return version->text;
    const auto *text = std::get_if<std::string>(&found->second);
    return text ? *text : std::string();
}

/// "9.0.0" as labels write it: "9.0".
std::string majorMinor(const std::string &version)
{
    const auto first = version.find('.');
    return first == std::string::npos ? version : version.substr(0, version.find('.', first + 1));
}

/// A text as a CEL literal.
std::string celText(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text)
        out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    return out + '"';
}

/// What tells these devices from others of the driver, as far as the device says it.
std::string selectorOf(const dra::Device &device, std::string_view driver)
{
    auto text = "device.driver == " + celText(driver);
    for (const auto *name : {"type", "productName", "model", "profile", "partitionProfile"})
        if (const auto value = written(device, name); !value.empty())
            text += fmt::format(" && device.attributes[{}].{} == {}", celText(driver), name, celText(value));
    return text;
}

/// "0x74a1" as PCI ids are written in the catalogue, after the vendor's.
const Sku *skuByPci(const Catalog &catalog, std::string_view vendor, std::string id)
{
    if (id.starts_with("0x"))
        id.erase(0, 2);
    std::ranges::transform(id, id.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return id.empty() ? nullptr : catalog.findByPciId(fmt::format("{}:{}", vendor, id));
}

const Sku *skuOf(const dra::Device &device, const DevicePool &pool, const Catalog &catalog)
{
    const Sku *byPci = nullptr;
    switch (pool.vendor) {
    case Vendor::Nvidia: return catalog.findByProduct("nvidia", pool.productLabel);
    case Vendor::Amd:
        byPci = skuByPci(catalog, "1002", written(device, "deviceID"));
        return byPci ? byPci : catalog.findByProduct("amd", pool.productLabel);
    case Vendor::Intel:
        byPci = skuByPci(catalog, "8086", written(device, "pciId"));
        return byPci ? byPci : catalog.findByProduct("intel", pool.productLabel);
    }
    return nullptr;
}

/// Card, slice or partition; nullopt when it is none to compute on.
std::optional<std::pair<DeviceKind, std::string>> formOf(const dra::Device &device, const DeviceFacts &facts)
{
    if (facts.type.contains("vfio") || written(device, "driver").contains("vfio"))
        return std::nullopt;
    if (facts.type == "mig" || !facts.migProfile.empty()) {
        if (!device.consumes.empty())
            return std::nullopt;
        return std::pair(DeviceKind::MigSlice, facts.migProfile);
    }
    const bool whole = facts.partitionProfile.empty() || facts.partitionProfile.starts_with("spx");
    if (facts.type == "amdgpu-partition" || !whole)
        return std::pair(DeviceKind::Partition, facts.partitionProfile);
    return std::pair(DeviceKind::Card, std::string());
}

} // namespace

std::optional<Vendor> vendorOfDriver(std::string_view driver)
{
    const auto found = std::ranges::find(drivers, driver, &decltype(drivers)::value_type::first);
    return found == drivers.end() ? std::nullopt : std::optional(found->second);
}

bool isDraResource(std::string_view resource)
{
    const auto slash = resource.find('/');
    return slash != std::string_view::npos && resource.starts_with(draPrefix)
        && vendorOfDriver(resource.substr(draPrefix.size(), slash - draPrefix.size())).has_value();
}

std::optional<DevicePool> draPool(const dra::Device &device, std::string_view driver, const Catalog &catalog)
{
    const auto vendor = vendorOfDriver(driver);
    const auto facts = describeDevice(device);
    const auto form = formOf(device, facts);
    if (!vendor || !form)
        return std::nullopt;
    DevicePool pool;
    pool.vendor = *vendor;
    std::tie(pool.kind, pool.profile) = *form;
    pool.driver = driver;
    pool.productLabel = slug(facts.product);
    const auto name = slug((facts.product.empty() ? "unnamed" : facts.product)
                           + (pool.profile.empty() ? std::string() : "-" + pool.profile));
    pool.resource = fmt::format("{}{}/{}", draPrefix, driver, name);
    pool.selector = selectorOf(device, driver);
    if (facts.memoryBytes.value_or(0) > 0) // Intel's driver says 0 when it may not look
        pool.memoryBytes = facts.memoryBytes;
    pool.computeTarget = majorMinor(written(device, "cudaComputeCapability"));
    pool.driverVersion = written(device, "driverVersion");
    pool.cudaVersion = majorMinor(written(device, "cudaDriverVersion"));
    if (const auto *sku = skuOf(device, pool, catalog)) {
        pool.skuId = sku->id;
        if (pool.computeTarget.empty())
            pool.computeTarget = sku->target;
        if (!pool.memoryBytes && pool.kind == DeviceKind::Card)
            pool.memoryBytes = sku->reportedBytes;
    }
    return pool;
}

bool keepsClaimsAway(const dra::Device &device)
{
    return std::ranges::any_of(device.taints, [](const dra::DeviceTaint &taint) {
        return taint.effect == "NoSchedule" || taint.effect == "NoExecute";
    });
}

} // namespace core
