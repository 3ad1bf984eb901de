// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/taint.h"

#include <algorithm>
#include <charconv>

namespace core {

namespace {

/// A decimal integer in the one form Kubernetes takes for Gt and Lt: no sign but '-', no leading zero, no "-0".
std::optional<std::int64_t> wholeNumber(const std::string &text)
{
    std::int64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || end != text.data() + text.size() || std::to_string(value) != text)
        return std::nullopt;
    return value;
}

} // namespace

std::optional<TaintEffect> taintEffect(std::string_view word)
{
    if (word == "NoSchedule")
        return TaintEffect::NoSchedule;
    if (word == "PreferNoSchedule")
        return TaintEffect::PreferNoSchedule;
    if (word == "NoExecute")
        return TaintEffect::NoExecute;
    return word.empty() ? std::optional(TaintEffect::Unset) : std::nullopt;
}

std::string_view effectName(TaintEffect effect)
{
    switch (effect) {
    case TaintEffect::NoSchedule: return "NoSchedule";
    case TaintEffect::PreferNoSchedule: return "PreferNoSchedule";
    case TaintEffect::NoExecute: return "NoExecute";
    case TaintEffect::Unset: return "";
    }
    return "";
}

std::string taintText(const Taint &taint)
{
    auto text = taint.key;
    if (!taint.value.empty())
        text += "=" + taint.value;
    // A value without an effect keeps its colon; that is how the peer writes it.
    if (!taint.value.empty() || taint.effect != TaintEffect::Unset)
        text += ":";
    return text.append(effectName(taint.effect));
}

bool sameTaint(const Taint &a, const Taint &b)
{
    return a.key == b.key && a.effect == b.effect;
}

bool comparesNumerically(std::string_view op, const std::string &tolerationValue, const std::string &taintValue)
{
    const auto wanted = wholeNumber(tolerationValue);
    const auto has = wholeNumber(taintValue);
    if (!wanted || !has)
        return false;
    return op == "Gt" ? *has > *wanted : op == "Lt" && *has < *wanted;
}

bool tolerates(const Toleration &toleration, const Taint &taint, bool comparisonOperators)
{
    const bool anyEffect = !toleration.effect || *toleration.effect == TaintEffect::Unset;
    if (!anyEffect && *toleration.effect != taint.effect)
        return false;
    if (!toleration.key.empty() && toleration.key != taint.key)
        return false;
    if (toleration.op.empty() || toleration.op == "Equal")
        return toleration.value == taint.value;
    if (toleration.op == "Exists")
        return true;
    return comparisonOperators && comparesNumerically(toleration.op, toleration.value, taint.value);
}

bool anyTolerates(std::span<const Toleration> tolerations, const Taint &taint, bool comparisonOperators)
{
    return std::ranges::any_of(
        tolerations, [&](const Toleration &toleration) { return tolerates(toleration, taint, comparisonOperators); });
}

const Taint *firstUntolerated(std::span<const Toleration> tolerations, std::span<const Taint> taints,
                              bool comparisonOperators)
{
    const auto found = std::ranges::find_if(taints, [&](const Taint &taint) {
        const bool keepsPodsOff = taint.effect == TaintEffect::NoSchedule || taint.effect == TaintEffect::NoExecute;
        return keepsPodsOff && !anyTolerates(tolerations, taint, comparisonOperators);
    });
    return found == taints.end() ? nullptr : &*found;
}

} // namespace core
