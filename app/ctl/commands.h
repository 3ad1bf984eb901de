// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/exit_code.h"
#include "app/ctl/session.h"
#include "core/sizing/calibration.h"

#include <vector>

namespace app::ctl {

/// The commands. Each prints its answer to standard output and returns the exit code; an error is printed by main().
using Answer = core::Result<ExitCode>;

Answer runContexts(const GlobalOptions &global);
Answer runInventory(const GlobalOptions &global);

struct FitOptions {
    core::Requirement requirement;            ///< modelId as typed
    std::optional<std::filesystem::path> pod; ///< a pod manifest instead of a model
};
Answer runFit(const GlobalOptions &global, const FitOptions &options);

struct PlanOptions {
    std::filesystem::path file;
    std::filesystem::path out; ///< export
    bool dryRun = false, force = false, yes = false;
};
Answer runPlan(const GlobalOptions &global, const PlanOptions &options);
Answer runExport(const GlobalOptions &global, const PlanOptions &options);
Answer runDiff(const GlobalOptions &global, const PlanOptions &options);
Answer runApply(const GlobalOptions &global, const PlanOptions &options);

/// A model on SKUs, without a cluster.
struct EstimateOptions {
    core::Requirement requirement; ///< modelId as typed
    std::vector<std::string> skus; ///< empty = all of the catalogue
    std::optional<int> tensorParallel;
    std::optional<std::int64_t> prompt; ///< tokens; the rest of the context is the answer
    std::filesystem::path probe;        ///< report of berth-probe for the one SKU; empty = data sheet
};
Answer runEstimate(const GlobalOptions &global, const EstimateOptions &options);
/// What other estimators would say of the same.
Answer runOpinions(const GlobalOptions &global, const EstimateOptions &options);

/// Learning from start-up logs of vLLM: a log, or a list of what was learnt, or an id to forget.
struct CalibrateOptions {
    std::filesystem::path log;
    std::string pod, container; ///< "NAMESPACE/NAME" whose log is read instead; container: the pod's only one
    std::string model, sku;     ///< as typed
    core::CalibrationFacts facts;
    bool list = false;
    std::string remove;
};
Answer runCalibrate(const GlobalOptions &global, const CalibrateOptions &options);

struct PlaceOptions {
    core::Requirement requirement;             ///< modelId as typed
    std::string objective;                     ///< a word of core::objectiveNames(); empty: what --keep-free implies
    std::vector<std::string> keepFree;         ///< SKUs
    std::optional<std::filesystem::path> plan; ///< what is planned already
};
Answer runPlace(const GlobalOptions &global, const PlaceOptions &options);

struct DrainOptions {
    std::string node;
    std::optional<std::filesystem::path> plan;
};
Answer runWhatIfDrain(const GlobalOptions &global, const DrainOptions &options);

struct ShapesOptions {
    std::optional<int> size;                   ///< of the hole to open
    std::optional<std::filesystem::path> plan; ///< counted as taken
};
Answer runShapes(const GlobalOptions &global, const ShapesOptions &options);

struct PartitionOptions {
    std::string node, wanted;
    std::optional<std::filesystem::path> plan; ///< its models are judged
};
Answer runPartition(const GlobalOptions &global, const PartitionOptions &options);

struct OptimiseOptions {
    std::filesystem::path plan, out; ///< `out` empty: the plan is only shown
    bool fewestGpus = false;
    double seconds = 10;
    std::uint64_t seed = 1;
    std::vector<std::string> demand; ///< "NAME=TOKENS_PER_SECOND"
};
/// Places everything of a plan that is neither locked nor running at least cost. No (1) when replicas are left over.
Answer runOptimise(const GlobalOptions &global, const OptimiseOptions &options);

struct CompareOptions {
    std::filesystem::path a, b; ///< plan files
};
Answer runCompare(const GlobalOptions &global, const CompareOptions &options);

} // namespace app::ctl
