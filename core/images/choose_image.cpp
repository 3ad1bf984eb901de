// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace core {

namespace {

std::string_view vendorWord(Vendor vendor)
{
    return vendor == Vendor::Nvidia ? "nvidia" : vendor == Vendor::Amd ? "amd" : "intel";
}

/// Lowest driver on which any release of a CUDA major runs (CUDA compatibility guide, minor-version compatibility).
std::string_view driverFloor(std::string_view cuda)
{
    if (cuda.starts_with("13."))
        return "580.65.06";
    return cuda.starts_with("12.") ? "525.60.13" : cuda.starts_with("11.") ? "450.80.02" : "";
}

std::string_view nextPart(std::string_view &text)
{
    const auto dot = text.find('.');
    const auto part = text.substr(0, dot);
    text = dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
    return part;
}

/// What speaks for and against one image on one pool.
struct Judgement {
    bool runs = true;
    bool certain = true;
    std::vector<std::string> reasons;
    std::string rejection;
};

void judgeDriver(const ServingImage &image, const DevicePool &pool, Judgement &out)
{
    if (pool.vendor == Vendor::Amd) {
        out.certain = false;
        out.reasons.push_back(
            pool.driverVersion.empty()
                ? fmt::format("ROCm {} image; the node does not say its driver", image.runtimeVersion)
                : fmt::format("ROCm {} image on amdgpu {}: probably; the label does not name a ROCm release",
                              image.runtimeVersion, pool.driverVersion));
        return;
    }
    if (image.minDriver.empty())
        return;
    if (pool.driverVersion.empty()) {
        out.certain = false;
        out.reasons.push_back(fmt::format("needs driver {} for CUDA {}; the node does not say its driver",
                                          image.minDriver, image.runtimeVersion));
    } else if (compareVersions(pool.driverVersion, image.minDriver) >= 0) {
        out.reasons.push_back(
            fmt::format("driver {} ≥ {} for CUDA {}", pool.driverVersion, image.minDriver, image.runtimeVersion));
    } else if (const auto floor = driverFloor(image.runtimeVersion);
               !floor.empty() && compareVersions(pool.driverVersion, floor) >= 0) {
        out.reasons.push_back(fmt::format("driver {} ≥ {}: CUDA {} in minor-version compatibility", pool.driverVersion,
                                          floor, image.runtimeVersion));
    } else {
        out.runs = false;
        out.rejection =
            fmt::format("{} needs driver {} for CUDA {}, the node has {}", image.reference,
                        floor.empty() ? image.minDriver : std::string(floor), image.runtimeVersion, pool.driverVersion);
    }
}

Judgement judge(const ServingImage &image, const DevicePool &pool, std::string_view architecture)
{
    Judgement out;
    const auto has = [](const std::vector<std::string> &list, std::string_view item) {
        return std::ranges::find(list, item) != list.end();
    };
    if (!architecture.empty() && !image.architectures.empty() && !has(image.architectures, architecture)) {
        out.runs = false;
        out.rejection = fmt::format("{} is not built for {}", image.reference, architecture);
        return out;
    }
    if (pool.computeTarget.empty()) {
        out.certain = false;
        out.reasons.emplace_back("the architecture of the device is not known");
    } else if (pool.vendor != Vendor::Intel && !image.targets.empty() && !has(image.targets, pool.computeTarget)) {
        out.runs = false;
        out.rejection = fmt::format("{} carries no code for {}", image.reference, pool.computeTarget);
        return out;
    } else {
        out.reasons.push_back(fmt::format("carries code for {}", pool.computeTarget));
    }
    judgeDriver(image, pool, out);
    return out;
}

} // namespace

ImageChoice chooseImage(const ImageCatalog &catalog, std::string_view engine, const DevicePool &pool,
                        std::string_view architecture)
{
    ImageChoice choice;
    for (const auto &image : catalog.images) {
        if (image.engine != engine || image.vendor != vendorWord(pool.vendor) || pool.resource == "habana.ai/gaudi")
            continue;
        auto judgement = judge(image, pool, architecture);
        if (!judgement.runs) {
            choice.rejected.push_back(std::move(judgement.rejection));
        } else if (!choice.image) {
            choice.image = &image;
            choice.certain = judgement.certain;
            choice.reasons = std::move(judgement.reasons);
        }
    }
    if (!choice.image)
        choice.reasons.push_back(choice.rejected.empty()
                                     ? fmt::format("no {} image is known for {}", engine, pool.resource)
                                     : choice.rejected.front());
    return choice;
}

int compareVersions(std::string_view a, std::string_view b)
{
    while (!a.empty() || !b.empty()) {
        const auto left = nextPart(a), right = nextPart(b);
        long x = 0, y = 0;
        std::from_chars(left.data(), left.data() + left.size(), x);
        std::from_chars(right.data(), right.data() + right.size(), y);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

} // namespace core
