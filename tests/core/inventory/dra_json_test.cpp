// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/dra_device.h"
#include "core/inventory/dra_json.h"

#include <QtTest>

using namespace core;

namespace {

const char *const wholeSlice = R"({"apiVersion": "resource.k8s.io/v1", "metadata": {"name": "s"}, "spec": {
    "driver": "gpu.example.com", "pool": {"name": "p", "generation": 3, "resourceSliceCount": 2},
    "nodeSelector": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}]},
    "sharedCounters": [{"name": "card", "counters": {"memory": {"value": "80Gi"}}}],
    "devices": [{"name": "gpu-0", "attributes": {"model": {"string": "H100"}, "index": {"int": -3},
        "good": {"bool": true}, "driver": {"version": "1.2.3"}, "roots": {"strings": ["a", "b"]}},
        "capacity": {"memory": {"value": "80Gi", "requestPolicy": {"default": "1Gi"}}, "lanes": {"value": 16}},
        "consumesCounters": [{"counterSet": "card", "counters": {"memory": {"value": "40Gi"}}}],
        "taints": [{"key": "sick", "effect": "NoExecute", "timeAdded": "2026-01-01T00:00:00Z"}],
        "bindingConditions": ["ready"], "allowMultipleAllocations": true, "somethingNew": {"deep": [1]}}]}})";

template <class T>
std::string errorOf(const std::string &text)
{
    const auto parsed = parseDraObject<T>(text);
    return parsed ? std::string() : describe(parsed.error());
}

std::string sliceWith(const std::string &device)
{
    return R"({"metadata": {"name": "s"}, "spec": {"devices": [)" + device + "]}}";
}

} // namespace

class DraJsonTest : public QObject {
    Q_OBJECT

private slots:
    void a_slice_is_read_whole()
    {
        const auto slice = parseDraObject<dra::Slice>(wholeSlice).value();
        QCOMPARE(slice->pool, std::string("p"));
        QCOMPARE(slice->generation, 3);
        QCOMPARE(slice->sliceCount, 2);
        QCOMPARE(slice->reach.selector->front().matchExpressions.front().key, std::string("zone"));
        QCOMPARE(slice->sharedCounters.front().counters.at("memory").text(), std::string("80Gi"));
        const auto &device = slice->devices.front();
        QCOMPARE(std::get<std::string>(device.attributes.at("model")), std::string("H100"));
        QCOMPARE(std::get<std::int64_t>(device.attributes.at("index")), -3);
        QVERIFY(std::get<bool>(device.attributes.at("good")));
        QCOMPARE(std::get<dra::VersionText>(device.attributes.at("driver")).text, std::string("1.2.3"));
        QVERIFY(std::holds_alternative<dra::OtherType>(device.attributes.at("roots")));
        QCOMPARE(device.capacities.at("memory").value(), 80LL << 30);
        QCOMPARE(device.capacities.at("lanes").value(), 16);
        QCOMPARE(device.consumes.front().counterSet, std::string("card"));
        QCOMPARE(device.taints.front(), (dra::DeviceTaint{"sick", "", "NoExecute"}));
        QVERIFY(device.hasBindingConditions && device.allowMultipleAllocations);
        const auto facts = describeDevice(device);
        QCOMPARE(facts.product, std::string("H100"));
        QCOMPARE(facts.memoryBytes.value(), 80LL << 30);
    }

    void the_first_beta_nests_devices_and_has_flat_requests()
    {
        const auto slice = parseDraObject<dra::Slice>(sliceWith(
            R"({"name": "g", "basic": {"attributes": {"model": {"string": "A"}}, "capacity": {"memory": {"value": "1Gi"}}}})"));
        QCOMPARE(slice.value()->devices.front().capacities.at("memory").text(), std::string("1Gi"));
        const auto claim = parseDraObject<dra::Claim>(
            R"({"metadata": {"name": "c", "namespace": "n"}, "spec": {"devices": {"requests": [
                {"name": "r", "deviceClassName": "gpu", "count": 2}]}}})");
        QCOMPARE(claim.value()->key(), std::string("n/c"));
        const auto &request = claim.value()->spec.requests.front();
        QVERIFY(!request.firstAvailable);
        QCOMPARE(request.alternatives.front().className, std::string("gpu"));
        QCOMPARE(request.alternatives.front().count, 2);
    }

    void a_claim_says_what_it_holds_and_for_whom()
    {
        const auto claim = parseDraObject<dra::Claim>(R"({"metadata": {"name": "c", "deletionTimestamp": "x"},
            "spec": {"devices": {"requests": [{"name": "r", "firstAvailable": [{"name": "a", "deviceClassName": "gpu",
                "allocationMode": "All"}, {"name": "b", "deviceClassName": "gpu", "allocationMode": "Half"}]}],
                "constraints": [{"matchAttribute": "d/a"}, {"distinctAttribute": "d/b"}, {}]}},
            "status": {"allocation": {"devices": {"results": [{"request": "r/a", "driver": "d", "pool": "p",
                "device": "g", "adminAccess": true, "shareID": "s"}]}, "nodeSelector": {"nodeSelectorTerms": [
                {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}]}]}},
                "reservedFor": [{"resource": "pods", "name": "pod-1", "uid": "1"}]}})")
                               .value();
        QVERIFY(claim->deleting);
        const auto &alternatives = claim->spec.requests.front().alternatives;
        QVERIFY(alternatives[0].all && alternatives[0].oddMode.empty());
        QCOMPARE(alternatives[1].oddMode, std::string("Half"));
        using enum dra::Constraint::Kind;
        QCOMPARE(claim->spec.constraints[0].kind == Match && claim->spec.constraints[1].kind == Distinct
                     && claim->spec.constraints[2].kind == Unknown,
                 true);
        QCOMPARE(claim->allocation->devices.front(), (dra::AllocatedDevice{"r/a", "d", "p", "g", true, "s"}));
        QVERIFY(claim->allocation->nodeSelector.has_value());
        QCOMPARE(claim->reservedFor.front(), std::string("pod-1"));
    }

    void lists_and_watch_lines_hold_objects()
    {
        QCOMPARE(parseDraList<dra::Slice>(std::string(R"({"items": [)") + wholeSlice + "]}").value().size(),
                 std::size_t(1));
        QCOMPARE(parseDraList<dra::Claim>("{}").value().size(), std::size_t(0));
        const auto watched = parseWatchedDra<dra::DeviceClass>(
            R"({"type": "ADDED", "object": {"metadata": {"name": "gpu", "creationTimestamp": "2026-01-01T00:00:00Z"},
                "spec": {"selectors": [{"cel": {"expression": "true"}}, {}], "extendedResourceName": "a.b/c"}}})");
        QCOMPARE(watched.value()->selectors, (std::vector<std::string>{"true", ""}));
        QCOMPARE(watched.value()->extendedResourceName, std::string("a.b/c"));
    }

    void broken_objects_are_refused_by_name_and_field_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("names");
        const auto row = [](const char *what, const std::string &text, const char *names) {
            QTest::newRow(what) << QString::fromStdString(text) << names;
        };
        row("cut short", std::string(wholeSlice).substr(0, 200), "no JSON object");
        row("list", "[]", "no JSON object");
        row("no name", R"({"spec": {}})", "metadata.name");
        row("no spec", R"({"metadata": {"name": "s"}})", "spec");
        row("spec is a text", R"({"metadata": {"name": "s"}, "spec": "x"})", "spec");
        row("devices are no list", R"({"metadata": {"name": "s"}, "spec": {"devices": {}}})", "devices");
        row("device is a number", sliceWith("3"), "devices");
        row("device without a name", sliceWith("{}"), "devices.name");
        row("attribute is a text", sliceWith(R"({"name": "g", "attributes": {"a": "b"}})"), "attributes.a");
        row("attribute of another type", sliceWith(R"({"name": "g", "attributes": {"a": {"int": "5"}}})"),
            "attributes.a.int");
        row("absurd number", sliceWith(R"({"name": "g", "attributes": {"a": {"int": 1e300}}})"), "attributes.a.int");
        row("number beyond 64 bits", sliceWith(R"({"name": "g", "attributes": {"a": {"int": 18446744073709551615}}})"),
            "attributes.a.int");
        row("no quantity", sliceWith(R"({"name": "g", "capacity": {"memory": {"value": "much"}}})"), "capacity.memory");
        row("quantity beyond reason", sliceWith(R"({"name": "g", "capacity": {"memory": {"value": "1e999999"}}})"),
            "capacity.memory");
        row("capacity without a value", sliceWith(R"({"name": "g", "capacity": {"memory": {}}})"),
            "capacity.memory.value");
        row("generation is a text", R"({"metadata": {"name": "s"}, "spec": {"pool": {"generation": "1"}}})",
            "generation");
        row("generation is half", R"({"metadata": {"name": "s"}, "spec": {"pool": {"generation": 1.5}}})",
            "generation");
        row("selector of nodes is a list", R"({"metadata": {"name": "s"}, "spec": {"nodeSelector": []}})",
            "nodeSelector");
    }
    void broken_objects_are_refused_by_name_and_field()
    {
        QFETCH(QString, text);
        QFETCH(QString, names);
        const auto error = errorOf<dra::Slice>(text.toStdString());
        QVERIFY2(QString::fromStdString(error).contains(names), error.c_str());
    }
    void broken_claims_are_refused_too()
    {
        QVERIFY(errorOf<dra::Claim>(R"({"metadata": {"name": "c"}, "spec": {"devices": {"requests": [{"name": "r",
            "exactly": {"deviceClassName": "g", "count": "two"}}]}}})")
                    .contains("count"));
        QVERIFY(errorOf<dra::Claim>(R"({"metadata": {"name": "c"}, "status": {"reservedFor": "all"}})")
                    .contains("reservedFor"));
        QVERIFY(!parseWatchedDra<dra::Claim>(R"({"type": "ADDED"})").has_value());
    }
};

QTEST_APPLESS_MAIN(DraJsonTest)
#include "dra_json_test.moc"
