// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace core {

namespace {

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

/// A product label without what drivers print or leave out: case, the vendor's prefix, and '_' for '-' or blanks.
std::string productKey(std::string_view label)
{
    auto key = lower(label);
    std::ranges::replace_if(key, [](char c) { return c == '_' || c == ' '; }, '-');
    for (const std::string_view prefix : {"nvidia-", "amd-", "intel-"})
        if (key.starts_with(prefix))
            key.erase(0, prefix.size());
    return key;
}

/// "meta-llama/Llama-3.1" is meta, llama, llama, 3, 1.
std::vector<std::string> words(const std::string &text)
{
    std::vector<std::string> out(1);
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out.back() += c;
        else if (!out.back().empty())
            out.emplace_back();
    return out;
}

} // namespace

std::int64_t Sku::nominalBytes() const
{
    // HBM parts are sold in GB that are GiB (the driver reports that much); GDDR parts too. skus.yaml, conventions.
    return static_cast<std::int64_t>(memorySize / devices * static_cast<double>(1LL << 30));
}

std::int64_t Sku::usableBytes() const
{
    return reportedBytes.value_or(nominalBytes());
}

bool Sku::supports(std::string_view precision) const
{
    return tflops.contains(std::string(precision));
}

const Sku *Catalog::findSku(std::string_view id) const
{
    const auto found = std::ranges::find_if(skus, [id](const Sku &sku) { return sku.id == id; });
    return found == skus.end() ? nullptr : &*found;
}

const Sku *Catalog::findByProduct(std::string_view vendor, std::string_view productLabel) const
{
    const auto key = productKey(productLabel);
    const auto says = [&key](const std::string &name) { return productKey(name) == key; };
    const auto found = std::ranges::find_if(skus, [&](const Sku &sku) {
        return sku.vendor == vendor
            && (std::ranges::any_of(sku.labels, says) || std::ranges::any_of(sku.aka, says) || says(sku.name));
    });
    return key.empty() || found == skus.end() ? nullptr : &*found;
}

const Sku *Catalog::findByPciId(std::string_view pciId) const
{
    const auto key = lower(pciId);
    const auto found = std::ranges::find_if(
        skus, [&key](const Sku &sku) { return std::ranges::find(sku.pciIds, key) != sku.pciIds.end(); });
    return found == skus.end() ? nullptr : &*found;
}

const Model *Catalog::findModel(std::string_view idOrShortName) const
{
    const auto key = lower(idOrShortName);
    const auto matches = [&key](const Model &model) { return lower(model.id) == key || model.shortName == key; };
    auto found = std::ranges::find_if(models, matches);
    const auto says = [&key](const std::string &name) {
        return lower(name) == key || lower(name.substr(name.rfind('/') + 1)) == key;
    };
    if (found == models.end())
        found = std::ranges::find_if(models, [&](const Model &model) { return std::ranges::any_of(model.aka, says); });
    return found == models.end() ? nullptr : &*found;
}

std::vector<std::string> Catalog::modelsLike(std::string_view typed, std::size_t most) const
{
    std::vector<std::pair<std::size_t, std::string>> ranked; // bytes in common, name
    const auto wanted = words(lower(typed));
    for (const auto &model : models) {
        const auto name = lower(model.id);
        std::size_t common = 0;
        for (const auto &word : wanted)
            common += word.size() > 1 && name.contains(word) ? word.size() : 0;
        if (common > 0)
            ranked.emplace_back(common, model.shortName);
    }
    std::ranges::stable_sort(ranked, std::greater(), &std::pair<std::size_t, std::string>::first);
    std::vector<std::string> out;
    for (const auto &[common, name] : ranked)
        if (out.size() < most)
            out.push_back(name);
    return out;
}

std::vector<std::string> Catalog::sourcesOf(const Sku &sku) const
{
    std::vector<std::string> out;
    for (const auto &[code, place] : skuSources) {
        const auto at = sku.source.find(code);
        const auto isLetter = [&](std::size_t i) {
            return i < sku.source.size() && std::isupper(static_cast<unsigned char>(sku.source[i]));
        };
        if (at != std::string::npos && !isLetter(at - 1) && !isLetter(at + code.size()))
            out.push_back(fmt::format("{}: {}", code, place));
    }
    return out;
}

} // namespace core
