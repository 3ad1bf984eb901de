// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/history/serving_benchmark.h"
#include "core/probe_report/probe_result.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

namespace core {

/// Says that what was measured of a card before a moment is no longer true: its driver changed, it was reset or
/// replaced.
struct ProbeVoid {
    std::string host;
    std::string card; ///< cardOf(); empty: every card of the host
    std::int64_t before = 0;
    std::string reason; ///< "driver changed", "reset"
    bool operator==(const ProbeVoid &) const = default;
};

/// Which results to read. Empty fields do not restrict.
struct ProbeFilter {
    std::string host, card;
    std::optional<std::int64_t> since;
    std::optional<std::size_t> newest; ///< of these at most
};

/// What an import did.
struct ImportSummary {
    std::size_t added = 0, known = 0; ///< known: was there already
    std::vector<Error> refused;       ///< lines that could not be used, the first 20; each names its line
    std::size_t refusedCount = 0;
};

/// All that a history holds.
struct HistoryContents {
    std::vector<ProbeResult> results;
    std::vector<ProbeVoid> voids;
    std::vector<ServingBenchmark> benchmarks;
};

/// What was measured on cards, kept in one SQLite file. Several programs may have it open; one that writes makes the
/// others wait for up to the time given. Every change is whole or not there at all, also when the disk fills up or the
/// power goes. One instance belongs to one thread.
///
/// Errors: Conflict when another program keeps the file locked; Unsupported when a newer Berth wrote it; Parse when it
/// is damaged or no history; Io when the disk is full or may not be written. Each names a way out; a file that cannot
/// be used is never changed.
class History {
public:
    /// Version of the tables this Berth writes; older files are brought up to it, in one step that is whole or undone.
    static constexpr int schemaVersion = 2;

    /// Opens or makes the file, and its folder.
    static Result<History> open(const std::filesystem::path &file,
                                std::chrono::milliseconds lockWait = std::chrono::seconds(3));
    History(History &&) noexcept;
    History &operator=(History &&) noexcept;
    ~History();

    /// Adds all or none; how many were new.
    Result<std::size_t> add(const std::vector<ProbeResult> &results);
    /// By time, oldest first.
    Result<std::vector<ProbeResult>> results(const ProbeFilter &filter = {}) const;

    Result<std::size_t> add(const std::vector<ServingBenchmark> &benchmarks);
    /// By date, oldest first.
    Result<std::vector<ServingBenchmark>> benchmarks() const;

    Result<void> addVoid(const ProbeVoid &gone);
    Result<std::vector<ProbeVoid>> voids() const;

    Result<HistoryContents> contents() const;

    /// One JSON document a line, oldest first: {"berth": "probe-result/1" | "serving-benchmark/1" | "probe-void/1",
    /// ...}.
    Result<void> exportLines(const std::function<void(std::string_view line)> &write) const;
    /// Takes such lines. A line that cannot be used is refused and named, the others are added; nothing is added when
    /// the file itself cannot be written.
    Result<ImportSummary> importLines(std::string_view text);

private:
    struct Private;
    explicit History(std::unique_ptr<Private> data);
    std::unique_ptr<Private> m;
};

} // namespace core
