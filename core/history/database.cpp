// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace core {

namespace {

/// What a code of SQLite means to the user. Only the primary code counts: the last eight bits.
Error meaning(int code, const std::string &detail, const std::string &file)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return {ErrorKind::Conflict, "another program keeps the history locked", file,
                "close the other Berth or wait for it, then try again; nothing was changed"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {ErrorKind::Parse, "is damaged or no history of Berth", file,
                "it was left as it is: move it aside to begin a new one, and save what is left of it with "
                "`sqlite3 FILE .recover`"};
    case SQLITE_FULL: return {ErrorKind::Io, "the disk is full", file, "make room and try again; nothing was changed"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return {ErrorKind::Io, fmt::format("cannot be opened for writing: {}", detail), file,
                "choose a place you may write to"};
    case SQLITE_IOERR:
        return {ErrorKind::Io, fmt::format("cannot be read or written: {}", detail), file,
                "look at the disk; nothing was changed"};
    default: return {ErrorKind::Internal, detail, file, {}};
    }
}

struct Finalize {
    void operator()(sqlite3_stmt *statement) const { sqlite3_finalize(statement); }
};

int bind(sqlite3_stmt *statement, int at, const Database::Value &value)
{
    if (const auto *whole = std::get_if<std::int64_t>(&value))
        return sqlite3_bind_int64(statement, at, *whole);
    const auto &text = std::get<std::string>(value);
    // The statement is done before the caller's values go.
    return sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

} // namespace

void Database::Close::operator()(sqlite3 *handle) const
{
    sqlite3_close_v2(handle);
}

std::int64_t Database::Row::whole(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

std::string Database::Row::text(int column) const
{
    const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(m_statement, column));
    return text == nullptr ? std::string()
                           : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)));
}

Error Database::error(int code) const
{
    return meaning(code, sqlite3_errmsg(m_handle.get()), m_file.string());
}

Result<Database> Database::open(const std::filesystem::path &file, std::chrono::milliseconds lockWait)
{
    std::error_code made;
    if (file.has_parent_path())
        std::filesystem::create_directories(file.parent_path(), made);
    if (made)
        return fail(ErrorKind::Io, fmt::format("its folder cannot be made: {}", made.message()), file.string(),
                    "choose a place you may write to");
    sqlite3 *raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
    Database database(std::unique_ptr<sqlite3, Close>(raw), file);
    if (raw == nullptr)
        return fail(ErrorKind::Internal, "no memory left", file.string());
    if (code != SQLITE_OK)
        return std::unexpected(database.error(code));
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, static_cast<int>(lockWait.count()));
    return database;
}

Result<std::size_t> Database::run(const std::string &sql, const std::vector<Value> &values,
                                  const std::function<Result<void>(const Row &)> &onRow) const
{
    sqlite3_stmt *raw = nullptr;
    int code = sqlite3_prepare_v2(m_handle.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
    const std::unique_ptr<sqlite3_stmt, Finalize> statement(raw);
    for (std::size_t i = 0; code == SQLITE_OK && i < values.size(); ++i)
        code = bind(raw, static_cast<int>(i) + 1, values[i]);
    if (code != SQLITE_OK)
        return std::unexpected(error(code));
    while ((code = sqlite3_step(raw)) == SQLITE_ROW)
        if (onRow)
            if (auto taken = onRow(Row(raw)); !taken)
                return std::unexpected(std::move(taken.error()));
    if (code != SQLITE_DONE)
        return std::unexpected(error(code));
    return static_cast<std::size_t>(sqlite3_changes(m_handle.get()));
}

Result<std::int64_t> Database::number(const std::string &sql) const
{
    std::int64_t value = 0;
    const auto done = run(sql, {}, [&value](const Row &row) -> Result<void> {
        value = row.whole(0);
        return {};
    });
    return done ? Result<std::int64_t>(value) : std::unexpected(done.error());
}

Result<void> Database::transaction(const std::function<Result<void>()> &work) const
{
    if (const auto begun = run("BEGIN IMMEDIATE"); !begun)
        return std::unexpected(begun.error());
    auto done = work();
    if (done)
        if (const auto committed = run("COMMIT"); !committed)
            done = std::unexpected(committed.error());
    // SQLite itself has rolled back after some errors (a full disk): then there is nothing left to undo.
    if (!done && sqlite3_get_autocommit(m_handle.get()) == 0)
        if (const auto undone = run("ROLLBACK"); !undone)
            return done; // closing the file undoes it
    return done;
}

} // namespace core
