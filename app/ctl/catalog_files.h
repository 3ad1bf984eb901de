// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/prices.h"

namespace app::ctl {

/// The catalogue of this installation, for commands that need no cluster.
core::Result<core::Catalog> openCatalog();

/// Prices of this installation under those of the user's configuration folder.
core::Result<core::Prices> openPrices(const core::Catalog &catalog);

/// The model a person typed, by id or short name. NotFound-like mistakes are Usage errors that propose what is near.
core::Result<const core::Model *> namedModel(const core::Catalog &catalog, const std::string &typed);

/// The SKU a person typed. A mistake is a Usage error.
core::Result<const core::Sku *> namedSku(const core::Catalog &catalog, const std::string &typed);

/// Those typed, or all of the catalogue when none is.
core::Result<std::vector<const core::Sku *>> chosenSkus(const core::Catalog &catalog,
                                                        const std::vector<std::string> &typed);

} // namespace app::ctl
