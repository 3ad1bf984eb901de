// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inventory/node.h"

namespace app::ctl {

/// "nvidia", "amd", "intel".
const char *word(core::Vendor vendor);
/// "card", "mig-slice", "partition", "share".
const char *word(core::DeviceKind kind);

} // namespace app::ctl
