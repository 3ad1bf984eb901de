// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace core {

/// One connection to an SQLite file; errors say what is wrong with the file and the way out. One thread.
class Database {
public:
    /// Opens or makes the file. Nothing is read or written yet.
    static Result<Database> open(const std::filesystem::path &file, std::chrono::milliseconds lockWait);

    using Value = std::variant<std::int64_t, std::string>;
    /// One row of an answer, valid until the next.
    class Row {
    public:
        explicit Row(sqlite3_stmt *statement) : m_statement(statement) {}
        std::int64_t whole(int column) const;
        std::string text(int column) const;

    private:
        sqlite3_stmt *m_statement;
    };
    /// Runs one statement with its parameters; `onRow` ends it early by an error. Returns how many rows it changed.
    Result<std::size_t> run(const std::string &sql, const std::vector<Value> &values = {},
                            const std::function<Result<void>(const Row &)> &onRow = {}) const;
    Result<std::int64_t>
    number(const std::string &sql) const; ///< the first column of the first row, 0 when there is none
    /// Runs all of `work` or, when it fails, none of it. Waits for other writers first.
    Result<void> transaction(const std::function<Result<void>()> &work) const;

    const std::filesystem::path &file() const { return m_file; }

private:
    struct Close {
        void operator()(sqlite3 *handle) const;
    };
    Database(std::unique_ptr<sqlite3, Close> handle, std::filesystem::path file)
        : m_handle(std::move(handle))
        , m_file(std::move(file))
    {
    }
    Error error(int code) const;

    std::unique_ptr<sqlite3, Close> m_handle;
    std::filesystem::path m_file;
};

/// Brings the file to the newest tables. Unsupported: a newer Berth wrote it. Parse: it is no history.
Result<void> migrate(const Database &database, int newest);

} // namespace core
