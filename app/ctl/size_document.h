// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/size_command.h"
#include "core/sizing/capacity.h"
#include "core/sizing/weights.h"

#include <nlohmann/json.hpp>

namespace app::ctl {

/// Everything `size` found out.
struct Sizing {
    core::Model model;
    std::string source; ///< "catalogue", or the file or folder
    core::Requirement requirement;
    core::GroupShape shape;
    core::ModelWeights weights;
    core::Ledger ledger;
    core::SizingAnswer answer;
    std::string deviceName; ///< empty without a device
    std::optional<core::SizingDevice> device;
};

nlohmann::ordered_json sizeDocument(const Sizing &sizing);
std::string sizeTable(const Sizing &sizing);

} // namespace app::ctl
