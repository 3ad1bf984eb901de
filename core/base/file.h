// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace core {

/// The whole file, which may be a pipe. NotFound, or Io with the system's reason, also for more than 64 MiB; `place` is
/// the path.
Result<std::string> readFile(const std::filesystem::path &file);

/// Replaces a file so that a reader, a crash or a full disk never sees half of it: writes a temporary file beside it,
/// fsyncs, renames, fsyncs the folder. On any error the old file is untouched and the temporary one is gone.
Result<void> writeFileAtomically(const std::filesystem::path &file, std::string_view text);

} // namespace core
