// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/sizing/import/safetensors.h"

FUZZ_TARGET(safetensors)
{
    for (const std::uint64_t missing : {0ULL, 1ULL << 40U}) { // as it is, and as the head of a larger file
        core::MemorySource source(input, missing);
        const auto table = core::readSafetensors(source);
        if (table)
            mustHold(table->tensors() > 0 && table->bytes() >= 0, "a table holds tensors", input);
        else
            mustHold(!table.error().place.empty(), "an error names its place", input);
    }
    const auto index = core::readSafetensorsIndex(input);
    if (index)
        for (const auto &file : index->files)
            mustHold(!file.contains('/'), "an index names files beside it", input);
}
