// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace probe {

// How much of everything one run does.
struct Profile {
    std::string_view name;
    std::string_view purpose;
    std::vector<std::string_view> probes;  // names, in allProbes()
    std::vector<std::string_view> formats; // of compute and matrix; empty: all
    std::uint64_t bandwidthBytes;          // one operand
    std::uint64_t linkBytes;
    std::uint64_t latencyBytes;
    int samples;
    double sampleMs;           // a sample lasts at least this long
    double computeMs;          // a compute launch lasts at least this long
    int patterns;              // of the memory test, 7 exist
    double memoryShare;        // of the free memory that the memory test covers
    std::uint64_t memoryLimit; // and never more than this; 0: no limit
    int productSize;           // of the vendor library's matrices
    double loadSeconds;
    double againAfterSeconds; // pause before a failed speed check is repeated
    bool repeats;             // soak: until the time given is over
};

std::span<const Profile> allProfiles();
const Profile *profileNamed(std::string_view name);

} // namespace probe
