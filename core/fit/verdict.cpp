// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/verdict.h"

#include "core/fit/gpu_tolerations.h"
#include "core/fit/links.h"

#include <algorithm>
#include <array>
#include <memory>

namespace core {

namespace {

int badness(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Fits: return 0;
    case Verdict::Tight: return 1;
    case Verdict::Unknown: return 2;
    case Verdict::No: return 3;
    }
    return 3;
}

/// What all pools of one kind of device have in common; found once, copied into each candidate.
struct ClassLinks {
    Reason architecture, image, targets;
    MemoryAndShape memory;
    std::vector<Toleration> tolerations;
};

/// Everything the device links look at. Views into the snapshot, valid for the call.
using DeviceClass = std::tuple<Vendor, DeviceKind, std::string_view, std::string_view, std::string_view,
                               std::string_view, std::string_view, std::string_view, std::string_view, std::string_view,
                               int, std::int64_t, std::optional<std::int64_t>>;

class Evaluation {
public:
    Evaluation(const FitInput &input, const Requirement &requirement)
        : m_input(input)
        , m_requirement(requirement)
        , m_model(input.catalog.findModel(requirement.modelId))
        , m_host(hostRequest(m_model, requirement))
        , m_usageKnown(input.snapshot.podsSynced && !blindToPods(input.snapshot))
    {
        if (m_model)
            m_ledgers = std::make_unique<LedgerCache>(*m_model, input.calibrations);
    }

    std::vector<Candidate> run(std::span<const NodePtr> nodes)
    {
        std::vector<Candidate> candidates;
        for (const auto &node : nodes)
            judgeNode(*node, candidates);
        return candidates;
    }

private:
    static bool blindToPods(const ClusterSnapshot &snapshot)
    {
        return std::ranges::any_of(snapshot.blindSpots, [](const auto &spot) { return spot.resource == "pods"; });
    }

    void judgeNode(const Node &node, std::vector<Candidate> &candidates)
    {
        if (node.devices.empty())
            return;
        const auto found = m_input.usage.find(node.name);
        const auto *usage = found == m_input.usage.end() ? nullptr : &found->second;
        const auto host = hostLink(node, usage, m_host);
        const auto first = candidates.size();
        for (const auto &pool : node.devices)
            candidates.push_back(judgePool(node, pool, usage, host));
        std::sort(candidates.begin() + static_cast<std::ptrdiff_t>(first), candidates.end(),
                  [](const auto &a, const auto &b) { return a.resource < b.resource; });
    }

    Candidate judgePool(const Node &node, const DevicePool &pool, const NodeUsage *usage, const Reason &host)
    {
        const auto &device = classLinks(node, pool);
        const auto requested = requestedOf(usage, pool.resource), planned = plannedOn(node.name, pool.resource);
        Candidate candidate{node.name,
                            pool.resource,
                            pool.skuId,
                            Verdict::Fits,
                            {},
                            0,
                            m_requirement.tensorParallel,
                            device.memory.headroomBytes,
                            device.memory.deviceBytes,
                            calibrationSku(pool)};
        candidate.freeDevices = std::max<std::int64_t>(0, pool.allocatable - requested - planned);
        candidate.chain.reserve(9);
        const auto counts = deviceLink(pool, requested, planned, candidate.needed, m_usageKnown);
        const auto claims = counts.verdict == Verdict::No ? std::nullopt : claimLink(m_input.snapshot, pool);
        candidate.chain.push_back(claims ? *claims : counts);
        candidate.chain.push_back(schedulableLink(node, device.tolerations));
        candidate.chain.push_back(healthLink(node, pool, probedOf(node)));
        candidate.chain.push_back(device.architecture);
        candidate.chain.push_back(device.image);
        candidate.chain.push_back(device.memory.memory);
        candidate.chain.push_back(device.memory.shape);
        candidate.chain.push_back(host);
        candidate.chain.push_back(device.targets);
        for (const auto &reason : candidate.chain)
            if (badness(reason.verdict) > badness(candidate.verdict))
                candidate.verdict = reason.verdict;
        return candidate;
    }

    const ProbedNode *probedOf(const Node &node) const
    {
        if (!m_input.probed)
            return nullptr;
        const auto found = m_input.probed->find(node.name);
        return found == m_input.probed->end() ? nullptr : &found->second;
    }

    const ClassLinks &classLinks(const Node &node, const DevicePool &pool)
    {
        const DeviceClass key{pool.vendor,      pool.kind,         pool.skuId,         pool.resource,
                              pool.profile,     pool.sharing,      pool.computeTarget, pool.driverVersion,
                              pool.cudaVersion, node.architecture, pool.replicas,      pool.capacity,
                              pool.memoryBytes};
        if (const auto found = m_classes.find(key); found != m_classes.end())
            return found->second;
        const auto *sku = pool.skuId.empty() ? nullptr : m_input.catalog.findSku(pool.skuId);
        auto known = pool;
        if (known.computeTarget.empty() && sku)
            known.computeTarget = sku->target;
        ClassLinks links{architectureLink(known.vendor, known.computeTarget, sku, m_requirement),
                         imageLink(m_input.images, m_requirement, m_model, known, node.architecture),
                         targetLink(m_model, known, sku, m_requirement, m_input.prices, m_input.speeds),
                         memoryAndShapeLinks(m_ledgers.get(), known, sku, m_requirement), gpuTolerations(known)};
        return m_classes.emplace(key, std::move(links)).first->second;
    }

    static std::int64_t requestedOf(const NodeUsage *usage, const std::string &resource)
    {
        if (!usage)
            return 0;
        const auto found = usage->requested.find(resource);
        return found == usage->requested.end() ? 0 : found->second;
    }

    std::int64_t plannedOn(const std::string &node, const std::string &resource) const
    {
        if (m_input.planned.empty())
            return 0;
        const auto found = m_input.planned.find({node, resource});
        return found == m_input.planned.end() ? 0 : found->second;
    }

    const FitInput &m_input;
    const Requirement &m_requirement;
    const Model *m_model;
    HostRequest m_host;
    bool m_usageKnown;
    std::unique_ptr<LedgerCache> m_ledgers;
    std::map<DeviceClass, ClassLinks> m_classes;
};

} // namespace

const char *linkName(Link link)
{
    static constexpr std::array names{"device", "schedulable", "healthy",        "architecture", "image",
                                      "memory", "shape",       "host-resources", "targets"};
    return names.at(static_cast<std::size_t>(link) - 1);
}

const Reason &Candidate::headline() const
{
    static const Reason nothing{Link::Device, Verdict::Unknown, "not-judged", "nothing was judged", {}};
    const auto worst = std::ranges::find(chain, verdict, &Reason::verdict);
    if (verdict != Verdict::Fits && worst != chain.end())
        return *worst;
    const auto memory = std::ranges::find(chain, Link::Memory, &Reason::link);
    if (memory != chain.end())
        return *memory;
    return chain.empty() ? nothing : chain.front(); // a pod's chain has no memory link
}

std::vector<Candidate> evaluate(const FitInput &input, const Requirement &requirement)
{
    return evaluate(input, requirement, input.snapshot.nodes);
}

std::vector<Candidate> evaluate(const FitInput &input, const Requirement &requirement, std::span<const NodePtr> nodes)
{
    return Evaluation(input, requirement).run(nodes);
}

const Candidate *findCandidate(const std::vector<Candidate> &candidates, std::string_view node,
                               std::string_view resource)
{
    using Key = std::pair<std::string_view, std::string_view>;
    const auto keyOf = [](const Candidate &one) { return Key(one.node, one.resource); };
    const auto at = std::ranges::lower_bound(candidates, Key(node, resource), {}, keyOf);
    return at != candidates.end() && keyOf(*at) == Key(node, resource) ? &*at : nullptr;
}

} // namespace core
