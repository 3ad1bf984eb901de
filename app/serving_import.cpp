// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/serving_import.h"

#include "app/seconds_now.h"
#include "core/base/file.h"

namespace app {

core::Result<ImportedBenchmarks> importBenchmarks(const std::filesystem::path &file, core::BenchmarkContext context,
                                                  const std::filesystem::path &history)
{
    const auto text = core::readFile(file);
    if (!text)
        return std::unexpected(text.error());
    context.source = file.filename().string();
    context.importedAt = secondsNow();
    const auto benchmarks = core::readServingBenchmarks(*text, context);
    if (!benchmarks)
        return std::unexpected(benchmarks.error());
    auto open = core::History::open(history);
    if (!open)
        return std::unexpected(open.error());
    const auto added = open->add(*benchmarks);
    if (!added)
        return std::unexpected(added.error());
    return ImportedBenchmarks{benchmarks->front().model, benchmarks->size(), *added};
}

std::optional<std::string> modelOfBenchmark(std::string_view content)
{
    const auto read = [content](const std::string &model) {
        return core::readServingBenchmarks(
            content, {.model = model, .sku = "any", .devices = 1, .source = "file", .importedAt = secondsNow()});
    };
    if (const auto named = read({}))
        return named->front().model;
    return read("any") ? std::optional(std::string()) : std::nullopt;
}

} // namespace app
