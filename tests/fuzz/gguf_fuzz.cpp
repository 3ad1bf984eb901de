// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/sizing/import/gguf.h"
#include "tests/fuzz/sized_model.h"

FUZZ_TARGET(gguf)
{
    for (const std::uint64_t missing : {0ULL, 1ULL << 40U}) { // as it is, and as the head of a larger file
        core::MemorySource source(input, missing);
        const auto file = core::readGguf(source, "fuzzed");
        if (!file) {
            mustHold(!file.error().place.empty(), "an error names its place", input);
            continue;
        }
        core::ImportedModel imported{file->model, "stored", "auto", {}};
        imported.model.stored = file->tensors.stored();
        mustBeSizedSanely(imported, input);
    }
}
