// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/partition_what_if.h"

#include "core/placement/free_shapes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace core {

namespace {

/// The one SKU behind the accelerators of a node.
Result<const Sku *> skuOf(const Node &node, const Catalog &catalog)
{
    std::set<std::string> ids;
    for (const auto &pool : node.devices)
        ids.insert(pool.skuId);
    if (ids.empty())
        return fail(ErrorKind::Unsupported, "the node has no accelerators", node.name);
    if (ids.contains(""))
        return fail(ErrorKind::Unsupported, "the catalogue does not know the card of this node", node.name,
                    "label the node with its product, or add the card to the catalogue");
    if (ids.size() > 1)
        return fail(ErrorKind::Unsupported,
                    fmt::format("the node has cards of several kinds: {}", fmt::join(ids, ", ")), node.name,
                    "partitions are set for one kind of card");
    const auto *sku = catalog.findSku(*ids.begin());
    if (sku == nullptr)
        return fail(ErrorKind::Unsupported, fmt::format("{} is not in the catalogue", *ids.begin()), node.name);
    return sku;
}

/// How the device plugin of a node names what the cards are cut into.
struct Naming {
    bool single = false; ///< slices and partitions under the name of the whole card
    bool known = false;  ///< the node says so
};

Naming namingOf(const Node &node, const Sku &sku)
{
    if (sku.vendor == "amd") // naming strategy: "mixed" shows in the resource's own name
        return {std::ranges::any_of(node.devices, [](const auto &pool) { return pool.resource == "amd.com/gpu"; }),
                !node.devices.empty()};
    const auto label = node.labels.find("nvidia.com/mig.strategy");
    if (label == node.labels.end())
        return {};
    return {label->second == "single", label->second == "single" || label->second == "mixed"};
}

std::string resourceOf(const Sku &sku, const CardSlice &slice, const Naming &naming)
{
    if (sku.vendor == "amd")
        return naming.single ? "amd.com/gpu"
                             : "amd.com/" + (slice.profile.empty() ? std::string("spx_nps1") : slice.profile);
    if (naming.single || slice.profile.empty())
        return "nvidia.com/gpu";
    auto name = slice.profile;
    std::ranges::replace(name, '+', '.');
    return "nvidia.com/mig-" + name;
}

/// A pool of the node from which versions and labels are taken.
DevicePool poolOf(const DevicePool &like, const Sku &sku, const CardSlice &slice, const Naming &naming)
{
    DevicePool pool = like;
    pool.resource = resourceOf(sku, slice, naming);
    pool.profile = slice.profile;
    pool.kind = slice.profile.empty() ? DeviceKind::Card
        : sku.vendor == "amd"         ? DeviceKind::Partition
                                      : DeviceKind::MigSlice;
    pool.memoryBytes = slice.profile.empty() ? sku.reportedBytes : slice.memoryBytes;
    pool.replicas = 1;
    pool.sharing.clear();
    pool.capacity = pool.allocatable = 0;
    pool.physicalCards.reset();
    return pool;
}

std::vector<DevicePool> poolsAfter(const Node &node, const Sku &sku, const std::vector<CardView> &after,
                                   const Naming &naming)
{
    std::vector<DevicePool> pools;
    for (const auto &card : after)
        for (const auto &part : card.parts) {
            auto found = std::ranges::find(pools, part.slice.profile, &DevicePool::profile);
            if (found == pools.end())
                found = pools.insert(pools.end(), poolOf(node.devices.front(), sku, part.slice, naming));
            ++found->capacity;
            ++found->allocatable;
            if (sku.vendor == "amd" || part.slice.profile.empty())
                found->physicalCards = std::ssize(after);
        }
    std::ranges::sort(pools, {}, &DevicePool::resource);
    return pools;
}

bool offersTheSame(const Node &node, const std::vector<DevicePool> &pools)
{
    std::map<std::pair<std::string, std::string>, std::int64_t> now, after;
    for (const auto &pool : node.devices)
        if (pool.kind != DeviceKind::Share)
            now[{pool.resource, pool.profile.starts_with("spx") ? "" : pool.profile}] += pool.capacity;
    for (const auto &pool : pools)
        after[{pool.resource, pool.profile}] += pool.capacity;
    return now == after;
}

std::vector<Eviction> evictionsOf(const Node &node, const NodeUsage *usage)
{
    std::vector<Eviction> out;
    if (usage == nullptr)
        return out;
    for (const auto &pod : usage->holders)
        for (const auto &pool : node.devices)
            if (const auto devices = amountOf(pod->requests, pool.resource); devices > 0)
                out.push_back({pod->key(), pod->owner, pool.resource, devices});
    return out;
}

bool leaves(const std::vector<Eviction> &evictions, const Pod &pod)
{
    return std::ranges::find(evictions, pod.key(), &Eviction::pod) != evictions.end();
}

/// The node as it would be: other devices, and their present holders gone.
struct Hypothesis {
    ClusterSnapshot snapshot; ///< of this node alone
    ClusterUsage usage;
};

Hypothesis nodeAlone(const FitInput &input, const Node &node)
{
    Hypothesis alone;
    alone.snapshot.nodes = {std::make_shared<const Node>(node)};
    alone.snapshot.podsSynced = input.snapshot.podsSynced;
    alone.snapshot.blindSpots = input.snapshot.blindSpots;
    if (const auto usage = input.usage.find(node.name); usage != input.usage.end())
        alone.usage[node.name] = usage->second;
    return alone;
}

Hypothesis cutAnew(const FitInput &input, const Node &node, const std::vector<DevicePool> &pools,
                   const std::vector<Eviction> &evictions)
{
    auto changed = node;
    for (const auto &pool : node.devices)
        for (auto *amounts : {&changed.capacity, &changed.allocatable})
            amounts->erase(pool.resource);
    for (const auto &pool : pools)
        for (auto *amounts : {&changed.capacity, &changed.allocatable})
            (*amounts)[pool.resource] = pool.capacity;
    changed.devices = pools;
    auto after = nodeAlone(input, changed);
    auto &usage = after.usage[node.name];
    std::erase_if(usage.holders, [&](const PodPtr &pod) {
        if (!leaves(evictions, *pod))
            return false;
        for (const auto &[resource, amount] : pod->requests)
            usage.requested[resource] -= amount;
        --usage.requested["pods"];
        return true;
    });
    return after;
}

int rank(Verdict verdict)
{
    return verdict == Verdict::Fits ? 0 : verdict == Verdict::Tight ? 1 : verdict == Verdict::Unknown ? 2 : 3;
}

/// The best verdict of the node's pools, why, and how many replicas go at once.
std::tuple<Verdict, std::string, std::int64_t> judge(const FitInput &input, const Hypothesis &node,
                                                     const Requirement &requirement)
{
    const PlannedDevices nothing;
    const auto candidates = evaluate(input.on(node.snapshot, node.usage, nothing), requirement);
    std::int64_t places = 0;
    const Candidate *best = nullptr;
    for (const auto &candidate : candidates) {
        if (best == nullptr || rank(candidate.verdict) < rank(best->verdict))
            best = &candidate;
        if (rank(candidate.verdict) < 2)
            places += candidate.freeDevices / std::max<std::int64_t>(1, candidate.needed);
    }
    if (best == nullptr)
        return {Verdict::No, "the node offers no accelerator", 0};
    return {best->verdict, best->headline().detail, places};
}

void judgePlan(const FitInput &input, const Plan &plan, const Node &node, const Hypothesis &after, PartitionWhatIf &out)
{
    const auto now = nodeAlone(input, node);
    for (const auto &requirement : plan.requirements) {
        ModelOnNode model;
        model.requirement = requirement.name;
        std::tie(model.now, model.whyNow, model.placesNow) = judge(input, now, requirement);
        std::tie(model.after, model.whyAfter, model.placesAfter) = judge(input, after, requirement);
        out.models.push_back(std::move(model));
    }
    for (const auto &placement : plan.placements)
        if (placement.target.level != TargetLevel::Sku && placement.target.node == node.name
            && std::ranges::find(out.pools, placement.target.resource, &DevicePool::resource) == out.pools.end())
            out.brokenPlacements.push_back(fmt::format("{} asks for {} on {}, which would not offer it",
                                                       placement.requirement, placement.target.resource, node.name));
}

void addNotes(const Node &node, const Sku &sku, const Naming &naming, bool exact, PartitionWhatIf &out)
{
    if (!exact)
        out.notes.emplace_back(
            "which slice lies on which card, and who has it, is the kubelet's knowledge: what is shown "
            "is one layout that agrees with the counts");
    if (!naming.known && sku.vendor == "nvidia" && out.mode != "whole")
        out.notes.emplace_back(
            "the node has no MIG strategy label: resource names are those of the strategy \"mixed\"");
    if (std::ranges::any_of(node.devices, [](const auto &pool) { return pool.withdrawn() > 0; }))
        out.notes.emplace_back("devices are withdrawn now; the cards behind them are counted as if they came back");
    if (std::ranges::any_of(node.devices, [](const auto &pool) { return pool.kind == DeviceKind::Share; }))
        out.notes.emplace_back("the cards are shared now; what comes after is shown without sharing");
    const auto unknown = std::ranges::any_of(out.pools, [](const auto &pool) { return !pool.memoryBytes; });
    if (unknown && out.mode != "whole")
        out.notes.push_back(
            fmt::format("the catalogue does not know how much memory a slice of {} has", sku.displayName));
    if (!out.after.empty()
        && std::ranges::any_of(out.after[0].parts, [](const auto &part) { return part.slice.memoryShared; }))
        out.notes.emplace_back("partitions of one memory domain share its memory: each is judged by its equal share");
    if (!out.changes)
        return;
    out.notes.emplace_back(sku.vendor == "amd"
                               ? "the device config manager sets the taint amd-dcm=up:NoExecute while it "
                                 "works: every pod without that toleration leaves the node"
                               : "turning MIG on or off resets the GPU; on some machines it takes a reboot");
}

/// What is asked for, once it is known to be legal on that node.
struct Asked {
    const Node *node = nullptr;
    const Sku *sku = nullptr;
    CardPartition cut;
    Naming naming;
};

Result<Asked> check(const FitInput &input, std::string_view name, std::string_view wanted)
{
    if (const auto known = checkUsageKnown(input.snapshot); !known)
        return std::unexpected(known.error());
    const auto *node = findNode(input.snapshot, name);
    if (node == nullptr)
        return fail(ErrorKind::NotFound, fmt::format("there is no node \"{}\"", name));
    const auto sku = skuOf(*node, input.catalog);
    if (!sku)
        return std::unexpected(sku.error());
    auto cut = cutCard(**sku, wanted);
    if (!cut)
        return std::unexpected(cut.error());
    const auto naming = namingOf(*node, **sku);
    const auto isOther = [&](const auto &part) { return part.profile != cut->parts.front().profile; };
    if ((*sku)->vendor == "nvidia" && naming.single && std::ranges::any_of(cut->parts, isOther))
        return fail(ErrorKind::Invalid,
                    "the MIG strategy \"single\" of this node takes slices of one profile only; others make it "
                    "MIG-INVALID",
                    node->name, "choose one profile, or set the strategy \"mixed\"");
    return Asked{node, *sku, std::move(*cut), naming};
}

CardView emptyCard(const Asked &asked, int index)
{
    CardView card{index, asked.cut.slices, {}};
    for (const auto &part : asked.cut.parts)
        card.parts.push_back({part, resourceOf(*asked.sku, part, asked.naming), {}});
    return card;
}

} // namespace

Result<PartitionWhatIf> partitionWhatIf(const FitInput &input, std::string_view node, std::string_view wanted,
                                        const Plan *plan)
{
    const auto asked = check(input, node, wanted);
    if (!asked)
        return std::unexpected(asked.error());
    const auto found = input.usage.find(asked->node->name);
    const auto *usage = found == input.usage.end() ? nullptr : &found->second;
    auto now = cardsNow(*asked->node, *asked->sku, usage);
    if (now.cards.empty())
        return fail(ErrorKind::Unsupported,
                    "the catalogue does not know how its cards are cut now, so they cannot be counted",
                    asked->node->name);
    PartitionWhatIf out;
    out.node = asked->node->name;
    out.skuId = asked->sku->id;
    out.skuName = asked->sku->displayName;
    out.mode = asked->cut.mode;
    out.alternatives = legalPartitions(*asked->sku);
    std::erase(out.alternatives, asked->cut);
    for (const auto &card : now.cards)
        out.after.push_back(emptyCard(*asked, card.index));
    out.now = std::move(now.cards);
    out.pools = poolsAfter(*asked->node, *asked->sku, out.after, asked->naming);
    out.changes = !offersTheSame(*asked->node, out.pools);
    if (out.changes)
        out.evictions = evictionsOf(*asked->node, usage);
    if (plan != nullptr)
        judgePlan(input, *plan, *asked->node, cutAnew(input, *asked->node, out.pools, out.evictions), out);
    addNotes(*asked->node, *asked->sku, asked->naming, now.exact, out);
    return out;
}

} // namespace core
