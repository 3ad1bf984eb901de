// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/verdict.h"

namespace core {

/// How a kind of figure is judged.
enum class FigureKind {
    Throughput, ///< memory and arithmetic: the card's own speed
    Link,       ///< host link and peers
    Load,       ///< a ratio by itself
    Launch,     ///< the host's speed
    Shown       ///< latency, clocks, counts of wrong words: no band
};
FigureKind figureKind(const ProbeMetric &metric);
bool lowerIsBetter(const ProbeMetric &metric);
SpeedBands bandsFor(FigureKind kind, ReferenceKind reference);

/// Says nothing about the speed of the card: another process computed on it, or the run was stopped.
bool isInconclusive(const ProbeResult &result);

/// What the result says by itself, without any reference.
std::vector<ProbeFinding> ownFindings(const ProbeResult &result);
/// About the link, given how its host copy was judged; nullptr when it was not.
std::vector<ProbeFinding> linkFindings(const ProbeDevice &device, const FigureVerdict *copy);

} // namespace core
