// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace probe {

// How long the repetitions of one measurement took, in milliseconds a repetition.
struct Timing {
    double bestMs = 0;
    double medianMs = 0;
    double p95Ms = 0;
    double variation = 0; // standard deviation over mean
    int repetitions = 0;
};
Timing timingOf(std::vector<double> ms);

// One wrong value: where it lies (byte offset in the buffer), what it should be, what it is, and which unit found it.
struct Finding {
    std::string pattern; // what was being tested, e.g. "random" or "fp32 lane 7"
    std::uint64_t byte = 0;
    std::uint64_t address = 0; // device address; 0 when the backend has none
    std::uint64_t want = 0;
    std::uint64_t got = 0;
    std::string unit;                        // "SM 57", "XCC 1 SE 2 CU 5", "work-group 3"
    std::optional<std::uint64_t> secondRead; // memory only: the same word read again by the host
    [[nodiscard]] int wrongBits() const { return __builtin_popcountll(want ^ got); }
};

// One figure of one probe. `counts` says what was counted (bytes both ways, two a fma, ...): compare like with like
// only.
struct Metric {
    std::string probe;
    std::string name;
    double value = 0;
    std::string unit;
    std::string counts;
    Timing timing;
    std::uint64_t wrong = 0;       // values that were not what they must be; 0 makes the metric valid
    std::vector<Finding> findings; // the first few of them
    std::vector<std::pair<std::string, double>> numbers; // sizes, shares, clocks: named facts beside the value
    std::vector<std::pair<std::string, std::string>> words;
};

} // namespace probe
