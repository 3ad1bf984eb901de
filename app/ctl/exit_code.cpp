// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/exit_code.h"

namespace app::ctl {

ExitCode exitCode(core::ErrorKind kind)
{
    using enum core::ErrorKind;
    switch (kind) {
    case Usage: return BadUsage;
    case Parse:
    case NotFound:
    case Io:
    case Internal: return BadInput;
    case Network:
    case Tls:
    case Unauthorized:
    case Forbidden:
    case Expired:
    case TooManyRequests:
    case Server:
    case Timeout:
    case Cancelled: return Unreachable;
    case Conflict:
    case Invalid:
    case Unsupported: return No;
    }
    return BadInput;
}

} // namespace app::ctl
