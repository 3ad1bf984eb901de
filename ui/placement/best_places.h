// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/fit/verdict.h"
#include "core/sizing/throughput.h"

#include <QString>

#include <map>

namespace ui {

/// What one replica would do and cost on a SKU; nullopt: not known.
struct SkuFigures {
    std::optional<core::Range> tokensPerSecond; ///< answer tokens of steady work
    std::string basis;                          ///< where the speed is from: a benchmark, a probe, the data sheet
    std::optional<double> costPerHour;          ///< in `currency`
    std::string currency = "USD";               ///< of the price file
};
using FiguresBySku = std::map<std::string, SkuFigures, std::less<>>; ///< by catalogue id

/// Where a replica may go, at most `most`: what fits before what is tight, then where the fewest devices stay over.
std::vector<core::Candidate> bestPlaces(const std::vector<core::Candidate> &candidates, std::size_t most);

/// "$4.98/h · 1,450 – 1,900 tok/s", "1,600 tok/s measured": as far as it is known.
QString figuresLine(const SkuFigures &figures);

/// "cheapest fit: MI300X 192 GB amd-01 $4.20/h · fastest: H200 SXM 141 GB gpu-11", for the status bar of a drag: of the
/// places that fit, as far as price and speed are known. Empty when nothing fits or neither is known.
QString extremesLine(const std::vector<core::Candidate> &candidates, const FiguresBySku &figures,
                     const core::Catalog &catalog);

} // namespace ui
