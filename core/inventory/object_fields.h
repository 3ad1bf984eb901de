// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Typed access to simdjson's DOM for the readers of this folder: node_json.cpp, pod_json.cpp, dra_json.cpp.

#include "core/base/error.h"
#include "core/scheduling/resources.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace core::fields {

using Element = simdjson::dom::element;
using Object = simdjson::dom::object;
using Array = simdjson::dom::array;

/// Thrown inside the readers only, caught where they are entered: the path of the field that is wrong.
struct WrongType {
    std::string path, expected;
};

inline std::optional<Element> member(const Object &object, std::string_view key)
{
    Element value;
    if (object.at_key(key).get(value) != simdjson::SUCCESS || value.is_null())
        return std::nullopt;
    return value;
}

inline std::optional<Object> object(const Object &parent, std::string_view key)
{
    const auto value = member(parent, key);
    if (!value)
        return std::nullopt;
    Object out;
    if (value->get(out) != simdjson::SUCCESS)
        throw WrongType{std::string(key), "an object"};
    return out;
}

inline std::optional<Array> array(const Object &parent, std::string_view key)
{
    const auto value = member(parent, key);
    if (!value)
        return std::nullopt;
    Array out;
    if (value->get(out) != simdjson::SUCCESS)
        throw WrongType{std::string(key), "a list"};
    return out;
}

inline std::string_view text(const Object &parent, std::string_view key)
{
    const auto value = member(parent, key);
    std::string_view out;
    if (value && value->get(out) != simdjson::SUCCESS)
        throw WrongType{std::string(key), "a string"};
    return out;
}

inline bool flag(const Object &parent, std::string_view key)
{
    const auto value = member(parent, key);
    bool out = false;
    if (value && value->get(out) != simdjson::SUCCESS)
        throw WrongType{std::string(key), "true or false"};
    return out;
}

/// 0 when absent.
inline std::int64_t whole(const Object &parent, std::string_view key)
{
    const auto value = member(parent, key);
    std::int64_t out = 0;
    if (value && value->get(out) != simdjson::SUCCESS)
        throw WrongType{std::string(key), "a whole number"};
    return out;
}

/// Empty when absent.
inline std::vector<std::string> texts(const Object &parent, std::string_view key)
{
    std::vector<std::string> out;
    const auto list = array(parent, key);
    if (!list)
        return out;
    for (const auto element : *list) {
        std::string_view one;
        if (element.get(one) != simdjson::SUCCESS)
            throw WrongType{std::string(key), "a list of strings"};
        out.emplace_back(one);
    }
    return out;
}

inline Object asObject(const Element &element, std::string_view what)
{
    Object out;
    if (element.get(out) != simdjson::SUCCESS)
        throw WrongType{std::string(what), "an object"};
    return out;
}

/// A list of objects; empty when absent.
inline std::vector<Object> objects(const Object &parent, std::string_view key)
{
    std::vector<Object> out;
    if (const auto list = array(parent, key))
        for (const auto element : *list)
            out.push_back(asObject(element, key));
    return out;
}

/// A resource list; quantities may be strings or bare numbers. A value that is no quantity is an error with its name.
inline Resources resources(const Object &parent, std::string_view key)
{
    Resources out;
    const auto list = object(parent, key);
    if (!list)
        return out;
    for (const auto &[name, value] : *list) {
        std::string_view quantity;
        std::string printed;
        if (value.get(quantity) != simdjson::SUCCESS) {
            if (!value.is_number())
                throw WrongType{fmt::format("{}.{}", key, name), "a quantity"};
            printed = simdjson::minify(value);
            quantity = printed;
        }
        const auto amount = parseAmount(name, quantity);
        if (!amount)
            throw WrongType{fmt::format("{}.{}", key, name), fmt::format("a quantity, not \"{}\"", quantity)};
        out.try_emplace(name, *amount);
    }
    return out;
}

} // namespace core::fields
