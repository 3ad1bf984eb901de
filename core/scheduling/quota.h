// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/pod_resources.h"

#include "core/base/error.h"

#include <nlohmann/json_fwd.hpp>

namespace core {

/// A scope that narrows a quota to some pods: `op` is In, NotIn, Exists or DoesNotExist; plain `scopes` are Exists.
struct QuotaScope {
    std::string name, op;
    std::vector<std::string> values;
    bool operator==(const QuotaScope &) const = default;
};

/// v1.ResourceQuota as the server last counted it.
struct Quota {
    std::string nameSpace, name;
    AmountsOf<Quantity> hard, used; ///< by quota name: "requests.cpu", "requests.nvidia.com/gpu", "pods"
    std::vector<QuotaScope> scopes;
    bool operator==(const Quota &) const = default;
};

/// A field of the wrong type, or a quantity that is none, is an error that names quota and field.
Result<Quota> readQuota(const nlohmann::json &quota);

/// Why the server would refuse to create a pod.
struct QuotaProblem {
    enum class Kind {
        Exceeded, ///< more would be used than the quota allows
        Unsaid,   ///< the quota counts a resource that a container does not name
        Unknown   ///< the quota has a scope that is not known here
    };
    Kind kind = Kind::Unknown;
    const Quota *quota = nullptr;
    std::string resource;  ///< quota name; of Unknown the scope
    Quantity needed, left; ///< of Exceeded; `left` may be negative
};

/// What the quotas of the pod's namespace say to one more copy of it, by the arithmetic of the admission plugin
/// ResourceQuota (pods, cpu, memory, ephemeral storage, huge pages, extended resources; requests and limits). `pod` is
/// a v1.Pod or a template; a namespace that it does not name is `nameSpace`. Errors as of readPodAsk(). Quotas on
/// device claims are not looked at.
Result<std::vector<QuotaProblem>> quotaProblems(const std::vector<Quota> &quotas, const nlohmann::json &pod,
                                                const std::string &nameSpace = "default");

} // namespace core
