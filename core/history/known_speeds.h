// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/serving_benchmark.h"
#include "core/probe_report/verdict.h"
#include "core/sizing/measured_speeds.h"

#include <span>

namespace core {

/// What the history knows of speeds. Of benchmarks every load point of each source's newest run whose model and SKU the
/// catalogue knows; a model's name says the weights where the benchmark does not. Of probes the median over the whole
/// cards of a SKU: membw copy and the vendor library's matrix rates, valid and of cards that did not fail. Pure.
MeasuredSpeeds knownSpeeds(const Catalog &catalog, std::span<const CardVerdict> newest,
                           const std::vector<ServingBenchmark> &benchmarks);

} // namespace core
