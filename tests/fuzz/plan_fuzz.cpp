// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/placement/plan.h"

FUZZ_TARGET(plan)
{
    const auto plan = core::parsePlan(input, "fuzz");
    if (!plan) {
        mustHold(!plan.error().message.empty() && !plan.error().place.empty(), "an error names its place", input);
        return;
    }
    const auto text = core::writePlan(*plan);
    const auto again = core::parsePlan(text, "fuzz");
    mustHold(again.has_value(), "what is written can be read", text);
    mustHold(*again == *plan, "and is the same plan", text);
    mustHold(core::writePlan(*again) == text, "and is written the same", text);
}
