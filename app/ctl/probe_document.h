// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/exit_code.h"
#include "app/ctl/output.h"
#include "core/history/node_factors.h"
#include "core/probe_report/plain_words.h"

namespace app::ctl {

/// "2026-11-26 01:20:15Z"
std::string timeText(std::int64_t secondsSince1970);

/// Catalogue and shares that verdicts rest on.
struct ProbeBasis {
    core::Catalog catalog;
    core::ExpectedShares shares;
};
core::Result<ProbeBasis> loadProbeBasis();

nlohmann::ordered_json figureDocument(const core::FigureVerdict &figure);
nlohmann::ordered_json cardDocument(const core::CardVerdict &card);
/// Each card with its verdict, what was found and what to do; with its figures too when `figures`.
std::string cardText(const core::CardVerdict &card, bool figures);
/// One line a card.
std::string cardTable(const std::vector<core::CardVerdict> &cards);

/// 1 when a card failed, 4 when nothing can be said of one, else 0: never 0 when nothing was measured.
ExitCode exitCodeOf(const std::vector<core::CardVerdict> &cards);

} // namespace app::ctl
