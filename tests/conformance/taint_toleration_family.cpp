// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

#include "core/scheduling/pod_spec.h"

#include <algorithm>

namespace conformance {

using nlohmann::json;

namespace {

core::Result<json> tolerates(const json &in)
{
    const auto toleration = core::readToleration(in.at("toleration"));
    if (!toleration)
        return std::unexpected(toleration.error());
    const auto taint = core::readTaint(in.at("taint"));
    if (!taint)
        return std::unexpected(taint.error());
    return json{{"tolerated", core::tolerates(*toleration, *taint, in.value("comparisonOperators", false))}};
}

core::Result<json> taintToString(const json &in)
{
    const auto taint = core::readTaint(in.at("taint"));
    if (!taint)
        return std::unexpected(taint.error());
    return json{{"string", core::taintText(*taint)}};
}

core::Result<json> matchTaint(const json &in)
{
    const auto a = core::readTaint(in.at("a")), b = core::readTaint(in.at("b"));
    if (!a || !b)
        return std::unexpected(!a ? a.error() : b.error());
    return json{{"match", core::sameTaint(*a, *b)}};
}

/// Without considerEffects every taint counts.
core::Result<json> toleratesAll(const json &in)
{
    std::vector<core::Toleration> tolerations;
    for (const auto &one : in.value("tolerations", json::array())) {
        const auto toleration = core::readToleration(one);
        if (!toleration)
            return std::unexpected(toleration.error());
        tolerations.push_back(*toleration);
    }
    const auto effects = in.value("considerEffects", json());
    for (const auto &one : in.value("taints", json::array())) {
        const auto taint = core::readTaint(one);
        if (!taint)
            return std::unexpected(taint.error());
        const bool counts =
            effects.is_null() || std::ranges::find(effects, json(core::effectName(taint->effect))) != effects.end();
        if (counts && !core::anyTolerates(tolerations, *taint, in.value("comparisonOperators", false)))
            return json{{"tolerated", false}};
    }
    return json{{"tolerated", true}};
}

} // namespace

Answer answerTaintToleration(const json &in)
{
    const auto op = in.value("op", "");
    if (op == "tolerates")
        return tolerates(in);
    if (op == "taintToString")
        return taintToString(in);
    if (op == "matchTaint")
        return matchTaint(in);
    if (op == "toleratesAll")
        return toleratesAll(in);
    if (op == "compareNumeric")
        return json{{"result",
                     core::comparesNumerically(in.value("operator", ""), in.value("tolerationValue", ""),
                                               in.value("taintValue", ""))}};
    return std::nullopt;
}

} // namespace conformance
