// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/json_section.h"

#include <fmt/format.h>

#include <cmath>

namespace core {

JsonSection::JsonSection(const nlohmann::json &value, std::string path) : m_value(&value), m_path(std::move(path))
{
    if (!value.is_object())
        throw BrokenDocument{m_path, fmt::format("is {}, not an object", value.type_name())};
}

bool JsonSection::has(const char *key) const
{
    const char *found = nullptr;
    return find({key}, found) != nullptr;
}

const nlohmann::json *JsonSection::find(Keys keys, const char *&found) const
{
    for (const char *key : keys) {
        const auto at = m_value->find(key);
        if (at != m_value->end() && !at->is_null()) {
            found = key;
            return &*at;
        }
    }
    return nullptr;
}

std::optional<std::int64_t> JsonSection::whole(Keys keys, std::int64_t least, std::int64_t most) const
{
    const char *key = nullptr;
    const auto *value = find(keys, key);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_number_integer())
        throw BrokenDocument{pathOf(key), fmt::format("is {}, not a whole number", value->type_name())};
    const bool huge = value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(most);
    if (huge || value->get<std::int64_t>() < least || value->get<std::int64_t>() > most)
        throw BrokenDocument{pathOf(key), fmt::format("is {}, not between {} and {}", value->dump(), least, most)};
    return value->get<std::int64_t>();
}

std::optional<std::int64_t> JsonSection::count(Keys keys, std::int64_t most) const
{
    return whole(keys, 1, most);
}

std::optional<std::int64_t> JsonSection::number(Keys keys, std::int64_t most) const
{
    return whole(keys, 0, most);
}

std::optional<double> JsonSection::real(const char *key) const
{
    const char *found = nullptr;
    const auto *value = find({key}, found);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_number() || !std::isfinite(value->get<double>()))
        throw BrokenDocument{pathOf(key), fmt::format("is {}, not a number", value->type_name())};
    return value->get<double>();
}

std::optional<bool> JsonSection::flag(const char *key) const
{
    const char *found = nullptr;
    const auto *value = find({key}, found);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_boolean())
        throw BrokenDocument{pathOf(key), fmt::format("is {}, not true or false", value->type_name())};
    return value->get<bool>();
}

std::optional<std::string> JsonSection::text(Keys keys) const
{
    const char *key = nullptr;
    const auto *value = find(keys, key);
    if (value == nullptr)
        return std::nullopt;
    if (!value->is_string())
        throw BrokenDocument{pathOf(key), fmt::format("is {}, not a text", value->type_name())};
    return value->get<std::string>();
}

std::vector<std::string> JsonSection::texts(Keys keys) const
{
    const char *key = nullptr;
    const auto *value = find(keys, key);
    if (value == nullptr)
        return {};
    if (!value->is_array())
        throw BrokenDocument{pathOf(key), fmt::format("is {}, not a list", value->type_name())};
    std::vector<std::string> out;
    for (const auto &item : *value) {
        if (!item.is_string())
            throw BrokenDocument{fmt::format("{}[{}]", pathOf(key), out.size()),
                                 fmt::format("is {}, not a text", item.type_name())};
        out.push_back(item.get<std::string>());
    }
    return out;
}

std::optional<JsonSection> JsonSection::section(const char *key) const
{
    const char *found = nullptr;
    const auto *value = find({key}, found);
    return value == nullptr ? std::nullopt : std::optional(JsonSection(*value, pathOf(key)));
}

Result<nlohmann::json> parseJson(std::string_view text)
{
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error &error) {
        return fail(ErrorKind::Parse, "is not JSON from here on", fmt::format("byte {}", error.byte));
    } catch (const nlohmann::json::exception &error) {
        return fail(ErrorKind::Parse, error.what());
    }
}

} // namespace core
