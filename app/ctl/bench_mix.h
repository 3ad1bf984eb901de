// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/exit_code.h"

#include <filesystem>

namespace app::ctl {

/// `berthctl bench-mix CASES.json`: the cheapest GPU mix of every case (core/placement/optimizer/mix_cases.h), as JSON
/// lines
/// {"id","feasible","cost","counts","bound","seconds"}. A file with a broken case is refused before any is solved.
core::Result<ExitCode> runBenchMix(const std::filesystem::path &file);

} // namespace app::ctl
