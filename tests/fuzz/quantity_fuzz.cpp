// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/base/quantity.h"

using core::Quantity;

FUZZ_TARGET(quantity)
{
    (void)Quantity::parseJson(input);
    const auto quantity = Quantity::parse(input);
    if (!quantity)
        return;
    (void)quantity->value();
    (void)quantity->value(-3);
    (void)quantity->amount().toDouble();
    auto sum = *quantity;
    sum.add(*quantity);
    sum.subtract(*quantity);
    mustHold(sum == *quantity, "adding and taking away changes nothing", input);
    const auto printed = quantity->text();
    const auto again = Quantity::parse(printed);
    const auto exponent = quantity->amount().exponent();
    if (exponent > 9000 || exponent < -9) // printed beyond what is read back, or rounded to nano
        return;
    mustHold(again.has_value(), "what is printed can be read", printed);
    mustHold(again->text() == printed, "what is printed stays as it is", printed);
}
