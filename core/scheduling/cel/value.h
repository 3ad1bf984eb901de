// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What an expression computes with; for the files of this folder.

#include "core/base/quantity.h"
#include "core/scheduling/cel/semver.h"

#include <string>
#include <variant>
#include <vector>

namespace core::cel {

/// The evaluation has failed: the scheduler would say so, and so do we.
struct Failure {
    std::string why;
};

/// Berth does not compute this; what the scheduler would say is not known.
struct Unknown {
    std::string what;
};

struct Null {};

/// A map of the device, or the device itself; what is in it is looked up when it is asked for.
struct Place {
    enum class What { Device, Attributes, Capacities, AttributesOf, CapacitiesOf };
    What what = What::Device;
    std::string domain; ///< of AttributesOf and CapacitiesOf
};

struct Value;
using List = std::vector<Value>;

struct Value {
    std::variant<Failure, Unknown, Null, bool, std::int64_t, double, std::string, SemanticVersion, Quantity, Place,
                 List>
        held;

    template <class T>
    const T *as() const
    {
        return std::get_if<T>(&held);
    }
    template <class T>
    bool is() const
    {
        return std::holds_alternative<T>(held);
    }
    /// Neither a failure nor unknown.
    bool isKnown() const { return !is<Failure>() && !is<Unknown>(); }
};

inline Value failure(std::string why)
{
    return {Failure{std::move(why)}};
}
inline Value unknown(std::string what)
{
    return {Unknown{std::move(what)}};
}
/// CEL's own word for an operator or function that does not take such operands.
inline Value noOverload(const std::string &function)
{
    return failure("no such overload of " + function);
}

/// a == b by CEL's rules: numbers across their types, values of different types are unequal; but a version or quantity
/// compared with something else is a failure.
Value equal(const Value &a, const Value &b);
/// <, <=, > and >= on booleans, numbers and strings.
Value ordered(const std::string &op, const Value &a, const Value &b);
/// +, -, *, / and %: a failure when a whole number overflows or is divided by 0.
Value arithmetic(char op, const Value &a, const Value &b);

/// quantity("80Gi"), size(x) and their like.
Value callFunction(const std::string &name, const std::vector<Value> &arguments);
/// text.startsWith("a"), version.isGreaterThan(other) and their like.
Value callMethod(const std::string &name, const Value &on, const std::vector<Value> &arguments);

} // namespace core::cel
