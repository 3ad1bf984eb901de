// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace core {

/// Told of the part of an answer's body that has come so far.
using BodyWatcher = std::function<void(std::string_view soFar)>;

/// How a list is read: at most two pages are under way, each in a lane (0 or 1) and on a thread of its own.
struct PageReader {
    /// Gets the body of the page that a continue token names (empty: the first). Blocks. Never called twice at once for
    /// the same lane. An outdated token is ErrorKind::Expired.
    std::function<Result<std::string>(int lane, const std::string &continueToken, const BodyWatcher &watcher,
                                      const std::stop_token &stop)>
        fetch;
    std::function<Result<void>(std::string_view page)> onPage; ///< in the order of the pages, on the caller's thread
    std::function<void()> onRestart;                           ///< the pages so far are void
    std::string place;                                         ///< for errors
};

/// Pages through a list. A page names the next one at its very beginning: that one is asked for while the first still
/// comes in, so that the server makes the one while the other is sent. A token that expires begins the list again,
/// three times at most. Returns the list's resourceVersion (opaque).
Result<std::string> readPages(const PageReader &reader, const std::stop_token &stop);

} // namespace core
