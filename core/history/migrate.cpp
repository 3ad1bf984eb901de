// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/database.h"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <ranges>

namespace core {

namespace {

/// "Brth" in the file's header: tells a history from any other program's database.
constexpr std::int64_t applicationId = 0x42727468;

/// steps[n] makes version n + 1 of version n. Never changed once released: files of every version exist.
constexpr std::array<std::array<const char *, 3>, 2> steps{{
    {"PRAGMA application_id = 1114797160", // applicationId
     "CREATE TABLE probe_results (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, host TEXT NOT NULL, "
     "card TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (card, host, time))",
     "CREATE INDEX probe_results_by_time ON probe_results (time)"},
    {"CREATE TABLE serving_benchmarks (id INTEGER PRIMARY KEY, date INTEGER NOT NULL, document TEXT NOT NULL UNIQUE)",
     "CREATE TABLE probe_voids (host TEXT NOT NULL, card TEXT NOT NULL, before INTEGER NOT NULL, "
     "reason TEXT NOT NULL, UNIQUE (host, card, before))"},
}};

Result<void> step(const Database &database, std::int64_t from)
{
    for (const auto *sql : steps.at(static_cast<std::size_t>(from)) | std::views::take_while(std::identity{}))
        if (const auto done = database.run(sql); !done)
            return std::unexpected(done.error());
    if (const auto done = database.run(fmt::format("PRAGMA user_version = {}", from + 1)); !done)
        return std::unexpected(done.error());
    return {};
}

/// The version of the file's tables; 0 for an empty file.
Result<std::int64_t> versionOf(const Database &database, int newest)
{
    const auto version = database.number("PRAGMA user_version");
    if (!version)
        return version;
    const auto tables = database.number("SELECT count(*) FROM sqlite_master");
    if (!tables)
        return tables;
    const auto owner = database.number("PRAGMA application_id");
    if (!owner)
        return owner;
    if (*tables > 0 && *owner != applicationId)
        return fail(ErrorKind::Parse, "is a database of another program", database.file().string(),
                    "choose another file; it was not changed");
    if (*version > newest)
        return fail(
            ErrorKind::Unsupported,
            fmt::format("was written by a newer Berth (tables of version {}, this one knows {})", *version, newest),
            database.file().string(), "update this Berth, or choose another file; it was not changed");
    return version;
}

} // namespace

Result<void> migrate(const Database &database, int newest)
{
    const auto version = versionOf(database, newest);
    if (!version)
        return std::unexpected(version.error());
    if (*version == newest)
        return {};
    return database.transaction([&]() -> Result<void> {
        // Again, now that nobody else can write: another Berth may have been faster.
        const auto now = versionOf(database, newest);
        if (!now)
            return std::unexpected(now.error());
        for (auto from = *now; from < newest; ++from)
            if (auto done = step(database, from); !done)
                return done;
        return {};
    });
}

} // namespace core
