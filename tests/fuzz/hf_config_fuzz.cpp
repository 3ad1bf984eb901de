// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/sizing/import/hf_config.h"
#include "tests/fuzz/sized_model.h"

FUZZ_TARGET(hf_config)
{
    auto imported = core::readHfConfig(input, "fuzzed");
    if (!imported) {
        mustHold(!imported.error().message.empty(), "an error says what is wrong", input);
        return;
    }
    (void)core::readGenerationConfig(input, *imported);
    mustBeSizedSanely(*imported, input);
}
