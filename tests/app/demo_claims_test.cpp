// SPDX-License-Identifier: GPL-3.0-or-later
// Dynamic Resource Allocation in the demo cluster: what its controller and its scheduler do with claims.
#include "app/demo_cluster/controllers.h"

#include <QtTest>

#include <fmt/format.h>

#include <algorithm>
#include <set>

using namespace app;
using nlohmann::json;

namespace {

const ServedKind &kindOf(std::string_view plural)
{
    return *std::ranges::find(servedKinds(), plural, &ServedKind::plural);
}

/// A node "n" whose driver publishes devices, a class for them, and a claim template "two" for two devices.
class World {
public:
    explicit World(int devices)
    {
        put("nodes", R"({"metadata": {"name": "n"}, "spec": {"taints": []}, "status": {
            "allocatable": {"cpu": "8", "memory": "64Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True"}]}})"_json);
        auto list = json::array();
        for (int i = 0; i < devices; ++i)
            list.push_back({{"name", fmt::format("gpu-{}", i)}});
        put("resourceslices",
            {{"metadata", {{"name", "n-gpu.nvidia.com"}}},
             {"spec",
              {{"driver", "gpu.nvidia.com"},
               {"nodeName", "n"},
               {"pool", {{"name", "n"}, {"generation", 1}, {"resourceSliceCount", 1}}},
               {"devices", list}}}});
        put("deviceclasses", R"({"metadata": {"name": "gpu"}, "spec": {
            "selectors": [{"cel": {"expression": "device.driver == 'gpu.nvidia.com'"}}]}})"_json);
        put("resourceclaimtemplates",
            {{"metadata", {{"name", "two"}, {"namespace", "default"}}}, {"spec", {{"spec", two}}}});
    }

    void put(const char *plural, const json &object) { store.put(kindOf(plural), object, "test"); }
    /// Until nothing changes any more.
    void settle()
    {
        for (int round = 0; round < 50 && m_controllers.step(); ++round)
            ;
    }
    void addPod(const std::string &name, const json &claim = {{"name", "gpus"}, {"resourceClaimTemplateName", "two"}})
    {
        put("pods",
            {{"metadata", {{"name", name}, {"namespace", "default"}, {"uid", name}}},
             {"spec", {{"resourceClaims", json::array({claim})}, {"containers", json::array({{{"name", "c"}}})}}},
             {"status", {{"phase", "Pending"}}}});
    }
    void removePod(const std::string &name) { store.remove("pods", "default", name); }
    json pod(const std::string &name) const { return object("pods", name); }
    json object(const char *plural, const std::string &name) const
    {
        const auto found = store.find(plural, "default", name);
        return found ? *found : json();
    }
    QByteArray phase(const std::string &name) const
    {
        return QByteArray::fromStdString(pod(name)["status"].value("phase", ""));
    }
    /// "device pod" of every device that is held; one that is held twice comes twice.
    std::multiset<std::string> held() const
    {
        std::multiset<std::string> out;
        for (const auto &claim : store.all("resourceclaims"))
            for (const auto &device : claim->value("/status/allocation/devices/results"_json_pointer, json::array()))
                out.insert(fmt::format("{} {}", device["device"].get<std::string>(),
                                       claim->value("/status/reservedFor/0/name"_json_pointer, "")));
        return out;
    }

    ObjectStore store;
    const json two =
        R"({"devices": {"requests": [{"name": "gpus", "exactly": {"deviceClassName": "gpu", "count": 2}}]}})"_json;

private:
    Controllers m_controllers{store, {}};
};

using Held = std::multiset<std::string>;

} // namespace

class DemoClaimsTest : public QObject {
    Q_OBJECT

private slots:
    void aPodsClaimIsMadeAllocatedAndReservedForIt()
    {
        World world(3);
        world.addPod("p");
        world.settle();
        QCOMPARE(world.phase("p"), QByteArray("Running"));
        QVERIFY((world.held() == Held{"gpu-0 p", "gpu-1 p"}));
        // As the API says which claim was made from the template.
        const auto made = world.pod("p").value("/status/resourceClaimStatuses/0"_json_pointer, json::object());
        QCOMPARE(QByteArray::fromStdString(made.value("name", "")), QByteArray("gpus"));
        QVERIFY(!world.object("resourceclaims", made.value("resourceClaimName", "")).is_null());
    }
    void aPodWaitsWhileTooFewDevicesAreFree()
    {
        World world(3);
        world.addPod("p");
        world.addPod("q");
        world.settle();
        QCOMPARE(world.phase("q"), QByteArray("Pending"));
        QVERIFY(!world.pod("q")["spec"].contains("nodeName"));
        QVERIFY((world.held() == Held{"gpu-0 p", "gpu-1 p"}));
    }
    void devicesComeBackWithThePodAndTheNextGetsThem_data()
    {
        QTest::addColumn<bool>("removed");
        QTest::newRow("removed") << true;
        QTest::newRow("finished") << false;
    }
    void devicesComeBackWithThePodAndTheNextGetsThem()
    {
        QFETCH(bool, removed);
        World world(3);
        world.addPod("p");
        world.addPod("q");
        world.settle();
        if (removed)
            world.removePod("p");
        else
            world.store.update(kindOf("pods"), "default", "p", "test",
                               [](json &pod) { pod["status"]["phase"] = "Succeeded"; });
        world.settle();
        QCOMPARE(world.phase("q"), QByteArray("Running"));
        QVERIFY((world.held() == Held{"gpu-0 q", "gpu-1 q"}));
    }
    void noDeviceIsHeldTwice()
    {
        World world(4);
        world.addPod("p");
        world.addPod("q");
        world.settle();
        QVERIFY((world.held() == Held{"gpu-0 p", "gpu-1 p", "gpu-2 q", "gpu-3 q"}));
    }
    void aClaimByNameStaysAndGivesItsDevicesBack()
    {
        World world(2);
        world.put("resourceclaims", {{"metadata", {{"name", "mine"}, {"namespace", "default"}}}, {"spec", world.two}});
        world.addPod("p", {{"name", "gpus"}, {"resourceClaimName", "mine"}});
        world.settle();
        QVERIFY((world.held() == Held{"gpu-0 p", "gpu-1 p"}));
        world.removePod("p");
        world.settle();
        QVERIFY(!world.object("resourceclaims", "mine").is_null());
        QVERIFY(world.held().empty());
    }
    void aPodWhoseTemplateIsMissingWaits()
    {
        World world(2);
        world.addPod("p", {{"name", "gpus"}, {"resourceClaimTemplateName", "nobody-made-it"}});
        world.settle();
        QCOMPARE(world.phase("p"), QByteArray("Pending"));
        QVERIFY(world.held().empty());
    }
};

QTEST_APPLESS_MAIN(DemoClaimsTest)
#include "demo_claims_test.moc"
