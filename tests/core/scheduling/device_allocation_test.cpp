// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/dra/allocation.h"

#include <QtTest>

using namespace core;
using namespace core::dra;
using Kind = Outcome::Kind;

namespace {

const Labels noLabels;
const NodeIdentity nodeA{"a", noLabels};

Device device(const std::string &name, const std::string &model = "H100", const char *memory = "80Gi")
{
    Device made;
    made.name = name;
    made.attributes = {{"model", model}, {"uuid", "uuid-" + name}};
    made.capacities = {{"memory", Quantity::parse(memory).value()}};
    return made;
}

Slice slice(std::vector<Device> devices, const std::string &node = "a")
{
    Slice made;
    made.name = node + "-slice";
    made.driver = "gpu.example.com";
    made.pool = node;
    made.generation = made.sliceCount = 1;
    made.reach.nodeName = node;
    made.devices = std::move(devices);
    return made;
}

Request request(std::int64_t count = 1, std::vector<std::string> selectors = {})
{
    Request made;
    made.name = "gpu";
    made.className = "gpu";
    made.count = count;
    made.selectors = std::move(selectors);
    return made;
}

ClaimRequest exactly(Request request)
{
    return {request.name, false, {std::move(request)}};
}

class World {
public:
    World()
    {
        auto gpu = std::make_shared<DeviceClass>();
        gpu->name = "gpu";
        gpu->selectors = {"device.driver == 'gpu.example.com'"};
        resources.classes.push_back(gpu);
    }
    World &with(Slice one)
    {
        resources.slices.push_back(std::make_shared<Slice>(std::move(one)));
        return *this;
    }
    World &taken(const std::string &name, bool admin = false)
    {
        auto claim = std::make_shared<Claim>();
        claim->allocation.emplace();
        claim->allocation->devices.push_back({"gpu", "gpu.example.com", "a", name, admin, {}});
        resources.claims.push_back(std::move(claim));
        return *this;
    }
    Outcome ask(std::vector<ClaimRequest> requests, std::vector<Constraint> constraints = {},
                const NodeIdentity &node = nodeA) const
    {
        const ClaimSpec spec{std::move(requests), std::move(constraints), {}};
        return Allocator(resources).allocate(node, {{"claim", &spec}});
    }
    Outcome ask(Request one) const { return ask({exactly(std::move(one))}); }

    Resources resources;
};

void expect(const Outcome &outcome, const char *code)
{
    QVERIFY2(outcome.code == code, (outcome.code + ": " + outcome.detail).c_str());
    const bool free = outcome.code == "devices-free";
    QCOMPARE(outcome.kind == Kind::Possible, free);
    QVERIFY(!outcome.detail.empty());
}

const std::string modelOf = "device.attributes['gpu.example.com'].model == ";

} // namespace

class DeviceAllocationTest : public QObject {
    Q_OBJECT

private slots:
    void free_devices_that_match_are_allocated_in_order()
    {
        const auto world = World().with(slice({device("g0"), device("g1", "A100"), device("g2")})).taken("g0");
        const auto outcome = world.ask(request(1, {modelOf + "'H100'"}));
        expect(outcome, "devices-free");
        QCOMPARE(outcome.devices.size(), std::size_t(1));
        QCOMPARE(outcome.devices.front().device, std::string("g2"));
        QCOMPARE(outcome.devices.front().request, std::string("gpu"));
    }

    void each_reason_has_its_code_and_figures()
    {
        const auto world = World().with(slice({device("g0"), device("g1"), device("g2", "A100")})).taken("g0");
        expect(world.ask(request(4)), "too-few-devices");
        expect(world.ask(request(3)), "devices-busy");
        expect(world.ask(request(1, {modelOf + "'B200'"})), "selector");
        QVERIFY(world.ask(request(3)).detail.contains("2 of 3 free"));
        auto other = request();
        other.className = "nic";
        expect(world.ask(other), "no-such-class");
        expect(world.ask({exactly(request())}, {}, {"b", noLabels}), "no-device");
    }

    void a_selector_that_fails_on_a_device_stops_the_allocation()
    {
        auto odd = device("g1");
        odd.attributes.erase("model");
        // The scheduler tries g0 first, so it does not come to g1 unless it needs it.
        const auto world = World().with(slice({device("g0"), odd}));
        expect(world.ask(request(1, {modelOf + "'H100'"})), "devices-free");
        expect(world.ask(request(2, {modelOf + "'H100'"})), "selector-failed");
        // A device in use is not looked at.
        const auto busy = World().with(slice({odd, device("g2")})).taken("g1");
        expect(busy.ask(request(1, {modelOf + "'H100'"})), "devices-free");
    }

    void what_is_not_computed_is_unknown_unless_it_does_not_matter()
    {
        const auto world = World().with(slice({device("g0"), device("g1")}));
        const std::string odd = "device.attributes['gpu.example.com'].model.trim() == 'H100'";
        const auto outcome = world.ask(request(1, {odd}));
        QCOMPARE(static_cast<int>(outcome.kind), static_cast<int>(Kind::Unknown));
        QVERIFY2(outcome.detail.contains(odd), outcome.detail.c_str());
        QCOMPARE(world.ask(request(3, {odd})).kind == Kind::Impossible, true); // even if all matched
        auto amounts = request();
        amounts.capacity = {{"memory", Quantity::parse("4Gi").value()}};
        QCOMPARE(world.ask(amounts).kind == Kind::Unknown, true);
    }

    void all_devices_must_be_free_and_at_least_one()
    {
        auto all = request(1, {modelOf + "'H100'"});
        all.all = true;
        const auto world = World().with(slice({device("g0"), device("g1"), device("g2", "A100")}));
        QCOMPARE(world.ask(all).devices.size(), std::size_t(2));
        expect(World().with(slice({device("g0"), device("g1")})).taken("g1").ask(all), "devices-busy");
        all.selectors = {modelOf + "'B200'"};
        expect(world.ask(all), "selector");
        // Also of a pool that has nothing to do with it.
        auto other = slice({}, "a");
        other.pool = "other";
        other.sliceCount = 2;
        expect(World().with(slice({device("g0")})).with(other).ask(all), "pool-incomplete");
    }

    void a_claim_has_32_devices_at_most()
    {
        std::vector<Device> devices;
        for (int i = 0; i < 40; ++i)
            devices.push_back(device(std::string("g").append(std::to_string(i))));
        const auto world = World().with(slice(devices));
        expect(world.ask(request(32)), "devices-free");
        expect(world.ask(request(33)), "claim-too-large");
        expect(world.ask(request(INT64_MAX)), "claim-too-large");
    }

    void the_first_alternative_that_can_be_had_is_taken()
    {
        auto two = request(2, {modelOf + "'H100'"}), one = request(1, {modelOf + "'A100'"});
        two.name = "two";
        one.name = "one";
        const ClaimRequest either{"gpu", true, {two, one}};
        const auto world = World().with(slice({device("g0"), device("g1"), device("g2", "A100")}));
        QCOMPARE(world.ask({either}).devices.front().request, std::string("gpu/two"));
        auto busy = world;
        busy.taken("g0");
        QCOMPARE(busy.ask({either}).devices.front().request, std::string("gpu/one"));
        busy.taken("g2");
        expect(busy.ask({either}), "devices-busy");
    }

    void constraints_hold_over_all_devices_of_their_requests()
    {
        auto far = device("g1"), near = device("g2");
        far.attributes["root"] = std::string("pci1");
        near.attributes["root"] = std::string("pci2");
        auto last = device("g3");
        last.attributes["root"] = std::string("pci2");
        const auto world = World().with(slice({far, near, last}));
        const Constraint same{Constraint::Kind::Match, {}, "gpu.example.com/root"};
        const auto pair = world.ask({exactly(request(2))}, {same});
        expect(pair, "devices-free");
        QCOMPARE(pair.devices.front().device, std::string("g2"));
        expect(world.ask({exactly(request(3))}, {same}), "constraint");
        // Without the attribute a device satisfies no constraint on it.
        expect(world.ask({exactly(request(1))}, {{Constraint::Kind::Match, {}, "gpu.example.com/numa"}}), "constraint");
        expect(world.ask({exactly(request(3))}, {{Constraint::Kind::Match, {"other"}, "gpu.example.com/root"}}),
               "devices-free");
    }
    void distinct_attributes_are_compared_across_requests()
    {
        const auto world = World().with(slice({device("g0", "H100"), device("g1", "H100")}));
        auto second = request();
        second.name = "second";
        const Constraint distinct{Constraint::Kind::Distinct, {}, "gpu.example.com/model"};
        expect(world.ask({exactly(request()), exactly(second)}, {distinct}), "constraint");
        expect(world.ask({exactly(request()), exactly(second)}), "devices-free");
    }

    void admin_access_takes_devices_in_use_and_takes_none_away()
    {
        auto admin = request(2);
        admin.adminAccess = true;
        const auto world = World().with(slice({device("g0"), device("g1")})).taken("g0");
        expect(world.ask(admin), "devices-free");
        expect(World().with(slice({device("g0")})).taken("g0", true).ask(request()), "devices-free");
    }

    void tainted_devices_need_a_toleration()
    {
        auto sick = device("g0");
        sick.taints = {{"health", "bad", "NoExecute"}};
        const auto world = World().with(slice({sick}));
        expect(world.ask(request()), "device-tainted");
        auto tolerant = request();
        tolerant.tolerations = {{"health", "Exists", {}, {}}};
        expect(world.ask(tolerant), "devices-free");
        tolerant.tolerations = {{"health", {}, "good", {}}};
        expect(world.ask(tolerant), "device-tainted");
        sick.taints.front().effect = "None";
        expect(World().with(slice({sick})).ask(request()), "devices-free");
    }

    void only_the_newest_generation_of_a_pool_counts_and_only_when_complete()
    {
        auto old = slice({device("g0")}), fresh = slice({device("g1")});
        old.name = "old";
        fresh.generation = 2;
        QCOMPARE(World().with(old).with(fresh).ask(request()).devices.front().device, std::string("g1"));
        fresh.sliceCount = 2;
        expect(World().with(old).with(fresh).ask(request()), "pool-incomplete");
        auto half = slice({device("g2")}, "b");
        half.pool = "a";
        half.generation = half.sliceCount = 2;
        expect(World().with(fresh).with(half).ask(request()), "devices-free"); // the other half is on another node
    }
    void a_device_name_twice_makes_the_pool_invalid()
    {
        expect(World().with(slice({device("g0"), device("g0")})).ask(request()), "pool-invalid");
    }

    void devices_off_the_node_are_reached_by_selector_or_everywhere()
    {
        auto fabric = slice({device("g0")}, "");
        fabric.pool = "fabric";
        expect(World().with(fabric).ask(request()), "no-device"); // says nothing about nodes
        fabric.reach.allNodes = true;
        expect(World().with(fabric).ask(request()), "devices-free");
        fabric.reach.allNodes = false;
        fabric.reach.selector = {{{{{"zone", "In", {"x"}}}, {}}}};
        const Labels inZone{{"zone", "x"}};
        expect(World().with(fabric).ask(request()), "no-device");
        expect(World().with(fabric).ask({exactly(request())}, {}, {"a", inZone}), "devices-free");
        fabric.reach = {};
        fabric.perDeviceReach = true;
        fabric.devices.front().reach.nodeName = "a";
        expect(World().with(fabric).ask(request()), "devices-free");
        expect(World().with(fabric).ask({exactly(request())}, {}, {"b", noLabels}), "no-device");
    }

    void partitions_share_the_counters_of_their_card()
    {
        auto counters = slice({});
        counters.name = "counters";
        counters.sharedCounters = {{"card", {{"memory", Quantity::parse("80Gi").value()}}}};
        counters.sliceCount = 2;
        auto whole = device("whole"), half = device("half-0"), other = device("half-1");
        whole.consumes = {{"card", {{"memory", Quantity::parse("80Gi").value()}}}};
        half.consumes = other.consumes = {{"card", {{"memory", Quantity::parse("40Gi").value()}}}};
        auto devices = slice({whole, half, other});
        devices.sliceCount = 2;
        const auto world = World().with(counters).with(devices);
        const auto two = world.ask(request(2));
        expect(two, "devices-free");
        QCOMPARE(two.devices.front().device, std::string("half-0"));
        expect(world.ask(request(3)), "devices-busy");
        auto used = world;
        expect(used.taken("whole").ask(request()), "devices-busy");
        auto lost = devices;
        lost.devices.front().consumes.front().counterSet = "nowhere";
        expect(World().with(counters).with(lost).ask(request()), "pool-invalid");
    }

    void a_search_without_end_is_given_up()
    {
        // Thirty equal devices, thirty different wishes and a constraint that none satisfies.
        std::vector<Device> devices;
        std::vector<ClaimRequest> requests;
        for (int i = 0; i < 30; ++i) {
            devices.push_back(device(std::string("g").append(std::to_string(i)), i == 0 ? "A100" : "H100"));
            auto one = request();
            one.name = std::string("r").append(std::to_string(i));
            requests.push_back(exactly(one));
        }
        QElapsedTimer clock;
        clock.start();
        const auto outcome =
            World().with(slice(devices)).ask(requests, {{Constraint::Kind::Match, {}, "gpu.example.com/model"}});
        QCOMPARE(static_cast<int>(outcome.kind), static_cast<int>(Kind::Unknown));
        QVERIFY(clock.elapsed() < 5000);
    }
    void kinds_of_the_future_are_unknown()
    {
        const auto world = World().with(slice({device("g0")}));
        auto odd = request();
        odd.oddMode = "Half";
        QCOMPARE(world.ask(odd).kind == Kind::Unknown, true);
        QCOMPARE(world.ask({ClaimRequest{"gpu", false, {}}}).kind == Kind::Unknown, true);
        QCOMPARE(world.ask({exactly(request())}, {Constraint{}}).kind == Kind::Unknown, true);
    }
    void nothing_asked_is_possible()
    {
        expect(World().ask(std::vector<ClaimRequest>{}), "devices-free");
        QCOMPARE(Allocator({}).allocate(nodeA, {}).kind == Kind::Possible, true);
    }

    void a_resource_name_stands_for_the_newest_class_that_names_it()
    {
        Resources resources;
        const auto add = [&resources](const char *name, const char *created) {
            auto one = std::make_shared<DeviceClass>();
            one->name = name;
            one->extendedResourceName = "example.com/gpu";
            one->created = created;
            resources.classes.push_back(one);
        };
        add("old", "2026-01-01T00:00:00Z");
        add("new-b", "2026-02-01T00:00:00Z");
        add("new-a", "2026-02-01T00:00:00Z");
        const Allocator allocator(resources);
        QCOMPARE(allocator.classOfResource("example.com/gpu")->name, std::string("new-a"));
        QCOMPARE(allocator.classOfResource("deviceclass.resource.kubernetes.io/old")->name, std::string("old"));
        QVERIFY(!allocator.classOfResource("example.com/nic"));
    }
};

QTEST_APPLESS_MAIN(DeviceAllocationTest)
#include "device_allocation_test.moc"
