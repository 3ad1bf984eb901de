// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/quota.h"

#include "core/scheduling/pod_spec.h"
#include "core/scheduling/scheduler_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core {

using nlohmann::json;

namespace {

using Amounts = AmountsOf<Quantity>;

const json &memberOf(const json &object, const char *key)
{
    static const json none;
    if (!object.is_object())
        return none;
    const auto found = object.find(key);
    return found == object.end() ? none : *found;
}

std::string textOf(const json &object, const char *key)
{
    const auto &value = memberOf(object, key);
    return value.is_null() ? std::string() : value.get<std::string>();
}

/// Throws what nlohmann throws, and Error for a quantity that is none.
Amounts amountsOf(const json &list, const std::string &path)
{
    Amounts out;
    for (const auto &[name, value] : list.items()) {
        auto amount = Quantity::parseJson(value.dump());
        if (!amount)
            throw Error{ErrorKind::Parse, fmt::format("{}.{} must be a quantity", path, name), {}, {}};
        out.try_emplace(name, *std::move(amount));
    }
    return out;
}

std::vector<QuotaScope> scopesOf(const json &spec)
{
    std::vector<QuotaScope> out;
    for (const auto &name : memberOf(spec, "scopes"))
        out.push_back({name.get<std::string>(), "Exists", {}});
    for (const auto &one : memberOf(memberOf(spec, "scopeSelector"), "matchExpressions"))
        out.push_back(
            {textOf(one, "scopeName"), textOf(one, "operator"), one.value("values", std::vector<std::string>())});
    return out;
}

/// Is the pod in the scope? nullopt when the scope is not known here.
std::optional<bool> isIn(const QuotaScope &scope, const json &spec, bool bestEffort)
{
    const bool plain = scope.op == "Exists";
    const bool terminating = !memberOf(spec, "activeDeadlineSeconds").is_null();
    if (plain && scope.name == "Terminating")
        return terminating;
    if (plain && scope.name == "NotTerminating")
        return !terminating;
    if (plain && scope.name == "BestEffort")
        return bestEffort;
    if (plain && scope.name == "NotBestEffort")
        return !bestEffort;
    if (scope.name != "PriorityClass")
        return std::nullopt;
    const auto priority = textOf(spec, "priorityClassName");
    const bool listed = std::ranges::find(scope.values, priority) != scope.values.end();
    if (scope.op == "In")
        return listed;
    if (scope.op == "NotIn")
        return !listed;
    return scope.op == "Exists" ? !priority.empty() : priority.empty();
}

bool isCompute(std::string_view resource)
{
    return resource == "cpu" || resource == "memory" || resource == "ephemeral-storage";
}

/// What one pod counts for, by quota name.
Amounts usageOf(const PodAsk<Quantity> &ask)
{
    Amounts usage{{"pods", Quantity(Decimal(1))}, {"count/pods", Quantity(Decimal(1))}};
    for (const auto &[name, amount] : podRequests(ask)) {
        if (isCompute(name) || name.starts_with("hugepages-"))
            usage[name] = amount;
        if (isCompute(name) || name.starts_with("hugepages-") || isExtendedResource(name))
            usage["requests." + name] = amount;
    }
    for (const auto &[name, amount] : podLimits(ask))
        if (isCompute(name))
            usage["limits." + name] = amount;
    return usage;
}

bool says(const PodAsk<Quantity> &ask, bool limits, std::string_view resource)
{
    const auto named = [&](const Requirements<Quantity> &own) {
        return (limits ? own.limits : own.requests).contains(resource);
    };
    if (ask.podLevel && named(*ask.podLevel))
        return true;
    const auto all = [&](const auto &containers) {
        return std::ranges::all_of(containers, [&](const auto &one) { return named(one.resources); });
    };
    return all(ask.containers) && all(ask.initContainers);
}

/// cpu and memory that the quota counts must be named by every container.
std::optional<std::string> unsaid(const Quota &quota, const PodAsk<Quantity> &ask)
{
    struct Name {
        const char *quota, *resource;
        bool limits;
    };
    static constexpr std::array<Name, 6> names{
        Name{"cpu", "cpu", false},       Name{"requests.cpu", "cpu", false},
        Name{"memory", "memory", false}, Name{"requests.memory", "memory", false},
        Name{"limits.cpu", "cpu", true}, Name{"limits.memory", "memory", true}};
    for (const auto &name : names)
        if (quota.hard.contains(name.quota) && !says(ask, name.limits, name.resource))
            return name.quota;
    return std::nullopt;
}

void appendExceeded(const Quota &quota, const Amounts &usage, std::vector<QuotaProblem> &problems)
{
    for (const auto &[name, hard] : quota.hard) {
        const auto asked = usage.find(name);
        if (asked == usage.end() || asked->second.amount().isZero())
            continue;
        auto left = hard;
        if (const auto used = quota.used.find(name); used != quota.used.end())
            left.subtract(used->second);
        if (asked->second > left)
            problems.push_back({QuotaProblem::Kind::Exceeded, &quota, name, asked->second, left});
    }
}

} // namespace

Result<Quota> readQuota(const json &quota)
{
    Quota out;
    try {
        const auto &metadata = memberOf(quota, "metadata");
        out.nameSpace = textOf(metadata, "namespace");
        out.name = textOf(metadata, "name");
        const auto &status = memberOf(quota, "status");
        // Before the controller has counted, only the spec says what is allowed.
        const bool counted = !memberOf(status, "hard").is_null();
        out.hard = counted ? amountsOf(memberOf(status, "hard"), "status.hard")
                           : amountsOf(memberOf(memberOf(quota, "spec"), "hard"), "spec.hard");
        out.used = amountsOf(memberOf(status, "used"), "status.used");
        out.scopes = scopesOf(memberOf(quota, "spec"));
        return out;
    } catch (const json::exception &) {
        return fail(ErrorKind::Parse, "a field has the wrong type", "ResourceQuota " + out.name);
    } catch (const Error &error) {
        return fail(ErrorKind::Parse, error.message, "ResourceQuota " + out.name);
    }
}

Result<std::vector<QuotaProblem>> quotaProblems(const std::vector<Quota> &quotas, const json &pod,
                                                const std::string &nameSpace)
{
    auto ask = readPodAsk<Quantity>(pod);
    if (!ask)
        return std::unexpected(ask.error());
    applyDefaults(*ask);
    const auto usage = usageOf(*ask);
    const bool bestEffort = !usage.contains("cpu") && !usage.contains("memory") && !usage.contains("limits.cpu")
        && !usage.contains("limits.memory");
    const auto &spec = memberOf(pod, "spec");
    std::vector<QuotaProblem> problems;
    for (const auto &quota : quotas) {
        if (quota.nameSpace != nameSpace)
            continue;
        bool applies = true;
        const QuotaScope *odd = nullptr;
        for (const auto &scope : quota.scopes) {
            const auto in = isIn(scope, spec, bestEffort);
            applies = applies && in.value_or(true);
            odd = in ? odd : &scope;
        }
        if (!applies)
            continue;
        if (odd)
            problems.push_back({QuotaProblem::Kind::Unknown, &quota, odd->name, {}, {}});
        else if (const auto resource = unsaid(quota, *ask))
            problems.push_back({QuotaProblem::Kind::Unsaid, &quota, *resource, {}, {}});
        else
            appendExceeded(quota, usage, problems);
    }
    return problems;
}

} // namespace core
