// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/kube_client.h"

namespace core {

/// What a reflector tells. All are called on the reflector's thread.
struct ReflectorHandlers {
    std::function<void()> onListBegin;                             ///< forget what was collected so far
    std::function<Result<void>(std::string_view page)> onListPage; ///< one raw page of the list
    std::function<void()> onListDone;                              ///< the list is complete and consistent
    /// The server has accepted the watch: after a list, after a clean end, and after trouble. May be empty.
    std::function<void()> onWatching = {};
    /// One watch event other than BOOKMARK and ERROR: "ADDED", "MODIFIED" or "DELETED", and the whole line.
    std::function<Result<void>(std::string_view type, std::string_view line)> onEvent;
    /// The connection is down or refused; it is tried again after `pause`.
    std::function<void(const Error &, std::chrono::milliseconds pause)> onTrouble;
    std::function<void(const Error &)> onBlind; ///< 401, 403 or 404: the user may not read this kind, or there is none
};

/// Pause after a failure: doubled from `first` up to `longest`, times a random share so that a fleet of clients does
/// not come back in step. Tests shorten it.
struct ReflectorTimes {
    std::chrono::milliseconds first{500}, longest{30'000};
};

/// Keeps one kind in sync until `stop`: lists in pages of 500, watches from the list's version with bookmarks, resumes
/// after a clean end, lists again on 410 (by status and by ERROR event), backs off with jitter up to 30 s.
/// `path` may carry a query, e.g. "?labelSelector=a%3Db". Resource versions are opaque. Blocks the caller's thread.
void runReflector(KubeClient &client, const std::string &path, const ReflectorHandlers &handlers, std::stop_token stop,
                  ReflectorTimes times = {});

} // namespace core
