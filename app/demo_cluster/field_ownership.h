// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include <expected>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace app {

/// One step into an object: a field name, or the key of an item of a keyed list ({"name":"main"}).
struct PathStep {
    std::string field;  ///< field name, empty for a list item
    nlohmann::json key; ///< object with the merge keys of a list item, null for a field
    auto operator<=>(const PathStep &other) const { return text() <=> other.text(); }
    bool operator==(const PathStep &other) const { return text() == other.text(); }
    std::string text() const; ///< as managedFields spells it: "f:image" or "k:{\"name\":\"main\"}"
};
using FieldPath = std::vector<PathStep>;
/// The values of an object that have an owner each, by their path.
using Leaves = std::map<FieldPath, nlohmann::json>;

/// As the API server prints it in conflicts: .spec.template.spec.containers[name="main"].image
std::string pathText(const FieldPath &path);

/// Who owns which leaf, as server-side apply tracks it. Lists are keyed where Kubernetes declares merge keys
/// (containers, env, volumes by name; volumeMounts by mountPath; ports by port and protocol), else atomic.
class FieldOwnership {
public:
    struct Conflict {
        std::string manager, field;
    };

    /// Merges what `manager` applies into `live`. Leaves another manager owns with another value are conflicts unless
    /// forced. Leaves that only `manager` owned and no longer applies are removed. On conflicts nothing changes.
    std::expected<nlohmann::json, std::vector<Conflict>>
    apply(const nlohmann::json &live, const nlohmann::json &applied, const std::string &manager, bool force);
    /// A write without apply (merge patch, a controller): the manager takes every leaf whose value it changed.
    void update(const nlohmann::json &before, const nlohmann::json &after, const std::string &manager);
    /// metadata.managedFields, ordered by manager.
    nlohmann::json managedFields(const std::string &apiVersion) const;

private:
    /// Leaves that others own and have with another value.
    std::vector<Conflict> conflictsOf(const Leaves &present, const Leaves &wanted, const std::string &manager) const;

    std::map<FieldPath, std::set<std::string>> m_owners;
    std::map<std::string, std::string> m_operation; ///< manager -> Apply or Update
};

} // namespace app
