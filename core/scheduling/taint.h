// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace core {

enum class TaintEffect { NoSchedule, PreferNoSchedule, NoExecute };

/// v1.Taint.
struct Taint {
    std::string key, value;
    TaintEffect effect = TaintEffect::NoSchedule;
    bool operator==(const Taint &) const = default;
};

/// v1.Toleration. An empty `op` means Equal; an empty effect tolerates every effect; an empty key with Exists, every
/// key.
struct Toleration {
    std::string key, op, value;
    std::optional<TaintEffect> effect;
    std::optional<std::int64_t> seconds; ///< tolerationSeconds
    bool operator==(const Toleration &) const = default;
};

/// Does the toleration tolerate the taint? `comparisonOperators` is the feature gate of Lt and Gt.
bool tolerates(const Toleration &toleration, const Taint &taint, bool comparisonOperators = false);
/// The first NoSchedule or NoExecute taint that none of the tolerations tolerates; nullptr when there is none.
const Taint *firstUntolerated(std::span<const Toleration> tolerations, std::span<const Taint> taints);

} // namespace core
