// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

LedgerBlock *blockOf(Ledger &ledger, BlockKind kind)
{
    const auto found = std::ranges::find(ledger.blocks, kind, &LedgerBlock::kind);
    return found == ledger.blocks.end() ? nullptr : &*found;
}

double gib(std::int64_t bytes)
{
    return static_cast<double>(bytes) / 0x1p30;
}

std::string origin(const Calibration &calibration)
{
    return fmt::format("calibrated from {} on {} (vLLM {})", calibration.log, calibration.date,
                       calibration.engineVersion);
}

void replaceBytes(Ledger &ledger, BlockKind kind, const std::optional<Estimate> &measured, const std::string &source)
{
    auto *block = blockOf(ledger, kind);
    if (!block || !measured)
        return;
    block->reason = fmt::format("measured {:.2f} GiB; the estimate was {:.2f} ({})", gib(measured->likely),
                                gib(block->bytes.likely), block->reason);
    block->bytes = *measured;
    block->source = source;
}

void scaleCache(Ledger &ledger, double factor, const std::string &source)
{
    auto *block = blockOf(ledger, BlockKind::KvCache);
    if (!block)
        return;
    const auto scaled = [factor](std::int64_t bytes) { return std::llround(static_cast<double>(bytes) * factor); };
    block->bytes = {scaled(block->bytes.low), scaled(block->bytes.likely), scaled(block->bytes.high)};
    ledger.kvBytesPerToken = scaled(ledger.kvBytesPerToken);
    block->reason += fmt::format("; a token took {:.1f} % of the formula's bytes", factor * 100);
    block->source = source;
}

} // namespace

const Calibration *findCalibration(const Calibrations &all, const Model &model, std::string_view skuId,
                                   const Requirement &requirement)
{
    const Calibration *best = nullptr;
    for (const auto &one : all)
        if (one.modelId == model.id && one.skuId == skuId && one.weights == requirement.weights
            && one.tensorParallel == requirement.tensorParallel
            && (!best || versionNumbers(one.engineVersion) > versionNumbers(best->engineVersion)))
            best = &one;
    return best;
}

Ledger calibrated(Ledger ledger, const Calibration &calibration, const Requirement &requirement)
{
    const auto source = origin(calibration);
    replaceBytes(ledger, BlockKind::Weights, calibration.weightBytes, source);
    replaceBytes(ledger, BlockKind::Activations, calibration.activationBytes, source);
    replaceBytes(ledger, BlockKind::Runtime, calibration.runtimeBytes, source);
    if (calibration.kvFactor && calibration.kvCache == requirement.kvCache)
        scaleCache(ledger, *calibration.kvFactor, source);
    // What loading adds to the checkpoint is in the loaded weights; another start may still differ, so `high` stays.
    if (auto *reserve = blockOf(ledger, BlockKind::Reserve); reserve && calibration.weightBytes) {
        reserve->bytes.likely = reserve->bytes.low = 0;
        reserve->reason = "in the measured weights; kept as the upper end for other starts";
        reserve->source = source;
    }
    ledger.total = {};
    for (const auto &block : ledger.blocks) {
        ledger.total.low += block.bytes.low;
        ledger.total.likely += block.bytes.likely;
        ledger.total.high += block.bytes.high;
    }
    ledger.calibration = source;
    ledger.notes.insert(ledger.notes.end(), calibration.notes.begin(), calibration.notes.end());
    return ledger;
}

Result<Ledger> calibratedLedger(const Model &model, const Requirement &requirement,
                                std::optional<std::int64_t> deviceBytes, std::string_view skuId,
                                const Calibrations *all)
{
    auto ledger = buildLedger(model, requirement, deviceBytes);
    const auto *found = ledger && all ? findCalibration(*all, model, skuId, requirement) : nullptr;
    return found ? calibrated(*std::move(ledger), *found, requirement) : std::move(ledger);
}

Result<Ledger> calibratedLedger(const Model &model, const Requirement &requirement, const GroupShape &shape,
                                std::optional<std::int64_t> deviceBytes, std::string_view skuId,
                                const Calibrations *all)
{
    const bool measurable = requirement.engine == "vllm" && shape.pipeline == 1 && shape.expert <= 1
        && shape.context == 1 && shape.speculativeTokens == 0;
    if (!measurable)
        return buildLedger(model, requirement, shape, deviceBytes);
    auto wanted = requirement;
    wanted.tensorParallel = shape.tensor;
    return calibratedLedger(model, wanted, deviceBytes, skuId, all);
}

void keepCalibration(Calibrations &all, Calibration calibration)
{
    std::erase_if(all, [&](const Calibration &one) { return one.id == calibration.id; });
    all.push_back(std::move(calibration));
}

} // namespace core
