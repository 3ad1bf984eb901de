// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace core {

/// What a client needs of a list page to go on; token and version are opaque.
struct ListMeta {
    std::string continueToken, resourceVersion; ///< empty when the page has none
    std::int64_t remaining = 0; ///< objects after this page; 0 also when the server does not say (it need not)
};

/// Reads a page's own metadata without parsing its items, which are the bulk and are somebody else's to read. The
/// metadata stands before or after the items; items carry metadata of their own, but only the list's is at depth one.
/// `place` is for the error.
Result<ListMeta> listMeta(std::string_view page, const std::string &place);

} // namespace core
