// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node.h"

#include <initializer_list>

namespace core {

/// Reads node labels by the spellings their makers use. A loan of the labels.
class LabelReader {
public:
    explicit LabelReader(const Labels &labels);

    bool has(std::string_view key) const;
    /// The value, "" when there is no such label.
    std::string text(std::string_view key) const;
    /// A whole number; nullopt when the label is missing or is none.
    std::optional<std::int64_t> number(std::string_view key) const;
    /// The first key that has a value.
    std::string first(std::initializer_list<std::string_view> keys) const;
    /// Parts joined by dots, up to the first that is missing: "550" "107" "02" -> "550.107.02".
    std::string dotted(std::initializer_list<std::string_view> keys) const;
    /// AMD's labeller: amd.com/gpu.<kind>, beta.amd.com/gpu.<kind>, or the value inside the key
    /// (amd.com/gpu.<kind>.<value>=<count>) when all GPUs of the node agree on one.
    std::string amd(std::string_view kind) const;

    static std::optional<std::int64_t> parseNumber(std::string_view text);

private:
    const Labels &m_labels;
};

} // namespace core
