// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"

namespace core {

/// Places that say no for one reason, and the one of them that comes nearest.
struct Miss {
    Link link = Link::Device;
    Verdict verdict = Verdict::No;
    std::string code; ///< Reason::code
    std::size_t places = 0;
    std::string nearest;        ///< node
    std::string detail, remedy; ///< of the nearest, with its figures
    /// Devices (link Device) or bytes of one device (link Memory) that the nearest lacks; nullopt for other links.
    std::optional<std::int64_t> lacking;
    bool operator==(const Miss &) const = default;
};

/// Why none of the candidates that are neither Fits nor Tight can take it, by headline; the most places first.
std::vector<Miss> missesOf(const std::vector<Candidate> &candidates);

/// Fits or Tight.
bool isUsable(const Candidate &candidate);

} // namespace core
