// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"
#include "core/sizing/requirement.h"

#include <vector>

namespace core {

/// An estimate in bytes. low <= likely <= high.
struct Estimate {
    std::int64_t low = 0, likely = 0, high = 0;
    bool operator==(const Estimate &) const = default;
};

enum class BlockKind { Weights, KvCache, Activations, Runtime, Reserve };

/// One block of the ledger, per device, with why it is as large as it is.
struct LedgerBlock {
    BlockKind kind{};
    Estimate bytes;
    std::string reason; ///< "70.55 B parameters at 8 bit over 2 devices"
    std::string source; ///< paper, file of a project, or measurement the constant comes from
};

/// How the devices of one replica share its work.
struct GroupShape {
    int tensor = 1;            ///< ranks that share every layer
    int pipeline = 1;          ///< stages that hold a part of the layers each
    int expert = 1;            ///< devices that share the routed experts, when they are more than `tensor`
    int context = 1;           ///< decode context parallel: ranks among which a request's tokens are spread
    int speculativeTokens = 0; ///< multi-token prediction: tokens guessed ahead by the model's own extra layer
    bool operator==(const GroupShape &) const = default;
};

/// The memory of a requirement on ONE device of its parallel group: the fullest.
struct Ledger {
    std::vector<LedgerBlock> blocks;  ///< in the order of BlockKind
    Estimate total;                   ///< sum of the blocks
    std::int64_t kvBytesPerToken = 0; ///< per device, at the requirement's KV precision
    std::int64_t kvTokens = 0;        ///< context × concurrency, rounded up to engine blocks of 16
    std::vector<std::string> notes;   ///< what the reader must know: unverified dims, replicated KV heads
    /// "calibrated from LOG on DATE (vLLM V)" of its measured blocks; empty when all estimated
    std::string calibration;
};

/// Builds the ledger for one replica of `requirement` served with its tensor parallel degree.
/// Errors: a model without the dims the formula needs (Unsupported), tensor parallel that does not divide heads
/// (Invalid), a context beyond the model's limit (Invalid), unknown formats (Usage); the message says by how much, and
/// `place` names the field of the requirement ("context", "tensorParallel", "weights" ...). `deviceBytes` is the memory
/// of the device it is for: engines batch more on large cards. Without it the range covers both.
Result<Ledger> buildLedger(const Model &model, const Requirement &requirement,
                           std::optional<std::int64_t> deviceBytes = {});

/// The same with a group of more than one dimension; `shape.tensor` stands for the requirement's tensor parallel.
/// Invalid, too: more stages than layers, experts that do not divide, a context degree that tensor parallel is no
/// multiple of.
Result<Ledger> buildLedger(const Model &model, const Requirement &requirement, const GroupShape &shape,
                           std::optional<std::int64_t> deviceBytes);

/// Memory the engine may use on a device: total × utilization, as vLLM and SGLang mean it.
std::int64_t usableMemory(std::int64_t deviceBytes, double utilization);

} // namespace core
