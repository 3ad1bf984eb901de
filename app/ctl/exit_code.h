// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

namespace app::ctl {

/// What a script may branch on; documented in `berthctl --help`.
enum ExitCode : int {
    Yes = 0,         ///< done; it fits; no difference
    No = 1,          ///< does not fit; differs; the server refuses it
    BadUsage = 2,    ///< the command line makes no sense
    Unreachable = 3, ///< cannot reach the cluster, or not allowed
    BadInput = 4     ///< a file or an answer is broken, or names what does not exist
};

/// The only place where kinds of errors become exit codes.
ExitCode exitCode(core::ErrorKind kind);

} // namespace app::ctl
