// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/output.h"

#include "core/manifests/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace app::ctl {

namespace {

/// Characters, not bytes: names may be UTF-8.
std::size_t width(std::string_view text)
{
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

} // namespace

std::string printable(std::string_view text)
{
    std::string safe(text);
    std::ranges::replace_if(safe, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return safe;
}

std::string Table::text() const
{
    std::vector<std::size_t> widths(m_rows.front().size());
    for (const auto &row : m_rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    std::string text;
    for (const auto &row : m_rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += printable(row[i]) + std::string(widths[i] - width(row[i]) + 2, ' ');
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

void print(std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void printDocument(const nlohmann::ordered_json &document, Format format)
{
    if (format == Format::Json)
        print(document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    else
        print(core::toYaml(document));
}

} // namespace app::ctl
