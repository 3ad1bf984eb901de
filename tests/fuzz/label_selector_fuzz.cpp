// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/scheduling/label_selector.h"

#include <nlohmann/json.hpp>

namespace {

const core::Labels labels{{"app", "vllm"}, {"tier", "a"}, {"y", "7"}, {"nvidia.com/gpu.count", "8"}};

void textOfSelector(std::string_view input)
{
    (void)core::selectorTokens(input);
    const auto selector = core::parseLabelSelector(input);
    if (!selector) {
        mustHold(!selector.error().message.empty(), "an error says what is wrong", input);
        return;
    }
    const auto text = core::selectorText(*selector);
    const auto again = core::parseLabelSelector(text);
    mustHold(again.has_value(), "what is printed can be read", text);
    mustHold(core::selectorText(*again) == text, "what is printed stays as it is", text);
    mustHold(core::matches(*again, labels) == core::matches(*selector, labels), "and selects the same", text);
}

} // namespace

FUZZ_TARGET(label_selector)
{
    textOfSelector(input);
    const auto json = nlohmann::json::parse(input, nullptr, false);
    if (json.is_discarded())
        return;
    if (const auto selector = core::readLabelSelector(json))
        (void)core::matches(*selector, labels);
}
