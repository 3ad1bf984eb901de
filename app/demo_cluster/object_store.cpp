// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/object_store.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace app {

using nlohmann::json;

namespace {

constexpr std::size_t pinnedLists = 16; ///< paged lists that can still be continued

std::string now()
{
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

ApiFailure expired(const std::string &what)
{
    return {410, "Expired", what};
}

/// "17:250" -> list 17, item 250.
std::optional<std::pair<std::uint64_t, std::size_t>> parseToken(const std::string &token)
{
    const auto colon = token.find(':');
    if (colon == std::string::npos)
        return std::nullopt;
    std::uint64_t id = 0;
    std::size_t at = 0;
    const auto *middle = token.data() + colon;
    const auto *end = token.data() + token.size();
    if (std::from_chars(token.data(), middle, id).ptr != middle || std::from_chars(middle + 1, end, at).ptr != end)
        return std::nullopt;
    return std::pair{id, at};
}

/// Everything but what every write touches.
json essence(json object)
{
    if (object.contains("metadata"))
        for (const auto *field : {"resourceVersion", "managedFields", "generation"})
            object["metadata"].erase(field);
    return object;
}

ApiFailure conflictFailure(const std::vector<FieldOwnership::Conflict> &conflicts)
{
    ApiFailure failure{409, "Conflict", {}};
    std::string list;
    for (const auto &conflict : conflicts) {
        failure.causes.push_back({{"reason", "FieldManagerConflict"},
                                  {"field", conflict.field},
                                  {"message", fmt::format("conflict with \"{}\"", conflict.manager)}});
        list += fmt::format("{}conflict with \"{}\": {}", list.empty() ? "" : ", ", conflict.manager, conflict.field);
    }
    failure.message =
        fmt::format("Apply failed with {} conflict{}: {}", conflicts.size(), conflicts.size() == 1 ? "" : "s", list);
    return failure;
}

} // namespace

const std::vector<ServedKind> &servedKinds()
{
    static const std::vector<ServedKind> kinds{
        {"", "v1", "nodes", "Node", "NodeList", false},
        {"", "v1", "namespaces", "Namespace", "NamespaceList", false},
        {"", "v1", "pods", "Pod", "PodList", true},
        {"", "v1", "services", "Service", "ServiceList", true},
        {"apps", "v1", "deployments", "Deployment", "DeploymentList", true},
        {"apps", "v1", "replicasets", "ReplicaSet", "ReplicaSetList", true},
        {"node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", "RuntimeClassList", false},
        {"resource.k8s.io", "v1", "resourceslices", "ResourceSlice", "ResourceSliceList", false},
        {"resource.k8s.io", "v1", "deviceclasses", "DeviceClass", "DeviceClassList", false},
        {"resource.k8s.io", "v1", "resourceclaims", "ResourceClaim", "ResourceClaimList", true},
        {"resource.k8s.io", "v1", "resourceclaimtemplates", "ResourceClaimTemplate", "ResourceClaimTemplateList", true},
    };
    return kinds;
}

ObjectStore::ObjectStore(std::size_t historyLimit) : m_historyLimit(historyLimit) {}

ApiResult<ObjectStore::Page> ObjectStore::list(const std::string &plural, const Filter &filter, std::size_t limit,
                                               const std::string &token)
{
    const std::lock_guard lock(m_lock);
    std::size_t from = 0;
    Pinned fresh;
    const Pinned *held = &fresh;
    if (!token.empty()) {
        const auto parsed = parseToken(token);
        if (!parsed)
            return std::unexpected(ApiFailure{400, "BadRequest", "continue key is not valid"});
        const auto found = std::ranges::find(m_pinned, parsed->first, &Pinned::id);
        if (found == m_pinned.end())
            return std::unexpected(
                expired("The provided continue parameter is too old to display a consistent list result. "
                        "You must start a new list without the continue parameter."));
        held = &*found;
        from = parsed->second;
    } else {
        fresh.version = m_version;
        for (const auto &[name, entry] : m_objects[plural])
            if (!filter || filter(*entry.object))
                fresh.items.push_back(entry.object);
    }
    from = std::min(from, held->items.size());
    const auto count = limit == 0 ? held->items.size() - from : std::min(limit, held->items.size() - from);
    Page page;
    page.version = held->version;
    page.items.assign(held->items.begin() + static_cast<std::ptrdiff_t>(from),
                      held->items.begin() + static_cast<std::ptrdiff_t>(from + count));
    page.remaining = static_cast<std::int64_t>(held->items.size() - from - count);
    if (page.remaining == 0)
        return page;
    auto id = held->id;
    if (held == &fresh) {
        id = fresh.id = m_nextList++;
        m_pinned.push_back(std::move(fresh));
        if (m_pinned.size() > pinnedLists)
            m_pinned.pop_front();
    }
    page.next = fmt::format("{}:{}", id, from + count);
    return page;
}

std::vector<ObjectPtr> ObjectStore::all(const std::string &plural) const
{
    const std::lock_guard lock(m_lock);
    std::vector<ObjectPtr> objects;
    if (const auto kind = m_objects.find(plural); kind != m_objects.end())
        for (const auto &[name, entry] : kind->second)
            objects.push_back(entry.object);
    return objects;
}

ObjectPtr ObjectStore::find(const std::string &plural, const std::string &nameSpace, const std::string &name) const
{
    const std::lock_guard lock(m_lock);
    const auto kind = m_objects.find(plural);
    if (kind == m_objects.end())
        return nullptr;
    const auto found = kind->second.find(key(nameSpace, name));
    return found == kind->second.end() ? nullptr : found->second.object;
}

void ObjectStore::store(const ServedKind &kind, Entry entry, json object, const std::string &type)
{
    auto &metadata = object["metadata"];
    metadata["resourceVersion"] = std::to_string(++m_version);
    metadata["managedFields"] = entry.owners.managedFields(kind.apiVersion());
    entry.object = std::make_shared<const json>(std::move(object));
    m_history.push_back({m_version, kind.plural, type, entry.object});
    const auto &stored = *entry.object;
    const auto place =
        key(kind.namespaced ? stored["metadata"].value("namespace", "default") : "", stored["metadata"]["name"]);
    m_objects[kind.plural][place] = std::move(entry);
    while (m_history.size() > m_historyLimit) {
        m_firstKept = m_history.front().version;
        m_history.pop_front();
    }
    m_changed.notify_all();
}

ApiResult<ObjectStore::Applied> ObjectStore::apply(const ServedKind &kind, const std::string &nameSpace,
                                                   const std::string &name, const json &applied, const ApplyCall &call,
                                                   const std::function<ApiResult<void>(json &)> &finish)
{
    const std::lock_guard lock(m_lock);
    auto &objects = m_objects[kind.plural];
    const auto found = objects.find(key(kind.namespaced ? nameSpace : "", name));
    const bool created = found == objects.end();
    auto entry = created ? Entry{} : found->second;
    auto live = created ? json{{"apiVersion", kind.apiVersion()}, {"kind", kind.kind}, {"metadata", {{"name", name}}}}
                        : *entry.object;
    if (created) {
        if (kind.namespaced)
            live["metadata"]["namespace"] = nameSpace;
        live["metadata"]["uid"] = fmt::format("00000000-0000-4000-8000-{:012x}", m_nextUid++);
        live["metadata"]["creationTimestamp"] = now();
        live["metadata"]["generation"] = 1;
    }
    auto merged = entry.owners.apply(live, applied, call.manager, call.force);
    if (!merged)
        return std::unexpected(conflictFailure(merged.error()));
    if (auto ok = finish(*merged); !ok)
        return std::unexpected(ok.error());
    if (!created && (*merged).value("spec", json()) != live.value("spec", json()))
        (*merged)["metadata"]["generation"] = live["metadata"].value("generation", 1) + 1;
    const bool same = !created && essence(*merged) == essence(live)
        && entry.owners.managedFields(kind.apiVersion()) == live["metadata"]["managedFields"];
    if (call.dryRun || same) {
        (*merged)["metadata"]["managedFields"] = entry.owners.managedFields(kind.apiVersion());
        return Applied{std::move(*merged), created};
    }
    store(kind, std::move(entry), std::move(*merged), created ? "ADDED" : "MODIFIED");
    return Applied{*objects.at(key(kind.namespaced ? nameSpace : "", name)).object, created};
}

void ObjectStore::put(const ServedKind &kind, json object, const std::string &manager)
{
    const std::lock_guard lock(m_lock);
    auto &metadata = object["metadata"];
    const auto place = key(kind.namespaced ? metadata.value("namespace", "default") : "", metadata.at("name"));
    const bool existed = m_objects[kind.plural].contains(place);
    object["apiVersion"] = kind.apiVersion();
    object["kind"] = kind.kind;
    metadata["uid"] = fmt::format("00000000-0000-4000-8000-{:012x}", m_nextUid++);
    if (!metadata.contains("creationTimestamp"))
        metadata["creationTimestamp"] = now();
    Entry entry;
    entry.owners.update(json::object(), object, manager);
    store(kind, std::move(entry), std::move(object), existed ? "MODIFIED" : "ADDED");
}

bool ObjectStore::update(const ServedKind &kind, const std::string &nameSpace, const std::string &name,
                         const std::string &manager, const std::function<void(json &)> &change)
{
    const std::lock_guard lock(m_lock);
    auto &objects = m_objects[kind.plural];
    const auto found = objects.find(key(kind.namespaced ? nameSpace : "", name));
    if (found == objects.end())
        return false;
    auto entry = found->second;
    const auto before = *entry.object;
    auto after = before;
    change(after);
    if (after == before)
        return false;
    if (after.value("spec", json()) != before.value("spec", json()) && before["metadata"].contains("generation"))
        after["metadata"]["generation"] = before["metadata"]["generation"].get<int>() + 1;
    entry.owners.update(before, after, manager);
    store(kind, std::move(entry), std::move(after), "MODIFIED");
    return true;
}

ObjectPtr ObjectStore::remove(const std::string &plural, const std::string &nameSpace, const std::string &name)
{
    const std::lock_guard lock(m_lock);
    auto &objects = m_objects[plural];
    const auto found = objects.find(key(nameSpace, name));
    if (found == objects.end())
        return nullptr;
    auto last = *found->second.object;
    last["metadata"]["resourceVersion"] = std::to_string(++m_version);
    auto object = std::make_shared<const json>(std::move(last));
    objects.erase(found);
    m_history.push_back({m_version, plural, "DELETED", object});
    m_changed.notify_all();
    return object;
}

std::int64_t ObjectStore::version() const
{
    const std::lock_guard lock(m_lock);
    return m_version;
}

bool ObjectStore::isExpired(std::int64_t version) const
{
    const std::lock_guard lock(m_lock);
    return version < m_firstKept;
}

ApiResult<std::vector<StoreEvent>> ObjectStore::eventsAfter(const std::string &plural, std::int64_t &version,
                                                            std::chrono::milliseconds wait)
{
    std::unique_lock lock(m_lock);
    m_changed.wait_for(lock, wait, [&] { return m_version > version; });
    if (version < m_firstKept)
        return std::unexpected(expired(fmt::format("too old resource version: {} ({})", version, m_firstKept)));
    std::vector<StoreEvent> events;
    const auto first = std::ranges::upper_bound(m_history, version, {}, &StoreEvent::version);
    std::copy_if(first, m_history.end(), std::back_inserter(events),
                 [&](const StoreEvent &event) { return event.plural == plural; });
    version = std::max(version, m_version);
    return events;
}

void ObjectStore::waitForChange(std::int64_t version, std::chrono::milliseconds wait)
{
    std::unique_lock lock(m_lock);
    m_changed.wait_for(lock, wait, [&] { return m_version > version; });
}

void ObjectStore::wakeAll()
{
    m_changed.notify_all();
}

} // namespace app
