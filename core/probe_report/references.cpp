// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/finding_rules.h"
#include "core/probe_report/reference_values.h"
#include "core/probe_report/verdict.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <ranges>
#include <set>

namespace core {

namespace {

constexpr std::int64_t day = 24 * std::int64_t{3600};
constexpr std::size_t fleetCards = 8, fleetRuns = 20; ///< enough for a median
constexpr std::size_t cardsForALimit = 3;             ///< two of them outvote a lowered one

} // namespace

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::vector<double> valuesOf(const ProbeResult &result, const std::string &metric)
{
    std::vector<double> out;
    for (const auto &one : result.metrics)
        if (one.valid && one.value > 0 && one.fullName() == metric)
            out.push_back(one.value);
    return out;
}

std::optional<double> bestOf(const std::vector<double> &values, bool lowerIsBetter)
{
    if (values.empty())
        return {};
    return lowerIsBetter ? std::ranges::min(values) : std::ranges::max(values);
}

ProbeJudge::ProbeJudge(const Catalog &catalog, const ExpectedShares &shares, const std::vector<ProbeResult> &known)
    : m_catalog(catalog)
    , m_shares(shares)
{
    for (const auto &result : known)
        m_known.push_back({result, cardOf(result), baselineKey(result, catalog), !isInconclusive(result)});
    std::ranges::stable_sort(m_known, {}, [](const Known &one) { return one.result.time; });
    std::map<BaselineKey, std::vector<const Known *>> byKey;
    for (const auto &one : m_known) {
        byKey[one.key].push_back(&one);
        m_byCard[one.card].push_back(&one);
        m_byHost[{one.result.host, one.key}].push_back(&one);
    }
    for (const auto &[key, members] : byKey) {
        addFleet(key, members);
        addPowerLimit(key, members);
    }
}

void ProbeJudge::addFleet(const BaselineKey &key, const std::vector<const Known *> &members)
{
    std::map<std::string, std::map<std::string, std::vector<double>>> byMetric; // metric, card, values by time
    std::map<std::string, std::size_t> runs;
    for (const auto *one : members) {
        std::set<std::string> names;
        for (const auto &metric : one->result.metrics)
            names.insert(metric.fullName());
        for (const auto &name : names)
            if (const auto values = valuesOf(one->result, name); one->usable && !values.empty()) {
                ++runs[name];
                byMetric[name][one->card].push_back(median(values));
            }
    }
    for (const auto &[name, byCard] : byMetric) {
        const bool manyCards = byCard.size() >= fleetCards;
        if (!manyCards && runs[name] < fleetRuns)
            continue;
        // Each card counts once, however often it was measured; with enough cards by what it did last.
        std::vector<double> cards;
        cards.reserve(byCard.size());
        for (const auto &[card, values] : byCard)
            cards.push_back(manyCards ? values.back() : median(values));
        m_fleet[key][name] = {ReferenceKind::Fleet, median(cards), cards.size(), runs[name], {}};
    }
}

void ProbeJudge::addPowerLimit(const BaselineKey &key, const std::vector<const Known *> &members)
{
    std::map<std::string, double> byCard;
    for (const auto *one : members)
        if (one->result.device.powerLimitW)
            byCard[one->card] = *one->result.device.powerLimitW;
    std::vector<double> limits;
    limits.reserve(byCard.size());
    for (const auto &[card, limit] : byCard)
        limits.push_back(limit);
    if (limits.size() >= cardsForALimit)
        m_powerLimit[key] = median(limits);
}

ProbeReference ProbeJudge::fleet(const Known &of, const std::string &metric) const
{
    const auto key = m_fleet.find(of.key);
    if (key == m_fleet.end())
        return {};
    const auto found = key->second.find(metric);
    return found == key->second.end() ? ProbeReference{} : found->second;
}

ProbeReference ProbeJudge::peers(const Known &of, const ProbeMetric &metric) const
{
    const auto host = m_byHost.find({of.result.host, of.key});
    if (host == m_byHost.end())
        return {};
    std::map<std::string, double> byCard;
    for (const auto *one : host->second)
        if (one->usable && one->card != of.card && std::abs(one->result.time - of.result.time) <= day)
            if (const auto best = bestOf(valuesOf(one->result, metric.fullName()), lowerIsBetter(metric)))
                byCard[one->card] = *best;
    if (byCard.empty())
        return {};
    std::vector<double> values;
    values.reserve(byCard.size());
    for (const auto &[card, value] : byCard)
        values.push_back(value);
    return {ReferenceKind::Peers, bestOf(values, lowerIsBetter(metric)).value_or(0), values.size(), 0, {}};
}

std::optional<double> ProbeJudge::usualPowerLimit(const Known &of) const
{
    const auto found = m_powerLimit.find(of.key);
    return found == m_powerLimit.end() ? std::nullopt : std::optional(found->second);
}

const ProbeJudge::Known *ProbeJudge::runBefore(const Known &of) const
{
    const auto card = m_byCard.find(of.card);
    if (card == m_byCard.end())
        return nullptr;
    const auto &runs = card->second;
    const auto back = std::views::reverse(runs);
    const auto before = std::ranges::find_if(
        back, [&of](const Known *one) { return one->result.time <= of.result.time && one->result != of.result; });
    if (before == back.end())
        return nullptr;
    const auto &one = **before;
    const bool comparable = one.usable && one.key == of.key && one.result.device.driver == of.result.device.driver
        && of.result.time - one.result.time <= day;
    return comparable ? &one : nullptr;
}

} // namespace core
