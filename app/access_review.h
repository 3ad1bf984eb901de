// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/kube_client.h"

#include <optional>
#include <vector>

namespace app {

/// Asks before reading whether the user may do all of `verbs` with a kind in every namespace: one
/// SelfSubjectAccessReview a verb. nullopt when the user may, and also when the server cannot be asked: then the list
/// itself will tell. Otherwise a Forbidden error whose message names kind and verbs. Blocks.
std::optional<core::Error> refusedByReview(core::KubeClient &client, const core::ApiResource &resource,
                                           const std::vector<std::string> &verbs, const std::stop_token &stop = {});

/// The same again and again, once a minute, until the user may or `stop`. `onRefused` is called each time.
void awaitAccess(core::KubeClient &client, const core::ApiResource &resource,
                 const std::function<void(const core::Error &)> &onRefused, const std::stop_token &stop);

} // namespace app
