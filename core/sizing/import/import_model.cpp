// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/import_model.h"

#include "core/base/file.h"

#include <fmt/format.h>

#include <system_error>

namespace core {

namespace {

namespace fs = std::filesystem;

/// An error of a parser, in the file it came from.
std::unexpected<Error> in(const fs::path &file, Error error)
{
    error.place = error.place.empty() ? file.string() : fmt::format("{} {}", file.string(), error.place);
    return std::unexpected(std::move(error));
}

/// The folder names the model; "." stands for where it is.
std::string nameOf(const fs::path &folder)
{
    std::error_code ignored;
    const auto whole = fs::weakly_canonical(folder, ignored);
    const auto name = whole.filename().empty() ? whole.parent_path().filename() : whole.filename();
    return name.empty() ? "model" : name.string();
}

Result<ImportedModel> readConfig(const fs::path &file)
{
    const auto text = readFile(file);
    if (!text)
        return std::unexpected(text.error());
    auto imported = readHfConfig(*text, nameOf(file.parent_path().empty() ? fs::path(".") : file.parent_path()));
    if (!imported)
        return in(file, imported.error());
    const auto generation = file.parent_path() / "generation_config.json";
    if (std::error_code ignored; !fs::exists(generation, ignored))
        return imported;
    const auto more = readFile(generation);
    if (!more)
        return std::unexpected(more.error());
    if (const auto read = readGenerationConfig(*more, *imported); !read)
        return in(generation, read.error());
    return imported;
}

} // namespace

Result<ImportedModel> importModel(const fs::path &path)
{
    std::error_code problem;
    const auto status = fs::status(path, problem);
    if (status.type() == fs::file_type::not_found)
        return fail(ErrorKind::NotFound, "no such file or folder", path.string());
    if (problem)
        return fail(ErrorKind::Io, problem.message(), path.string());
    return readConfig(fs::is_directory(status) ? path / "config.json" : path);
}

} // namespace core
