// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/api_request.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace app {

using nlohmann::json;

namespace {

/// One "a=b" requirement of a selector against a dotted field or a label.
struct SelectorTerm {
    std::string key, value;
    bool equal = true, presence = false;
};

ApiResult<std::vector<SelectorTerm>> parseSelector(const std::string &text)
{
    std::vector<SelectorTerm> terms;
    for (auto part : text.empty() ? std::vector<std::string>{} : split(text, ',')) {
        SelectorTerm term;
        if (part.contains('('))
            return std::unexpected(ApiFailure{400, "BadRequest", "set-based selectors are not served here"});
        if (part.starts_with('!')) {
            term.equal = false;
            part.erase(0, 1);
        }
        const auto at = part.find('=');
        if (at == std::string::npos) {
            term.presence = true;
            term.key = part;
        } else {
            const bool negated = at > 0 && part[at - 1] == '!';
            term.equal = !negated;
            term.key = part.substr(0, at - (negated ? 1 : 0));
            term.value = part.substr(
                part.find_first_not_of('=', at) == std::string::npos ? part.size() : part.find_first_not_of('=', at));
        }
        terms.push_back(term);
    }
    return terms;
}

std::string fieldValue(const json &object, const std::string &field)
{
    const json::json_pointer path("/" + [&] {
        auto text = field;
        std::ranges::replace(text, '.', '/');
        return text;
    }());
    return object.contains(path) && object.at(path).is_string() ? object.at(path).get<std::string>() : std::string();
}

bool labelTermHolds(const SelectorTerm &term, const json &labels)
{
    const bool present = labels.contains(term.key);
    return (term.presence ? present : present && labels[term.key] == term.value) == term.equal;
}

json scalarToJson(const YAML::Node &node)
{
    const auto &text = node.Scalar();
    if (node.Tag() == "!") // quoted
        return text;
    if (text == "true" || text == "false")
        return text == "true";
    const auto parsed = json::parse(text, nullptr, false);
    return parsed.is_number() || parsed.is_null() ? parsed : json(text);
}

json yamlToJson(const YAML::Node &node, int depth = 0)
{
    if (depth > 64)
        throw YAML::Exception(node.Mark(), "nested too deeply");
    if (node.IsSequence()) {
        auto list = json::array();
        for (const auto &item : node)
            list.push_back(yamlToJson(item, depth + 1));
        return list;
    }
    if (node.IsMap()) {
        auto object = json::object();
        for (const auto &entry : node)
            object[entry.first.Scalar()] = yamlToJson(entry.second, depth + 1);
        return object;
    }
    return node.IsScalar() ? scalarToJson(node) : json();
}

} // namespace

std::vector<std::string> split(const std::string &text, char separator)
{
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (auto at = text.find(separator); at != std::string::npos; from = at + 1, at = text.find(separator, from))
        parts.push_back(text.substr(from, at - from));
    parts.push_back(text.substr(from));
    return parts;
}

std::optional<Place> parsePlace(const std::string &path)
{
    auto parts = split(path, '/');
    parts.erase(parts.begin()); // before the leading slash
    const bool core = parts.size() >= 3 && parts[0] == "api" && parts[1] == "v1";
    const bool grouped = parts.size() >= 4 && parts[0] == "apis";
    if (!core && !grouped)
        return std::nullopt;
    const auto group = core ? std::string() : parts[1];
    parts.erase(parts.begin(), parts.begin() + (core ? 2 : 3));
    Place place;
    if (parts.size() >= 3 && parts[0] == "namespaces") {
        place.nameSpace = parts[1];
        parts.erase(parts.begin(), parts.begin() + 2);
    }
    if (parts.size() > 2 || parts.empty())
        return std::nullopt;
    const auto found = std::ranges::find_if(
        servedKinds(), [&](const auto &kind) { return kind.group == group && kind.plural == parts[0]; });
    if (found == servedKinds().end() || (!place.nameSpace.empty() && !found->namespaced))
        return std::nullopt;
    place.kind = &*found;
    place.name = parts.size() == 2 ? parts[1] : std::string();
    return place;
}

std::optional<std::int64_t> number(const std::string &text)
{
    std::int64_t value = 0;
    const auto *end = text.data() + text.size();
    const auto [rest, failed] = std::from_chars(text.data(), end, value);
    return failed == std::errc() && rest == end && value >= 0 ? std::optional(value) : std::nullopt;
}

ApiResult<ObjectStore::Filter> makeFilter(const std::string &fieldSelector, const std::string &labelSelector,
                                          const Place &place)
{
    auto fields = parseSelector(fieldSelector);
    auto labels = parseSelector(labelSelector);
    if (!fields || !labels)
        return std::unexpected(fields ? labels.error() : fields.error());
    for (const auto &term : *fields)
        if (!std::ranges::count(std::array{"metadata.name", "metadata.namespace", "spec.nodeName", "status.phase"},
                                term.key))
            return std::unexpected(
                ApiFailure{400, "BadRequest", fmt::format("field label not supported: {}", term.key)});
    return [fields = *fields, labels = *labels, place](const json &object) {
        const auto &metadata = object["metadata"];
        const auto own = metadata.value("labels", json::object());
        return (place.nameSpace.empty() || metadata.value("namespace", "") == place.nameSpace)
            && (place.name.empty() || metadata["name"] == place.name)
            && std::ranges::all_of(
                   fields, [&](const auto &term) { return (fieldValue(object, term.key) == term.value) == term.equal; })
            && std::ranges::all_of(labels, [&](const auto &term) { return labelTermHolds(term, own); });
    };
}

ApiResult<json> parseBody(const std::string &body)
{
    auto parsed = json::parse(body, nullptr, false);
    try {
        if (parsed.is_discarded())
            parsed = yamlToJson(YAML::Load(body));
    } catch (const YAML::Exception &error) {
        return std::unexpected(ApiFailure{400, "BadRequest", fmt::format("error decoding YAML: {}", error.what())});
    }
    if (!parsed.is_object())
        return std::unexpected(ApiFailure{400, "BadRequest", "the body is not an object"});
    return parsed;
}

} // namespace app
