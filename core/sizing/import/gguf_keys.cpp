// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/gguf_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core {

namespace {

constexpr std::uint64_t mostKey = 65535, mostText = 64ULL << 20U, keptList = 10000, keptText = 4096;

/// Types of gguf values and their bytes; text and list have none of their own.
constexpr std::array<int, 13> widths{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
constexpr std::uint32_t boolType = 7, floatType = 6, textType = 8, listType = 9, doubleType = 12;

std::uint32_t checkedType(ByteReader &reader)
{
    const auto at = reader.offset();
    const auto type = reader.word32();
    if (type >= widths.size())
        ByteReader::brokenAt(at, fmt::format("{} is not a type of value", type));
    return type;
}

bool isSigned(std::uint32_t type)
{
    return type == 1 || type == 3 || type == 5 || type == 11;
}

std::int64_t readWhole(ByteReader &reader, std::uint32_t type)
{
    const int bytes = widths.at(type);
    const auto raw = reader.little(bytes);
    if (isSigned(type) && bytes < 8) {
        const auto sign = 1ULL << static_cast<unsigned>(8 * bytes - 1);
        return static_cast<std::int64_t>((raw ^ sign) - sign);
    }
    return static_cast<std::int64_t>(raw);
}

std::string readText(ByteReader &reader)
{
    const auto length = reader.word64();
    if (length > keptText) {
        if (length > mostText)
            reader.broken(fmt::format("a text of {} bytes is longer than any that can be right here", length));
        reader.skip(length);
        return {};
    }
    return reader.text(length, keptText);
}

} // namespace

GgufKeys::List GgufKeys::readList(ByteReader &reader)
{
    const auto type = checkedType(reader);
    const auto at = reader.offset();
    List list{reader.word64(), {}};
    if (type == listType)
        ByteReader::brokenAt(at, "a list of lists is not allowed");
    const std::uint64_t least = type == textType ? 8 : static_cast<std::uint64_t>(widths.at(type));
    if (list.length > reader.left() / least)
        ByteReader::brokenAt(
            at, fmt::format("a list of {} values, but only {} bytes are left", list.length, reader.left()));
    if (type == textType) {
        for (std::uint64_t i = 0; i < list.length; ++i)
            reader.skip(reader.word64());
        return list;
    }
    if (type == floatType || type == doubleType || list.length > keptList) {
        reader.skip(list.length * least);
        return list;
    }
    for (std::uint64_t i = 0; i < list.length; ++i)
        list.numbers.push_back(readWhole(reader, type));
    return list;
}

GgufKeys::Value GgufKeys::readValue(ByteReader &reader, std::uint32_t type)
{
    if (type == textType)
        return readText(reader);
    if (type == listType)
        return readList(reader);
    if (type == floatType || type == doubleType || type == boolType) {
        reader.skip(static_cast<std::uint64_t>(widths.at(type)));
        return {};
    }
    return readWhole(reader, type);
}

void GgufKeys::read(ByteReader &reader, std::uint64_t count)
{
    if (count > reader.left() / 13) // length of the key, type and one byte of value
        reader.broken(fmt::format("claims {} keys, but only {} bytes are left", count, reader.left()));
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto at = reader.offset();
        const auto key = reader.text(reader.word64(), mostKey);
        auto value = readValue(reader, checkedType(reader));
        if (!m_values.emplace(key, std::move(value)).second)
            ByteReader::brokenAt(at, fmt::format("key \"{}\" stands twice", key));
    }
}

std::optional<std::int64_t> GgufKeys::number(const std::string &key) const
{
    const auto at = m_values.find(key);
    const auto *value = at == m_values.end() ? nullptr : std::get_if<std::int64_t>(&at->second);
    return value ? std::optional(*value) : std::nullopt;
}

const std::vector<std::int64_t> *GgufKeys::list(const std::string &key) const
{
    const auto at = m_values.find(key);
    const auto *value = at == m_values.end() ? nullptr : std::get_if<List>(&at->second);
    return value ? &value->numbers : nullptr;
}

std::optional<std::int64_t> GgufKeys::largest(const std::string &key) const
{
    if (const auto *numbers = list(key); numbers && !numbers->empty())
        return std::ranges::max(*numbers);
    return number(key);
}

std::optional<std::string> GgufKeys::text(const std::string &key) const
{
    const auto at = m_values.find(key);
    const auto *value = at == m_values.end() ? nullptr : std::get_if<std::string>(&at->second);
    return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::uint64_t> GgufKeys::length(const std::string &key) const
{
    const auto at = m_values.find(key);
    const auto *value = at == m_values.end() ? nullptr : std::get_if<List>(&at->second);
    return value ? std::optional(value->length) : std::nullopt;
}

} // namespace core
