// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/catalog_files.h"

#include "app/resource_paths.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace app::ctl {

using core::ErrorKind;

core::Result<core::Catalog> openCatalog()
{
    const auto resources = resourceFolder();
    return resources ? core::loadCatalog(*resources / "catalog") : std::unexpected(resources.error());
}

core::Result<core::Prices> openPrices(const core::Catalog &catalog)
{
    const auto resources = resourceFolder();
    return resources ? core::loadPrices(*resources / "catalog", configFolder() / "prices.yaml", catalog)
                     : std::unexpected(resources.error());
}

core::Result<const core::Model *> namedModel(const core::Catalog &catalog, const std::string &typed)
{
    if (const auto *model = catalog.findModel(typed))
        return model;
    const auto like = catalog.modelsLike(typed);
    return core::fail(ErrorKind::Usage, fmt::format("no model \"{}\" in the catalogue", typed), {},
                      like.empty() ? std::string() : fmt::format("did you mean {}?", fmt::join(like, ", ")));
}

core::Result<const core::Sku *> namedSku(const core::Catalog &catalog, const std::string &typed)
{
    if (const auto *sku = catalog.findSku(typed))
        return sku;
    std::vector<std::string> near;
    for (const auto &sku : catalog.skus)
        if (near.size() < 5 && !typed.empty() && sku.id.contains(typed))
            near.push_back(sku.id);
    return core::fail(ErrorKind::Usage, fmt::format("no SKU \"{}\" in the catalogue", typed), {},
                      near.empty() ? "`berthctl estimate MODEL` lists them"
                                   : fmt::format("did you mean {}?", fmt::join(near, ", ")));
}

core::Result<std::vector<const core::Sku *>> chosenSkus(const core::Catalog &catalog,
                                                        const std::vector<std::string> &typed)
{
    std::vector<const core::Sku *> skus;
    for (const auto &name : typed) {
        const auto sku = namedSku(catalog, name);
        if (!sku)
            return std::unexpected(sku.error());
        skus.push_back(*sku);
    }
    if (typed.empty())
        for (const auto &sku : catalog.skus)
            skus.push_back(&sku);
    return skus;
}

} // namespace app::ctl
