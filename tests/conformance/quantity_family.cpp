// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

#include "core/base/quantity.h"

#include <charconv>
#include <cmath>

namespace conformance {

using core::Decimal;
using core::Quantity;
using core::Result;
using nlohmann::json;

namespace {

using Format = Quantity::Format;

std::string formatName(Format format)
{
    return format == Format::DecimalSI ? "DecimalSI" : format == Format::BinarySI ? "BinarySI" : "DecimalExponent";
}

/// Go prints formats that it does not know as exponents.
Format formatOf(const std::string &name)
{
    return name == "DecimalSI" ? Format::DecimalSI : name == "BinarySI" ? Format::BinarySI : Format::DecimalExponent;
}

/// A number, or its text where a double would not hold it.
Result<std::int64_t> integerOf(const json &value)
{
    const auto text = value.is_string() ? value.get<std::string>() : value.dump();
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size())
        return core::fail(core::ErrorKind::Parse, "is no 64-bit integer: " + text);
    return number;
}

/// "100m", {"s": "100m"} or {"dec": "0.1", "format": "DecimalSI"}.
Result<Quantity> operand(const json &value)
{
    if (value.is_string())
        return Quantity::parse(value.get<std::string>());
    if (value.contains("s"))
        return Quantity::parse(value["s"].get<std::string>());
    const auto amount = Decimal::parse(value.value("dec", ""));
    if (!amount)
        return core::fail(core::ErrorKind::Parse, "is no plain decimal: " + value.dump());
    return Quantity(*amount, formatOf(value.value("format", "DecimalSI")));
}

json described(const Quantity &quantity)
{
    return {{"dec", quantity.amount().text()},
            {"format", formatName(quantity.format())},
            {"canonical", quantity.text()},
            {"value", std::to_string(quantity.value())},
            {"milliValue", std::to_string(quantity.value(-3))},
            {"sign", quantity.amount().sign()}};
}

json float64(double value)
{
    if (std::isinf(value))
        return {{"float64", value > 0 ? "+Inf" : "-Inf"}};
    return {{"float64", value}};
}

Result<json> binary(const std::string &op, const json &in)
{
    auto a = operand(in.at("a"));
    const auto b = operand(in.at("b"));
    if (!a || !b)
        return std::unexpected(!a ? a.error() : b.error());
    if (op == "cmp")
        return json{{"cmp", *a < *b ? -1 : *a > *b ? 1 : 0}};
    op == "add" ? a->add(*b) : a->subtract(*b);
    return described(*a);
}

Result<json> multiplied(const json &in)
{
    auto a = operand(in.at("a"));
    const auto factor = integerOf(in.at("n"));
    if (!a || !factor)
        return std::unexpected(!a ? a.error() : factor.error());
    const bool fits = a->multiply(*factor);
    auto out = described(*a);
    out["fitsInt64"] = fits;
    return out;
}

Result<json> unary(const std::string &op, const json &in)
{
    auto quantity = operand(in.contains("a") ? in["a"] : in);
    if (!quantity)
        return std::unexpected(quantity.error());
    if (op == "asFloat64")
        return float64(quantity->amount().toDouble());
    if (op == "neg")
        quantity->negate();
    const bool exact = op != "roundUp" || quantity->roundUp(in.at("scale").get<int>());
    auto out = described(*quantity);
    out["exact"] = exact;
    return out;
}

/// newScaled, newMilli, new, scaledValue: value × 10^scale.
Result<json> made(const std::string &op, const json &in)
{
    const auto value = integerOf(in.at("value"));
    if (!value)
        return std::unexpected(value.error());
    if (op == "scaledValue")
        return json{{"value", Decimal(*value, in.at("fromScale").get<int>()).toInt64(in.at("toScale").get<int>())}};
    const int scale = op == "newMilli" ? -3 : in.value("scale", 0);
    return described(Quantity(Decimal(*value, scale), formatOf(in.value("format", "DecimalSI"))));
}

Result<json> decoded(const json &in)
{
    const auto quantity = Quantity::parseJson(in.at("text").get<std::string>());
    if (!quantity)
        return std::unexpected(quantity.error());
    return described(*quantity);
}

} // namespace

Answer answerQuantity(const json &in)
{
    const auto op = in.value("op", "");
    if (op == "cmp" || op == "add" || op == "sub")
        return binary(op, in);
    if (op == "mul")
        return multiplied(in);
    if (op == "parse" || op == "format" || op == "neg" || op == "roundUp" || op == "asFloat64" || op == "sign")
        return unary(op, in);
    if (op == "newScaled" || op == "newMilli" || op == "new" || op == "scaledValue")
        return made(op, in);
    if (op == "json")
        return decoded(in);
    return std::nullopt;
}

} // namespace conformance
