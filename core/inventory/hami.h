// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node.h"

namespace core {

/// One card as HAMi's device plugin registers it in the annotation hami.io/node-nvidia-register.
struct HamiDevice {
    std::string uuid;
    int splitCount = 0;         ///< pods that may hold a part of the card
    std::int64_t memoryMiB = 0; ///< HAMi's own budget, which may be scaled up
    int cores = 0;              ///< percent
    std::string type;           ///< "NVIDIA-NVIDIA A100-PCIE-40GB"
    int numa = 0;
    bool healthy = false;
};

/// Both spellings: "uuid,split,MiB,cores,type,numa,healthy:" per card, and the JSON list of newer releases. What is
/// broken is left out.
std::vector<HamiDevice> parseHamiRegister(std::string_view annotation);
/// Of the node's annotation; empty when there is none.
std::vector<HamiDevice> hamiDevices(const Node &node);

} // namespace core
