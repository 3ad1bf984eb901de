// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace app::ctl {

/// Reads one Pod, or the pod template of a Deployment, StatefulSet or Job. Errors name file and field.
core::Result<nlohmann::json> loadPod(const std::filesystem::path &file);

} // namespace app::ctl
