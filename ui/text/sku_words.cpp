// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/sku_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace ui {

namespace {

/// "9.0" as compilers call it: "sm_90"; LLVM's names stay.
std::string targetWords(const core::Sku &sku)
{
    auto target = sku.target;
    if (sku.vendor != "nvidia")
        return target;
    std::erase(target, '.');
    return target.empty() ? target : "sm_" + target;
}

std::string fp8Words(const core::Sku &sku)
{
    if (!sku.supports("fp8")) // Intel's data sheets do not settle it, and the chain says unknown too
        return sku.vendor == "intel" ? "" : "no FP8";
    return sku.architecture == "CDNA3" ? "FP8 FNUZ" : "FP8"; // OCP's FP8 came with CDNA4
}

} // namespace

std::string chipWords(const core::SkuRow &row, const core::Sku *sku)
{
    std::string words = row.architecture;
    const auto add = [&words](const std::string &more) {
        if (!more.empty())
            words += (words.empty() ? "" : " · ") + more;
    };
    if (sku) {
        add(targetWords(*sku));
        add(fp8Words(*sku));
    }
    return words;
}

std::string moneyWords(double amount, const std::string &currency)
{
    return currency == "USD" ? fmt::format("${:.2f}", amount) : fmt::format("{} {:.2f}", currency, amount);
}

std::string priceWords(const core::SkuRow &row, const core::Prices *prices)
{
    const auto *price = prices && row.kind == core::DeviceKind::Card ? prices->find(row.sku) : nullptr;
    return price ? moneyWords(price->perHour, prices->currency) + "/h" : "—";
}

std::string driverWords(const core::DevicePool &pool)
{
    const auto &version = pool.driverVersion;
    switch (pool.vendor) {
    case core::Vendor::Nvidia: {
        const auto branch = version.substr(0, version.find('.'));
        const bool isNumber =
            !branch.empty() && std::ranges::all_of(branch, [](unsigned char c) { return std::isdigit(c) != 0; });
        return isNumber ? "R" + branch : version;
    }
    case core::Vendor::Amd: return version.empty() ? version : "amdgpu " + version;
    case core::Vendor::Intel: break;
    }
    // Intel's resources carry the name of the kernel driver.
    const auto slash = pool.resource.rfind('/');
    const auto name = slash == std::string::npos ? std::string() : pool.resource.substr(slash + 1);
    return name == "xe" || name == "i915" ? name + (version.empty() ? "" : " " + version) : version;
}

} // namespace ui
