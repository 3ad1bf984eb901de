// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// Node selectors and node affinity by the rules of component-helpers v0.36 scheduling/corev1/nodeaffinity.

using Labels = std::map<std::string, std::string, std::less<>>;

/// v1.NodeSelectorRequirement. `op` is In, NotIn, Exists, DoesNotExist, Gt or Lt; anything else is an error to check().
struct NodeSelectorRequirement {
    std::string key, op;
    std::vector<std::string> values;
    bool operator==(const NodeSelectorRequirement &) const = default;
};

/// All of it must hold. A term without anything in it matches no node.
struct NodeSelectorTerm {
    std::vector<NodeSelectorRequirement> matchExpressions; ///< against labels
    std::vector<NodeSelectorRequirement> matchFields;      ///< against metadata.name: In or NotIn with one value
    bool operator==(const NodeSelectorTerm &) const = default;
};

struct PreferredTerm {
    std::int64_t weight = 0;
    NodeSelectorTerm preference;
    bool operator==(const PreferredTerm &) const = default;
};

/// What a selector looks at. Views, valid as long as the node is.
struct NodeIdentity {
    std::string_view name; ///< empty: fields are not looked at
    const Labels &labels;
};

/// spec.nodeSelector and the required node affinity: both must hold. `terms` are alternatives; a present but empty list
/// matches no node.
struct RequiredNodeAffinity {
    Labels nodeSelector;
    std::optional<std::vector<NodeSelectorTerm>> terms;
    bool operator==(const RequiredNodeAffinity &) const = default;
};

/// The requirements as a label selector, ordered by key with ordered values; an error names every requirement that is
/// none (bad key, value, operator or number of values), with its path below `path`.
Result<std::vector<NodeSelectorRequirement>> checkedRequirements(std::span<const NodeSelectorRequirement> requirements,
                                                                 std::string_view path);
/// The first thing wrong with the terms, or nothing. Empty terms are skipped, as the scheduler skips them.
Result<void> check(std::span<const NodeSelectorTerm> terms, std::string_view path = "nodeSelectorTerms");

/// Does the term hold? A term that check() refuses never does.
bool matches(const NodeSelectorTerm &term, const NodeIdentity &node);
/// Does one of the terms hold?
bool matches(std::span<const NodeSelectorTerm> terms, const NodeIdentity &node);
bool matches(const RequiredNodeAffinity &required, const NodeIdentity &node);

/// Sum of the weights of the terms that hold; an error when one of them (weight not 0, not empty) is wrong.
Result<std::int64_t> preferredScore(std::span<const PreferredTerm> terms, const NodeIdentity &node);

} // namespace core
