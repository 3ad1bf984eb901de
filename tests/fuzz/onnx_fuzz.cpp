// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/sizing/import/onnx.h"

FUZZ_TARGET(onnx)
{
    for (const std::uint64_t missing : {0ULL, 1ULL << 40U}) { // as it is, and as the head of a larger file
        core::MemorySource source(input, missing);
        const auto table = core::readOnnx(source);
        if (table)
            mustHold(table->bytes() >= 0 && table->bytes() <= core::mostTensorBytes, "a table is within bounds", input);
        else
            mustHold(!table.error().place.empty(), "an error names its place", input);
    }
}
