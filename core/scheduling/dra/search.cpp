// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/dra/search.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::dra {

namespace {

/// AllocationResultsMaxSize of the API: a claim with more devices is never allocated.
constexpr std::size_t mostDevices = 32;
/// The scheduler gives up a node after 10 s; a search that long is no answer while somebody drags a model.
constexpr int mostSteps = 200'000;

} // namespace

std::vector<Candidate> candidatesOf(const std::vector<Pool> &pools)
{
    std::vector<Candidate> candidates;
    for (const auto &pool : pools) {
        if (pool.incomplete || !pool.invalid.empty())
            continue;
        for (const auto *slice : pool.slices)
            for (const auto &device : slice->devices)
                candidates.push_back({&pool, slice, &device});
    }
    return candidates;
}

Search::Search(Allocator &allocator, const NodeIdentity &node, const std::vector<Pool> &pools,
               const std::vector<Wanted> &claims, bool assume)
    : m_allocator(allocator)
    , m_node(node)
    , m_pools(pools)
    , m_claims(claims)
    , m_assume(assume)
    , m_candidates(candidatesOf(pools))
    , m_prepared(claims.size())
    , m_constraints(claims.size())
    , m_taken(claims.size())
{
}

bool Search::run()
{
    prepare();
    return next({}, 0);
}

bool Search::assumed(const std::string &what)
{
    if (m_unknown.empty())
        m_unknown = what;
    return m_assume;
}

void Search::countStep()
{
    if (++m_steps > mostSteps)
        throw Stopped{"not-judged", fmt::format("the search for devices was given up after {} steps", mostSteps), true};
}

// ---- what is needed -------------------------------------------------------------------------------------------------

void Search::prepare()
{
    for (std::size_t claim = 0; claim < m_claims.size(); ++claim) {
        std::size_t least = 0;
        for (const auto &request : m_claims[claim].spec->requests)
            least += prepareRequest(request, claim);
        if (least > mostDevices)
            throw Stopped{"claim-too-large",
                          fmt::format("the claim {} needs {} devices, a claim may have {}", m_claims[claim].name, least,
                                      mostDevices)};
        for (const auto &constraint : m_claims[claim].spec->constraints) {
            if (constraint.kind == Constraint::Kind::Unknown)
                throw Stopped{"not-judged",
                              fmt::format("the claim {} has a constraint of an unknown kind", m_claims[claim].name),
                              true};
            m_constraints[claim].emplace_back(constraint);
        }
    }
}

/// Returns the least number of devices that the request takes.
std::size_t Search::prepareRequest(const ClaimRequest &request, std::size_t claim)
{
    auto &alternatives = m_prepared[claim].emplace_back();
    std::size_t least = SIZE_MAX;
    for (const auto &alternative : request.alternatives) {
        auto &prepared = alternatives.emplace_back();
        prepared.matches.resize(m_candidates.size());
        prepared.deviceClass = m_allocator.findClass(alternative.className);
        if (!prepared.deviceClass)
            throw Stopped{"no-such-class",
                          fmt::format("the device class {} of the request {} does not exist", alternative.className,
                                      alternative.name)};
        if (!alternative.oddMode.empty())
            throw Stopped{"not-judged",
                          fmt::format("the allocation mode {} of the request {} is not known here", alternative.oddMode,
                                      alternative.name),
                          true};
        prepared.needed = static_cast<std::size_t>(std::max<std::int64_t>(0, alternative.count));
        if (alternative.all)
            prepareAll(alternative, prepared);
        least = std::min(least, prepared.needed);
    }
    if (alternatives.empty())
        throw Stopped{"not-judged", fmt::format("the request {} is of an unknown kind", request.name), true};
    return least;
}

void Search::prepareAll(const Request &request, Prepared &prepared)
{
    for (const auto &pool : m_pools) {
        if (pool.incomplete)
            throw Stopped{"pool-incomplete",
                          fmt::format("the request {} asks for all devices, but the pool {} of {} is being updated",
                                      request.name, pool.name, pool.driver)};
        if (!pool.invalid.empty())
            throw Stopped{"pool-invalid",
                          fmt::format("the request {} asks for all devices, but in the pool {} of {} {}", request.name,
                                      pool.name, pool.driver, pool.invalid)};
    }
    for (std::size_t i = 0; i < m_candidates.size(); ++i)
        if (selectable(request, prepared, i))
            prepared.all.push_back(i);
    prepared.needed = prepared.all.size();
}

// ---- which devices match --------------------------------------------------------------------------------------------

bool Search::selectable(const Request &request, Prepared &prepared, std::size_t candidate)
{
    auto &known = prepared.matches[candidate];
    if (!known)
        known = computeSelectable(request, prepared, m_candidates[candidate]);
    return *known;
}

bool Search::computeSelectable(const Request &request, const Prepared &prepared, const Candidate &candidate)
{
    bool matches = true;
    for (const auto *texts : {&prepared.deviceClass->selectors, &request.selectors}) {
        const auto answer = m_allocator.m_selectors.evaluate(*texts, *candidate.device, candidate.pool->driver);
        if (answer.kind == cel::Answer::Kind::Failed)
            throw Stopped{
                "selector-failed",
                fmt::format("on the device {} of {}: {}", candidate.device->name, candidate.pool->driver, answer.why)};
        matches = answer.kind == cel::Answer::Kind::Match
            || (answer.kind == cel::Answer::Kind::Unknown && assumed(answer.why));
        if (!matches)
            return false;
    }
    if (candidate.slice->perDeviceReach && !reaches(candidate.device->reach, m_node))
        return false;
    if (candidate.device->allowMultipleAllocations)
        return assumed(
            fmt::format("the device {} can be shared by claims, which is not computed", candidate.device->name));
    return request.capacity.empty()
        || assumed(fmt::format("the request {} names amounts of capacity, which is not computed", request.name));
}

// ---- the search -----------------------------------------------------------------------------------------------------

bool Search::nextRequest(const Position &at)
{
    return next({at.claim, at.request + 1, 0, 0, false}, 0);
}

bool Search::next(Position at, std::size_t from)
{
    countStep();
    if (at.claim >= m_claims.size())
        return true;
    if (at.request >= m_claims[at.claim].spec->requests.size())
        return next({at.claim + 1, 0, 0, 0, false}, 0);
    const auto &asked = requestAt(at);
    if (asked.firstAvailable && !at.insideAlternative) {
        at.insideAlternative = true;
        for (at.alternative = 0; at.alternative < asked.alternatives.size(); ++at.alternative)
            if (next(at, 0))
                return true;
        return false;
    }
    const auto &request = asked.alternatives[at.alternative];
    auto &prepared = m_prepared[at.claim][at.request][at.alternative];
    if (request.all && prepared.all.empty())
        return false;
    if (at.device >= prepared.needed)
        return nextRequest(at);
    if (m_taken[at.claim] + prepared.needed - at.device > mostDevices)
        return false;
    return request.all ? takeAll(at, request, prepared) : takeOneOf(at, request, prepared, from);
}

bool Search::takeAll(const Position &at, const Request &request, Prepared &prepared)
{
    const auto &candidate = m_candidates[prepared.all[at.device]];
    if (!mayTry(at, request, candidate.id()) || !take(at, request, candidate, true))
        return false;
    auto after = at;
    ++after.device;
    if (next(after, 0))
        return true;
    giveBack(at, candidate);
    return false;
}

/// Devices of one request are tried in order, so from the one after the last that was taken.
bool Search::takeOneOf(const Position &at, const Request &request, Prepared &prepared, std::size_t from)
{
    auto after = at;
    ++after.device;
    for (auto i = from; i < m_candidates.size(); ++i) {
        countStep();
        const auto &candidate = m_candidates[i];
        if (!mayTry(at, request, candidate.id()) || !selectable(request, prepared, i)
            || !take(at, request, candidate, false))
            continue;
        if (next(after, i + 1))
            return true;
        giveBack(at, candidate);
    }
    return false;
}

bool Search::mayTry(const Position &at, const Request &request, const DeviceId &id) const
{
    const auto taking = m_taking.find(id);
    if (request.adminAccess)
        return taking == m_taking.end() || !taking->second.contains(at.claim);
    return !m_allocator.m_taken.contains(id) && (taking == m_taking.end() || taking->second.empty());
}

bool Search::take(const Position &at, const Request &request, const Candidate &candidate, bool must)
{
    if (!useCounters(candidate))
        return false;
    if (isTainted(*candidate.device, request)) {
        freeCounters(candidate);
        return false;
    }
    if (!addToConstraints(at, *candidate.device, candidate.pool->driver)) {
        freeCounters(candidate);
        if (must)
            throw Stopped{"constraint",
                          fmt::format("the request {} asks for all devices, but {} would break a constraint of the "
                                      "claim",
                                      request.name, candidate.device->name)};
        return false;
    }
    // Devices that several claims share stay free; whether there is enough of them is unknown anyhow.
    if (!candidate.device->allowMultipleAllocations)
        m_taking[candidate.id()].insert(at.claim);
    ++m_taken[at.claim];
    m_result.push_back(
        {whereText(at), candidate.pool->driver, candidate.pool->name, candidate.device->name, request.adminAccess, {}});
    return true;
}

void Search::giveBack(const Position &at, const Candidate &candidate)
{
    m_result.pop_back();
    --m_taken[at.claim];
    if (const auto taking = m_taking.find(candidate.id()); taking != m_taking.end())
        if (const auto own = taking->second.find(at.claim); own != taking->second.end())
            taking->second.erase(own);
    removeFromConstraints(at, m_constraints[at.claim].size());
    freeCounters(candidate);
}

std::string Search::whereText(const Position &at) const
{
    const auto &asked = requestAt(at);
    return asked.firstAvailable ? asked.name + "/" + asked.alternatives[at.alternative].name : asked.name;
}

} // namespace core::dra
