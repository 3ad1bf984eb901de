// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Two peers' short names for cards. Berth has its own (the catalogue); these exist for their vectors only.

namespace conformance {

/// The cost tool's: "NVIDIA-A100-SXM4-80GB" -> "a100-80gb"; what it does not know keeps its spelling, in lower case.
std::string peerModel(std::string_view product, std::int64_t memoryMiB);
/// The cost tool's, from a cloud's machine type; empty when that does not settle the card.
std::string peerModelOfInstance(std::string_view instanceType);
/// llm-d-planner's: "NVIDIA-H100-80GB-HBM3" -> "H100"; empty when it is none of its cards.
std::string plannerType(std::string_view product);

} // namespace conformance
