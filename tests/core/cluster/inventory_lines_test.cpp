// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/inventory_lines.h"

#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

#include <fmt/format.h>

#include <limits>

using namespace core;
using namespace sample;

namespace {

Node in(const std::string &zone, Node machine)
{
    if (!zone.empty())
        machine.labels["topology.kubernetes.io/zone"] = zone;
    return machine;
}

Node mixed(const std::string &name)
{
    auto machine = node(name, 4);
    auto other = machine.devices.front();
    other.vendor = Vendor::Amd;
    other.resource = "amd.com/gpu";
    other.capacity = other.allocatable = 2;
    machine.devices.push_back(other);
    return machine;
}

/// "NAME capacity/requested/free nodes" of every line, in order.
std::string said(Grouping by, const SnapshotPtr &snapshot)
{
    std::string words;
    for (const auto &line : linesBy(by, *snapshot, account(*snapshot)))
        words += fmt::format("{}{} {}/{}/{} {}", words.empty() ? "" : "; ", line.displayName, line.capacity,
                             line.requested, line.free, line.nodes.size());
    return words;
}

} // namespace

class InventoryLinesTest : public QObject {
    Q_OBJECT

private slots:
    void devicesAreAddedUpByVendorZoneAndNode()
    {
        const auto snapshot = cluster({in("z2", node("a")), in("z1", mixed("b")), node("c")}, {pod("p", "b", 3)});
        QCOMPARE(said(Grouping::Vendor, snapshot), std::string("AMD 2/0/2 1; NVIDIA 20/3/17 3"));
        QCOMPARE(said(Grouping::Zone, snapshot), std::string("z1 6/3/3 1; z2 8/0/8 1; no zone 8/0/8 1"));
        QCOMPARE(said(Grouping::Node, snapshot), std::string("a 8/0/8 1; b 6/3/3 1; c 8/0/8 1"));
        QCOMPARE(said(Grouping::Sku, snapshot), std::string(""));
        QCOMPARE(said(Grouping::Zone, cluster({}, {})), std::string(""));
    }

    void aNodeThatNeedsALookCountsOnceHoweverManyPoolsItHas()
    {
        auto machine = mixed("b");
        machine.unschedulable = true;
        machine.issues = {"MIG invalid"};
        const auto snapshot = cluster({machine}, {});
        for (const auto by : {Grouping::Zone, Grouping::Node}) {
            const auto lines = linesBy(by, *snapshot, account(*snapshot));
            QCOMPARE(lines.size(), std::size_t{1});
            QCOMPARE(lines[0].attention, (std::vector<std::string>{"1 node cordoned", "1 label problem"}));
            QCOMPARE(lines[0].free, std::int64_t{0});
        }
    }

    void absurdCountsSaturate()
    {
        auto huge = node("a");
        huge.devices[0].capacity = std::numeric_limits<std::int64_t>::max();
        const auto snapshot = cluster({huge, node("b")}, {});
        const auto lines = linesBy(Grouping::Vendor, *snapshot, account(*snapshot));
        QCOMPARE(lines.at(0).capacity, std::numeric_limits<std::int64_t>::max());
    }

    void everyPoolIsOfExactlyOneLine()
    {
        const auto snapshot = cluster({in("z1", mixed("a")), in("z2", mixed("b")), node("c"), in("no", node("d"))}, {});
        for (const auto by : {Grouping::Vendor, Grouping::Zone, Grouping::Node}) {
            const auto lines = linesBy(by, *snapshot, account(*snapshot));
            for (const auto &machine : snapshot->nodes)
                for (const auto &pool : machine->devices)
                    QCOMPARE(std::ranges::count_if(
                                 lines, [&](const auto &line) { return isOfLine(line, by, *machine, pool); }),
                             1);
        }
    }
};

QTEST_APPLESS_MAIN(InventoryLinesTest)
#include "inventory_lines_test.moc"
