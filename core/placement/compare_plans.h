// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/prices.h"
#include "core/placement/free_shapes.h"

namespace core {

/// What one plan does with one line of the inventory.
struct PlanOnSku {
    std::string sku, displayName, resource;
    DeviceKind kind{};
    std::int64_t planned = 0;          ///< devices that the plan takes beyond what its own pods hold already
    std::int64_t held = 0;             ///< devices its own pods hold
    std::optional<double> costPerHour; ///< of planned + held; nullopt without a price
    std::int64_t free = 0;             ///< devices free once the plan runs
    std::vector<ShapePlaces> shapes;   ///< places and stranded devices once the plan runs
    bool operator==(const PlanOnSku &) const = default;
};

/// What one plan does with one model.
struct PlanOnModel {
    std::string requirement;
    bool inPlan = false;
    int wanted = 0, placed = 0;       ///< replicas
    std::vector<std::string> targets; ///< "gpu-01 ×2", "nvidia-h100-sxm-80 ×1"; in the plan's order
    /// Of its placements the worst: usable - likely bytes of one device; nullopt when it cannot be sized.
    std::optional<std::int64_t> headroomBytes;
    std::optional<Verdict> verdict; ///< of memory and shape on its targets, the worst; nullopt when nothing is placed
    bool operator==(const PlanOnModel &) const = default;
};

/// One plan in figures.
struct PlanFigures {
    std::string name;
    int wanted = 0, placed = 0;                ///< replicas over all models
    std::int64_t devices = 0;                  ///< planned + held
    std::optional<double> costPerHour;         ///< nullopt as soon as one of its devices has no known price
    std::vector<std::string> unpriced;         ///< the SKUs that have none
    std::optional<std::int64_t> headroomBytes; ///< the least of its models, of one device
    std::string tightest;                      ///< that model
    /// Share of the free whole cards that no group of this size could use, once the plan runs; by usualShapes above 1.
    std::vector<std::pair<int, double>> fragmentation;
    std::int64_t stranded = 0;         ///< free whole cards that no group of 8 could use
    std::vector<PlanFinding> findings; ///< checkPlan()
    bool operator==(const PlanFigures &) const = default;
};

template <class T>
struct Both {
    T a, b;
    bool operator==(const Both &) const = default;
};

/// Two plans side by side on the same cluster.
struct PlanComparison {
    std::string currency;
    Both<PlanFigures> plans;
    std::vector<Both<PlanOnModel>> models; ///< those of a in its order, then those only b has
    std::vector<Both<PlanOnSku>>
        skus; ///< lines that a plan uses or that differ afterwards, as the inventory orders them
};

/// Pure. Each plan is looked at alone, as if the other did not exist, with its sets as they resolve on this cluster.
/// Errors: pods may not be read (checkUsageKnown()).
Result<PlanComparison> comparePlans(const FitInput &input, const Prices &prices, const Plan &a, const Plan &b);

} // namespace core
