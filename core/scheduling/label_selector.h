// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/scheduling/node_affinity.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// Label selectors by the rules of apimachinery v0.36: pkg/labels (the texts of `kubectl -l` and of list requests) and
// metav1.LabelSelector (the objects in specs). Values; any thread.

enum class LabelOperator { In, NotIn, Equals, DoubleEquals, NotEquals, Exists, DoesNotExist, GreaterThan, LessThan };

/// As Kubernetes calls it: in, notin, =, ==, !=, exists, !, gt, lt.
std::string_view labelOperatorName(LabelOperator op);
std::optional<LabelOperator> labelOperatorOf(std::string_view name);

/// One condition. `values` in the order given: "x in (b,a)" equals itself only, but prints sorted.
struct LabelRequirement {
    std::string key;
    LabelOperator op = LabelOperator::Exists;
    std::vector<std::string> values;
    bool operator==(const LabelRequirement &) const = default;
};

/// Conditions that must all hold; none of them selects everything.
struct LabelSelector {
    bool nothing = false; ///< selects no object, not even without conditions
    std::vector<LabelRequirement> requirements;
    bool operator==(const LabelSelector &) const = default;
};

/// The requirement when it is one; the error names every problem: bad key, bad value, wrong number of values (in and
/// notin need one at least, = == != gt lt exactly one, exists and ! none), gt and lt with something else than a 64-bit
/// integer.
Result<LabelRequirement> checkedRequirement(LabelRequirement requirement);
/// "x in (a,b)", "!x", "x>1".
std::string requirementText(const LabelRequirement &requirement);
/// notin, != and ! also hold without the label. gt and lt compare integers and fail on any other text.
bool matches(const LabelRequirement &requirement, const Labels &labels);

/// "app=vllm,tier in (a,b),!x,y>3", ordered by key. Spaces separate; "in" and "notin" are names where a name must be;
/// "x in ()" means the empty value, "x in (a,)" a or empty. An empty text selects everything.
Result<LabelSelector> parseLabelSelector(std::string_view text);
/// A metav1.LabelSelector {matchLabels, matchExpressions}: null selects nothing, {} everything.
Result<LabelSelector> readLabelSelector(const nlohmann::json &selector);
/// All these labels. Unchecked, as for labels that a server gave out.
LabelSelector selectorOf(const Labels &labels);

/// The text that parses to it again; empty for everything and for nothing.
std::string selectorText(const LabelSelector &selector);
bool matches(const LabelSelector &selector, const Labels &labels);
/// The one value that the first requirement on `label` leaves, if it leaves one.
std::optional<std::string> requiredValue(const LabelSelector &selector, std::string_view label);

/// A piece of a selector's text. `kind` is the operator or mark itself, or "identifier".
struct SelectorToken {
    std::string_view kind; ///< static
    std::string text;
};
/// The pieces up to the end, or to a NUL where a piece would begin.
std::vector<SelectorToken> selectorTokens(std::string_view text);

} // namespace core
