// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The search of allocation.cpp; for the files of this folder.

#include "core/scheduling/dra/allocation.h"
#include "core/scheduling/dra/constraints.h"

namespace core::dra {

/// One device that a node can reach, of a pool that is sound.
struct Candidate {
    const Pool *pool = nullptr;
    const Slice *slice = nullptr;
    const Device *device = nullptr;
    DeviceId id() const { return {pool->driver, pool->name, device->name}; }
};

/// In the order in which the scheduler tries them.
std::vector<Candidate> candidatesOf(const std::vector<Pool> &pools);
/// Has the device a taint with an effect that the request does not tolerate?
bool isTainted(const Device &device, const Request &request);

/// Thrown inside the search and caught where it is entered: the scheduler stops here, too.
struct Stopped {
    std::string code, why;
    bool unknown = false; ///< Berth stops, the scheduler may not
};

/// One attempt to allocate claims on a node: an exhaustive search in the scheduler's order, first solution wins.
/// `assume`: are devices of which it is unknown whether they match taken to match?
class Search {
public:
    Search(Allocator &allocator, const NodeIdentity &node, const std::vector<Pool> &pools,
           const std::vector<Wanted> &claims, bool assume);

    /// Throws Stopped.
    bool run();
    const std::vector<AllocatedDevice> &result() const { return m_result; }
    /// The first thing met that is not computed here; empty when there was none.
    const std::string &unknown() const { return m_unknown; }

private:
    struct Position {
        std::size_t claim = 0, request = 0, alternative = 0, device = 0;
        bool insideAlternative = false;
    };
    /// An alternative of a request, prepared.
    struct Prepared {
        const DeviceClass *deviceClass = nullptr;
        std::size_t needed = 0;
        std::vector<std::size_t> all;             ///< of mode All: its candidates
        std::vector<std::optional<bool>> matches; ///< by candidate, once asked
    };

    void prepare();
    std::size_t prepareRequest(const ClaimRequest &request, std::size_t claim);
    void prepareAll(const Request &request, Prepared &prepared);
    bool selectable(const Request &request, Prepared &prepared, std::size_t candidate);
    bool computeSelectable(const Request &request, const Prepared &prepared, const Candidate &candidate);
    bool assumed(const std::string &what);
    void countStep();

    bool next(Position at, std::size_t from);
    bool nextRequest(const Position &at);
    bool takeAll(const Position &at, const Request &request, Prepared &prepared);
    bool takeOneOf(const Position &at, const Request &request, Prepared &prepared, std::size_t from);
    bool mayTry(const Position &at, const Request &request, const DeviceId &id) const;
    bool take(const Position &at, const Request &request, const Candidate &candidate, bool must);
    void giveBack(const Position &at, const Candidate &candidate);
    bool addToConstraints(const Position &at, const Device &device, std::string_view driver);
    void removeFromConstraints(const Position &at, std::size_t count);
    bool useCounters(const Candidate &candidate);
    void freeCounters(const Candidate &candidate);
    Counters &available(const Pool &pool, const std::string &counterSet);
    const ClaimRequest &requestAt(const Position &at) const { return m_claims[at.claim].spec->requests[at.request]; }
    std::string whereText(const Position &at) const;

    Allocator &m_allocator;
    const NodeIdentity &m_node;
    const std::vector<Pool> &m_pools;
    const std::vector<Wanted> &m_claims;
    bool m_assume;
    std::vector<Candidate> m_candidates;
    std::vector<std::vector<std::vector<Prepared>>> m_prepared; ///< by claim, request and alternative
    std::vector<std::vector<ConstraintState>> m_constraints;    ///< by claim
    std::map<DeviceId, std::multiset<std::size_t>> m_taking;    ///< by which claims
    std::map<const Pool *, std::map<std::string, Counters, std::less<>>> m_counters; ///< what is left
    std::vector<std::size_t> m_taken;                                                ///< devices, by claim
    std::vector<AllocatedDevice> m_result;
    std::string m_unknown;
    int m_steps = 0;
};

} // namespace core::dra
