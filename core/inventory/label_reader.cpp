// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/label_reader.h"

#include <charconv>

namespace core {

LabelReader::LabelReader(const Labels &labels) : m_labels(labels) {}

bool LabelReader::has(std::string_view key) const
{
    return m_labels.contains(key);
}

std::string LabelReader::text(std::string_view key) const
{
    const auto found = m_labels.find(key);
    return found == m_labels.end() ? std::string() : found->second;
}

std::optional<std::int64_t> LabelReader::number(std::string_view key) const
{
    return parseNumber(text(key));
}

std::string LabelReader::first(std::initializer_list<std::string_view> keys) const
{
    for (const auto key : keys)
        if (auto value = text(key); !value.empty())
            return value;
    return {};
}

std::string LabelReader::dotted(std::initializer_list<std::string_view> keys) const
{
    std::string out;
    for (const auto key : keys) {
        const auto part = text(key);
        if (part.empty())
            break;
        out += (out.empty() ? "" : ".") + part;
    }
    return out;
}

std::string LabelReader::amd(std::string_view kind) const
{
    for (const std::string_view stem : {"amd.com/gpu.", "beta.amd.com/gpu."})
        if (auto value = text(std::string(stem) + std::string(kind)); !value.empty())
            return value;
    std::string only;
    for (const std::string_view stem : {"amd.com/gpu.", "beta.amd.com/gpu."}) {
        const auto prefix = std::string(stem) + std::string(kind) + ".";
        for (auto label = m_labels.lower_bound(prefix); label != m_labels.end() && label->first.starts_with(prefix);
             ++label) {
            const auto value = label->first.substr(prefix.size());
            if (!only.empty() && only != value)
                return {}; // two models on one node: no single answer
            only = value;
        }
    }
    return only;
}

std::optional<std::int64_t> LabelReader::parseNumber(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    return status == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

} // namespace core
