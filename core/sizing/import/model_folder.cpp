// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/model_folder.h"

#include "core/base/file.h"
#include "core/sizing/import/json_section.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
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

/// Mistral ships its weights twice: "consolidated" is the same model in its own layout. Variants, such as
/// "model.fp16" beside "model", are loaded only by who asks for them.
void dropSecondLayout(Groups &groups)
{
    if (groups.size() > 1)
        groups.erase("consolidated");
    std::erase_if(groups, [&groups](const auto &group) {
        const auto &name = group.first;
        return std::ranges::any_of(groups, [&name](const auto &other) { return name.starts_with(other.first + "."); });
    });
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

/// The parts a pipeline is made of: {"vae": ["diffusers", "AutoencoderKL"], "safety_checker": [null, null], ...}. Other
/// folders hold what the pipeline does not load.
Result<std::vector<fs::path>> partsOf(const fs::path &index)
{
    const auto text = readFile(index);
    if (!text)
        return std::unexpected(text.error());
    const auto document = parseJson(*text);
    if (!document)
        return fail(document.error().kind, document.error().message,
                    fmt::format("{} {}", index.string(), document.error().place));
    if (!document->is_object())
        return fail(ErrorKind::Parse, "is not an object", index.string());
    std::vector<fs::path> parts;
    for (const auto &[name, value] : document->items()) {
        if (!value.is_array() || value.size() != 2 || !value[0].is_string() || !value[1].is_string())
            continue; // a setting, or a part that is left out
        if (name.empty() || name.contains('/') || name.starts_with('.'))
            return fail(ErrorKind::Parse, fmt::format("\"{}\" is no folder beside it", name), index.string());
        std::error_code ignored;
        const auto part = index.parent_path() / name;
        if (!fs::is_directory(part, ignored))
            return fail(ErrorKind::NotFound, fmt::format("its part \"{}\" is not beside it", name), index.string(),
                        "download the rest");
        parts.push_back(part);
    }
    return parts;
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
        auto parts = partsOf(folder / "model_index.json");
        if (!parts)
            return std::unexpected(parts.error());
        out.pipeline = true;
        out.parts = std::move(*parts);
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

Result<ModelFolder> readPart(const fs::path &folder)
{
    auto entries = entriesOf(folder);
    if (!entries)
        return std::unexpected(entries.error());
    const auto other = std::ranges::find_if(entries->files, [](const fs::path &file) {
        return file.extension() == ".bin" || file.extension() == ".gguf" || file.extension() == ".onnx";
    });
    const auto otherName = other == entries->files.end() ? std::string() : other->string();
    std::erase_if(entries->files, [](const fs::path &file) {
        return file.extension() != ".safetensors" && !file.filename().string().ends_with(".safetensors.index.json");
    });
    ModelFolder out;
    if (const auto picked = pickWeights(folder, *entries, out); !picked)
        return std::unexpected(picked.error());
    if (out.kind == WeightFiles::None && !otherName.empty())
        return fail(ErrorKind::NotFound, "a part of a pipeline is read from safetensors files, and has none", otherName,
                    "download its safetensors files");
    return out;
}

std::string folderName(const fs::path &folder)
{
    std::error_code ignored;
    const auto whole = fs::weakly_canonical(folder.empty() ? fs::path(".") : folder, ignored);
    const auto name = whole.filename().empty() ? whole.parent_path().filename() : whole.filename();
    return name.empty() ? "model" : name.string();
}

std::string modelName(const fs::path &folder, const ModelFolder &found)
{
    static constexpr std::array anyModel{"model", "diffusion_pytorch_model", "consolidated"};
    const auto stem = found.files.size() == 1 ? withoutShard(found.files.front()) : std::string();
    return stem.empty() || found.kind == WeightFiles::Index || std::ranges::find(anyModel, stem) != anyModel.end()
        ? folderName(folder)
        : stem;
}

} // namespace core
