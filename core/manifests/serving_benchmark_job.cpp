// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/names.h"
#include "core/manifests/measuring_job.h"
#include "core/manifests/probe_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace core {

using Json = nlohmann::ordered_json;

namespace {

/// What the shell runs; every value of the request comes as an argument, so none is ever read as shell.
/// The result is one line of JSON at the end of the log: `vllm bench serve` writes it so.
constexpr const char *script =
    "vllm bench serve \"$@\" --save-result --result-dir /tmp --result-filename result.json && "
    "echo && cat /tmp/result.json && echo";

Json argumentsOf(const ServingBenchmarkJobRequest &r)
{
    return Json::array({script, "bench", "--backend", "vllm", "--base-url", r.baseUrl, "--model", r.model,
                        "--dataset-name", "random", "--random-input-len", std::to_string(r.inputTokens),
                        "--random-output-len", std::to_string(r.outputTokens), "--ignore-eos", "--num-prompts",
                        std::to_string(r.requests), "--max-concurrency", std::to_string(r.concurrency)});
}

Result<void> check(const ServingBenchmarkJobRequest &r)
{
    const auto isUrl = [&r] {
        const bool scheme = r.baseUrl.starts_with("http://") || r.baseUrl.starts_with("https://");
        return scheme && std::ranges::all_of(r.baseUrl, [](unsigned char c) { return c > ' ' && c < 0x7f; })
            && !r.baseUrl.contains('@');
    };
    if (!isUrl())
        return fail(ErrorKind::Usage, "the server's address must be http:// or https:// and hold no credential",
                    "--service");
    if (r.model.empty() || r.model.starts_with('-'))
        return fail(ErrorKind::Usage, "the model's name, as it is served, is needed", "--model");
    if (r.sku.empty() || r.image.empty())
        return fail(ErrorKind::Usage, "the SKU that serves the model and a vLLM image are needed");
    if (std::min({r.gpus, r.requests, r.concurrency, r.inputTokens, r.outputTokens}) < 1)
        return fail(ErrorKind::Usage, "numbers of GPUs, requests and tokens are at least 1");
    if (const auto problems = dns1123LabelProblems(r.nameSpace); !problems.empty())
        return fail(ErrorKind::Invalid, fmt::format("\"{}\" is no namespace: {}", r.nameSpace, problems[0]));
    return checkSchedule(r.schedule);
}

/// A text at a path of keys, or "".
std::string text(const nlohmann::json &json, std::initializer_list<const char *> path)
{
    const auto *value = &json;
    for (const auto *key : path) {
        if (!value->is_object() || !value->contains(key))
            return {};
        value = &(*value)[key];
    }
    return value->is_string() ? value->get<std::string>() : std::string();
}

} // namespace

Result<ManifestFile> servingBenchmarkJob(const ServingBenchmarkJobRequest &request)
{
    if (auto sound = check(request); !sound)
        return std::unexpected(sound.error());
    Json container{{"name", "benchmark"}, {"image", request.image}, {"imagePullPolicy", "IfNotPresent"}};
    container["command"] = {"/bin/sh", "-c"};
    container["args"] = argumentsOf(request);
    container["env"] = Json::array(
        {Json{{"name", "HOME"}, {"value", "/tmp"}}, Json{{"name", "HF_HOME"}, {"value", "/tmp/huggingface"}}});
    container["resources"] = {{"requests", {{"cpu", "4"}, {"memory", "4Gi"}}}, {"limits", {{"memory", "8Gi"}}}};
    container["securityContext"] = closedSecurityContext();
    container["volumeMounts"] = Json::array({Json{{"name", "tmp"}, {"mountPath", "/tmp"}}});
    MeasuringJob job;
    job.name = jobName(request.name);
    job.nameSpace = request.nameSpace;
    job.schedule = request.schedule;
    job.kind = "serving-benchmark";
    job.annotations = {{"berth.dev/model", request.model},
                       {"berth.dev/sku", request.sku},
                       {"berth.dev/gpus", std::to_string(request.gpus)}};
    job.podSpec = {{"restartPolicy", "Never"},
                   {"automountServiceAccountToken", false},
                   {"containers", Json::array({std::move(container)})},
                   {"volumes", Json::array({Json{{"name", "tmp"}, {"emptyDir", {{"sizeLimit", "4Gi"}}}}})}};
    job.deadlineSeconds = 2 * 3600;
    ManifestObject object;
    object.json = jobObject(job);
    object.reasons.emplace_back("asks for no GPU: it only sends requests to the server that is there");
    ManifestFile file;
    file.path = job.name + ".yaml";
    file.text = toYaml(object.json);
    file.objects = {std::move(object)};
    return file;
}

std::vector<MeasuringPod> measuringPods(const nlohmann::json &podList)
{
    std::vector<MeasuringPod> out;
    if (!podList.is_object() || !podList.contains("items") || !podList["items"].is_array())
        return out;
    for (const auto &item : podList["items"]) {
        const auto kind = text(item, {"metadata", "labels", "berth.dev/job"});
        MeasuringPod pod;
        pod.nameSpace = text(item, {"metadata", "namespace"});
        pod.name = text(item, {"metadata", "name"});
        pod.node = text(item, {"spec", "nodeName"});
        pod.servingBenchmark = kind == "serving-benchmark";
        const auto phase = text(item, {"status", "phase"});
        pod.ended = phase == "Succeeded" || phase == "Failed";
        pod.model = text(item, {"metadata", "annotations", "berth.dev/model"});
        pod.sku = text(item, {"metadata", "annotations", "berth.dev/sku"});
        const auto gpus = text(item, {"metadata", "annotations", "berth.dev/gpus"});
        std::from_chars(gpus.data(), gpus.data() + gpus.size(), pod.gpus);
        const bool ours = text(item, {"metadata", "labels", "app.kubernetes.io/managed-by"}) == "berth";
        if (ours && (pod.servingBenchmark || kind == "probe") && !pod.name.empty() && !pod.nameSpace.empty())
            out.push_back(std::move(pod));
    }
    return out;
}

} // namespace core
