// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

namespace core {

/// What an hour of one device costs, and who says so.
struct Price {
    double perHour = 0; ///< in Prices::currency; never negative
    std::string source; ///< where the figure comes from, in words; never empty
    std::string date;   ///< as the file states it; empty when not known
    bool own = false;   ///< from the user's file, not the one that comes with Berth
    bool operator==(const Price &) const = default;
};

/// Prices by SKU. A SKU that is not listed has no known price; nothing is derived from a similar one.
struct Prices {
    std::string currency = "USD";
    std::map<std::string, Price, std::less<>> bySku;

    const Price *find(std::string_view skuId) const;
    bool operator==(const Prices &) const = default;
};

/// Reads `schema: berth.dev/prices/v1`. Errors name place and line: a price that is missing, negative or not finite, a
/// SKU the catalogue does not have or that stands twice, unknown or repeated keys, no source. `own` marks the entries.
Result<Prices> parsePrices(const std::string &yaml, const std::string &place, const Catalog &catalog, bool own);

/// `folder`/prices.yaml with the entries of `override` (when that file exists) in place of its own. A missing
/// override is none; a broken one is an error, and one in another currency too: sums would mix.
Result<Prices> loadPrices(const std::filesystem::path &folder, const std::filesystem::path &override,
                          const Catalog &catalog);

} // namespace core
