// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/session.h"

#include <nlohmann/json.hpp>

namespace app::ctl {

/// Rows of text under headings, columns two blanks apart; control characters are shown as '?', so no name from a
/// cluster can drive the terminal.
class Table {
public:
    explicit Table(std::vector<std::string> headings) : m_rows{std::move(headings)} {}
    void add(std::vector<std::string> row); ///< made printable
    std::string text() const;

private:
    std::vector<std::vector<std::string>> m_rows;
};

/// `text` with "?" for each control character and for each mark that turns the direction of text or ends a line
/// (UTF-8): what a stranger named cannot move a terminal's cursor, nor look like another name.
std::string printable(std::string_view text);
/// The value for a document; null: not known.
template <class T>
nlohmann::ordered_json orNull(const std::optional<T> &value)
{
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}
/// Writes a document as JSON or YAML to standard output. Not for Format::Table.
void printDocument(const nlohmann::ordered_json &document, Format format);
/// Writes text to standard output.
void print(std::string_view text);

} // namespace app::ctl
