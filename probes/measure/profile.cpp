// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/profile.h"

#include <algorithm>
#include <array>

namespace probe {
namespace {

constexpr std::uint64_t MiB = 1024 * 1024;
constexpr std::uint64_t GiB = 1024 * MiB;

const std::vector<std::string_view> everything = {"launch", "clock", "membw", "latency", "compute",
                                                  "matrix", "link",  "p2p",   "memtest", "load"};

} // namespace

std::span<const Profile> allProfiles()
{
    static const std::array<Profile, 4> profiles = {{
        {"quick",
         "before a placement: under 5 s on a data-centre card",
         {"launch", "clock", "membw", "compute", "matrix", "link", "memtest", "load"},
         GiB,
         256 * MiB,
         256 * MiB,
         5,
         5,
         5,
         32,
         2,
         0.25,
         0,
         1.5,
         10,
         false},
        {"standard", "everything, nearly all memory: about 20 s on a data-centre card", everything, 2 * GiB, 512 * MiB,
         256 * MiB, 15, 10, 10, 32, 7, 0.9, 0, 10, 10, false},
        {"soak", "standard, then load and memory test in turns for --minutes; a person starts it", everything, 2 * GiB,
         512 * MiB, 256 * MiB, 15, 10, 10, 32, 7, 0.9, 0, 30, 10, true},
        {"ci",
         "everything small, CPU devices too: the pipeline itself is under test",
         {"launch", "clock", "membw", "latency", "compute", "matrix", "link", "p2p", "memtest", "load"},
         8 * MiB,
         8 * MiB,
         4 * MiB,
         3,
         0,
         0,
         2,
         7,
         0.5,
         16 * MiB,
         0.2,
         0,
         false},
    }};
    return profiles;
}

const Profile *profileNamed(std::string_view name)
{
    const auto profiles = allProfiles();
    const auto found = std::ranges::find(profiles, name, &Profile::name);
    return found == profiles.end() ? nullptr : &*found;
}

} // namespace probe
