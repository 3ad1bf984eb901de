// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/yaml_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core::yaml {

namespace {

bool has(const YAML::Node &object, const char *key)
{
    return object[key].IsDefined() && !object[key].IsNull();
}

template <class T>
std::optional<T> field(const YAML::Node &object, const char *key, std::string_view type)
{
    if (!has(object, key))
        return std::nullopt;
    try {
        return object[key].as<T>();
    } catch (const YAML::Exception &) {
        broken(object[key], fmt::format("{} must be {}", key, type));
    }
}

template <class T>
std::optional<T> within(const YAML::Node &object, const char *key, std::optional<T> value, T least, T most)
{
    const bool isWithin = !value || (*value >= least && *value <= most); // false for NaN
    if (!isWithin)
        broken(object[key], fmt::format("{} must be between {} and {}", key, least, most));
    return value;
}

} // namespace

void broken(const YAML::Node &node, std::string message)
{
    throw Broken{std::max(0, node.Mark().line) + 1, std::move(message)}; // an empty document has no place
}

void checkKeys(const YAML::Node &node, std::string_view what, std::initializer_list<std::string_view> known)
{
    if (!node.IsMap())
        broken(node, fmt::format("{} must be a mapping", what));
    std::set<std::string> seen;
    for (const auto &member : node) {
        const auto key = member.first.IsScalar() ? member.first.Scalar() : std::string("?");
        if (std::ranges::find(known, key) == known.end())
            broken(member.first, fmt::format("{} has no field \"{}\"", what, key));
        if (!seen.insert(key).second)
            broken(member.first, fmt::format("\"{}\" stands twice in {}", key, what));
    }
}

YAML::Node list(const YAML::Node &object, const char *key)
{
    if (has(object, key) && !object[key].IsSequence())
        broken(object[key], fmt::format("{} must be a list", key));
    return has(object, key) ? object[key] : YAML::Node(YAML::NodeType::Sequence);
}

std::string text(const YAML::Node &object, const char *key)
{
    return field<std::string>(object, key, "a string").value_or("");
}

std::string required(const YAML::Node &object, const char *key)
{
    auto found = text(object, key);
    if (found.empty())
        broken(object, fmt::format("{} is missing", key));
    return found;
}

std::optional<double> number(const YAML::Node &object, const char *key, double least, double most)
{
    return within(object, key, field<double>(object, key, "a number"), least, most);
}

std::optional<std::int64_t> whole(const YAML::Node &object, const char *key, std::int64_t least, std::int64_t most)
{
    return within(object, key, field<std::int64_t>(object, key, "a whole number"), least, most);
}

Result<void> readDocument(const std::string &content, const std::string &place, std::string_view schema,
                          const std::function<void(const YAML::Node &)> &read)
{
    try {
        const auto document = YAML::Load(content);
        if (!document.IsMap() || text(document, "schema") != schema)
            return fail(ErrorKind::Parse, fmt::format("schema must be {}", schema), place,
                        "this file is not what it should be, or of another version of Berth");
        read(document);
        return {};
    } catch (const Broken &error) {
        return fail(ErrorKind::Parse, error.message, fmt::format("{} line {}", place, error.line));
    } catch (const YAML::ParserException &error) {
        return fail(ErrorKind::Parse, "is not YAML: " + error.msg,
                    fmt::format("{} line {}", place, error.mark.line + 1));
    } catch (const YAML::Exception &error) {
        return fail(ErrorKind::Parse, "holds a value of the wrong type: " + error.msg,
                    fmt::format("{} line {}", place, error.mark.line + 1));
    }
}

} // namespace core::yaml
