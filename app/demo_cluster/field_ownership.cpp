// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/field_ownership.h"

#include <algorithm>
#include <array>

namespace app {

using nlohmann::json;

namespace {

/// Merge keys of the lists of the kinds the demo cluster serves (k8s.io/api "patchMergeKey"/"listMapKey" markers).
std::vector<std::string> mergeKeys(const std::string &field, const json &list)
{
    static const std::map<std::string, std::vector<std::string>, std::less<>> byName{
        {"containers", {"name"}},       {"initContainers", {"name"}},    {"env", {"name"}},       {"volumes", {"name"}},
        {"imagePullSecrets", {"name"}}, {"volumeMounts", {"mountPath"}}, {"conditions", {"type"}}};
    if (const auto found = byName.find(field); found != byName.end())
        return found->second;
    if (field == "ports" && !list.empty())
        return {list.front().contains("containerPort") ? "containerPort" : "port"};
    return {};
}

bool everyItemHas(const json &list, const std::vector<std::string> &keys)
{
    return !keys.empty() && std::ranges::all_of(list, [&](const json &item) {
        return item.is_object() && std::ranges::all_of(keys, [&](const auto &key) { return item.contains(key); });
    });
}

PathStep itemStep(const json &item, const std::vector<std::string> &keys)
{
    auto key = json::object();
    for (const auto &name : keys)
        key[name] = item.at(name);
    return {{}, key};
}

void collect(const json &value, const FieldPath &path, Leaves &leaves)
{
    if (value.is_object() && !value.empty()) {
        for (const auto &[name, child] : value.items()) {
            auto next = path;
            next.push_back({name, nullptr});
            collect(child, next, leaves);
        }
        return;
    }
    const auto keys =
        value.is_array() && !path.empty() ? mergeKeys(path.back().field, value) : std::vector<std::string>{};
    if (!value.is_array() || value.empty() || !everyItemHas(value, keys)) {
        leaves[path] = value;
        return;
    }
    for (const auto &item : value) {
        auto next = path;
        next.push_back(itemStep(item, keys));
        collect(item, next, leaves);
    }
}

/// Identity and what the server writes are owned by nobody.
bool isIdentity(const FieldPath &path)
{
    static constexpr std::array metadata{"name",       "namespace",    "uid", "resourceVersion", "creationTimestamp",
                                         "generation", "managedFields"};
    if (path.size() == 1)
        return path[0].field == "apiVersion" || path[0].field == "kind";
    return path.size() >= 2 && path[0].field == "metadata"
        && std::ranges::find(metadata, path[1].field) != metadata.end();
}

Leaves leavesOf(const json &object)
{
    Leaves all;
    collect(object, {}, all);
    std::erase_if(all, [](const auto &leaf) { return isIdentity(leaf.first); });
    return all;
}

bool matches(const json &item, const json &key)
{
    return item.is_object() && std::ranges::all_of(key.items(), [&](const auto &part) {
               return item.contains(part.key()) && item.at(part.key()) == part.value();
           });
}

/// The child at a step; with `create`, made when missing.
json *descend(json &at, const PathStep &step, bool create)
{
    if (step.key.is_null()) {
        if (!at.is_object()) {
            if (!create)
                return nullptr;
            at = json::object();
        }
        if (!create && !at.contains(step.field))
            return nullptr;
        return &at[step.field];
    }
    if (!at.is_array()) {
        if (!create)
            return nullptr;
        at = json::array();
    }
    const auto found = std::ranges::find_if(at, [&](const json &item) { return matches(item, step.key); });
    if (found != at.end())
        return &*found;
    if (!create)
        return nullptr;
    at.push_back(step.key);
    return &at.back();
}

json *find(json &root, const FieldPath &path, bool create)
{
    auto *at = &root;
    for (const auto &step : path) {
        at = descend(*at, step, create);
        if (at == nullptr)
            return nullptr;
    }
    return at;
}

/// True when nothing but the merge keys is left of a list item.
bool isHollow(const json &value, const PathStep &step)
{
    return step.key.is_null() ? (value.is_object() || value.is_array()) && value.empty()
                              : value.empty() || value == step.key;
}

void eraseStep(json &parent, const PathStep &step)
{
    if (step.key.is_null() && parent.is_object())
        parent.erase(step.field);
    else if (parent.is_array())
        std::erase_if(parent.get_ref<json::array_t &>(), [&](const json &item) { return matches(item, step.key); });
}

/// Removes a leaf, then the containers it leaves empty.
void remove(json &root, FieldPath path)
{
    for (bool first = true; path.size() > 1; first = false) {
        auto *value = find(root, path, false);
        if (value == nullptr || (!first && !isHollow(*value, path.back())))
            return;
        const auto step = path.back();
        path.pop_back();
        if (auto *parent = find(root, path, false))
            eraseStep(*parent, step);
    }
}

} // namespace

std::string PathStep::text() const
{
    return key.is_null() ? "f:" + field : "k:" + key.dump();
}

std::string pathText(const FieldPath &path)
{
    std::string text;
    for (const auto &step : path) {
        if (step.key.is_null()) {
            text += "." + step.field;
            continue;
        }
        std::string inside;
        for (const auto &[name, value] : step.key.items())
            inside += (inside.empty() ? "" : ",") + name + "=" + value.dump();
        text += "[" + inside + "]";
    }
    return text;
}

std::vector<FieldOwnership::Conflict> FieldOwnership::conflictsOf(const Leaves &present, const Leaves &wanted,
                                                                  const std::string &manager) const
{
    std::vector<Conflict> conflicts;
    for (const auto &[path, value] : wanted) {
        const auto owners = m_owners.find(path);
        const auto current = present.find(path);
        if (owners == m_owners.end() || (current != present.end() && current->second == value))
            continue;
        for (const auto &owner : owners->second)
            if (owner != manager)
                conflicts.push_back({owner, pathText(path)});
    }
    return conflicts;
}

std::expected<json, std::vector<FieldOwnership::Conflict>> FieldOwnership::apply(const json &live, const json &applied,
                                                                                 const std::string &manager, bool force)
{
    const auto wanted = leavesOf(applied);
    const auto present = leavesOf(live);
    const auto conflicts = force ? std::vector<Conflict>() : conflictsOf(present, wanted, manager);
    if (!conflicts.empty())
        return std::unexpected(conflicts);

    auto merged = live;
    for (auto owned = m_owners.begin(); owned != m_owners.end();) {
        if (wanted.contains(owned->first) || owned->second.erase(manager) == 0 || !owned->second.empty()) {
            ++owned;
            continue;
        }
        remove(merged, owned->first);
        owned = m_owners.erase(owned);
    }
    for (const auto &[path, value] : wanted) {
        const auto current = present.find(path);
        if (current == present.end() || current->second != value)
            m_owners[path].clear();
        m_owners[path].insert(manager);
        if (auto *place = find(merged, path, true))
            *place = value;
    }
    m_operation[manager] = "Apply";
    return merged;
}

void FieldOwnership::update(const json &before, const json &after, const std::string &manager)
{
    const auto old = leavesOf(before);
    const auto now = leavesOf(after);
    std::erase_if(m_owners, [&](const auto &owned) { return !now.contains(owned.first); });
    for (const auto &[path, value] : now) {
        const auto was = old.find(path);
        if (was != old.end() && was->second == value)
            continue;
        m_owners[path] = {manager};
        m_operation.try_emplace(manager, "Update");
    }
}

json FieldOwnership::managedFields(const std::string &apiVersion) const
{
    std::map<std::string, json> fields;
    for (const auto &[path, owners] : m_owners)
        for (const auto &owner : owners) {
            auto *at = &fields.try_emplace(owner, json::object()).first->second;
            for (const auto &step : path)
                at = &(*at)[step.text()];
            if (at->is_null())
                *at = json::object();
        }
    auto list = json::array();
    for (const auto &[manager, tree] : fields)
        list.push_back({{"manager", manager},
                        {"operation", m_operation.at(manager)},
                        {"apiVersion", apiVersion},
                        {"fieldsType", "FieldsV1"},
                        {"fieldsV1", tree}});
    return list;
}

} // namespace app
