// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/placement_document.h"

#include <fmt/format.h>

namespace app::ctl {

nlohmann::ordered_json shapesDocument(const std::vector<core::ShapePlaces> &shapes)
{
    auto document = nlohmann::ordered_json::array();
    for (const auto &shape : shapes)
        document.push_back({{"size", shape.size}, {"places", shape.places}, {"stranded", shape.stranded}});
    return document;
}

std::string gibOrUnknown(const std::optional<std::int64_t> &bytes)
{
    return bytes ? fmt::format("{:.1f} GiB", static_cast<double>(*bytes) / 0x1p30) : "unknown";
}

} // namespace app::ctl
