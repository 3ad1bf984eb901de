// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/prices.h"

#include "core/base/file.h"
#include "core/base/yaml_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// Above this a figure is a slip of the pen, not an hour of a device.
constexpr double mostPerHour = 10000;

void readEntry(const YAML::Node &node, const Catalog &catalog, bool own, Prices &prices)
{
    yaml::checkKeys(node, "a price", {"sku", "per_hour", "source", "date"});
    const auto sku = yaml::required(node, "sku");
    if (!catalog.findSku(sku))
        yaml::broken(node, fmt::format("the catalogue has no SKU \"{}\"", sku));
    const auto perHour = yaml::number(node, "per_hour", 0, mostPerHour);
    if (!perHour)
        yaml::broken(node, "per_hour is missing; leave the SKU out when its price is not known");
    Price price{*perHour, own ? yaml::text(node, "source") : yaml::required(node, "source"), yaml::text(node, "date"),
                own};
    if (price.source.empty())
        price.source = "your prices.yaml";
    if (!prices.bySku.emplace(sku, std::move(price)).second)
        yaml::broken(node, fmt::format("{} stands twice", sku));
}

bool isCurrency(std::string_view code)
{
    return code.size() == 3 && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
}

} // namespace

const Price *Prices::find(std::string_view skuId) const
{
    const auto found = bySku.find(skuId);
    return found == bySku.end() ? nullptr : &found->second;
}

Result<Prices> parsePrices(const std::string &yaml, const std::string &place, const Catalog &catalog, bool own)
{
    Prices prices;
    const auto read = yaml::readDocument(yaml, place, "berth.dev/prices/v1", [&](const YAML::Node &document) {
        yaml::checkKeys(document, "a price file", {"schema", "currency", "prices"});
        prices.currency = yaml::required(document, "currency");
        if (!isCurrency(prices.currency))
            yaml::broken(document["currency"], "currency must be a code of three capitals (ISO 4217), such as USD");
        for (const auto &node : yaml::list(document, "prices"))
            readEntry(node, catalog, own, prices);
    });
    return read ? Result<Prices>(std::move(prices)) : std::unexpected(read.error());
}

Result<Prices> loadPrices(const std::filesystem::path &folder, const std::filesystem::path &override,
                          const Catalog &catalog)
{
    const auto file = folder / "prices.yaml";
    const auto content = readFile(file);
    if (!content)
        return std::unexpected(content.error());
    auto prices = parsePrices(*content, file.string(), catalog, false);
    const auto ownContent = readFile(override);
    if (!prices || (!ownContent && ownContent.error().kind == ErrorKind::NotFound))
        return prices;
    if (!ownContent)
        return std::unexpected(ownContent.error());
    auto own = parsePrices(*ownContent, override.string(), catalog, true);
    if (!own)
        return own;
    if (own->currency != prices->currency)
        return fail(ErrorKind::Invalid,
                    fmt::format("prices are in {}, those of Berth in {}", own->currency, prices->currency),
                    override.string(), fmt::format("state them in {}", prices->currency));
    own->bySku.merge(prices->bySku); // keeps the user's entry where both have one
    return own;
}

} // namespace core
