// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace core {

/// `Unset` is the empty effect: the API server refuses it on a node, but tools print and compare such taints.
enum class TaintEffect { NoSchedule, PreferNoSchedule, NoExecute, Unset };

/// v1.Taint.
struct Taint {
    std::string key, value;
    TaintEffect effect = TaintEffect::NoSchedule;
    bool operator==(const Taint &) const = default;
};

/// v1.Toleration. An empty `op` means Equal; an empty effect tolerates every effect; an empty key, every key.
struct Toleration {
    std::string key, op, value;
    std::optional<TaintEffect> effect;
    std::optional<std::int64_t> seconds; ///< tolerationSeconds
    bool operator==(const Toleration &) const = default;
};

/// "NoSchedule" and its like; "" is Unset. nullopt for any other word.
std::optional<TaintEffect> taintEffect(std::string_view word);
/// The reverse of taintEffect.
std::string_view effectName(TaintEffect effect);
/// "key=value:Effect" without the parts that are empty, as kubectl writes it (api core/v1 Taint.ToString).
std::string taintText(const Taint &taint);
/// Same key and effect: such taints exclude each other on one node, whatever their values (Taint.MatchTaint).
bool sameTaint(const Taint &a, const Taint &b);

/// Is the taint's value greater ("Gt") or less ("Lt") than the toleration's? False for any other operator and when one
/// of them is no decimal integer in canonical form ("+1", "01" and "-0" are not) or does not fit 64 bits.
bool comparesNumerically(std::string_view op, const std::string &tolerationValue, const std::string &taintValue);
/// Does the toleration tolerate the taint? `comparisonOperators` is the feature gate of Lt and Gt, off by default up to
/// Kubernetes 1.36 (api core/v1 Toleration.ToleratesTaint).
bool tolerates(const Toleration &toleration, const Taint &taint, bool comparisonOperators = false);
/// Does one of them?
bool anyTolerates(std::span<const Toleration> tolerations, const Taint &taint, bool comparisonOperators = false);
/// The first NoSchedule or NoExecute taint that none of the tolerations tolerates; nullptr when there is none.
const Taint *firstUntolerated(std::span<const Toleration> tolerations, std::span<const Taint> taints,
                              bool comparisonOperators = false);

} // namespace core
