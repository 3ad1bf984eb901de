// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/history.h"

#include "core/history/database.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace core {

namespace {

using Json = nlohmann::json;

constexpr std::size_t mostRefused = 20;

std::string writeVoid(const ProbeVoid &gone)
{
    const nlohmann::ordered_json json{{"berth", "probe-void/1"},
                                      {"host", gone.host},
                                      {"card", gone.card},
                                      {"before", gone.before},
                                      {"reason", gone.reason}};
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<ProbeVoid> readVoid(std::string_view line, const std::string &place)
{
    const auto json = Json::parse(line, nullptr, false);
    const auto isText = [&json](const char *key) { return json.contains(key) && json[key].is_string(); };
    if (!json.is_object() || !isText("host") || !isText("card") || !isText("reason") || !json.contains("before")
        || !json["before"].is_number_integer())
        return fail(ErrorKind::Parse, "is no \"probe-void/1\" with host, card, before and reason", place);
    return ProbeVoid{json["host"].get<std::string>(), json["card"].get<std::string>(),
                     json["before"].get<std::int64_t>(), json["reason"].get<std::string>()};
}

/// What the lines of an export hold, before anything is written.
struct Lines {
    std::vector<ProbeResult> results;
    std::vector<ServingBenchmark> benchmarks;
    std::vector<ProbeVoid> voids;
    ImportSummary summary;

    void take(std::string_view line, const std::string &place)
    {
        const auto json = Json::parse(line, nullptr, false);
        const auto kind = json.is_object() && json.contains("berth") && json["berth"].is_string()
            ? json["berth"].get<std::string>()
            : std::string();
        if (kind.starts_with("probe-result/"))
            keep(readProbeResult(line, place), results);
        else if (kind.starts_with("serving-benchmark/"))
            keep(readServingBenchmark(line, place), benchmarks);
        else if (kind.starts_with("probe-void/"))
            keep(readVoid(line, place), voids);
        else
            refuse({ErrorKind::Parse, "is no line of an exported history", place, {}});
    }

private:
    template <class T>
    void keep(Result<T> read, std::vector<T> &into)
    {
        if (read)
            into.push_back(*std::move(read));
        else
            refuse(std::move(read.error()));
    }
    void refuse(Error error)
    {
        ++summary.refusedCount;
        if (summary.refused.size() < mostRefused)
            summary.refused.push_back(std::move(error));
    }
};

} // namespace

struct History::Private {
    Database database;

    Result<std::size_t> insert(const ProbeResult &result) const
    {
        return database.run("INSERT OR IGNORE INTO probe_results (time, host, card, document) VALUES (?, ?, ?, ?)",
                            {result.time, result.host, cardOf(result), writeProbeResult(result)});
    }
    Result<std::size_t> insert(const ServingBenchmark &benchmark) const
    {
        return database.run("INSERT OR IGNORE INTO serving_benchmarks (date, document) VALUES (?, ?)",
                            {benchmark.date, writeServingBenchmark(benchmark)});
    }
    Result<std::size_t> insert(const ProbeVoid &gone) const
    {
        return database.run("INSERT OR IGNORE INTO probe_voids (host, card, before, reason) VALUES (?, ?, ?, ?)",
                            {gone.host, gone.card, gone.before, gone.reason});
    }
    /// Adds to `added` how many were new. Within a transaction.
    template <class T>
    Result<void> insertAll(const std::vector<T> &items, std::size_t &added) const
    {
        for (const auto &item : items) {
            const auto changed = insert(item);
            if (!changed)
                return std::unexpected(changed.error());
            added += *changed;
        }
        return {};
    }
    template <class T>
    Result<std::size_t> addAll(const std::vector<T> &items) const
    {
        std::size_t added = 0;
        const auto done = database.transaction([&] { return insertAll(items, added); });
        return done ? Result<std::size_t>(added) : std::unexpected(done.error());
    }
};

History::History(std::unique_ptr<Private> data) : m(std::move(data)) {}
History::History(History &&) noexcept = default;
History &History::operator=(History &&) noexcept = default;
History::~History() = default;

Result<History> History::open(const std::filesystem::path &file, std::chrono::milliseconds lockWait)
{
    auto database = Database::open(file, lockWait);
    if (!database)
        return std::unexpected(database.error());
    if (const auto ready = migrate(*database, schemaVersion); !ready)
        return std::unexpected(ready.error());
    return History(std::make_unique<Private>(Private{*std::move(database)}));
}

Result<std::size_t> History::add(const std::vector<ProbeResult> &results)
{
    return m->addAll(results);
}

Result<std::size_t> History::add(const std::vector<ServingBenchmark> &benchmarks)
{
    return m->addAll(benchmarks);
}

Result<void> History::addVoid(const ProbeVoid &gone)
{
    const auto added = m->addAll(std::vector{gone});
    return added ? Result<void>() : std::unexpected(added.error());
}

Result<std::vector<ProbeResult>> History::results(const ProbeFilter &filter) const
{
    std::string where;
    std::vector<Database::Value> values;
    const auto restrict = [&](const char *condition, Database::Value value) {
        where += (where.empty() ? " WHERE " : " AND ") + std::string(condition);
        values.push_back(std::move(value));
    };
    if (!filter.host.empty())
        restrict("host = ?", filter.host);
    if (!filter.card.empty())
        restrict("card = ?", filter.card);
    if (filter.since)
        restrict("time >= ?", *filter.since);
    const auto limit = filter.newest ? fmt::format(" LIMIT {}", *filter.newest) : std::string();
    std::vector<ProbeResult> out;
    const auto read = m->database.run(
        "SELECT id, document FROM probe_results" + where + " ORDER BY time DESC, id DESC" + limit, values,
        [&](const Database::Row &row) -> Result<void> {
            auto result = readProbeResult(
                row.text(1), fmt::format("{}, probe result {}", m->database.file().string(), row.whole(0)));
            if (!result)
                return std::unexpected(result.error());
            out.push_back(*std::move(result));
            return {};
        });
    if (!read)
        return std::unexpected(read.error());
    std::ranges::reverse(out);
    return out;
}

Result<std::vector<ServingBenchmark>> History::benchmarks() const
{
    std::vector<ServingBenchmark> out;
    const auto read = m->database.run(
        "SELECT id, document FROM serving_benchmarks ORDER BY date, id", {},
        [&](const Database::Row &row) -> Result<void> {
            auto one = readServingBenchmark(
                row.text(1), fmt::format("{}, serving benchmark {}", m->database.file().string(), row.whole(0)));
            if (!one)
                return std::unexpected(one.error());
            out.push_back(*std::move(one));
            return {};
        });
    return read ? Result<std::vector<ServingBenchmark>>(std::move(out)) : std::unexpected(read.error());
}

Result<std::vector<ProbeVoid>> History::voids() const
{
    std::vector<ProbeVoid> out;
    const auto read = m->database.run("SELECT host, card, before, reason FROM probe_voids ORDER BY before, host, card",
                                      {}, [&out](const Database::Row &row) -> Result<void> {
                                          out.push_back({row.text(0), row.text(1), row.whole(2), row.text(3)});
                                          return {};
                                      });
    return read ? Result<std::vector<ProbeVoid>>(std::move(out)) : std::unexpected(read.error());
}

Result<HistoryContents> History::contents() const
{
    auto probed = results();
    if (!probed)
        return std::unexpected(probed.error());
    auto gone = voids();
    if (!gone)
        return std::unexpected(gone.error());
    auto served = benchmarks();
    if (!served)
        return std::unexpected(served.error());
    return HistoryContents{*std::move(probed), *std::move(gone), *std::move(served)};
}

Result<void> History::exportLines(const std::function<void(std::string_view line)> &write) const
{
    // One transaction: what is written is the history of one moment.
    return m->database.transaction([&]() -> Result<void> {
        for (const auto *sql : {"SELECT document FROM probe_results ORDER BY time, id",
                                "SELECT document FROM serving_benchmarks ORDER BY date, id"})
            if (const auto read = m->database.run(sql, {},
                                                  [&write](const Database::Row &row) -> Result<void> {
                                                      write(row.text(0));
                                                      return {};
                                                  });
                !read)
                return std::unexpected(read.error());
        const auto gone = voids();
        if (!gone)
            return std::unexpected(gone.error());
        for (const auto &one : *gone)
            write(writeVoid(one));
        return {};
    });
}

Result<ImportSummary> History::importLines(std::string_view text)
{
    Lines lines;
    for (int number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (!line.empty())
            lines.take(line, fmt::format("line {}", number));
    }
    auto &summary = lines.summary;
    const auto done = m->database.transaction([&]() -> Result<void> {
        if (auto added = m->insertAll(lines.results, summary.added); !added)
            return added;
        if (auto added = m->insertAll(lines.benchmarks, summary.added); !added)
            return added;
        return m->insertAll(lines.voids, summary.added);
    });
    if (!done)
        return std::unexpected(done.error());
    summary.known = lines.results.size() + lines.benchmarks.size() + lines.voids.size() - summary.added;
    return std::move(summary);
}

} // namespace core
