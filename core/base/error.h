// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace core {

/// What a caller may branch on. Exit codes and the sentences people read are derived from it.
enum class ErrorKind {
    Usage,        ///< the caller asked for something that makes no sense
    Parse,        ///< input is broken: a file, an answer, an argument
    NotFound,     ///< the thing named does not exist
    Io,           ///< the local file system refused
    Network,      ///< no connection: refused, DNS, reset
    Tls,          ///< certificates do not match
    Unauthorized, ///< 401 or no usable credential
    Forbidden,    ///< 403
    Conflict,     ///< 409, another field manager owns it
    Expired,      ///< 410, a resource version or page token is too old
    TooManyRequests,
    Invalid,     ///< 422, the server understood and refuses
    Server,      ///< 5xx
    Timeout,     ///< no answer in time, a stream that went silent
    Cancelled,   ///< asked to stop
    Unsupported, ///< valid, but not something Berth can do
    Internal     ///< our bug
};

/// What went wrong, where, and the way out. Never holds a secret.
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    std::string message; ///< one sentence: what is
    std::string place;   ///< file and line, field path, or URL without query; empty when there is none
    std::string remedy;  ///< what to do; empty when nobody knows

    bool operator==(const Error &) const = default;
};

/// A value, or the reason there is none.
template <class T>
using Result = std::expected<T, Error>;

/// Shorthand for a failed Result: `return fail(ErrorKind::Parse, "not a number", "line 3")`.
inline std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string place = {}, std::string remedy = {})
{
    return std::unexpected(Error{kind, std::move(message), std::move(place), std::move(remedy)});
}

/// "place: message; remedy" in one line, for logs and terminals.
inline std::string describe(const Error &error)
{
    auto text = error.place.empty() ? error.message : error.place + ": " + error.message;
    return error.remedy.empty() ? text : text + "; " + error.remedy;
}

} // namespace core
