// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// From text to tree; for the files of this folder.

#include "core/scheduling/cel/value.h"

#include <string_view>

namespace core::cel {

struct Token {
    enum class Kind { End, Name, Whole, Real, Text, Mark };
    Kind kind = Kind::End;
    std::string text; ///< of Text without quotes and escapes; of Mark the operator
};

/// Thrown by tokens() and parse() only, and caught where they are entered: what of CEL is not understood here.
struct NotUnderstood {
    std::string what;
};

/// All tokens, the last one End. Throws NotUnderstood for bytes literals, unsigned numbers and broken text.
std::vector<Token> tokens(std::string_view text);

/// A piece of an expression. `name` is that of the variable, field, function, method or operator.
struct Node {
    enum class Kind {
        Literal,
        Variable,
        Field,
        Index,
        Function,
        Method,
        Sequence,
        Operator,
        And,
        Or,
        Choice,
        Has,
        Bind
    };
    Kind kind = Kind::Literal;
    std::string name;
    Value literal;
    std::vector<Node> children;
    int height = 1;
};

/// Throws NotUnderstood for text that is none, deeper than 64, or uses maps, messages or comprehensions.
Node parse(std::string_view text);

} // namespace core::cel
