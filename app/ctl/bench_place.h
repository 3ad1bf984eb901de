// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/exit_code.h"

namespace app::ctl {

/// `berthctl bench-place`: answers a placement benchmark line by line on standard input and output
/// (core/placement/engine/judge_session.h is the protocol). Ends at "end" or end of input.
core::Result<ExitCode> runBenchPlace();

} // namespace app::ctl
