// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/hami.h"

#include "core/inventory/label_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace core {

using nlohmann::json;

namespace {

std::optional<int> small(std::string_view text)
{
    const auto value = LabelReader::parseNumber(text);
    return value && *value >= 0 && *value <= 1'000'000 ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

std::optional<HamiDevice> fromFields(std::string_view record)
{
    std::vector<std::string_view> fields;
    for (std::size_t from = 0; from <= record.size();) {
        const auto comma = std::min(record.find(',', from), record.size());
        fields.push_back(record.substr(from, comma - from));
        from = comma + 1;
    }
    if (fields.size() < 7)
        return std::nullopt;
    const auto split = small(fields[1]);
    const auto memory = LabelReader::parseNumber(fields[2]);
    const auto cores = small(fields[3]);
    if (!split || !memory || *memory < 0 || !cores)
        return std::nullopt;
    return HamiDevice{
        std::string(fields[0]), *split, *memory, *cores, std::string(fields[4]), small(fields[5]).value_or(0),
        fields[6] == "true"};
}

int intOf(const json &device, const char *key)
{
    const auto found = device.find(key);
    if (found == device.end() || !found->is_number_integer())
        return 0;
    return static_cast<int>(std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, std::numeric_limits<int>::max()));
}

std::string textOf(const json &device, const char *key)
{
    const auto found = device.find(key);
    return found != device.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<HamiDevice> fromJson(std::string_view annotation)
{
    std::vector<HamiDevice> out;
    const auto list = json::parse(annotation, nullptr, false);
    if (!list.is_array())
        return out;
    for (const auto &device : list)
        if (device.is_object() && !textOf(device, "id").empty())
            out.push_back({textOf(device, "id"), intOf(device, "count"), intOf(device, "devmem"),
                           intOf(device, "devcore"), textOf(device, "type"), intOf(device, "numa"),
                           device.contains("health") && device["health"] == true});
    return out;
}

} // namespace

std::vector<HamiDevice> parseHamiRegister(std::string_view annotation)
{
    if (annotation.starts_with('['))
        return fromJson(annotation);
    std::vector<HamiDevice> out;
    for (std::size_t from = 0; from < annotation.size();) {
        const auto colon = std::min(annotation.find(':', from), annotation.size());
        if (auto device = fromFields(annotation.substr(from, colon - from)))
            out.push_back(std::move(*device));
        from = colon + 1;
    }
    return out;
}

std::vector<HamiDevice> hamiDevices(const Node &node)
{
    const auto found = node.annotations.find("hami.io/node-nvidia-register");
    return found == node.annotations.end() ? std::vector<HamiDevice>() : parseHamiRegister(found->second);
}

} // namespace core
