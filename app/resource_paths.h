// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string>

namespace app {

/// The folder with catalog/ and demo/: the environment variable BERTH_RESOURCES, else <program>/../share/berth, else
/// the source tree this program was built from. The error names every place that was tried.
core::Result<std::filesystem::path> resourceFolder();

/// Where Berth keeps what is neither settings nor the user's files (unsaved plans, logs): berth/ in XDG_STATE_HOME,
/// else in ~/.local/state. It need not exist yet.
std::filesystem::path stateFolder();

/// What the user writes for Berth (prices): berth/ in XDG_CONFIG_HOME, else in ~/.config. It need not exist.
std::filesystem::path configFolder();

/// What Berth has learnt and keeps (calibrations): berth/ in XDG_DATA_HOME, else in ~/.local/share. It need not exist.
std::filesystem::path dataFolder();

/// The history of probes and benchmarks: history.sqlite in dataFolder().
std::filesystem::path historyFile();

/// berth-probe beside this program, else its name, to be found on PATH.
std::string probeProgram();

} // namespace app
