// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/ledger.h"
#include "core/sizing/vllm_log.h"

#include <string>
#include <vector>

namespace core {

/// What a start-up log taught about one model on one SKU with one engine version. It holds for the weight format and
/// tensor parallel it was measured with, and corrects only the blocks it measured.
struct Calibration {
    std::string id; ///< from what it holds for; a later log of the same replaces it
    std::string modelId, skuId;
    std::string engineVersion; ///< "0.10.2"
    std::string weights, kvCache;
    int tensorParallel = 1;
    std::string log;  ///< the file's name, shown with each block
    std::string date; ///< of the re-fit, "2026-11-26"
    std::optional<Estimate> weightBytes, activationBytes,
        runtimeBytes;               ///< per device: least, most, most of the workers
    std::optional<double> kvFactor; ///< measured cache bytes of a token over the formula's; for `kvCache` only
    std::vector<std::string> notes; ///< what was not in the log, or was worked out
    bool operator==(const Calibration &) const = default;
};

using Calibrations = std::vector<Calibration>;

/// What a log does not say itself.
struct CalibrationFacts {
    std::string log, date;     ///< as in Calibration
    std::string engineVersion; ///< empty: the log's
    std::string weights;       ///< empty: from the log's quantization and the bytes it loaded
};

/// Re-fits the ledger of `model` on `sku` to a log. The log must be of that model: its name may be of the catalogue's
/// model, or a path nobody knows, but never another model of the catalogue; loaded weights must be within 12 % of what
/// a format needs (engines pad up to 9 %), and the cache within a factor of 2 of the formula. Errors: Invalid (another
/// model, pipeline parallel, a start that failed for lack of memory), Usage (no engine version, unknown format).
Result<Calibration> refit(const Catalog &catalog, const Model &model, const Sku &sku, const VllmLog &log,
                          const CalibrationFacts &facts);

/// The calibration for a requirement on a SKU's whole cards: same model, weights and tensor parallel; the newest engine
/// version, compared as numbers. nullptr when there is none.
const Calibration *findCalibration(const Calibrations &all, const Model &model, std::string_view skuId,
                                   const Requirement &requirement);

/// The ledger with the measured blocks in place of the estimated ones; each says "calibrated from LOG on DATE".
Ledger calibrated(Ledger ledger, const Calibration &calibration, const Requirement &requirement);

/// buildLedger(), corrected when there is a calibration for the SKU. `all` may be null, `skuId` empty.
Result<Ledger> calibratedLedger(const Model &model, const Requirement &requirement,
                                std::optional<std::int64_t> deviceBytes, std::string_view skuId,
                                const Calibrations *all);

/// The same for a group of more than one dimension. Start-up logs are of vLLM with tensor parallel alone: any other
/// shape or engine stays as estimated.
Result<Ledger> calibratedLedger(const Model &model, const Requirement &requirement, const GroupShape &shape,
                                std::optional<std::int64_t> deviceBytes, std::string_view skuId,
                                const Calibrations *all);

/// Puts one in, in place of one with its id.
void keepCalibration(Calibrations &all, Calibration calibration);

/// `schema: berth.dev/calibrations/v1`. Errors name place and line.
Result<Calibrations> parseCalibrations(const std::string &yaml, const std::string &place);
std::string writeCalibrations(const Calibrations &all);

} // namespace core
