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

/// Bytes of what is at the start of a text, when it is a control character, or a mark that turns the direction of what
/// follows or ends a line (Unicode UAX #9): with one a name can look like another than it is. Else 0.
std::size_t unprintable(std::string_view text)
{
    const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
    const auto isWithin = [&byte](std::size_t i, int least, int most) { return byte(i) >= least && byte(i) <= most; };
    if (byte(0) < 0x20 || byte(0) == 0x7f)
        return 1;
    if ((byte(0) == 0xc2 && isWithin(1, 0x80, 0x9f)) // U+0080 … U+009F
        || (byte(0) == 0xd8 && byte(1) == 0x9c))     // U+061C
        return 2;
    const bool isMark = byte(0) == 0xe2
        && ((byte(1) == 0x80 && (isWithin(2, 0x8e, 0x8f) || isWithin(2, 0xa8, 0xae))) // U+200E F, U+2028 … U+202E
            || (byte(1) == 0x81 && isWithin(2, 0xa6, 0xa9)));                         // U+2066 … U+2069
    return isMark ? 3 : 0;
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
