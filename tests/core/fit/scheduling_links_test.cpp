// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/scheduling_links.h"

#include <QtTest>

#include <algorithm>

using namespace core;
using nlohmann::json;

namespace {

NodePtr node(const std::string &name, const std::function<void(Node &)> &change = {})
{
    auto made = std::make_shared<Node>();
    made->name = name;
    made->labels = {{"zone", "a"}};
    made->ready = true;
    made->allocatable = {{"cpu", 4000}, {"memory", 8LL << 30}, {"pods", 10}, {"nvidia.com/gpu", 4}};
    if (change)
        change(*made);
    return made;
}

ClusterSnapshot cluster(std::vector<NodePtr> nodes, std::vector<PodPtr> pods = {})
{
    ClusterSnapshot snapshot;
    snapshot.nodes = std::move(nodes);
    snapshot.pods = std::move(pods);
    snapshot.nodesSynced = snapshot.podsSynced = true;
    return snapshot;
}

PodPtr holder(const std::string &on, Resources requests, std::vector<HostPort> ports = {})
{
    auto pod = std::make_shared<Pod>();
    pod->name = "holder";
    pod->nodeName = on;
    pod->phase = PodPhase::Running;
    pod->requests = std::move(requests);
    pod->hostPorts = std::move(ports);
    return pod;
}

std::vector<Candidate> judge(const ClusterSnapshot &snapshot, const json &spec)
{
    return evaluatePod(snapshot, account(snapshot), json{{"spec", spec}}).value();
}

bool says(const Candidate &candidate, const std::string &code)
{
    return std::ranges::any_of(candidate.chain, [&](const Reason &reason) { return reason.code == code; });
}

json asking(const json &limits)
{
    return {{"containers", {{{"name", "c"}, {"resources", {{"limits", limits}}}}}}};
}

/// Nodes a and b; a has one device of class gpu, which also stands for example.com/gpu.
ClusterSnapshot withDevices()
{
    auto resources = std::make_shared<dra::Resources>();
    auto slice = std::make_shared<dra::Slice>();
    slice->name = slice->pool = slice->reach.nodeName = "a";
    slice->driver = "gpu.example.com";
    slice->generation = slice->sliceCount = 1;
    slice->devices.emplace_back().name = "g0";
    resources->slices.push_back(slice);
    auto gpu = std::make_shared<dra::DeviceClass>();
    gpu->name = "gpu";
    gpu->extendedResourceName = "example.com/gpu";
    gpu->selectors = {"device.driver == 'gpu.example.com'"};
    resources->classes.push_back(gpu);
    auto made = std::make_shared<dra::ClaimTemplate>();
    made->nameSpace = "default";
    made->name = "gpu";
    dra::Request request;
    request.name = "r";
    request.className = "gpu";
    made->spec.requests.push_back({"r", false, {request}});
    resources->templates.push_back(made);
    auto snapshot = cluster({node("a"), node("b")});
    snapshot.dra = resources;
    snapshot.draServed = true;
    return snapshot;
}

json claiming(const char *claimTemplate)
{
    return {{"resourceClaims", {{{"name", "x"}, {"resourceClaimTemplateName", claimTemplate}}}}};
}

} // namespace

class SchedulingLinksTest : public QObject {
    Q_OBJECT

private slots:
    void every_node_is_judged_and_says_what_it_asks_for()
    {
        const auto judged =
            judge(cluster({node("a"), node("b", [](Node &n) { n.allocatable.erase("nvidia.com/gpu"); })}),
                  asking({{"nvidia.com/gpu", "2"}, {"cpu", "1"}}));
        QCOMPARE(judged.size(), std::size_t(2));
        QCOMPARE(judged[0].verdict, Verdict::Fits);
        QCOMPARE(judged[0].resource, std::string("nvidia.com/gpu"));
        QCOMPARE(judged[0].freeDevices, 4);
        QCOMPARE(judged[1].verdict, Verdict::No);
        QVERIFY(says(judged[1], "no-such-resource"));
    }

    void a_filter_that_refuses_gives_its_code_data()
    {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("code");
        const auto row = [](const char *code, const char *spec) { QTest::newRow(code) << spec << code; };
        row("other-node", R"({"nodeName": "elsewhere"})");
        row("selector", R"({"nodeSelector": {"zone": "b"}})");
        row("scheduling-gated", R"({"schedulingGates": [{"name": "wait"}]})");
        row("host-port-taken", R"({"containers": [{"ports": [{"hostPort": 80}]}]})");
        row("insufficient-cpu", R"({"containers": [{"resources": {"requests": {"cpu": "3001m"}}}]})");
        row("insufficient-memory", R"({"containers": [{"resources": {"requests": {"memory": "9Gi"}}}]})");
        row("insufficient-hugepages-2Mi", R"({"containers": [{"resources": {"limits": {"hugepages-2Mi": "2Mi"}}}]})");
        row("devices-busy", R"({"containers": [{"resources": {"limits": {"nvidia.com/gpu": "4"}}}]})");
        row("too-few-devices", R"({"containers": [{"resources": {"limits": {"nvidia.com/gpu": "5"}}}]})");
    }
    void a_filter_that_refuses_gives_its_code()
    {
        QFETCH(QString, spec);
        QFETCH(QString, code);
        const auto snapshot =
            cluster({node("a")}, {holder("a", {{"cpu", 1000}, {"nvidia.com/gpu", 1}}, {{"10.0.0.1", "TCP", 80}})});
        const auto judged = judge(snapshot, json::parse(spec.toStdString()));
        QCOMPARE(judged.front().verdict, Verdict::No);
        QVERIFY2(says(judged.front(), code.toStdString()), judged.front().headline().code.c_str());
    }

    void cordons_and_taints_keep_pods_off_unless_tolerated()
    {
        const auto snapshot =
            cluster({node("a", [](Node &n) { n.unschedulable = true; }),
                     node("b", [](Node &n) { n.taints = {{"team", "x", TaintEffect::NoSchedule}}; })});
        const auto refused = judge(snapshot, json::object());
        QVERIFY(says(refused[0], "cordoned"));
        QVERIFY(says(refused[1], "untolerated-taint"));
        for (const auto &candidate : judge(snapshot, {{"tolerations", {{{"operator", "Exists"}}}}}))
            QCOMPARE(candidate.verdict, Verdict::Fits);
    }
    void all_that_refuses_is_named()
    {
        const auto snapshot = cluster({node("a", [](Node &n) {
            n.unschedulable = true;
            n.allocatable["pods"] = 0;
        })});
        auto spec = asking({{"nvidia.com/gpu", 9}});
        spec["nodeSelector"] = {{"zone", "b"}};
        const auto judged = judge(snapshot, spec).front();
        for (const auto *code : {"too-few-devices", "cordoned", "selector", "too-many-pods"})
            QVERIFY2(says(judged, code), code);
    }
    void pods_that_have_ended_hold_nothing()
    {
        auto ended = std::make_shared<Pod>(*holder("a", {{"cpu", 4000}}, {{"0.0.0.0", "TCP", 80}}));
        ended->phase = PodPhase::Succeeded;
        auto spec = asking({{"cpu", "4"}});
        spec["containers"][0]["ports"] = {{{"hostPort", 80}}};
        QCOMPARE(judge(cluster({node("a")}, {ended}), spec).front().verdict, Verdict::Fits);
    }

    void readiness_alone_is_no_filter_but_a_warning()
    {
        const auto snapshot = cluster({node("a", [](Node &n) { n.ready = false; })});
        const auto judged = judge(snapshot, json::object()).front();
        QCOMPARE(judged.verdict, Verdict::Tight);
        QVERIFY(says(judged, "not-ready"));
    }
    void what_cannot_be_seen_is_unknown_unless_it_is_refused_anyway()
    {
        auto snapshot = cluster({node("a")});
        snapshot.podsSynced = false;
        QCOMPARE(judge(snapshot, asking({{"cpu", "1"}})).front().verdict, Verdict::Unknown);
        QCOMPARE(judge(snapshot, asking({{"cpu", "5"}})).front().verdict, Verdict::No);
    }
    void rules_about_other_pods_are_unknown()
    {
        const json spec{{"topologySpreadConstraints", {{{"whenUnsatisfiable", "DoNotSchedule"}}}}};
        const auto judged = judge(cluster({node("a")}), spec).front();
        QCOMPARE(judged.verdict, Verdict::Unknown);
        QVERIFY(says(judged, "not-judged"));
    }

    void claims_of_devices_are_judged_on_every_node()
    {
        const auto judged = judge(withDevices(), claiming("gpu"));
        QCOMPARE(judged[0].verdict, Verdict::Fits);
        QCOMPARE(judged[0].resource, std::string("gpu"));
        QCOMPARE(judged[0].freeDevices, 1);
        QCOMPARE(judged[0].needed, 1);
        QVERIFY(judged[0].chain.front().detail.contains("g0"));
        QCOMPARE(judged[1].verdict, Verdict::No);
        QVERIFY(says(judged[1], "no-device"));
        QCOMPARE(judged[1].headline().link, Link::Device);
    }
    void a_claim_that_is_allocated_binds_to_its_nodes()
    {
        auto snapshot = withDevices();
        auto resources = std::make_shared<dra::Resources>(*snapshot.dra);
        auto held = std::make_shared<dra::Claim>();
        held->nameSpace = "default";
        held->name = "held";
        held->allocation.emplace();
        held->allocation->devices = {{"r", "gpu.example.com", "a", "g0", false, {}}};
        held->allocation->nodeSelector = {{{{}, {{"metadata.name", "In", {"a"}}}}}};
        resources->claims.push_back(held);
        snapshot.dra = resources;
        const auto judged = judge(snapshot, {{"resourceClaims", {{{"name", "x"}, {"resourceClaimName", "held"}}}}});
        QCOMPARE(judged[0].verdict, Verdict::Fits);
        QVERIFY(says(judged[1], "claim-elsewhere"));
        QVERIFY(says(judge(snapshot, claiming("gpu"))[0], "devices-busy"));
    }
    void claims_that_cannot_be_met_anywhere_say_so_everywhere()
    {
        for (const auto &candidate : judge(withDevices(), claiming("nowhere")))
            QVERIFY(says(candidate, "no-such-claim"));
        auto blind = withDevices();
        blind.blindSpots.push_back({"resourceclaims", {}, "you may not"});
        QCOMPARE(judge(blind, claiming("gpu")).front().verdict, Verdict::Unknown);
        auto unread = cluster({node("a")});
        QVERIFY(says(judge(unread, claiming("gpu")).front(), "devices-unknown"));
        unread.draServed = false;
        QVERIFY(says(judge(unread, claiming("gpu")).front(), "no-dra"));
    }
    void an_extended_resource_comes_from_a_class_where_no_plugin_offers_it()
    {
        const auto judged = judge(withDevices(), asking({{"example.com/gpu", "1"}}));
        QCOMPARE(judged[0].verdict, Verdict::Fits);
        QVERIFY(says(judged[1], "no-device"));
        QVERIFY(says(judge(withDevices(), asking({{"example.com/gpu", "2"}}))[0], "too-few-devices"));
    }

    void a_quota_says_by_how_much_it_is_exceeded()
    {
        auto snapshot = cluster({node("a")});
        snapshot.quotas.push_back(readQuota({{"metadata", {{"name", "team"}, {"namespace", "default"}}},
                                             {"status",
                                              {{"hard", {{"requests.nvidia.com/gpu", "4"}, {"pods", "10"}}},
                                               {"used", {{"requests.nvidia.com/gpu", "3"}}}}}})
                                      .value());
        QCOMPARE(judge(snapshot, asking({{"nvidia.com/gpu", "1"}})).front().verdict, Verdict::Fits);
        const auto judged = judge(snapshot, asking({{"nvidia.com/gpu", "3"}})).front();
        QVERIFY(says(judged, "quota-exceeded"));
        QVERIFY2(judged.headline().detail.contains("2 too many"), judged.headline().detail.c_str());
        snapshot.quotas.front().nameSpace = "other";
        QCOMPARE(judge(snapshot, asking({{"nvidia.com/gpu", "3"}})).front().verdict, Verdict::Fits);
    }
    void a_quota_looks_at_the_pods_of_its_scope_only()
    {
        auto snapshot = cluster({node("a")});
        snapshot.quotas.push_back({"default", "team", {{"pods", Quantity()}}, {}, {{"BestEffort", "Exists", {}}}});
        QVERIFY(says(judge(snapshot, json::object()).front(), "quota-exceeded"));
        QCOMPARE(judge(snapshot, asking({{"cpu", "1"}})).front().verdict, Verdict::Fits);
        snapshot.quotas.front().scopes.front().name = "Lunar";
        QCOMPARE(judge(snapshot, json::object()).front().verdict, Verdict::Unknown);
    }
    void a_quota_on_cpu_wants_every_container_to_name_it()
    {
        auto snapshot = cluster({node("a")});
        snapshot.quotas.push_back({"default", "team", {{"limits.cpu", Quantity(Decimal(8))}}, {}, {}});
        QVERIFY(says(judge(snapshot, asking({{"memory", "1Gi"}})).front(), "quota-unsaid"));
        QCOMPARE(judge(snapshot, asking({{"cpu", "1"}})).front().verdict, Verdict::Fits);
    }
    void quotas_that_cannot_be_read_are_refused_by_name()
    {
        const json broken{{"metadata", {{"name", "team"}}}, {"status", {{"hard", {{"pods", "many"}}}}}};
        const auto quota = readQuota(broken);
        QVERIFY(!quota && describe(quota.error()).contains("team") && describe(quota.error()).contains("hard.pods"));
        QVERIFY(!readQuota({{"spec", {{"scopes", {5}}}}}));
        QVERIFY(!readQuota({{"metadata", {{"name", 5}}}}));
    }

    void a_pod_that_cannot_be_read_is_an_error()
    {
        const auto snapshot = cluster({node("a")});
        QVERIFY(!evaluatePod(snapshot, {}, {{"spec", {{"tolerations", "all"}}}}));
        QVERIFY(!evaluatePod(snapshot, {}, json::array()));
    }
    void an_empty_cluster_has_no_candidates() { QVERIFY(judge(cluster({}), json::object()).empty()); }
};

QTEST_APPLESS_MAIN(SchedulingLinksTest)
#include "scheduling_links_test.moc"
