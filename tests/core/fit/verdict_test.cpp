// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/verdict.h"

#include "core/fit/host_request.h"
#include "core/fit/links.h"
#include "tests/core/sizing/sample_models.h"

#include <QElapsedTimer>
#include <QtTest>

#include <fmt/format.h>

using namespace core;

Q_DECLARE_METATYPE(core::Verdict)
Q_DECLARE_METATYPE(core::Requirement)

namespace {

constexpr std::int64_t gib = 1LL << 30;

Sku sku(const char *id, const char *vendor, const char *target, std::int64_t reportedMiB)
{
    Sku card;
    card.id = card.displayName = id;
    card.vendor = vendor;
    card.target = target;
    card.memorySize = static_cast<double>(reportedMiB) / 1024;
    card.memoryUnit = "GiB";
    card.reportedBytes = reportedMiB << 20;
    return card;
}

DevicePool pool(const char *skuId, const char *target, std::int64_t count, Vendor vendor = Vendor::Nvidia)
{
    DevicePool devices;
    devices.resource = vendor == Vendor::Amd ? "amd.com/gpu" : "nvidia.com/gpu";
    devices.vendor = vendor;
    devices.kind = DeviceKind::Card;
    devices.skuId = skuId;
    devices.computeTarget = target;
    devices.driverVersion = vendor == Vendor::Amd ? "6.16.6" : "580.82.07";
    devices.capacity = devices.allocatable = count;
    return devices;
}

Node node(const std::string &name, DevicePool devices)
{
    Node machine;
    machine.name = name;
    machine.ready = true;
    machine.architecture = "amd64";
    machine.allocatable = {{"cpu", 64000}, {"memory", 512 * gib}, {"pods", 110}};
    machine.devices.push_back(std::move(devices));
    return machine;
}

/// A cluster of one's own to judge.
struct World {
    ClusterSnapshot snapshot;
    ClusterUsage usage;
    Catalog catalog;
    ImageCatalog images;
    PlannedDevices planned;

    World()
    {
        snapshot.nodesSynced = snapshot.podsSynced = true;
        catalog.skus = {sku("h100", "nvidia", "9.0", 81559), sku("a100", "nvidia", "8.0", 81920),
                        sku("v100", "nvidia", "7.0", 16384), sku("t4", "nvidia", "7.5", 15360),
                        sku("mi300x", "amd", "gfx942", 196592)};
        catalog.skus[1].profiles = {{"3g.40gb", 40 * gib, 2, 0, {}}, {"1g.10gb", std::nullopt, 7, 0, {}}};
        catalog.models = {sample::llama8b(), sample::llama70b(), sample::qwen25Half(), sample::phi4()};
        ServingImage cuda{
            "vllm", "nvidia", "vllm/vllm-openai:v0", "12.9", {"7.0", "7.5", "8.0", "9.0"}, "525.60.13", {"amd64"},
            {},     {}};
        ServingImage rocm{"vllm", "amd", "rocm/vllm:v0", "7.0", {"gfx942"}, "", {"amd64"}, {}, {}};
        images.images = {cuda, rocm};
    }

    void add(Node machine) { snapshot.nodes.push_back(std::make_shared<const Node>(std::move(machine))); }

    std::vector<Candidate> judge(const Requirement &wanted) const
    {
        return evaluate({snapshot, usage, catalog, images, planned}, wanted);
    }
};

Requirement wants(const char *model, const char *weights = "bf16", int tensorParallel = 1)
{
    Requirement wanted;
    wanted.name = "r";
    wanted.modelId = model;
    wanted.weights = weights;
    wanted.tensorParallel = tensorParallel;
    return wanted;
}

const Reason &link(const Candidate &candidate, Link which)
{
    return candidate.chain.at(static_cast<std::size_t>(which) - 1);
}

Candidate only(World &world, Node machine, const Requirement &wanted)
{
    world.add(std::move(machine));
    return world.judge(wanted).at(0);
}

std::string said(const Candidate &candidate)
{
    std::string text;
    for (const auto &reason : candidate.chain)
        text += fmt::format("\n{} {} {}: {} [{}]", static_cast<int>(reason.link), static_cast<int>(reason.verdict),
                            reason.code, reason.detail, reason.remedy);
    return text;
}

} // namespace

class VerdictTest : public QObject {
    Q_OBJECT

private slots:
    void someNodesGetTheVerdictsThatTheyHaveAmongAll()
    {
        World world;
        auto two = node("b", pool("h100", "9.0", 8));
        two.devices.push_back(two.devices.front());
        two.devices.back().resource = "a.example/gpu";
        for (auto &machine : {node("a", pool("h100", "9.0", 8)), two, node("c", pool("h100", "9.0", 1))})
            world.add(machine);
        const auto wanted = wants("llama-3.1-8b");
        const auto all = world.judge(wanted);
        QCOMPARE(all.size(), std::size_t{4});
        const auto &nodes = world.snapshot.nodes;
        const auto some = evaluate({world.snapshot, world.usage, world.catalog, world.images, world.planned}, wanted,
                                   std::span(nodes).subspan(1, 1));
        QCOMPARE(some.size(), std::size_t{2});
        for (const auto &one : some) {
            const auto *same = findCandidate(all, one.node, one.resource);
            QVERIFY(same);
            QCOMPARE(one.node, std::string("b"));
            QVERIFY(same->resource == one.resource && same->chain == one.chain);
        }
        QVERIFY(!findCandidate(some, "a", "nvidia.com/gpu"));
        QVERIFY(!findCandidate(all, "b", "nvidia.com"));
        QVERIFY(!findCandidate(all, "d", "nvidia.com/gpu"));
        QVERIFY(!findCandidate({}, "a", "nvidia.com/gpu"));
    }

    void whatProbesSayOfANodeIsPartOfItsHealth_data()
    {
        QTest::addColumn<double>("speed");
        QTest::addColumn<bool>("failed");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<QString>("code");
        QTest::newRow("as fast as its peers") << 1.0 << false << Verdict::Fits << "healthy";
        QTest::newRow("a little slow") << 0.93 << false << Verdict::Fits << "healthy";
        QTest::newRow("slow") << 0.7 << false << Verdict::Tight << "probe-slow";
        QTest::newRow("computed wrong data") << 1.0 << true << Verdict::No << "probe-failed";
    }
    void whatProbesSayOfANodeIsPartOfItsHealth()
    {
        QFETCH(double, speed);
        QFETCH(bool, failed);
        QFETCH(Verdict, verdict);
        QFETCH(QString, code);
        World world;
        world.add(node("n1", pool("h100", "9.0", 8)));
        world.add(node("n2", pool("h100", "9.0", 8)));
        const ProbedNodes probed{{"n1", {speed, failed, "card 3: read back what was not written"}}};
        const auto candidates = evaluate({.snapshot = world.snapshot,
                                          .usage = world.usage,
                                          .catalog = world.catalog,
                                          .images = world.images,
                                          .planned = world.planned,
                                          .probed = &probed},
                                         wants("llama-3.1-8b"));
        QCOMPARE(link(candidates[0], Link::Healthy).verdict, verdict);
        QCOMPARE(QString::fromStdString(link(candidates[0], Link::Healthy).code), code);
        QCOMPARE(candidates[0].verdict, verdict);
        QCOMPARE(candidates[1].verdict, Verdict::Fits); // nothing was measured there
    }

    void aModelOnAFreeCardFitsWithEveryLinkInOrder()
    {
        World world;
        const auto candidate = only(world, node("n1", pool("h100", "9.0", 8)), wants("llama-3.1-8b"));
        QVERIFY2(candidate.verdict == Verdict::Fits, said(candidate).c_str());
        QCOMPARE(candidate.chain.size(), std::size_t(9));
        for (std::size_t index = 0; index < 9; ++index)
            QCOMPARE(static_cast<std::size_t>(candidate.chain[index].link), index + 1);
        QCOMPARE(QString::fromStdString(candidate.headline().code), "memory-fits");
        QCOMPARE(candidate.freeDevices, std::int64_t(8));
        QVERIFY(candidate.headroomBytes.value_or(0) > 0);
    }

    void theWorstLinkIsTheHeadline()
    {
        World world;
        auto machine = node("n1", pool("a100", "8.0", 8));
        machine.unschedulable = true;
        const auto candidate = only(world, machine, wants("llama-3.1-8b", "fp8"));
        QCOMPARE(QString::fromStdString(link(candidate, Link::Architecture).code), "fp8-weight-only");
        QVERIFY(candidate.verdict == Verdict::No);
        QCOMPARE(QString::fromStdString(candidate.headline().code), "cordoned");
    }

    void nodesThatCannotTakeAPodSayWhy_data()
    {
        QTest::addColumn<int>("fault");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<QString>("code");
        QTest::newRow("cordoned") << 0 << Verdict::No << "cordoned";
        QTest::newRow("not ready") << 1 << Verdict::No << "not-ready";
        QTest::newRow("silent kubelet") << 2 << Verdict::Unknown << "readiness-unknown";
        QTest::newRow("foreign taint") << 3 << Verdict::No << "untolerated-taint";
        QTest::newRow("the vendor's own taint") << 4 << Verdict::Fits << "memory-fits";
        QTest::newRow("PreferNoSchedule") << 5 << Verdict::Fits << "memory-fits";
        QTest::newRow("MIG invalid") << 6 << Verdict::No << "mig-invalid";
        QTest::newRow("no CPU left") << 7 << Verdict::No << "insufficient-cpu";
        QTest::newRow("no RAM left") << 8 << Verdict::No << "insufficient-host-memory";
        QTest::newRow("no capacity published") << 9 << Verdict::Unknown << "host-unknown";
        QTest::newRow("withdrawn devices are noted, the rest serves") << 10 << Verdict::Fits << "memory-fits";
        QTest::newRow("no disk for the weights") << 12 << Verdict::No << "insufficient-ephemeral-storage";
        QTest::newRow("all withdrawn") << 11 << Verdict::No << "all-withdrawn";
    }
    void nodesThatCannotTakeAPodSayWhy()
    {
        QFETCH(int, fault);
        QFETCH(Verdict, verdict);
        QFETCH(QString, code);
        auto machine = node("n1", pool("h100", "9.0", 8));
        switch (fault) {
        case 0: machine.unschedulable = true; break;
        case 1: machine.ready = false; break;
        case 2: machine.ready.reset(); break;
        case 3: machine.taints = {{"team", "vision", TaintEffect::NoSchedule}}; break;
        case 4: machine.taints = {{"nvidia.com/gpu", "present", TaintEffect::NoSchedule}}; break;
        case 5: machine.taints = {{"team", "vision", TaintEffect::PreferNoSchedule}}; break;
        case 6: machine.issues = {"MIG configuration invalid"}; break;
        case 7: machine.allocatable["cpu"] = 500; break;
        case 8: machine.allocatable["memory"] = gib; break;
        case 9: machine.allocatable = {}; break;
        case 10: machine.devices[0].allocatable = 7; break;
        case 11: machine.devices[0].allocatable = 0; break;
        case 12: machine.allocatable["ephemeral-storage"] = gib; break;
        }
        World world;
        const auto candidate = only(world, machine, wants("llama-3.1-8b"));
        QVERIFY2(candidate.verdict == verdict, said(candidate).c_str());
        QCOMPARE(QString::fromStdString(candidate.headline().code), code);
        if (fault == 10)
            QCOMPARE(QString::fromStdString(link(candidate, Link::Healthy).code), "devices-withdrawn");
    }

    void whatPodsAndThePlanHoldIsNotFree()
    {
        World world;
        world.usage["n1"].requested = {{"nvidia.com/gpu", 5}};
        world.planned[{"n1", "nvidia.com/gpu"}] = 2;
        const auto one = only(world, node("n1", pool("h100", "9.0", 8)), wants("llama-3.1-8b"));
        QCOMPARE(one.freeDevices, std::int64_t(1));
        QVERIFY(one.verdict == Verdict::Fits);
        const auto two = world.judge(wants("llama-3.1-8b", "bf16", 2)).at(0);
        QCOMPARE(QString::fromStdString(two.headline().code), "devices-busy");
        QCOMPARE(QString::fromStdString(two.headline().remedy), "free 1 more");
    }

    void withoutPodsNobodyKnowsWhatIsFree()
    {
        World world;
        world.snapshot.blindSpots = {{"pods", "", "forbidden"}};
        const auto candidate = only(world, node("n1", pool("h100", "9.0", 8)), wants("llama-3.1-8b"));
        QVERIFY(candidate.verdict == Verdict::Unknown);
        QCOMPARE(QString::fromStdString(candidate.headline().code), "usage-unknown");
    }

    void precisionFollowsTheTarget_data()
    {
        QTest::addColumn<int>("vendor");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("weights");
        QTest::addColumn<Verdict>("verdict");
        const auto row = [](Vendor vendor, const char *target, const char *weights, Verdict verdict) {
            QTest::addRow("%s %s", target, weights) << static_cast<int>(vendor) << target << weights << verdict;
        };
        row(Vendor::Nvidia, "7.0", "bf16", Verdict::No);
        row(Vendor::Nvidia, "7.5", "bf16", Verdict::No);
        row(Vendor::Nvidia, "7.0", "fp16", Verdict::Fits);
        row(Vendor::Nvidia, "8.0", "fp8", Verdict::Tight);
        row(Vendor::Nvidia, "8.9", "fp8", Verdict::Fits);
        row(Vendor::Nvidia, "7.5", "fp8", Verdict::No);
        row(Vendor::Nvidia, "7.5", "int4", Verdict::Tight);
        row(Vendor::Nvidia, "9.0", "nvfp4", Verdict::Tight);
        row(Vendor::Nvidia, "10.0", "nvfp4", Verdict::Fits);
        row(Vendor::Nvidia, "12.0", "nvfp4", Verdict::Fits);
        row(Vendor::Nvidia, "9.0", "mxfp4", Verdict::Fits);
        row(Vendor::Nvidia, "", "bf16", Verdict::Unknown);
        row(Vendor::Nvidia, "99999999999.0", "bf16", Verdict::Unknown);
        row(Vendor::Nvidia, "-9.0", "bf16", Verdict::Unknown);
        row(Vendor::Amd, "gfx942", "fp8", Verdict::Fits);
        row(Vendor::Amd, "gfx90a", "fp8", Verdict::No);
        row(Vendor::Amd, "gfx950", "mxfp4", Verdict::Fits);
        row(Vendor::Amd, "gfx906", "bf16", Verdict::No);
        row(Vendor::Intel, "xe2", "bf16", Verdict::Unknown);
    }
    void precisionFollowsTheTarget()
    {
        QFETCH(int, vendor);
        QFETCH(QString, target);
        QFETCH(QString, weights);
        QFETCH(Verdict, verdict);
        const auto wanted = wants("llama-3.1-8b", weights.toUtf8().constData());
        const auto text = target.toStdString();
        const auto reason = architectureLink(static_cast<Vendor>(vendor), text, nullptr, wanted);
        QVERIFY2(reason.verdict == verdict, reason.detail.c_str());
        QVERIFY(!reason.detail.empty() && !reason.code.empty());
    }

    void whatDoesNotFitSaysHowMuchAndWhatWould()
    {
        World world;
        const auto candidate = only(world, node("n1", pool("h100", "9.0", 8)), wants("llama-3.3-70b"));
        const auto &memory = link(candidate, Link::Memory);
        QVERIFY(memory.verdict == Verdict::No);
        QCOMPARE(QString::fromStdString(memory.code), "insufficient-memory");
        QVERIFY2(memory.detail.find("71.7 usable of 79.6") != std::string::npos, memory.detail.c_str());
        QCOMPARE(QString::fromStdString(memory.remedy), "tensor parallel 4");
        QVERIFY(*candidate.headroomBytes < 0);
        QVERIFY(world.judge(wants("llama-3.3-70b", "bf16", 4)).at(0).verdict == Verdict::Fits);
    }

    void slicesAreJudgedByTheirOwnMemory()
    {
        World world;
        auto slice = pool("a100", "8.0", 2);
        slice.resource = "nvidia.com/mig-3g.40gb";
        slice.kind = DeviceKind::MigSlice;
        slice.profile = "3g.40gb";
        const auto candidate = only(world, node("n1", slice), wants("llama-3.1-8b"));
        QVERIFY2(candidate.verdict == Verdict::Fits, said(candidate).c_str());
        QVERIFY(link(candidate, Link::Memory).detail.find("of 40.0 ") != std::string::npos);
        const auto pair = world.judge(wants("llama-3.1-8b", "bf16", 2)).at(0);
        QCOMPARE(QString::fromStdString(link(pair, Link::Shape).code), "not-whole-cards");
    }

    void memoryThatNobodyStatesIsUnknown()
    {
        World world;
        auto slice = pool("a100", "8.0", 2);
        slice.kind = DeviceKind::MigSlice;
        slice.profile = "1g.10gb";
        const auto candidate = only(world, node("n1", slice), wants("qwen2.5-0.5b"));
        QVERIFY(candidate.verdict == Verdict::Unknown);
        QCOMPARE(QString::fromStdString(candidate.headline().code), "memory-unknown");
        QVERIFY(!candidate.headroomBytes);
    }

    void sharesSeeTheWholeCardButAreNeverSafe()
    {
        World world;
        auto share = pool("h100", "9.0", 4);
        share.kind = DeviceKind::Share;
        share.sharing = "time-slicing";
        share.replicas = 4;
        const auto candidate = only(world, node("n1", share), wants("llama-3.1-8b"));
        QVERIFY(candidate.verdict == Verdict::Tight);
        QCOMPARE(QString::fromStdString(candidate.headline().code), "shared-memory");
        World limited;
        share.sharing = "mps";
        QCOMPARE(QString::fromStdString(only(limited, node("n1", share), wants("llama-3.1-8b")).headline().code),
                 "insufficient-memory");
    }

    void shapesThatDoNotDivideAreRefusedByName()
    {
        World world;
        const auto heads = only(world, node("n1", pool("h100", "9.0", 8)), wants("qwen2.5-0.5b", "bf16", 4));
        QCOMPARE(QString::fromStdString(link(heads, Link::Shape).code), "bad-tensor-parallel");
        QVERIFY(link(heads, Link::Shape).detail.find("14 attention heads") != std::string::npos);
        World small;
        const auto cards = only(small, node("n1", pool("h100", "9.0", 2)), wants("llama-3.3-70b", "bf16", 4));
        QCOMPARE(QString::fromStdString(link(cards, Link::Shape).code), "too-few-cards");
    }

    void aModelThatIsNotInTheCatalogueIsUnknown()
    {
        World world;
        const auto candidate = only(world, node("n1", pool("h100", "9.0", 8)), wants("nobody/knows"));
        QVERIFY(candidate.verdict == Verdict::Unknown);
        QCOMPARE(QString::fromStdString(link(candidate, Link::Memory).code), "not-sized");
    }

    void vendorsAreEquals()
    {
        World world;
        const auto candidate =
            only(world, node("n1", pool("mi300x", "gfx942", 8, Vendor::Amd)), wants("llama-3.3-70b", "fp8"));
        QVERIFY2(link(candidate, Link::Memory).verdict == Verdict::Fits, said(candidate).c_str());
        QVERIFY(link(candidate, Link::Architecture).verdict == Verdict::Fits);
    }

    void candidatesAreOrderedByNodeThenResource()
    {
        World world;
        auto machine = node("n1", pool("h100", "9.0", 4));
        auto slice = pool("a100", "8.0", 2);
        slice.resource = "nvidia.com/a-first";
        machine.devices.push_back(slice);
        world.add(machine);
        world.add(node("n2", pool("t4", "7.5", 1)));
        const auto candidates = world.judge(wants("llama-3.1-8b"));
        QCOMPARE(candidates.size(), std::size_t(3));
        QCOMPARE(QString::fromStdString(candidates[0].resource), "nvidia.com/a-first");
        QCOMPARE(QString::fromStdString(candidates[2].node), "n2");
    }

    /// Printed, not asserted: machines differ. The budget is 20 ms in a release build.
    void twoThousandNodesAreJudgedInOneFrame()
    {
        World world;
        const char *skus[] = {"h100", "a100", "v100", "t4"}, *targets[] = {"9.0", "8.0", "7.0", "7.5"};
        for (std::size_t index = 0; index < 2000; ++index)
            world.add(node(fmt::format("node-{:04}", index), pool(skus[index % 4], targets[index % 4], 8)));
        QElapsedTimer timer;
        timer.start();
        const auto candidates = world.judge(wants("llama-3.3-70b", "fp8", 2));
        qInfo("%zu pools judged in %.1f ms", candidates.size(), static_cast<double>(timer.nsecsElapsed()) / 1e6);
        QCOMPARE(candidates.size(), std::size_t(2000));
    }
};

QTEST_APPLESS_MAIN(VerdictTest)
#include "verdict_test.moc"
