// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/http_client.h"

#include <algorithm>

namespace core {

std::optional<std::string> HttpResponse::header(std::string_view lowerName) const
{
    const auto found = std::ranges::find_if(headers, [lowerName](const auto &h) { return h.name == lowerName; });
    return found == headers.end() ? std::nullopt : std::optional(found->value);
}

} // namespace core
