// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/dra/device.h"

#include <memory>
#include <string>
#include <string_view>

namespace core::cel {

// The device selectors of Dynamic Resource Allocation: CEL over `device`, as k8s.io/dynamic-resource-allocation/cel
// v0.36 evaluates it. What is computed: literals, ==, !=, <, <=, >, >=, in, &&, ||, !, ?:, + - * / %, lists, has(),
// cel.bind(), device.driver, device.attributes, device.capacity, device.allowMultipleAllocations; on texts contains,
// startsWith, endsWith, matches (cel/regex.h), substring, indexOf, lowerAscii, upperAscii, size; quantity(),
// isQuantity(), semver(), isSemver() with their methods; int(), string(), size(). Everything else, comprehensions among
// it, is unknown. Any thread.

/// What a selector says of one device.
struct Answer {
    enum class Kind {
        Match,
        NoMatch,
        Failed, ///< the scheduler gives up the whole allocation on such a device: an attribute is missing, types clash
        Unknown ///< not computed here
    };
    Kind kind = Kind::Unknown;
    std::string why; ///< of Failed and Unknown, in words, without the expression
};

struct Node;

/// A selector's text, parsed once. Copies share the tree.
class Expression {
public:
    /// A text that is longer than 10 KiB (the API's limit), or not understood, makes an expression that is unknown.
    explicit Expression(std::string_view text);

    /// The device's `driver` is the domain of attributes whose name has none.
    Answer evaluate(const dra::Device &device, std::string_view driver) const;

private:
    std::shared_ptr<const Node> m_tree; ///< null when not understood
    std::string m_notUnderstood;
};

} // namespace core::cel
