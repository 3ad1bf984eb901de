// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node_json.h"

#include <nlohmann/json.hpp>

#include <QtTest>

namespace sample {

inline const core::Catalog &catalog()
{
    static const auto loaded = core::loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
    return *loaded;
}

/// A node as the API server would send it, with labels and device counts as JSON objects.
inline std::string nodeJson(const std::string &labels, const std::string &capacity, const std::string &allocatable)
{
    return R"({"metadata":{"name":"n","labels":)" + labels + R"(},"status":{"capacity":)" + capacity
        + R"(,"allocatable":)" + allocatable + R"(,"conditions":[{"type":"Ready","status":"True"}]}})";
}

inline core::Node node(const std::string &labels, const std::string &capacity, const std::string &allocatable)
{
    const auto parsed = core::parseNode(nodeJson(labels, capacity, allocatable), catalog());
    if (!parsed)
        QTest::qFail(core::describe(parsed.error()).c_str(), __FILE__, __LINE__);
    return parsed ? **parsed : core::Node();
}
inline core::Node node(const std::string &labels, const std::string &capacity)
{
    return node(labels, capacity, capacity);
}

} // namespace sample
