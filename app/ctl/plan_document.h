// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/plan.h"

#include <nlohmann/json.hpp>

namespace app::ctl {

/// The plan and what is wrong with it, as `berthctl plan -o json` prints it.
nlohmann::ordered_json planDocument(const core::Plan &plan, const std::vector<core::PlanFinding> &findings);
/// The same as a table and one line a finding.
void printPlan(const core::Plan &plan, const std::vector<core::PlanFinding> &findings);

} // namespace app::ctl
