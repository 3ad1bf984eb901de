// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/profile.h"

#include <algorithm>
#include <array>

namespace probe {
namespace {

constexpr std::uint64_t MiB = std::uint64_t{1024} * 1024;
constexpr std::uint64_t GiB = 1024 * MiB;

std::vector<std::string_view> everything()
{
    return {"launch", "clock", "membw", "latency", "compute", "matrix", "library", "link", "p2p", "memtest", "load"};
}

Profile quick()
{
    return {.name = "quick",
            .purpose = "before a placement: under 5 s on a data-centre card",
            .probes = {"launch", "clock", "membw", "compute", "matrix", "link", "memtest", "load"},
            .formats = {"fp32", "bf16", "fp8", "bf16_wgmma", "fp8_wgmma"},
            .bandwidthBytes = GiB,
            .linkBytes = 128 * MiB,
            .latencyBytes = 256 * MiB,
            .samples = 5,
            .sampleMs = 5,
            .computeMs = 5,
            .patterns = 2,
            .memoryShare = 0.25,
            .memoryLimit = 0,
            .productSize = 8192,
            .loadSeconds = 1.5,
            .againAfterSeconds = 10,
            .repeats = false};
}

Profile standard()
{
    Profile profile = quick();
    profile.name = "standard";
    profile.purpose = "everything, nearly all memory: about 20 s on a data-centre card";
    profile.probes = everything();
    profile.formats = {};
    profile.bandwidthBytes = 2 * GiB;
    profile.linkBytes = 512 * MiB;
    profile.samples = 15;
    profile.sampleMs = profile.computeMs = 10;
    profile.patterns = 7;
    profile.memoryShare = 0.9;
    profile.loadSeconds = 10;
    return profile;
}

Profile soak()
{
    Profile profile = standard();
    profile.name = "soak";
    profile.purpose = "standard, then load and memory test in turns for --minutes; a person starts it";
    profile.loadSeconds = 30;
    profile.repeats = true;
    return profile;
}

Profile ci()
{
    Profile profile = quick();
    profile.name = "ci";
    profile.purpose = "everything small, CPU devices too: the pipeline itself is under test";
    profile.probes = everything();
    profile.formats = {};
    profile.bandwidthBytes = profile.linkBytes = 8 * MiB;
    profile.latencyBytes = 4 * MiB;
    profile.samples = 3;
    profile.sampleMs = profile.computeMs = 0;
    profile.patterns = 7;
    profile.memoryLimit = 16 * MiB;
    profile.productSize = 128;
    profile.loadSeconds = 0.2;
    profile.againAfterSeconds = 0;
    return profile;
}

} // namespace

std::span<const Profile> allProfiles()
{
    static const std::array<Profile, 4> profiles = {quick(), standard(), soak(), ci()};
    return profiles;
}

const Profile *profileNamed(std::string_view name)
{
    const auto profiles = allProfiles();
    const auto found = std::ranges::find(profiles, name, &Profile::name);
    return found == profiles.end() ? nullptr : &*found;
}

} // namespace probe
