// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/history.h"

namespace app {

/// What became of a file.
struct ImportedBenchmarks {
    std::string model;
    std::size_t points = 0, added = 0; ///< load points, and those that the history did not hold yet
};

/// Takes a serving benchmark's result into the history; its source is the file's name, its date now where it gives
/// none. Blocks. Errors: those of readFile(), readServingBenchmarks() and History.
core::Result<ImportedBenchmarks> importBenchmarks(const std::filesystem::path &file, core::BenchmarkContext context,
                                                  const std::filesystem::path &history);

/// The model that a serving benchmark's result names, empty when it names none; nullopt: the text is no such result.
std::optional<std::string> modelOfBenchmark(std::string_view content);

} // namespace app
