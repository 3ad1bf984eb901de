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

/// Marks that turn the direction of what follows (Unicode UAX #9), and its line separators: with them a name can look
/// like another text than it is.
constexpr std::string_view Deceiving[] = {"\u061c", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b",
                                          "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"};

/// Bytes of the control character or mark at the start of a text; 0: it starts with none.
std::size_t unprintable(std::string_view text)
{
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x20 || first == 0x7f)
        return 1;
    if (first == 0xc2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xa0)
        return 2; // U+0080 … U+009F
    const auto *found = std::ranges::find_if(Deceiving, [text](auto mark) { return text.starts_with(mark); });
    return found == std::end(Deceiving) ? 0 : found->size();
}

} // namespace

std::string printable(std::string_view text)
{
    std::string safe;
    while (!text.empty()) {
        const auto bytes = unprintable(text);
        safe += bytes > 0 ? '?' : text[0];
        text.remove_prefix(std::max<std::size_t>(1, bytes));
    }
    return safe;
}

void Table::add(std::vector<std::string> row)
{
    for (auto &cell : row)
        cell = printable(cell);
    m_rows.push_back(std::move(row));
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
            line += row[i] + std::string(widths[i] - width(row[i]) + 2, ' ');
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
