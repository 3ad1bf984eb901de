// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// How a scenario's YAML is read; for the files of the scenario reader.

#include "app/demo_cluster/scenario.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace app::scenario_yaml {

/// Thrown inside the scenario reader only; becomes an Error with the line at loadScenario().
[[noreturn]] inline void refuse(const YAML::Node &at, const std::string &what)
{
    throw YAML::Exception(at.Mark(), what);
}

inline void allowOnly(const YAML::Node &map, std::initializer_list<std::string_view> fields)
{
    if (!map.IsMap())
        refuse(map, "a mapping is needed here");
    for (const auto &entry : map)
        if (std::ranges::find(fields, entry.first.Scalar()) == fields.end())
            refuse(entry.first, fmt::format("unknown field \"{}\"", entry.first.Scalar()));
}

/// `at`: where the scenario names the node.
inline void needNode(const YAML::Node &at, const std::string &node, const Scenario &scenario)
{
    if (std::ranges::none_of(scenario.nodes,
                             [&](const nlohmann::json &known) { return known["metadata"]["name"] == node; }))
        refuse(at, fmt::format("no node \"{}\"", node));
}

inline std::string text(const YAML::Node &map, const char *field, const std::string &fallback = {})
{
    return map[field] ? map[field].as<std::string>() : fallback;
}

/// A mapping of scalars, every value a string, as labels and quantities are.
inline nlohmann::json strings(const YAML::Node &map)
{
    auto object = nlohmann::json::object();
    if (map)
        for (const auto &entry : map)
            object[entry.first.Scalar()] = entry.second.Scalar();
    return object;
}

} // namespace app::scenario_yaml
