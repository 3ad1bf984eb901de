// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/import_model.h"

#include "core/base/file.h"
#include "core/sizing/import/gguf.h"
#include "core/sizing/import/model_folder.h"
#include "core/sizing/import/onnx.h"
#include "core/sizing/import/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace core {

namespace {

namespace fs = std::filesystem;

/// An error of a parser, in the file it came from.
std::unexpected<Error> in(const fs::path &file, Error error)
{
    if (!error.place.starts_with(file.string()))
        error.place = error.place.empty() ? file.string() : fmt::format("{} {}", file.string(), error.place);
    return std::unexpected(std::move(error));
}

/// Documents are small; what is larger is no config.
Result<std::string> readDocument(const fs::path &file, std::uintmax_t most = 256U << 20U)
{
    std::error_code problem;
    const auto size = fs::file_size(file, problem);
    if (!problem && size > most)
        return fail(ErrorKind::Parse, fmt::format("is {} bytes, more than any file of its kind", size), file.string());
    return readFile(file);
}

Result<ImportedModel> readConfig(const fs::path &file)
{
    const auto text = readDocument(file, 16U << 20U);
    if (!text)
        return std::unexpected(text.error());
    auto imported = readHfConfig(*text, folderName(file.parent_path()));
    if (!imported)
        return in(file, imported.error());
    const auto generation = file.parent_path() / "generation_config.json";
    if (std::error_code ignored; !fs::exists(generation, ignored))
        return imported;
    const auto more = readDocument(generation, 16U << 20U);
    if (!more)
        return std::unexpected(more.error());
    if (const auto read = readGenerationConfig(*more, *imported); !read)
        return in(generation, read.error());
    return imported;
}

Result<TensorTable> tensorsIn(const fs::path &file, Result<TensorTable> (*read)(ByteSource &))
{
    const auto source = FileSource::open(file);
    if (!source)
        return std::unexpected(source.error());
    auto table = read(**source);
    return table ? table : in(file, table.error());
}

Result<TensorTable> tensorsOf(const std::vector<fs::path> &files)
{
    TensorTable all;
    for (const auto &file : files) {
        const auto table = tensorsIn(file, readSafetensors);
        if (!table)
            return table;
        if (!all.add(*table))
            return fail(ErrorKind::Parse, "the files take more bytes together than any model", file.string());
    }
    return all;
}

/// The tensors that are stored settle the weights, whatever was computed before.
void store(ImportedModel &imported, StoredWeights stored)
{
    if (stored.parameters == 0 && imported.model.stored)
        stored.parameters = imported.model.stored->parameters;
    if (stored.parameters > 0 && !imported.model.params)
        imported.model.params = stored.parameters;
    imported.model.stored = std::move(stored);
    imported.weights = "stored";
}

/// Of an index whose shards are not there: only its total.
Result<void> storeTotal(ImportedModel &imported, const fs::path &index, std::optional<std::int64_t> total)
{
    if (!total)
        return fail(ErrorKind::NotFound, "its files are not beside it and it states no total_size", index.string());
    imported.notes.emplace_back("the weight files are not here; their total is the index's");
    if (imported.model.stored && imported.model.stored->bytes.total() > 0)
        return {}; // by the config's quantisation, split by part
    WeightParts<std::int64_t> bytes;
    bytes.mlp = *total;
    store(imported, StoredWeights{bytes, 0, "format unknown"});
    return {};
}

Result<void> addIndexed(ImportedModel &imported, const fs::path &file)
{
    const auto text = readDocument(file);
    if (!text)
        return std::unexpected(text.error());
    const auto index = readSafetensorsIndex(*text);
    if (!index)
        return in(file, index.error());
    std::vector<fs::path> shards;
    std::error_code ignored;
    for (const auto &name : index->files)
        if (const auto shard = file.parent_path() / name; fs::exists(shard, ignored))
            shards.push_back(shard);
    if (shards.empty())
        return storeTotal(imported, file, index->totalBytes);
    if (shards.size() != index->files.size())
        return fail(ErrorKind::NotFound,
                    fmt::format("{} of its {} files are not beside it", index->files.size() - shards.size(),
                                index->files.size()),
                    file.string(), "download the rest, or remove them all to size by the index alone");
    const auto table = tensorsOf(shards);
    if (!table)
        return std::unexpected(table.error());
    if (index->totalBytes && *index->totalBytes != table->bytes())
        imported.notes.push_back(
            fmt::format("the index says {} bytes, its files hold {}", *index->totalBytes, table->bytes()));
    store(imported, table->stored());
    return {};
}

Result<ImportedModel> readGgufFiles(const std::vector<fs::path> &files)
{
    ImportedModel imported;
    TensorTable tensors;
    int expected = 1;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto source = FileSource::open(files[i]);
        if (!source)
            return std::unexpected(source.error());
        auto file = readGguf(**source, withoutShard(files[i]));
        if (!file)
            return in(files[i], file.error());
        if (i == 0)
            imported.model = std::move(file->model);
        expected = std::max(expected, file->files);
        if (!tensors.add(file->tensors))
            return fail(ErrorKind::Parse, "the files take more bytes together than any model", files[i].string());
    }
    if (static_cast<int>(files.size()) != expected)
        return fail(ErrorKind::NotFound, fmt::format("is one of {} files, {} are here", expected, files.size()),
                    files.front().string(), "name the folder that holds them all");
    store(imported, tensors.stored());
    return imported;
}

/// Weights whose architecture nobody tells: sized as they lie, without a cache.
ImportedModel weightsAlone(const std::string &id, StoredWeights stored, const char *kind, std::string note)
{
    ImportedModel imported;
    imported.model.id = imported.model.shortName = id;
    imported.model.kind = kind;
    imported.model.isLlm = false;
    imported.notes.push_back(std::move(note));
    store(imported, std::move(stored));
    return imported;
}

constexpr std::string_view noConfig = "no config.json beside the weights: a decoder's KV cache is not counted";

Result<ImportedModel> readWeights(const fs::path &folder, const ModelFolder &found)
{
    const auto name = modelName(folder, found);
    if (found.kind == WeightFiles::Gguf)
        return readGgufFiles(found.files);
    if (found.kind == WeightFiles::Onnx) {
        const auto table = tensorsIn(found.files.front(), readOnnx);
        if (!table)
            return std::unexpected(table.error());
        return weightsAlone(name, table->stored(), "ONNX model", "activations are a rule of thumb over the weights");
    }
    auto imported = found.config
        ? readConfig(*found.config)
        : Result<ImportedModel>(weightsAlone(name, {}, "weights without a config", std::string(noConfig)));
    if (!imported || found.kind == WeightFiles::None)
        return imported;
    if (found.kind == WeightFiles::Index) {
        if (const auto added = addIndexed(*imported, found.files.front()); !added)
            return std::unexpected(added.error());
        return imported;
    }
    const auto table = tensorsOf(found.files);
    if (!table)
        return std::unexpected(table.error());
    store(*imported, table->stored());
    return imported;
}

/// Another part of a pipeline beside those counted.
void add(ImportedModel &all, const ImportedModel &part)
{
    auto stored = all.model.stored.value_or(StoredWeights{});
    const auto more = part.model.stored.value_or(StoredWeights{});
    stored.bytes.mlp = std::min(stored.bytes.mlp + more.bytes.total(), mostTensorBytes);
    stored.parameters = std::min(stored.parameters + more.parameters, mostTensorBytes);
    if (!stored.format.contains(more.format))
        stored.format += (stored.format.empty() ? "" : " and ") + more.format;
    all.model.stored = stored;
    all.model.params = stored.parameters;
    for (const auto &note : part.notes)
        if (note != noConfig)
            all.notes.push_back(fmt::format("{}: {}", part.model.id, note));
}

/// A diffusers pipeline: transformer or UNet, text encoders and VAE in folders of their own.
Result<ImportedModel> readPipeline(const fs::path &folder, const ModelFolder &found)
{
    auto all = weightsAlone(folderName(folder), {}, "diffusion pipeline", "all parts are counted as on the device");
    for (const auto &part : found.parts) {
        const auto inside = readPart(part);
        if (!inside)
            return std::unexpected(inside.error());
        if (inside->kind == WeightFiles::None)
            continue; // schedulers and tokenizers carry no weights
        const auto imported = readWeights(part, *inside);
        if (!imported)
            return imported;
        add(all, *imported);
    }
    if (!all.model.stored || all.model.stored->bytes.total() == 0)
        return fail(ErrorKind::NotFound, "its folders hold no safetensors files", folder.string());
    return all;
}

Result<std::string> firstBytes(const fs::path &file)
{
    const auto source = FileSource::open(file);
    if (!source)
        return std::unexpected(source.error());
    std::string bytes(4, '\0');
    bytes.resize((*source)->read(0, bytes));
    return bytes;
}

Result<ImportedModel> readFileOf(const fs::path &file)
{
    const auto begin = firstBytes(file);
    if (!begin)
        return std::unexpected(begin.error());
    const auto name = file.filename().string();
    if (*begin == "GGUF" || file.extension() == ".gguf")
        return readGgufFiles({file});
    if (file.extension() == ".onnx")
        return readWeights(file.parent_path(), {.kind = WeightFiles::Onnx, .files = {file}});
    if (file.extension() == ".safetensors")
        return readWeights(file.parent_path(), {.kind = WeightFiles::Safetensors, .files = {file}});
    if (name.ends_with(".safetensors.index.json")) {
        const auto config = file.parent_path() / "config.json";
        std::error_code ignored;
        return readWeights(file.parent_path(),
                           {.config = fs::exists(config, ignored) ? std::optional(config) : std::nullopt,
                            .kind = WeightFiles::Index,
                            .files = {file}});
    }
    return readConfig(file);
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
    if (!fs::is_directory(status))
        return readFileOf(path);
    const auto found = readFolder(path);
    if (!found)
        return std::unexpected(found.error());
    return found->pipeline ? readPipeline(path, *found) : readWeights(path, *found);
}

} // namespace core
