// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/verdict.h"

namespace core {

/// A finding as the person on call is told: what is, and what to do about it. The only place where findings of probes
/// become sentences, for the window and the command line alike.
struct PlainWords {
    std::string what, toDo;
};
PlainWords plainWords(const ProbeFinding &finding);

/// "membw.triad" as people say it: "memory triad". A figure that is not known keeps its name.
std::string figureName(std::string_view metric);

/// A unit as people write it: "µs" for "us".
std::string figureUnit(std::string_view unit);

/// "kubectl cordon gpu-03": what a failed probe proposes for its node.
std::string cordonCommand(std::string_view node);

/// "measured 4310 GB/s · expected 4320 · sheet 4800 · read+write"
std::string sideBySide(const FigureVerdict &figure);
/// "median of 12 cards", "best of 7 other cards in this host", "data sheet × 0.90 (who measured it)", "no reference
/// yet"
std::string describe(const ProbeReference &reference, std::optional<double> sheet);

} // namespace core
