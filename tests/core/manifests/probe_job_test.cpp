// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifests/probe_job.h"

#include "core/manifests/measuring_job.h"
#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

using namespace core;

namespace {

using Json = nlohmann::ordered_json;

Node machine(const std::string &name, Vendor vendor, DeviceKind kind = DeviceKind::Card)
{
    auto node = sample::node(name, 8, vendor == Vendor::Nvidia ? "nvidia.com/gpu" : "amd.com/gpu");
    auto &pool = node.devices.front();
    pool.vendor = vendor;
    pool.kind = kind;
    pool.skuId = vendor == Vendor::Nvidia ? "nvidia-h200-sxm" : "amd-mi300x";
    return node;
}

/// Two vendors, and a request for all of it.
struct World {
    std::vector<Node> nodes{machine("nv-1", Vendor::Nvidia), machine("nv-2.example.com", Vendor::Nvidia),
                            machine("amd-1", Vendor::Amd)};
    ProbeJobRequest request;
    ClusterUsage usage;

    World() { request.images = {{Vendor::Nvidia, "reg/probe-nvidia:1"}, {Vendor::Amd, "reg/probe-amd:1"}}; }
    Result<Export> jobs() const { return probeJobs(request, *sample::cluster(nodes, {}), usage); }
    Json only() const
    {
        const auto tree = jobs();
        if (!tree || tree->files.size() != 1)
            qFatal("%s", tree ? "not one file" : describe(tree.error()).c_str());
        return tree->files[0].objects[0].json;
    }
    QString refusal() const
    {
        const auto tree = jobs();
        return tree ? QString() : QString::fromStdString(describe(tree.error()));
    }
};

QString text(const Json &json)
{
    return QString::fromStdString(json.dump());
}

ServingBenchmarkJobRequest benchmark()
{
    ServingBenchmarkJobRequest out;
    out.baseUrl = "http://llama.default.svc:8000";
    out.model = "meta-llama/Llama-3.1-8B";
    out.sku = "nvidia-h200-sxm";
    out.gpus = 2;
    out.image = "vllm/vllm-openai:v1";
    return out;
}

} // namespace

class ProbeJobTest : public QObject {
    Q_OBJECT

private slots:
    void everyNodeHasAJobOfItsOwnVendor()
    {
        const auto tree = World().jobs();
        QVERIFY(tree);
        QStringList paths;
        for (const auto &file : tree->files)
            paths << QString::fromStdString(file.path);
        QCOMPARE(paths.size(), 3);
        QCOMPARE(paths[0], QString("amd/probe-amd-1-gpu.yaml"));
        QCOMPARE(paths[1], QString("nvidia/probe-nv-1-gpu.yaml"));
        QVERIFY(paths[2].startsWith("nvidia/probe-nv-2-example-com-gpu-")); // a changed name has a hash of the whole
        QCOMPARE(text(tree->files[0].objects[0].json["spec"]["template"]["spec"]["containers"][0]["image"]),
                 QString("\"reg/probe-amd:1\""));
    }

    void nodesAndSkusAreChosen()
    {
        World world;
        world.request.nodes = {"nv-1"};
        QCOMPARE(world.jobs()->files.size(), std::size_t{1});
        world.request.skus = {"amd-mi300x"};
        QCOMPARE(world.jobs()->files.size(), std::size_t{2});
    }

    void aJobIsPinnedToItsNodeAndNeverRetried()
    {
        World world;
        world.request.nodes = {"nv-1"};
        const auto job = world.only();
        QCOMPARE(text(job["kind"]), QString("\"Job\""));
        QCOMPARE(job["spec"]["backoffLimit"].get<int>(), 0);
        const auto pod = job["spec"]["template"]["spec"];
        QCOMPARE(text(pod["restartPolicy"]), QString("\"Never\""));
        QCOMPARE(text(pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
                         ["nodeSelectorTerms"][0]["matchFields"][0]["values"]),
                 QString("[\"nv-1\"]"));
        QCOMPARE(text(pod["containers"][0]["resources"]["limits"]["nvidia.com/gpu"]), QString("\"8\""));
        QCOMPARE(text(pod["containers"][0]["securityContext"]["capabilities"]["drop"]), QString("[\"ALL\"]"));
        QCOMPARE(text(job["spec"]["template"]["metadata"]["labels"]["berth.dev/job"]), QString("\"probe\""));
    }

    void onlyFreeDevicesAreAskedForUnlessToldOtherwise()
    {
        World world;
        world.request.nodes = {"nv-1"};
        world.usage["nv-1"].requested["nvidia.com/gpu"] = 5;
        const auto devices = [&world] {
            return text(
                world.only()["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"]);
        };
        QCOMPARE(devices(), QString("\"3\""));
        world.request.devices = ProbeDevices::All;
        QCOMPARE(devices(), QString("\"8\""));
        world.request.devices = ProbeDevices::One;
        QCOMPARE(devices(), QString("\"1\""));
        world.usage["nv-1"].requested["nvidia.com/gpu"] = 8;
        world.request.devices = ProbeDevices::Free;
        QVERIFY2(world.refusal().contains("no nvidia.com/gpu is free"), qPrintable(world.refusal()));
    }

    void aSliceIsMeasuredAloneAndASharedCardNotAtAll()
    {
        World world;
        world.nodes = {machine("nv-1", Vendor::Nvidia, DeviceKind::MigSlice)};
        QCOMPARE(
            text(world.only()["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"]),
            QString("\"1\""));
        world.nodes = {machine("nv-1", Vendor::Nvidia, DeviceKind::Share)};
        QVERIFY2(world.refusal().contains("is shared"), qPrintable(world.refusal()));
    }

    void taintsOfGpuNodesAreTolerated()
    {
        World world;
        world.nodes = {machine("nv-1", Vendor::Nvidia)};
        world.nodes[0].taints = {{"nvidia.com/gpu", "present", TaintEffect::NoSchedule},
                                 {"team", "other", TaintEffect::NoSchedule}};
        const auto tolerations = world.only()["spec"]["template"]["spec"]["tolerations"];
        QCOMPARE(tolerations.size(), std::size_t{1});
        QCOMPARE(text(tolerations[0]["key"]), QString("\"nvidia.com/gpu\""));
    }

    void aScheduleMakesACronJob()
    {
        World world;
        world.request.nodes = {"amd-1"};
        world.request.schedule = "0 3 * * 0";
        const auto job = world.only();
        QCOMPARE(text(job["kind"]), QString("\"CronJob\""));
        QCOMPARE(text(job["spec"]["schedule"]), QString("\"0 3 * * 0\""));
        QCOMPARE(text(job["spec"]["concurrencyPolicy"]), QString("\"Forbid\""));
        QVERIFY(job["spec"]["jobTemplate"]["spec"]["template"].contains("spec"));
    }

    void whatCannotBeRunIsRefused()
    {
        const auto with = [](const std::function<void(World &)> &change) {
            World world;
            change(world);
            return world.refusal();
        };
        QVERIFY(with([](World &w) { w.request.nodes = {"gone"}; }).contains("gone: the cluster has no such node"));
        QVERIFY(with([](World &w) { w.request.skus = {"tpu"}; }).contains("no node has such a GPU"));
        QVERIFY(with([](World &w) {
                    w.request.images.erase(Vendor::Amd);
                }).contains("installer/probe-image/Containerfile.amd"));
        QVERIFY(with([](World &w) { w.request.profile = "fast; rm -rf /"; }).contains("no profile"));
        QVERIFY(with([](World &w) { w.request.nameSpace = "Bad_Name"; }).contains("is no namespace"));
        QVERIFY(with([](World &w) { w.request.schedule = "soon"; }).contains("five fields"));
        QVERIFY(with([](World &w) { w.request.schedule = "0 3 * * $(id)"; }).contains("is no field"));
        QVERIFY(with([](World &w) { w.nodes.clear(); }).contains("no node has such a GPU"));
    }

    void namesAreAlwaysLabelsAndNeverCollide()
    {
        QCOMPARE(jobName("probe-a-gpu"), std::string("probe-a-gpu"));
        QVERIFY(jobName("probe-A") != jobName("probe-a"));
        QVERIFY(jobName(std::string(300, 'a') + "1") != jobName(std::string(300, 'a') + "2"));
        QVERIFY(jobName("...").size() == 8);
        for (const auto *name : {"ä/ö", "-", "UPPER.case", "x--"})
            QVERIFY2(jobName(name).size() <= 52 && !jobName(name).starts_with('-') && !jobName(name).ends_with('-'),
                     name);
    }

    void aServingBenchmarkAsksForNoGpuAndPassesEveryValueAsAnArgument()
    {
        auto request = benchmark();
        request.model = "x'; rm -rf / #";
        const auto file = servingBenchmarkJob(request);
        QVERIFY2(file, file ? "" : describe(file.error()).c_str());
        const auto pod = file->objects[0].json["spec"]["template"];
        const auto container = pod["spec"]["containers"][0];
        QVERIFY(!container["resources"]["limits"].contains("nvidia.com/gpu"));
        QVERIFY(text(container["args"][0]).contains("$@"));
        QVERIFY(!text(container["args"][0]).contains("rm -rf"));
        QVERIFY(text(container["args"]).contains(text(request.model)));
        QCOMPARE(text(pod["metadata"]["annotations"]["berth.dev/gpus"]), QString("\"2\""));
    }

    void aServingBenchmarkThatCannotRunIsRefused()
    {
        const auto refused = [](const std::function<void(ServingBenchmarkJobRequest &)> &change) {
            auto request = benchmark();
            change(request);
            return !servingBenchmarkJob(request);
        };
        QVERIFY(refused([](auto &r) { r.baseUrl = "llama:8000"; }));
        QVERIFY(refused([](auto &r) { r.baseUrl = "http://user:secret@llama:8000"; }));
        QVERIFY(refused([](auto &r) { r.model = "--help"; }));
        QVERIFY(refused([](auto &r) { r.image.clear(); }));
        QVERIFY(refused([](auto &r) { r.requests = 0; }));
        QVERIFY(refused([](auto &r) { r.schedule = "* *"; }));
        QVERIFY(!refused([](auto &) {}));
    }

    void measuringPodsAreFoundInAListAndJunkIsPassedOver()
    {
        const auto list = nlohmann::json::parse(R"({"items": [
            {"metadata": {"name": "p1", "namespace": "a", "labels": {"app.kubernetes.io/managed-by": "berth", "berth.dev/job": "probe"}},
             "spec": {"nodeName": "gpu-1"}, "status": {"phase": "Failed"}},
            {"metadata": {"name": "p2", "namespace": "a", "labels": {"app.kubernetes.io/managed-by": "berth", "berth.dev/job": "serving-benchmark"},
             "annotations": {"berth.dev/model": "m", "berth.dev/sku": "s", "berth.dev/gpus": "4"}}, "status": {"phase": "Running"}},
            {"metadata": {"name": "p3", "namespace": "a", "labels": {"app.kubernetes.io/managed-by": "helm", "berth.dev/job": "probe"}}},
            {"metadata": {"name": 7}}, "text", null]})");
        const auto pods = measuringPods(list);
        QCOMPARE(pods.size(), std::size_t{2});
        QVERIFY(pods[0].ended && pods[0].node == "gpu-1" && !pods[0].servingBenchmark);
        QVERIFY(!pods[1].ended && pods[1].servingBenchmark && pods[1].gpus == 4 && pods[1].model == "m");
        QVERIFY(measuringPods("junk").empty());
        QVERIFY(measuringPods({{"items", 7}}).empty());
    }
};

QTEST_GUILESS_MAIN(ProbeJobTest)
#include "probe_job_test.moc"
