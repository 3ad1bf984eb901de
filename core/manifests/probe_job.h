// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/accounting.h"
#include "core/manifests/manifest.h"

#include <map>

namespace core {

/// Which devices of a node a probe's pod asks for. berth-probe measures every GPU its pod was given.
enum class ProbeDevices {
    Free, ///< those that nobody holds now: what runs is not disturbed
    All,  ///< all of the node: waits until the node is empty
    One
};

/// Where to run berth-probe, once or by a schedule.
struct ProbeJobRequest {
    std::vector<std::string> nodes;       ///< these; with `skus` empty and this empty: every node with GPUs
    std::vector<std::string> skus;        ///< and every node with one of these (catalogue id or product label)
    std::map<Vendor, std::string> images; ///< built from installer/probe-image; there is no public one
    std::string profile = "quick";
    std::string nameSpace = "default";
    std::string schedule; ///< five fields of cron; empty: a Job that runs once
    ProbeDevices devices = ProbeDevices::Free;
};

/// One Job or CronJob a node and resource, each in a file of its own. Shared (time-sliced) devices are left out with a
/// warning: whatever else runs on the card would be measured too. Of MIG slices a pod asks for one, since a process
/// sees no more. Errors: nothing to measure, an unknown node, a vendor without image, a name or schedule Kubernetes
/// refuses.
Result<Export> probeJobs(const ProbeJobRequest &request, const ClusterSnapshot &snapshot, const ClusterUsage &usage);

/// Runs `vllm bench serve` against a server that is already there, and prints its result to the log.
struct ServingBenchmarkJobRequest {
    std::string name = "serving-benchmark";
    std::string nameSpace = "default";
    std::string baseUrl; ///< "http://llama.default.svc:8000"
    std::string model;   ///< as served
    std::string sku;     ///< of the GPUs that serve it; kept with the result
    int gpus = 1;
    std::string image; ///< a vLLM image
    int requests = 200, concurrency = 16, inputTokens = 1024, outputTokens = 128;
    std::string schedule; ///< empty: once
};
Result<ManifestFile> servingBenchmarkJob(const ServingBenchmarkJobRequest &request);

/// A pod of such a Job.
struct MeasuringPod {
    std::string nameSpace, name, node;
    bool servingBenchmark = false; ///< else a probe
    bool ended = false;            ///< its log is complete
    std::string model, sku;        ///< of a serving benchmark
    int gpus = 1;
};
/// The labelSelector that finds them, percent-encoded: app.kubernetes.io/managed-by=berth,berth.dev/job.
inline constexpr const char *measuringPodSelector = "app.kubernetes.io%2Fmanaged-by%3Dberth%2Cberth.dev%2Fjob";
/// From a v1.PodList; what is no pod of ours or lacks its name is passed over.
std::vector<MeasuringPod> measuringPods(const nlohmann::json &podList);

} // namespace core
