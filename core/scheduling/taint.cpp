// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/taint.h"

#include <algorithm>
#include <charconv>

namespace core {

namespace {

/// A decimal integer as Kubernetes takes it for Gt and Lt: no sign but '-', no leading zero.
std::optional<std::int64_t> wholeNumber(const std::string &text)
{
    std::int64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || end != text.data() + text.size() || std::to_string(value) != text)
        return std::nullopt;
    return value;
}

bool compares(const Toleration &toleration, const Taint &taint)
{
    const auto wanted = wholeNumber(toleration.value);
    const auto has = wholeNumber(taint.value);
    if (!wanted || !has)
        return false;
    return toleration.op == "Gt" ? *has > *wanted : *has < *wanted;
}

} // namespace

bool tolerates(const Toleration &toleration, const Taint &taint, bool comparisonOperators)
{
    if (toleration.effect && *toleration.effect != taint.effect)
        return false;
    if (!toleration.key.empty() && toleration.key != taint.key)
        return false;
    if (toleration.op.empty() || toleration.op == "Equal")
        return toleration.value == taint.value && !toleration.key.empty();
    if (toleration.op == "Exists")
        return true;
    if (toleration.op == "Gt" || toleration.op == "Lt")
        return comparisonOperators && compares(toleration, taint);
    return false;
}

const Taint *firstUntolerated(std::span<const Toleration> tolerations, std::span<const Taint> taints)
{
    const auto found = std::find_if(taints.begin(), taints.end(), [&](const Taint &taint) {
        return taint.effect != TaintEffect::PreferNoSchedule
            && std::none_of(tolerations.begin(), tolerations.end(),
                            [&](const auto &toleration) { return tolerates(toleration, taint); });
    });
    return found == taints.end() ? nullptr : &*found;
}

} // namespace core
