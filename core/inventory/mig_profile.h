// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// A MIG profile by its name: "1g.5gb", "1c.2g.10gb" (a compute instance inside it), "1g.5gb+me", "1g.5gb-me". In a
/// resource name or label the device plugin writes "+me" as ".me" (k8s-device-plugin internal/rm/rm.go).
struct MigProfile {
    int computeSlices = 0; ///< c; as many as gpuSlices when the name does not say
    int gpuSlices = 0;     ///< g, of the 7 (A30: 4) a card has
    int gigabytes = 0;     ///< as the name says it: a rounded eighth of the card, not what a process can use
    std::vector<std::string> with, without; ///< attributes after '+' and after '-': "me", "me.all", "gfx"; ordered
    bool operator==(const MigProfile &) const = default;
};

/// nullopt when the name is none (go-nvlib pkg/nvlib/device/mig_profile.go). Any spelling above is taken; whether a
/// card offers the profile is another question.
std::optional<MigProfile> parseMigProfile(std::string_view name);
/// The same for "nvidia.com/mig-1g.10gb.me" and "nvidia.com/mig-1g.5gb.shared".
std::optional<MigProfile> migProfileOfResource(std::string_view resource);

/// The gigabytes NVIDIA puts into the name of a profile with `migMiB` on a card of `cardBytes`: the next eighth of the
/// card (go-nvlib getMigMemorySizeGB). nullopt when the card has no size.
std::optional<std::int64_t> migGigabytes(std::uint64_t cardBytes, std::uint64_t migMiB);

} // namespace core
