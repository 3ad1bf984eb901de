// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/calibration.h"
#include "core/sizing/kv_cache.h"
#include "core/sizing/overhead.h"
#include "core/sizing/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

/// gpt-oss-120b loads 9 % more than its checkpoint (Marlin's padding); other models of the same size differ by more.
constexpr double weightTolerance = 0.12;
/// A cache further off than this is of another model, precision or parallel degree.
constexpr double cacheTolerance = 2;
/// Logs print two decimals of GiB and whole blocks: below this a formula is confirmed, not corrected.
constexpr double cacheNoise = 0.005;

using Field = std::optional<std::int64_t> VllmWorker::*;

/// Least and most of what the workers printed.
std::optional<Estimate> spread(const VllmLog &log, Field field)
{
    std::optional<Estimate> out;
    for (const auto &[process, worker] : log.workers) {
        const auto &bytes = worker.*field;
        if (!bytes)
            continue;
        out = out ? Estimate{std::min(out->low, *bytes), std::max(out->likely, *bytes), std::max(out->high, *bytes)}
                  : Estimate{*bytes, *bytes, *bytes};
    }
    return out;
}

std::optional<Estimate> sum(const std::optional<Estimate> &one, const std::optional<Estimate> &other)
{
    if (!one || !other)
        return std::nullopt;
    return Estimate{one->low + other->low, one->likely + other->likely, one->high + other->high};
}

std::unexpected<Error> other(std::string message)
{
    return fail(ErrorKind::Invalid, std::move(message), "log", "name the model and SKU the log was written with");
}

/// "models--meta-llama--Llama-3.1-8B" of a hub cache's path is meta-llama/Llama-3.1-8B; empty for other paths.
std::string hubName(std::string_view path)
{
    constexpr std::string_view prefix = "models--";
    const auto found = path.find(prefix);
    if (found == path.npos)
        return {};
    auto name = std::string(path.substr(found + prefix.size()));
    name.erase(std::min(name.find('/'), name.size()));
    if (const auto dashes = name.find("--"); dashes != name.npos)
        name.replace(dashes, 2, "/");
    return name;
}

/// Refuses a log that names another model of the catalogue. True when the name proves that it is this one.
Result<bool> checkName(const Catalog &catalog, const Model &model, std::string_view named)
{
    while (named.ends_with('/'))
        named.remove_suffix(1);
    const auto last = named.substr(named.rfind('/') + 1); // npos + 1 is 0
    const auto *found = catalog.findModel(named);
    if (!found)
        found = catalog.findModel(last);
    if (!found)
        found = catalog.findModel(hubName(named));
    if (found && found->id != model.id)
        return other(fmt::format("the log is of {}, not of {}", found->id, model.id));
    return found != nullptr;
}

/// Formats that a log's quantization may mean. Empty quantization: any of 16 bit by dtype, else all.
std::vector<std::string> formatsOf(const VllmLog &log)
{
    const std::string_view quantization = log.quantization;
    if (quantization == "None" || quantization.empty()) {
        if (log.dtype.contains("float32"))
            return {"fp32"};
        if (!log.dtype.empty())
            return {log.dtype.contains("bfloat16") ? "bf16" : "fp16"};
    }
    if (quantization.contains("awq") || quantization.contains("gptq"))
        return {"int4", "int8"};
    if (quantization.contains("mxfp4"))
        return {"mxfp4"};
    if (quantization.starts_with("fp8"))
        return {"fp8"};
    return weightFormats();
}

/// The format whose weights are nearest to what was loaded.
Result<std::string> formatOf(const Model &model, const VllmLog &log, std::string_view asked, int tensorParallel)
{
    const auto loaded = static_cast<double>(spread(log, &VllmWorker::weights).value_or(Estimate{}).likely);
    const auto formats = asked.empty() ? formatsOf(log) : std::vector{std::string(asked)};
    std::string best;
    double needed = 0;
    for (const auto &format : formats) {
        const auto weights = weightBytes(model, format, tensorParallel);
        if (!weights)
            return std::unexpected(weights.error());
        const auto bytes = static_cast<double>(weights->loaded);
        if (best.empty() || std::abs(loaded - bytes) < std::abs(loaded - needed)) {
            best = format;
            needed = bytes;
        }
    }
    if (std::abs(loaded - needed) > weightTolerance * needed)
        return other(fmt::format("the log loaded {:.2f} GiB of weights a device; {} in {} over {} needs {:.2f}",
                                 loaded / 0x1p30, model.id, best, tensorParallel, needed / 0x1p30));
    return best;
}

/// Measured bytes of a token over the formula's.
Result<std::optional<double>> cacheFactor(const VllmLog &log, const KvLayout &layout, std::vector<std::string> &notes)
{
    const auto cache = spread(log, &VllmWorker::kvCache);
    if (cache && cache->low <= 0)
        return fail(ErrorKind::Invalid, "the log is of a start that had no memory left for the KV cache", "log",
                    "give the log of a start that served");
    if (!cache || !log.kvTokens || *log.kvTokens <= 0 || layout.bytesPerToken() <= 0)
        return std::nullopt;
    if (layout.slidingLayers > 0 || layout.recurrentLayers > 0) {
        notes.emplace_back("the cache is not corrected: with sliding or recurrent layers the log's tokens are derived");
        return std::nullopt;
    }
    const double factor = static_cast<double>(cache->low) / static_cast<double>(*log.kvTokens)
        / static_cast<double>(layout.bytesPerToken());
    if (factor > cacheTolerance || factor < 1 / cacheTolerance)
        return other(fmt::format("a token took {:.0f} B of cache in the log; this model needs {}",
                                 factor * static_cast<double>(layout.bytesPerToken()), layout.bytesPerToken()));
    return std::abs(factor - 1) < cacheNoise ? 1.0 : factor;
}

/// From v0.19 the profile counts graphs before it sizes the cache.
bool countsGraphs(std::string_view version)
{
    return versionNumbers(version) >= std::vector{0, 19};
}

/// Activations that V1 does not print: what is left of the engine's share beside weights, cache and context.
std::optional<Estimate> leftForActivations(const VllmLog &log, const Sku &sku, std::string_view version,
                                           std::int64_t context)
{
    const auto weights = spread(log, &VllmWorker::weights), cache = spread(log, &VllmWorker::kvCache);
    const auto total = log.totalMemory ? log.totalMemory : sku.reportedBytes;
    if (!weights || !cache || !total || !log.utilization)
        return std::nullopt;
    auto rest = usableMemory(*total, *log.utilization) - weights->likely - cache->low - context;
    if (const auto graphs = spread(log, &VllmWorker::graphs); graphs && countsGraphs(version))
        rest -= graphs->likely;
    return rest > 0 ? std::optional(Estimate{rest, rest, rest}) : std::nullopt;
}

void fitOverheads(Calibration &out, const VllmLog &log, const Sku &sku)
{
    // The parts of runtimeBlock(): context and collectives, then graphs.
    const bool single = out.tensorParallel <= 1;
    const auto assumed = std::llround((single ? 0.15 : 0.6) * 0x1p30), assumedGraphs = std::llround(0.7 * 0x1p30);
    const auto context = spread(log, &VllmWorker::nonTorch), graphs = spread(log, &VllmWorker::graphs);
    if (context || graphs)
        out.runtimeBytes = sum(context.value_or(Estimate{assumed, assumed, assumed}),
                               graphs.value_or(Estimate{0, assumedGraphs, assumedGraphs}));
    if (graphs && !context)
        out.notes.push_back(fmt::format("the context is not in the log: {} GiB assumed", single ? 0.15 : 0.6));
    if (context && !graphs)
        out.notes.emplace_back("graphs are not in the log: up to 0.7 GiB assumed");
    out.activationBytes = spread(log, &VllmWorker::activations);
    if (out.activationBytes)
        return;
    out.activationBytes = leftForActivations(log, sku, out.engineVersion, context ? context->likely : assumed);
    out.notes.emplace_back(out.activationBytes
                               ? "activations are what the log leaves beside weights, cache and context"
                               : "activations are not corrected: the log has neither them nor gpu_memory_utilization");
}

std::string idOf(const Calibration &one, const Model &model)
{
    return fmt::format("{}.{}.vllm-{}.{}.tp{}", model.shortName, one.skuId, one.engineVersion, one.weights,
                       one.tensorParallel);
}

/// What makes a log useless for a re-fit, whatever it says of memory.
Result<void> checkLog(const VllmLog &log, std::string_view version)
{
    if (version.empty())
        return fail(ErrorKind::Usage, "the log does not name vLLM's version", "engineVersion", "give it");
    const auto harmless = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '+';
    };
    if (version.size() > 60 || !std::ranges::all_of(version, harmless))
        return fail(ErrorKind::Usage, "is no version of vLLM", "engineVersion", "such as 0.10.2");
    if (const auto stages = log.pipelineParallel.value_or(1); stages > 1)
        return fail(ErrorKind::Invalid, fmt::format("the log is of pipeline parallel {}", stages), "log",
                    "Berth sizes one stage; give a log without it");
    if (!spread(log, &VllmWorker::weights))
        return fail(ErrorKind::Invalid, "the log ends before the weights were loaded", "log", "give all of it");
    return {};
}

} // namespace

Result<Calibration> refit(const Catalog &catalog, const Model &model, const Sku &sku, const VllmLog &log,
                          const CalibrationFacts &facts)
{
    Calibration out;
    out.modelId = model.id;
    out.skuId = sku.id;
    out.engineVersion = facts.engineVersion.empty() ? log.version : facts.engineVersion;
    out.log = facts.log;
    out.date = facts.date;
    out.notes = log.notes;
    if (const auto checked = checkLog(log, out.engineVersion); !checked)
        return std::unexpected(checked.error());
    const auto named = checkName(catalog, model, log.model);
    if (!named)
        return std::unexpected(named.error());
    if (!*named)
        out.notes.push_back(fmt::format("the log calls its model \"{}\"; its weights are as large as those of {}",
                                        log.model, model.id));
    if (!log.tensorParallel)
        out.notes.emplace_back("tensor parallel is not in the log: the number of workers is taken");
    const auto loaders =
        std::ranges::count_if(log.workers, [](const auto &worker) { return worker.second.weights.has_value(); });
    out.tensorParallel = log.tensorParallel.value_or(std::max(1, static_cast<int>(loaders)));
    const auto format = formatOf(model, log, facts.weights, out.tensorParallel);
    if (!format)
        return std::unexpected(format.error());
    out.weights = *format;
    if (facts.weights.empty() && formatsOf(log).size() > 1)
        out.notes.push_back(fmt::format("the weights are taken for {} by their size", out.weights));
    out.kvCache = log.kvCacheDtype.starts_with("fp8") ? "fp8" : "auto";
    out.weightBytes = spread(log, &VllmWorker::weights);
    fitOverheads(out, log, sku);
    if (const auto layout = kvLayout(model, out.kvCache, out.tensorParallel)) {
        const auto factor = cacheFactor(log, *layout, out.notes);
        if (!factor)
            return std::unexpected(factor.error());
        out.kvFactor = *factor;
    }
    out.id = idOf(out, model);
    return out;
}

} // namespace core
