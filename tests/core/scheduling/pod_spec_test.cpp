// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/pod_spec.h"

#include <QtTest>

using namespace core;
using nlohmann::json;

namespace {

SchedulingPod stored(const char *text)
{
    auto pod = readSchedulingPod(json::parse(text), PodDefaults::AsStored);
    if (!pod)
        qFatal("%s", describe(pod.error()).c_str());
    return *pod;
}

} // namespace

class PodSpecTest : public QObject {
    Q_OBJECT

private slots:
    void a_wrong_field_is_named_data()
    {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("path");
        const auto row = [](const char *name, const char *spec, const char *path) {
            QTest::newRow(name) << spec << path;
        };
        row("spec", "[]", "spec");
        row("containers", R"({"containers": {}})", "spec.containers");
        row("a container", R"({"containers": ["x"]})", "spec.containers[0]");
        row("quantity", R"({"containers": [{"resources": {"requests": {"cpu": "two"}}}]})",
            "spec.containers[0].resources.requests.cpu");
        row("quantity that is a list", R"({"containers": [{"resources": {"limits": {"cpu": []}}}]})",
            "spec.containers[0].resources.limits.cpu");
        row("below zero", R"({"initContainers": [{"resources": {"requests": {"memory": "-1"}}}]})",
            "spec.initContainers[0].resources.requests.memory");
        row("effect", R"({"tolerations": [{"effect": "Never"}]})", "spec.tolerations[0].effect");
        row("port", R"({"containers": [{"ports": [{"hostPort": "80"}]}]})", "spec.containers[0].ports[0].hostPort");
        row("port with a fraction", R"({"containers": [{"ports": [{"hostPort": 80.5}]}]})",
            "spec.containers[0].ports[0].hostPort");
        row("port of 64 bits", R"({"containers": [{"ports": [{"hostPort": 18446744073709551615}]}]})",
            "spec.containers[0].ports[0].hostPort");
        row("selector", R"({"nodeSelector": {"a": 1}})", "spec.nodeSelector.a");
        row("host network", R"({"hostNetwork": "yes"})", "spec.hostNetwork");
        row("values",
            R"({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
                {"nodeSelectorTerms": [{"matchExpressions": [{"values": [1]}]}]}}}})",
            "matchExpressions[0].values[0]");
    }
    void a_wrong_field_is_named()
    {
        QFETCH(QString, spec);
        QFETCH(QString, path);
        const json pod{{"spec", json::parse(spec.toStdString())}};
        const auto read = readSchedulingPod(pod, PodDefaults::AsStored);
        QVERIFY(!read);
        QVERIFY2(describe(read.error()).find(path.toStdString()) != std::string::npos, describe(read.error()).c_str());
    }
    void what_is_no_object_is_refused()
    {
        QVERIFY(!readSchedulingPod(json::array(), PodDefaults::AsWritten));
        QVERIFY(!readSchedulingPod("pod", PodDefaults::AsWritten));
    }
    void a_pod_may_leave_everything_out()
    {
        const auto pod = stored("{}");
        QVERIFY(pod.requests.empty() && pod.hostPorts.empty() && pod.gates.empty() && pod.beyondNode.empty());
        QVERIFY(!pod.affinity.terms);
    }
    void null_reads_as_absent()
    {
        const auto pod =
            stored(R"({"metadata": null, "spec": {"containers": null, "affinity": null, "resources": null}})");
        QVERIFY(pod.requests.empty());
    }
    void quantities_may_be_bare_numbers()
    {
        const auto pod = stored(R"({"spec": {"containers": [{"resources": {"limits": {"cpu": 2, "memory": 1e3}}}]}})");
        QCOMPARE(pod.requests, (Resources{{"cpu", 2000}, {"memory", 1000}}));
    }

    void ports_of_containers_and_sidecars_count()
    {
        const auto pod = stored(R"({"spec": {
            "initContainers": [{"restartPolicy": "Always", "ports": [{"hostPort": 1}]}, {"ports": [{"hostPort": 2}]}],
            "containers": [{"ports": [{"containerPort": 3}, {"hostPort": 4, "hostIP": "10.0.0.1", "protocol": "UDP"}]}]}})");
        QCOMPARE(pod.hostPorts, (std::vector<HostPort>{{"0.0.0.0", "TCP", 1}, {"10.0.0.1", "UDP", 4}}));
    }
    void on_the_host_network_every_port_is_the_hosts()
    {
        const auto *text = R"({"spec": {"hostNetwork": true, "containers": [{"ports": [{"containerPort": 3}]}]}})";
        QCOMPARE(stored(text).hostPorts.size(), std::size_t(1));
        QVERIFY(readSchedulingPod(json::parse(text), PodDefaults::AsWritten)->hostPorts.empty());
    }
    void a_stored_pod_outlives_its_node_for_five_minutes()
    {
        const Taint gone{"node.kubernetes.io/not-ready", "", TaintEffect::NoExecute};
        QVERIFY(anyTolerates(stored("{}").tolerations, gone));
        QVERIFY(readSchedulingPod(json::object(), PodDefaults::AsWritten)->tolerations.empty());
        const auto own = stored(R"({"spec": {"tolerations": [{"operator": "Exists"}]}})");
        QCOMPARE(own.tolerations.size(), std::size_t(1));
    }
    void rules_that_need_other_pods_are_listed()
    {
        const auto pod = stored(R"({"spec": {
            "topologySpreadConstraints": [{"whenUnsatisfiable": "ScheduleAnyway"}, {"whenUnsatisfiable": "DoNotSchedule"}],
            "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}},
            "volumes": [{"emptyDir": {}}, {"persistentVolumeClaim": {"claimName": "x"}}],
            "resourceClaims": [{"name": "gpu"}]}})");
        QCOMPARE(
            pod.beyondNode,
            (std::vector<std::string>{"spec.affinity.podAntiAffinity", "spec.topologySpreadConstraints[1]",
                                      "spec.volumes[1].persistentVolumeClaim"})); // claims are judged by their devices
    }
    void an_empty_list_of_terms_is_not_the_same_as_none()
    {
        const auto pod = stored(
            R"({"spec": {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}}}})");
        QVERIFY(pod.affinity.terms && pod.affinity.terms->empty());
    }
};

QTEST_APPLESS_MAIN(PodSpecTest)
#include "pod_spec_test.moc"
