// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo_cluster/object_store.h"

namespace app {

/// Adds the defaults the real API server adds to what Berth applies, then validates as it does: names, selector against
/// template labels, containers, equal requests and limits of extended resources. Other kinds pass.
ApiResult<void> admit(const ServedKind &kind, nlohmann::json &object);

} // namespace app
