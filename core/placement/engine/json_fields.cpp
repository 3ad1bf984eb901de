// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/engine/json_fields.h"

#include <fmt/format.h>

#include <cmath>

namespace core::engine {

namespace {

const nlohmann::json &emptyList()
{
    static const nlohmann::json empty = nlohmann::json::array();
    return empty;
}

const nlohmann::json &emptyObject()
{
    static const nlohmann::json empty = nlohmann::json::object();
    return empty;
}

} // namespace

void JsonFields::wrong(const std::string &what, const char *key)
{
    if (!m_fault)
        m_fault = Error{ErrorKind::Parse, what, key ? fmt::format("{}.{}", m_place, key) : m_place, {}};
}

const nlohmann::json *JsonFields::find(const char *key)
{
    if (!good())
        return nullptr;
    const auto found = m_object.find(key);
    if (found != m_object.end())
        return &*found;
    wrong("is missing", key);
    return nullptr;
}

std::int64_t JsonFields::whole(const char *key, std::int64_t least, std::int64_t most)
{
    const auto *value = find(key);
    if (!value)
        return least;
    const bool big = value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(MostWhole);
    if (!value->is_number_integer() || big || value->get<std::int64_t>() < least || value->get<std::int64_t>() > most) {
        wrong(fmt::format("is not a whole number from {} to {}", least, most), key);
        return least;
    }
    return value->get<std::int64_t>();
}

double JsonFields::number(const char *key, double least)
{
    const auto *value = find(key);
    if (!value)
        return least;
    if (!value->is_number() || !std::isfinite(value->get<double>()) || value->get<double>() < least) {
        wrong(fmt::format("is not a number of at least {}", least), key);
        return least;
    }
    return value->get<double>();
}

std::string JsonFields::text(const char *key)
{
    const auto *value = find(key);
    if (value && value->is_string())
        return value->get<std::string>();
    if (value)
        wrong("is not a text", key);
    return {};
}

bool JsonFields::flag(const char *key)
{
    const auto *value = find(key);
    if (value && value->is_boolean())
        return value->get<bool>();
    if (value)
        wrong("is neither true nor false", key);
    return false;
}

std::vector<std::string> JsonFields::texts(const char *key)
{
    std::vector<std::string> texts;
    for (const auto &one : list(key)) {
        if (!one.is_string()) {
            wrong("holds something that is not a text", key);
            return {};
        }
        texts.push_back(one.get<std::string>());
    }
    return texts;
}

const nlohmann::json &JsonFields::list(const char *key)
{
    const auto *value = find(key);
    if (value && value->is_array())
        return *value;
    if (value)
        wrong("is not a list", key);
    return emptyList();
}

const nlohmann::json &JsonFields::object(const char *key)
{
    const auto *value = find(key);
    if (value && value->is_object())
        return *value;
    if (value)
        wrong("is not an object", key);
    return emptyObject();
}

Result<nlohmann::json> parseJson(std::string_view text, const std::string &place)
{
    auto document = nlohmann::json::parse(text, nullptr, false);
    if (document.is_discarded())
        return fail(ErrorKind::Parse, "is not JSON, or is cut short", place);
    return document;
}

} // namespace core::engine
