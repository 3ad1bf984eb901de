// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"

#include <nlohmann/json.hpp>

namespace app::ctl {

/// "fits", "tight", "no", "unknown".
const char *word(core::Verdict verdict);
/// "device", "schedulable", ... in the order of the chain.
const char *word(core::Link link);
/// "weights", "kvCache", ...
const char *word(core::BlockKind kind);
nlohmann::ordered_json requirementDocument(const core::Requirement &requirement);
nlohmann::ordered_json ledgerDocument(const core::Ledger &ledger);
nlohmann::ordered_json candidateDocument(const core::Candidate &candidate);
/// Node, resource, verdict and the headline of each candidate; best verdict first.
std::string candidateTable(std::vector<core::Candidate> candidates);

} // namespace app::ctl
