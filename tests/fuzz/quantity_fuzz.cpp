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
    const auto digits = static_cast<int>(quantity->amount().digits().size());
    if (exponent + digits > 10'000 || exponent < -9) // zeros move into an exponent that is not read, or rounded to nano
        return;
    mustHold(again.has_value(), "what is printed can be read", printed);
    mustHold(*again == *quantity, "what is printed is the same amount", printed);
    if (again->format() == quantity->format()) // 9062.5Ki is printed as 9280000, whose own text is 9280k
        mustHold(again->text() == printed, "what is printed stays as it is", printed);
}
