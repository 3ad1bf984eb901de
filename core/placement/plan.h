// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"

#include <filesystem>

namespace core {

enum class TargetLevel { Sku, Node, Card };

/// Where replicas go, at the level the user dropped on; `enforceableLevel()` says what Kubernetes can hold.
struct Target {
    TargetLevel level = TargetLevel::Node;
    std::string resource;    ///< always set: the extended resource the pods ask for
    std::string skuId;       ///< Sku level: the catalogue id, or the product label when unknown to the catalogue
    std::string node;        ///< Node and Card level
    std::optional<int> card; ///< Card level: index on the node, kept for the reader; the kubelet chooses the card
    // Sku level: whole cards and slices, partitions or shares of them can have the same SKU and resource name.
    DeviceKind kind = DeviceKind::Card;
    std::string profile = {}; ///< DevicePool::profile
    int replicas = 1;         ///< DevicePool::replicas
    bool operator==(const Target &) const = default;
};

/// Is the pool one of those that a Sku-level target names?
bool isOfSku(const DevicePool &pool, const Target &target);
/// Every pool of a line of the inventory.
Target skuTarget(const SkuRow &row);

/// With device plugins a pod can be pinned to a resource name, a SKU and a node; never to a card.
TargetLevel enforceableLevel(const Target &target);
/// The target as Kubernetes holds it: a card becomes its node. Two cards of one node are the same place.
Target enforced(Target target);

/// Replicas of one requirement on one target.
struct Placement {
    std::string requirement; ///< Requirement::name
    Target target;
    int replicas = 1;
    bool locked = false;
    bool operator==(const Placement &) const = default;
};

/// One way to serve a requirement: devices of one SKU, in one form, for each replica.
struct Alternative {
    std::string skuId;      ///< as Target::skuId
    int tensorParallel = 1; ///< devices of one node that a replica takes of it
    DeviceKind kind = DeviceKind::Card;
    std::string profile = {};       ///< DevicePool::profile
    int sharesPerCard = 1;          ///< DevicePool::replicas
    std::optional<int> atMost = {}; ///< replicas it takes at most; nullopt: as many as have room
    bool operator==(const Alternative &) const = default;
};

/// Replicas of one requirement on the first alternative that has room, the rest on the next (placement_set.h).
struct PlacementSet {
    std::string requirement;               ///< Requirement::name
    std::vector<Alternative> alternatives; ///< the most wanted first; never empty
    int replicas = 1;
    bool operator==(const PlacementSet &) const = default;
};

/// A named set of requirements and placements. A small YAML file made for Git.
struct Plan {
    std::string name = "untitled";
    std::vector<Requirement> requirements;
    std::vector<Placement> placements;
    std::vector<PlacementSet> sets = {};

    const Requirement *find(std::string_view requirement) const;
    const PlacementSet *findSet(std::string_view requirement) const; ///< nullptr: it is not served by a set
    int placedReplicas(std::string_view requirement) const;          ///< those of sets too
    bool operator==(const Plan &) const = default;
};

/// A warning about a plan against a cluster: a node that is gone, replicas not placed, more devices than free.
struct PlanFinding {
    std::string place, message;
    bool isError = false;
    bool operator==(const PlanFinding &) const = default;
};

/// Reads a plan. Unknown version, duplicate keys, wrong types, unknown fields: errors that name line and field.
Result<Plan> parsePlan(std::string_view yaml, const std::string &place);
/// The canonical text: fixed key order, one item a line, strings quoted where YAML 1.1 or 1.2 would reinterpret them.
/// The schema is the oldest that can hold the plan: v2 with placement sets, else v1.
std::string writePlan(const Plan &plan);
Result<Plan> loadPlan(const std::filesystem::path &file);
/// Writes to a temporary file, fsyncs, renames: the old plan stays whole when the disk is full or Berth is killed.
Result<void> savePlan(const Plan &plan, const std::filesystem::path &file);

/// Puts `replicas` of a requirement on a target. Merges with what is on the same place already; replicas meant for two
/// cards of a node become two replicas on the node, since nobody could hold them apart. Errors: unknown requirement,
/// zero replicas.
Result<Plan> place(const Plan &plan, const std::string &requirement, const Target &target, int replicas = 1);
/// Takes placements of a requirement off a target. Locked ones stay.
Result<Plan> takeOff(const Plan &plan, const std::string &requirement, const Target &target);

/// Locks or unlocks what a requirement has on a target: a locked placement is neither taken off nor moved. Error:
/// nothing is there.
Result<Plan> setLocked(const Plan &plan, const std::string &requirement, const Target &target, bool locked);

/// The plan without a requirement and whatever places it, sets included. Error: unknown requirement.
Result<Plan> removeRequirement(const Plan &plan, const std::string &requirement);

/// A replica of a Sku-level placement that does not run yet, and the node on which plannedDevices() counts it.
struct CountedReplica {
    std::size_t placement = 0; ///< index in Plan::placements
    std::string node;
    bool operator==(const CountedReplica &) const = default;
};

/// Sku-level placements are spread over the nodes that fit, most free devices last (fill up partly used nodes first).
/// Replicas without room are left out.
std::vector<CountedReplica> countedReplicas(const Plan &plan, const ClusterSnapshot &snapshot,
                                            const ClusterUsage &usage);
/// Devices the plan takes on each node and resource, beyond those its own running pods already hold. Sets count once
/// they are resolved (placement_set.h), Sku-level placements where countedReplicas() says.
PlannedDevices plannedDevices(const Plan &plan, const ClusterSnapshot &snapshot, const ClusterUsage &usage);

/// The best node for a Sku-level drop: Fits before Tight, then the fewest free devices left over, then the name.
std::optional<Candidate> bestPlace(const std::vector<Candidate> &candidates, const ClusterSnapshot &snapshot,
                                   const Target &target);

std::vector<PlanFinding> checkPlan(const Plan &plan, const ClusterSnapshot &snapshot, const ClusterUsage &usage);

/// Undo and redo over whole plans (plans are small). The current plan is always valid. A new plan and one that is
/// opened are steps too, so that nothing unsaved is lost by them; each step knows the file that its plan is saved to.
class PlanHistory {
public:
    using File = std::optional<std::filesystem::path>; ///< nullopt: no file of the user's yet

    explicit PlanHistory(Plan plan = {}, File file = {});
    const Plan &current() const;
    const File &file() const;
    void commit(Plan plan, std::string what); ///< forgets what was undone; equal plans are not recorded
    /// Another plan takes the place of the current one, as it is saved in `file`.
    void open(Plan plan, File file, std::string what);
    bool canUndo() const;
    bool canRedo() const;
    std::string undoText() const; ///< what would be undone: "place llama on gpu-01"
    std::string redoText() const;
    void undo();
    void redo();
    bool isModified() const; ///< differs from what was opened or last saved
    void markSaved(File file);

private:
    struct Document {
        File file;
        Plan saved;
    };
    struct Step {
        Plan plan;
        std::string what;
        std::size_t document = 0;
    };
    const Document &document() const { return m_documents[m_steps[m_position].document]; }
    void push(Step step);

    std::vector<Document> m_documents;
    std::vector<Step> m_steps;
    std::size_t m_position = 0;
};

} // namespace core
