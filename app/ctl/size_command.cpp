// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/size_command.h"

#include "app/calibration_store.h"
#include "app/ctl/output.h"
#include "app/ctl/size_document.h"
#include "app/resource_paths.h"
#include "core/sizing/import/import_model.h"
#include "core/sizing/model_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace app::ctl {

using core::ErrorKind;

namespace {

/// A model with what its publisher or its files say of how it is run.
struct Found {
    core::ImportedModel imported;
    std::string source;
};

bool looksLikePath(const std::string &text)
{
    return text.starts_with('/') || text.starts_with('.') || text.ends_with('/') || text.ends_with(".json")
        || text.ends_with(".safetensors") || text.ends_with(".gguf") || text.ends_with(".onnx");
}

/// The catalogue first, so that a folder of the same name cannot change an answer; "./name" is the folder.
core::Result<Found> findModel(const core::Catalog &catalog, const std::string &typed)
{
    const auto fromFile = [&typed]() -> core::Result<Found> {
        auto imported = core::importModel(typed);
        if (!imported)
            return std::unexpected(imported.error());
        return Found{std::move(*imported), typed};
    };
    if (looksLikePath(typed))
        return fromFile();
    if (const auto named = core::findNamed(catalog, typed); named.model != nullptr) {
        core::ImportedModel imported{*named.model, named.weights, "auto", {}};
        if (!named.note.empty())
            imported.notes.push_back(named.note);
        return Found{std::move(imported), "catalogue"};
    }
    std::error_code ignored;
    if (std::filesystem::exists(typed, ignored))
        return fromFile();
    const auto like = catalog.modelsLike(typed);
    return core::fail(ErrorKind::Usage, fmt::format("no model \"{}\" in the catalogue, and no such file", typed), {},
                      like.empty() ? std::string() : fmt::format("did you mean {}?", fmt::join(like, ", ")));
}

core::Result<std::int64_t> bytesOf(double gib, const char *option)
{
    if (std::isnan(gib) || gib <= 0 || gib > 16384)
        return core::fail(ErrorKind::Usage, fmt::format("{:g} GiB is not above 0 and at most 16384", gib), option);
    return std::llround(gib * 0x1p30);
}

const core::Sku *findSku(const core::Catalog &catalog, const std::string &typed)
{
    if (const auto *sku = catalog.findSku(typed))
        return sku;
    for (const char *vendor : {"nvidia", "amd", "intel"})
        if (const auto *sku = catalog.findByProduct(vendor, typed))
            return sku;
    return nullptr;
}

struct NamedDevice {
    std::string name;
    std::optional<core::SizingDevice> device;
    std::string note;
    std::string skuId; ///< empty when only its memory was named
};

core::Result<NamedDevice> cardOf(const core::Catalog &catalog, const SizeOptions &options)
{
    if (!options.sku.empty() && options.memoryGiB)
        return core::fail(ErrorKind::Usage, "name a card with --sku or its memory with --memory, not both");
    if (options.memoryGiB) {
        const auto bytes = bytesOf(*options.memoryGiB, "--memory");
        if (!bytes)
            return std::unexpected(bytes.error());
        return NamedDevice{
            fmt::format("a device of {:g} GiB", *options.memoryGiB), core::SizingDevice{*bytes, {}, {}}, {}, {}};
    }
    if (options.sku.empty())
        return NamedDevice{};
    const auto *sku = findSku(catalog, options.sku);
    if (sku == nullptr)
        return core::fail(ErrorKind::Usage, fmt::format("no card \"{}\" in the catalogue", options.sku), "--sku",
                          "an id such as nvidia-h100-sxm-80 or amd-mi300x, or a product label");
    NamedDevice named{sku->displayName, core::SizingDevice{sku->usableBytes(), {}, {}}, {}, sku->id};
    if (!sku->reportedBytes)
        named.note = "the card's memory is its data sheet's figure; drivers report 2 to 7 % less";
    return named;
}

core::Result<NamedDevice> deviceOf(const core::Catalog &catalog, const SizeOptions &options)
{
    auto named = cardOf(catalog, options);
    if (!named)
        return named;
    if (options.freeGiB) {
        const auto bytes = bytesOf(*options.freeGiB, "--free");
        if (!bytes)
            return std::unexpected(bytes.error());
        if (!named->device)
            return core::fail(ErrorKind::Usage, "--free needs a card: --sku or --memory", "--free");
        named->device->free = *bytes;
    }
    if (options.kvPoolGiB) {
        const auto bytes = bytesOf(*options.kvPoolGiB, "--kv-pool");
        if (!bytes)
            return std::unexpected(bytes.error());
        if (!named->device)
            named->name = "a KV cache of its own";
        auto device = named->device.value_or(core::SizingDevice{0, {}, {}});
        device.kvPool = *bytes;
        named->device = device;
    }
    return named;
}

core::Requirement requirementOf(const SizeOptions &options, const core::ImportedModel &imported)
{
    auto requirement = options.requirement;
    requirement.modelId = imported.model.id;
    requirement.name = imported.model.shortName;
    if (!options.weightsGiven)
        requirement.weights = imported.weights;
    if (!options.kvGiven)
        requirement.kvCache = imported.kvCache;
    if (!options.contextGiven && imported.model.context)
        requirement.context = std::min<std::int64_t>(requirement.context, *imported.model.context);
    requirement.tensorParallel = options.shape.tensor;
    return requirement;
}

std::optional<std::int64_t> cardBytes(const std::optional<core::SizingDevice> &device)
{
    return device && device->total > 0 ? std::optional(device->total) : std::nullopt;
}

core::Result<Sizing> size(const core::Catalog &catalog, const core::Calibrations &calibrations,
                          const SizeOptions &options)
{
    auto found = findModel(catalog, options.model);
    if (!found)
        return std::unexpected(found.error());
    const auto named = deviceOf(catalog, options);
    if (!named)
        return std::unexpected(named.error());
    Sizing sizing{
        found->imported.model, found->source, requirementOf(options, found->imported), options.shape, {}, {}, {},
        named->name,           named->device};
    auto ledger = core::calibratedLedger(sizing.model, sizing.requirement, sizing.shape, cardBytes(named->device),
                                         named->skuId, &calibrations);
    if (!ledger)
        return std::unexpected(ledger.error());
    sizing.ledger = std::move(*ledger);
    const auto weights = core::weightBytes(sizing.model, sizing.requirement.weights, sizing.shape);
    if (!weights)
        return std::unexpected(weights.error());
    sizing.weights = *weights;
    auto answer = core::sizeOn(sizing.model, sizing.requirement, sizing.shape, sizing.ledger, sizing.device);
    if (!answer)
        return std::unexpected(answer.error());
    sizing.answer = std::move(*answer);
    auto &notes = sizing.ledger.notes;
    notes.insert(notes.begin(), found->imported.notes.begin(), found->imported.notes.end());
    if (!named->note.empty())
        notes.push_back(named->note);
    return sizing;
}

} // namespace

CLI::App *addSize(CLI::App &program, SizeOptions &parsed)
{
    auto *size = program.add_subcommand("size", "say what a model needs on one device, and what a device takes of it");
    auto &wanted = parsed.requirement;
    size->add_option("model", parsed.model,
                     "name in the catalogue, or a local config.json, safetensors, GGUF or ONNX file, or a folder")
        ->required();
    size->add_option("--weights", wanted.weights,
                     "fp32 bf16 fp16 fp8 int8 int4 int4-g64 nvfp4 mxfp4 nf4 (default: as published or stored)");
    size->add_option("--kv", wanted.kvCache, "auto fp8 int8 bf16 fp16 fp32");
    size->add_option("--tp", parsed.shape.tensor, "tensor parallel: devices that share every layer");
    size->add_option("--pp", parsed.shape.pipeline, "pipeline parallel: stages that hold a part of the layers each");
    size->add_option("--ep", parsed.shape.expert, "expert parallel: devices that share the experts");
    size->add_option("--dcp", parsed.shape.context, "decode context parallel: ranks that share a request's tokens");
    size->add_option("--speculate", parsed.shape.speculativeTokens,
                     "tokens guessed ahead by the model's own MTP layer");
    size->add_option("--context,--context-length", wanted.context, "tokens of one request, prompt and answer");
    size->add_option("--concurrency", wanted.concurrency, "requests at once on one replica");
    size->add_option("--engine", wanted.engine, "how --utilization is meant")
        ->check(CLI::IsMember({"vllm", "sglang", "trtllm"}));
    size->add_option("--sku", parsed.sku, "the card: id or product label in the catalogue");
    size->add_option("--memory", parsed.memoryGiB, "the card's memory as its driver reports it, in GiB");
    size->add_option("--free", parsed.freeGiB, "what of it is free, in GiB (default: all)");
    size->add_option("--utilization", wanted.utilization,
                     "share of the card's total that the engine may take (trtllm: of what is free)");
    size->add_option("--kv-pool", parsed.kvPoolGiB, "KV cache on one device as the engine prints it, in GiB");
    return size;
}

Answer runSize(const GlobalOptions &global, const SizeOptions &options)
{
    const auto resources = resourceFolder();
    if (!resources)
        return std::unexpected(resources.error());
    const auto catalog = core::loadCatalog(*resources / "catalog");
    if (!catalog)
        return std::unexpected(catalog.error());
    const auto calibrations = loadCalibrations(calibrationFile());
    if (!calibrations)
        return std::unexpected(calibrations.error());
    const auto sizing = size(*catalog, *calibrations, options);
    if (!sizing)
        return std::unexpected(sizing.error());
    if (global.format == Format::Table)
        print(sizeTable(*sizing));
    else
        printDocument(sizeDocument(*sizing), global.format);
    return sizing->answer.answer == core::FitAnswer::No ? No : Yes;
}

} // namespace app::ctl
