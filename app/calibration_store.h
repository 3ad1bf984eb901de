// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/calibration.h"

#include <filesystem>

namespace app {

/// calibrations.yaml in the data folder.
std::filesystem::path calibrationFile();

/// What was learnt so far; nothing yet is an empty list. A broken file is an error: corrections must not vanish
/// silently.
core::Result<core::Calibrations> loadCalibrations(const std::filesystem::path &file);

/// Writes all of them, atomically; makes the folder.
core::Result<void> saveCalibrations(const core::Calibrations &all, const std::filesystem::path &file);

} // namespace app
