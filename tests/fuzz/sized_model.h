// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/capacity.h"
#include "core/sizing/import/hf_config.h"
#include "core/sizing/ledger.h"
#include "tests/fuzz/fuzz_target.h"

/// Whatever a parser let through is sized without a negative or disordered number.
inline void mustBeSizedSanely(const core::ImportedModel &imported, std::string_view input)
{
    core::Requirement wanted;
    wanted.weights = imported.weights;
    wanted.kvCache = imported.kvCache;
    wanted.context = imported.model.context.value_or(8192);
    wanted.concurrency = 4096;
    const auto ledger = core::buildLedger(imported.model, wanted);
    if (!ledger)
        return;
    for (const auto &block : ledger->blocks)
        mustHold(block.bytes.low >= 0 && block.bytes.low <= block.bytes.likely
                     && block.bytes.likely <= block.bytes.high,
                 "a block's range is in order", input);
    mustHold(ledger->total.high >= ledger->total.likely, "a total is in order", input);
    const auto answer =
        core::sizeOn(imported.model, wanted, core::GroupShape{}, *ledger, core::SizingDevice{80LL << 30U, {}, {}});
    if (answer && answer->held)
        mustHold(answer->held->tokens >= 0 && answer->held->maxConcurrency >= 0, "a cache holds no less than nothing",
                 input);
}
