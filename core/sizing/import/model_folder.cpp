// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/model_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <system_error>

namespace core {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t mostEntries = 100000;

struct Entries {
    std::vector<fs::path> files, folders;
};

Result<Entries> entriesOf(const fs::path &folder)
{
    std::error_code problem;
    fs::directory_iterator at(folder, problem);
    if (problem)
        return fail(ErrorKind::Io, problem.message(), folder.string());
    Entries out;
    for (; at != fs::directory_iterator(); at.increment(problem)) {
        if (problem)
            return fail(ErrorKind::Io, problem.message(), folder.string());
        std::error_code ignored; // a link that leads nowhere is neither
        if (at->is_directory(ignored))
            out.folders.push_back(at->path());
        else if (at->is_regular_file(ignored))
            out.files.push_back(at->path());
        if (out.files.size() + out.folders.size() > mostEntries)
            return fail(ErrorKind::Usage, fmt::format("holds more than {} files", mostEntries), folder.string(),
                        "name one file");
    }
    std::ranges::sort(out.files);
    std::ranges::sort(out.folders);
    return out;
}

bool isNumber(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

using Groups = std::map<std::string, std::vector<fs::path>>;

Groups grouped(const std::vector<fs::path> &files, std::string_view extension)
{
    Groups groups;
    for (const auto &file : files)
        if (file.extension() == extension)
            groups[withoutShard(file)].push_back(file);
    return groups;
}

std::unexpected<Error> severalModels(const fs::path &folder, const std::vector<std::string> &names)
{
    return fail(ErrorKind::Usage, fmt::format("holds {} models: {}", names.size(), fmt::join(names, ", ")),
                folder.string(), "name one of them");
}

/// Mistral ships its weights twice: "consolidated" is the same model in its own layout.
void dropSecondLayout(Groups &groups)
{
    if (groups.size() > 1)
        groups.erase("consolidated");
}

Result<void> pickWeights(const fs::path &folder, const Entries &entries, ModelFolder &out)
{
    std::vector<std::string> models;
    for (const auto &file : entries.files)
        if (file.filename().string().ends_with(".safetensors.index.json")
            && !file.filename().string().starts_with("consolidated")) {
            models.push_back(file.filename().string());
            out.kind = WeightFiles::Index;
            out.files = {file};
        }
    const bool indexed = !models.empty();
    for (const auto &[extension, kind] : {std::pair{".safetensors", WeightFiles::Safetensors},
                                          {".gguf", WeightFiles::Gguf},
                                          {".onnx", WeightFiles::Onnx}}) {
        auto groups = grouped(entries.files, extension);
        dropSecondLayout(groups);
        if (kind == WeightFiles::Safetensors && indexed)
            continue; // the index says which are its own
        for (const auto &[name, files] : groups) {
            models.push_back(name + extension);
            out.kind = kind;
            out.files = files;
        }
    }
    if (models.size() > 1)
        return severalModels(folder, models);
    return {};
}

std::vector<std::string> modelsBelow(const Entries &entries)
{
    std::vector<std::string> names;
    for (const auto &folder : entries.folders) {
        std::error_code ignored;
        if (fs::exists(folder / "config.json", ignored))
            names.push_back(folder.filename().string());
    }
    return names;
}

} // namespace

std::string withoutShard(const fs::path &file)
{
    auto stem = file.stem().string();
    const auto of = stem.rfind("-of-");
    if (of == std::string::npos || !isNumber(std::string_view(stem).substr(of + 4)))
        return stem;
    const auto dash = stem.rfind('-', of - 1);
    if (of == 0 || dash == std::string::npos || !isNumber(std::string_view(stem).substr(dash + 1, of - dash - 1)))
        return stem;
    return stem.substr(0, dash);
}

Result<ModelFolder> readFolder(const fs::path &folder)
{
    const auto entries = entriesOf(folder);
    if (!entries)
        return std::unexpected(entries.error());
    ModelFolder out;
    const auto has = [&](const char *name) {
        return std::ranges::find(entries->files, folder / name) != entries->files.end();
    };
    if (has("model_index.json")) {
        out.parts = entries->folders;
        return out;
    }
    if (has("config.json"))
        out.config = folder / "config.json";
    if (const auto picked = pickWeights(folder, *entries, out); !picked)
        return std::unexpected(picked.error());
    if (out.config || out.kind != WeightFiles::None)
        return out;
    const auto below = modelsBelow(*entries);
    if (!below.empty())
        return severalModels(folder, below);
    return fail(ErrorKind::NotFound, "holds no config.json, safetensors, GGUF or ONNX file", folder.string());
}

} // namespace core
