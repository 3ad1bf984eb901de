// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

#include <string>
#include <string_view>

namespace core {

/// A catalogue entry for a name as people and repositories write it.
struct NamedModel {
    const Model *model = nullptr; ///< nullptr: nothing of that name
    std::string weights;          ///< the format the name ends with ("-AWQ", "-FP8"), else what the publisher ships
    std::string note;             ///< what was assumed; empty when the catalogue holds the very name
};

/// Finds `typed` in the catalogue: as it stands, else without its publisher, its ending for a quantisation and one for
/// a tuning ("-Instruct"), which leave the architecture as it is.
NamedModel findNamed(const Catalog &catalog, std::string_view typed);

} // namespace core
