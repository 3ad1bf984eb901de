// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/schema.h"

#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace probe {

// What a figure should be, from a file given with --expect:
//   {"v": 1, "entries": [{"device": "H200", "metric": "membw.triad", "value": 4300, "unit": "GB/s",
//                         "pass": 0.95, "fail": 0.85, "lower_is_better": false, "source": "...", "date": "..."}]}
// `device` is part of the device's name, without case; the first entry that fits counts. Below pass x value is a
// warning, below fail x value a failure.
struct Expectation {
    std::string device;
    std::string metric;
    double value = 0;
    std::string unit;
    double pass = core::sheetBands.pass;
    double fail = core::sheetBands.fail;
    bool lowerIsBetter = false;
    std::string source;
};

// Reads such a file; the error names the file and the place.
std::expected<std::vector<Expectation>, std::string> readExpectations(const std::string &path);

// A metric line's verdict: "pass", "warn", "fail", or "no reference".
nlohmann::ordered_json judge(const std::vector<Expectation> &expectations, const std::string &deviceName,
                             const nlohmann::json &metricLine);

} // namespace probe
