// SPDX-License-Identifier: GPL-3.0-or-later
// What if a node were drained whose pods claim devices (Dynamic Resource Allocation)?
#include "core/placement/what_if.h"

#include "tests/core/cluster/sample_devices.h"

#include <QtTest>

using namespace core;

namespace {

/// A cluster whose drivers publish H100 unless said otherwise; "n0" is the node to drain.
class Claimed {
public:
    Claimed() { m_resources->classes = {sample::nvidiaClass()}; }

    Claimed &node(const std::string &name, int cards, const std::string &product = "NVIDIA H100 80GB HBM3")
    {
        auto one = sample::bare(name);
        one.allocatable = {{"cpu", 64000}, {"memory", 1LL << 40}, {"pods", 110}};
        m_nodes.push_back(sample::shared(std::move(one)));
        std::string devices;
        for (int i = 0; i < cards; ++i)
            devices += (i > 0 ? "," : "") + sample::cardJson("gpu-" + std::to_string(i));
        if (const auto at = devices.find("NVIDIA H100"); at != std::string::npos)
            for (auto from = at; from != std::string::npos; from = devices.find("NVIDIA H100 80GB HBM3", from + 1))
                devices.replace(from, std::string_view("NVIDIA H100 80GB HBM3").size(), product);
        m_resources->slices.push_back(sample::slice(name, devices, 1, 1, "gpu.nvidia.com", name));
        return *this;
    }

    /// A pod that runs there with a claim of its own on those devices; returns the claim's request.
    dra::Request &run(const std::string &pod, const std::string &node, const std::vector<std::string> &devices)
    {
        auto held = std::make_shared<dra::Claim>(*sample::claim(pod, devices, node));
        dra::Request request;
        request.name = "gpus";
        request.className = "gpu.nvidia.com";
        request.count = std::ssize(devices);
        held->spec.requests.push_back({"gpus", false, {request}});
        add(pod, node, held->name);
        m_claims.push_back(held);
        return held->spec.requests.front().alternatives.front();
    }
    Pod &add(const std::string &pod, const std::string &node, const std::string &claim)
    {
        auto one = sample::pod(pod, node, 0);
        PodRules rules;
        rules.claims = {{"gpus", claim, {}}};
        one.rules.value = std::make_shared<const PodRules>(rules);
        m_pods.push_back(std::move(one));
        return m_pods.back();
    }
    dra::Claim &claim(std::size_t index) { return *m_claims.at(index); }
    dra::Resources &resources() { return *m_resources; }
    std::vector<BlindSpot> blindSpots;

    /// "pod -> node" for what moves, with its doubts; "pod !code" for what cannot.
    QByteArray drained()
    {
        const auto answer = drain();
        if (!answer)
            return QByteArray::fromStdString(describe(answer.error()));
        std::string text;
        for (const auto &move : answer->moves) {
            text += move.what + " -> " + move.to;
            for (const auto &doubt : move.doubts)
                text += " ?" + doubt;
            text += "\n";
        }
        for (const auto &move : answer->stuck)
            text += move.what + " !" + (move.misses.empty() ? "" : move.misses.front().code) + "\n";
        return QByteArray::fromStdString(text);
    }
    Result<DrainAnswer> drain()
    {
        m_resources->claims.assign(m_claims.begin(), m_claims.end());
        std::vector<PodPtr> pods;
        for (const auto &one : m_pods)
            pods.push_back(sample::shared(one));
        auto snapshot = *sample::afterAll(nullptr, {NodesListed{m_nodes}, PodsListed{pods}});
        snapshot.dra = m_resources;
        snapshot.draServed = true;
        snapshot.blindSpots = blindSpots;
        addDraCards(snapshot, sample::catalogue());
        const auto usage = account(snapshot);
        static const ImageCatalog images;
        static const PlannedDevices planned;
        return whatIfDrain({snapshot, usage, sample::catalogue(), images, planned}, "n0");
    }

private:
    std::vector<NodePtr> m_nodes;
    std::vector<Pod> m_pods;
    std::vector<std::shared_ptr<dra::Claim>> m_claims;
    std::shared_ptr<dra::Resources> m_resources = std::make_shared<dra::Resources>();
};

} // namespace

class WhatIfClaimsTest : public QObject {
    Q_OBJECT

private slots:
    void claimsGoWhereTheirDevicesCanBeAllocated()
    {
        Claimed world;
        world.node("n0", 2).node("n1", 2).node("n2", 2);
        world.run("p", "n0", {"gpu-0", "gpu-1"});
        world.run("other", "n1", {"gpu-0"});
        QCOMPARE(world.drained(), QByteArray("ns/p -> n2\n"));
        const auto move = world.drain()->moves.front();
        QCOMPARE(int(move.verdict), int(Verdict::Fits));
        QCOMPARE(move.toSku, std::string("nvidia-h100-sxm-80"));
        QCOMPARE(move.devices, std::int64_t(2));
    }
    void aClaimThatNoNodeCanHoldIsStuckAndSaysWhy()
    {
        Claimed world;
        world.node("n0", 2).node("n1", 2);
        world.run("p", "n0", {"gpu-0", "gpu-1"});
        world.run("other", "n1", {"gpu-0"});
        QCOMPARE(world.drained(), QByteArray("ns/p !devices-busy\n"));
        QCOMPARE(world.drain()->stuck.front().misses.front().nearest, std::string("n1"));
    }
    void oneMoveTakesTheDevicesOfTheNext()
    {
        Claimed world;
        world.node("n0", 2).node("n1", 1);
        world.run("p", "n0", {"gpu-0"});
        world.run("q", "n0", {"gpu-1"});
        QCOMPARE(world.drained(), QByteArray("ns/p -> n1\nns/q !devices-busy\n"));
    }
    void theSelectorsOfTheClaimDecideNotTheProductItHolds()
    {
        Claimed world;
        world.node("n0", 1).node("n1", 1).node("n2", 1, "NVIDIA L4");
        auto &request = world.run("p", "n0", {"gpu-0"});
        request.selectors = {R"(device.attributes["gpu.nvidia.com"].productName == "NVIDIA L4")"};
        QCOMPARE(world.drained(), QByteArray("ns/p -> n2 ?other-sku\n"));
        request.selectors = {R"(device.attributes["gpu.nvidia.com"].productName == "NVIDIA A2")"};
        QCOMPARE(world.drained(), QByteArray("ns/p !selector\n"));
    }
    void anotherProductIsOnlyADoubtfulPlace()
    {
        Claimed world;
        world.node("n0", 1).node("n1", 1, "NVIDIA L4");
        world.run("p", "n0", {"gpu-0"});
        QCOMPARE(world.drained(), QByteArray("ns/p -> n1 ?other-sku\n"));
        world.node("n2", 1);
        QCOMPARE(world.drained(), QByteArray("ns/p -> n2\n"));
    }
    void aSelectorThatIsNotUnderstoodIsADoubt()
    {
        Claimed world;
        world.node("n0", 1).node("n1", 1);
        world.run("p", "n0", {"gpu-0"}).selectors = {"[1, 2].exists(x, x == 1)"};
        QCOMPARE(world.drained(), QByteArray("ns/p -> n1 ?spec.resourceClaims\n"));
        QCOMPARE(int(world.drain()->moves.front().verdict), int(Verdict::Unknown));
    }
    void claimsThatMayNotBeReadAreADoubt()
    {
        Claimed world;
        world.node("n0", 1).node("n1", 1);
        world.run("p", "n0", {"gpu-0"});
        world.blindSpots = {{"deviceclasses", {}, "you may not list deviceclasses"}};
        QCOMPARE(world.drained(), QByteArray("ns/p -> n1 ?spec.resourceClaims\n"));
    }
    void aClaimThatIsNotThereYetIsADoubt()
    {
        Claimed world;
        world.node("n0", 1).node("n1", 1);
        world.add("p", "n0", "nobody-made-it");
        QCOMPARE(world.drained(), QByteArray("ns/p -> n1 ?spec.resourceClaims\n"));
    }
    void podsThatShareAClaimGoToTheSameNode()
    {
        Claimed world;
        world.node("n0", 1).node("n1", 1).node("n2", 1);
        world.run("p", "n0", {"gpu-0"});
        world.add("q", "n0", world.claim(0).name);
        world.claim(0).reservedFor = {"p", "q"};
        QCOMPARE(world.drained(), QByteArray("ns/p -> n1\nns/q -> n1\n"));
    }
    void aClaimSharedWithAPodThatStaysIsNotGivenBack()
    {
        Claimed world;
        world.node("n0", 1).node("n1", 1);
        world.run("p", "n0", {"gpu-0"});
        world.add("agent", "n0", world.claim(0).name).owner = "DaemonSet/agent";
        world.claim(0).reservedFor = {"p", "agent"};
        world.claim(0).allocation->nodeSelector = std::vector{NodeSelectorTerm{{}, {{"metadata.name", "In", {"n0"}}}}};
        QCOMPARE(world.drained(), QByteArray("ns/p !claim-elsewhere\n"));
    }
    void devicesThatEveryNodeReachesAreGivenBackAndTakenAgain()
    {
        Claimed world;
        world.node("n0", 0).node("n1", 0);
        auto fabric = std::make_shared<dra::Slice>(*world.resources().slices.front());
        fabric->name = fabric->pool = "fabric";
        fabric->driver = "fabric.example.com";
        fabric->reach = {{}, true, {}};
        fabric->devices.assign(1, dra::Device());
        fabric->devices.front().name = "link";
        world.resources().slices.push_back(fabric);
        world.resources().classes.push_back(sample::deviceClass("fabric", "device.driver == 'fabric.example.com'"));
        world.run("p", "n0", {"link"}).className = "fabric";
        auto &held = world.claim(0).allocation->devices.front();
        held.driver = "fabric.example.com";
        held.pool = "fabric";
        QCOMPARE(world.drained(), QByteArray("ns/p -> n1\n"));
    }
};

QTEST_APPLESS_MAIN(WhatIfClaimsTest)
#include "what_if_claims_test.moc"
