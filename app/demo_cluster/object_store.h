// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo_cluster/field_ownership.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace app {

/// A Kubernetes Status: why the server says no.
struct ApiFailure {
    int code = 500;
    std::string reason, message;
    nlohmann::json causes = nlohmann::json::array(); ///< details.causes
};
template <class T>
using ApiResult = std::expected<T, ApiFailure>;

using ObjectPtr = std::shared_ptr<const nlohmann::json>;

/// A kind the demo cluster serves.
struct ServedKind {
    std::string group, version, plural, kind, listKind;
    bool namespaced = true;
    std::string apiVersion() const { return group.empty() ? version : group + "/" + version; }
};
const std::vector<ServedKind> &servedKinds();

/// One change, as a watch tells it.
struct StoreEvent {
    std::int64_t version = 0;
    std::string plural, type; ///< ADDED, MODIFIED, DELETED
    ObjectPtr object;
};

/// What the demo API server keeps: objects by kind and "namespace/name", one version counter, a bounded history for
/// watches and pinned lists for paging. Any thread may call; every call takes one lock.
class ObjectStore {
public:
    /// `historyLimit`: events kept; a watch from before them is Expired.
    explicit ObjectStore(std::size_t historyLimit = 4096);

    struct Page {
        std::vector<ObjectPtr> items;
        std::int64_t version = 0, remaining = 0;
        std::string next;
    };
    using Filter = std::function<bool(const nlohmann::json &)>;
    /// One page of a consistent list; `limit` 0 = everything. A token whose list is no longer held is Expired.
    ApiResult<Page> list(const std::string &plural, const Filter &filter, std::size_t limit, const std::string &token);
    std::vector<ObjectPtr> all(const std::string &plural) const;
    ObjectPtr find(const std::string &plural, const std::string &nameSpace, const std::string &name) const;

    struct Applied {
        nlohmann::json object;
        bool created = false;
    };
    struct ApplyCall {
        std::string manager;
        bool force = false, dryRun = false;
    };
    /// Server-side apply. `finish` validates and adds defaults to the merged object before it is stored.
    ApiResult<Applied> apply(const ServedKind &kind, const std::string &nameSpace, const std::string &name,
                             const nlohmann::json &applied, const ApplyCall &call,
                             const std::function<ApiResult<void>(nlohmann::json &)> &finish);
    /// Adds an object, or replaces it, in the name of `manager`.
    void put(const ServedKind &kind, nlohmann::json object, const std::string &manager);
    /// Changes an object in place; false when it is not there or nothing changed.
    bool update(const ServedKind &kind, const std::string &nameSpace, const std::string &name,
                const std::string &manager, const std::function<void(nlohmann::json &)> &change);
    ObjectPtr remove(const std::string &plural, const std::string &nameSpace, const std::string &name);

    std::int64_t version() const;
    bool isExpired(std::int64_t version) const; ///< history before it is gone
    /// Events of a kind after `version`; waits up to `wait` for the first. `version` moves to the newest seen.
    ApiResult<std::vector<StoreEvent>> eventsAfter(const std::string &plural, std::int64_t &version,
                                                   std::chrono::milliseconds wait);
    /// Waits until something changed after `version`, at most `wait`.
    void waitForChange(std::int64_t version, std::chrono::milliseconds wait);
    void wakeAll();

private:
    struct Entry {
        ObjectPtr object;
        FieldOwnership owners;
    };
    struct Pinned {
        std::uint64_t id = 0;
        std::vector<ObjectPtr> items;
        std::int64_t version = 0;
    };
    void store(const ServedKind &kind, Entry entry, nlohmann::json object, const std::string &type);
    static std::string key(const std::string &nameSpace, const std::string &name) { return nameSpace + "/" + name; }

    mutable std::mutex m_lock;
    std::condition_variable m_changed;
    std::map<std::string, std::map<std::string, Entry>> m_objects;
    std::deque<StoreEvent> m_history;
    std::deque<Pinned> m_pinned;
    std::size_t m_historyLimit;
    std::int64_t m_version = 1000, m_firstKept = 1000;
    std::uint64_t m_nextList = 1;
    std::uint64_t m_nextUid = 1;
};

} // namespace app
