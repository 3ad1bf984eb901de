// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/access_review.h"

#include <fmt/ranges.h>

#include <condition_variable>
#include <mutex>

using namespace std::chrono_literals;

namespace app {

std::optional<core::Error> refusedByReview(core::KubeClient &client, const core::ApiResource &resource,
                                           const std::vector<std::string> &verbs, const std::stop_token &stop)
{
    std::vector<std::string> refused;
    for (const auto &verb : verbs)
        if (!client.mayI({verb, resource.group, resource.plural, {}}, stop).value_or(true))
            refused.push_back(verb);
    if (refused.empty())
        return std::nullopt;
    return core::Error{
        core::ErrorKind::Forbidden,
        fmt::format("you may not {} {} in all namespaces", fmt::join(refused, " or "), resource.plural),
        {},
        fmt::format("ask for a ClusterRole with the verbs {} on {}", fmt::join(verbs, ", "), resource.plural)};
}

void awaitAccess(core::KubeClient &client, const core::ApiResource &resource,
                 const std::function<void(const core::Error &)> &onRefused, const std::stop_token &stop)
{
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
        const auto refused = refusedByReview(client, resource, {"list", "watch"}, stop);
        if (!refused || stop.stop_requested())
            return;
        onRefused(*refused);
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, 60s, [] { return false; });
    }
}

} // namespace app
