// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/partition_what_if.h"

#include "core/inventory/device_labels.h"
#include "tests/core/cluster/sample_cluster.h"

#include <QtTest>

#include <fmt/format.h>

using namespace core;

namespace {

const Catalog &catalog()
{
    static const auto loaded = loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
    return *loaded;
}

const ImageCatalog &images()
{
    static const auto loaded = loadImages(BERTH_TEST_DATA "/../../resources/catalog");
    return *loaded;
}

const PlannedDevices nothingPlanned;

Node machine(const std::string &name, Labels labels, Resources devices)
{
    Node node;
    node.name = name;
    node.ready = true;
    node.labels = std::move(labels);
    node.capacity = std::move(devices);
    add(node.capacity, {{"cpu", 224'000}, {"memory", 2000LL << 30}, {"ephemeral-storage", 9LL << 40}, {"pods", 110}});
    node.allocatable = node.capacity;
    decodeDevices(node, catalog());
    return node;
}

Node a100(Labels more = {}, Resources devices = {{"nvidia.com/gpu", 8}})
{
    Labels labels{{"nvidia.com/gpu.product", "NVIDIA-A100-SXM4-80GB"},
                  {"nvidia.com/gpu.memory", "81920"},
                  {"nvidia.com/gpu.compute.major", "8"},
                  {"nvidia.com/gpu.compute.minor", "0"},
                  {"nvidia.com/cuda.driver-version.full", "580.95.05"}};
    labels.insert(more.begin(), more.end());
    return machine("n", labels, std::move(devices));
}

Node mi300x(Resources devices = {{"amd.com/gpu", 8}}, const std::string &partition = "spx_nps1")
{
    return machine("n",
                   {{"amd.com/gpu.product-name", "AMD_Instinct_MI300X_OAM"},
                    {"amd.com/gpu.device-id", "74a1"},
                    {"amd.com/gpu.compute-memory-partition", partition}},
                   std::move(devices));
}

Plan planOf(std::initializer_list<std::pair<const char *, int>> models)
{
    Plan plan;
    for (const auto &[id, tensorParallel] : models) {
        Requirement wanted;
        wanted.name = catalog().findModel(id)->shortName;
        wanted.modelId = catalog().findModel(id)->id;
        wanted.tensorParallel = tensorParallel;
        plan.requirements.push_back(wanted);
    }
    return plan;
}

Result<PartitionWhatIf> whatIf(Node node, std::vector<Pod> pods, const std::string &wanted, const Plan *plan = nullptr)
{
    const auto snapshot = sample::cluster({std::move(node)}, std::move(pods));
    return partitionWhatIf({*snapshot, account(*snapshot), catalog(), images(), nothingPlanned}, "n", wanted, plan);
}

std::string pools(const PartitionWhatIf &answer)
{
    std::string text;
    for (const auto &pool : answer.pools)
        text += fmt::format("{}x{} ", pool.resource, pool.capacity);
    return text;
}

std::string layout(const CardView &card)
{
    std::string text;
    for (const auto &part : card.parts)
        text +=
            fmt::format("{}@{}{} ", part.slice.profile, part.slice.start, part.holder.empty() ? "" : "=" + part.holder);
    return text;
}

bool notes(const PartitionWhatIf &answer, std::string_view words)
{
    return std::ranges::any_of(answer.notes, [&](const auto &note) { return note.find(words) != std::string::npos; });
}

} // namespace

class PartitionWhatIfTest : public QObject {
    Q_OBJECT

private slots:
    void theNodeOffersWhatItsPluginWouldCallIt_data()
    {
        QTest::addColumn<QString>("strategy");
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<QString>("offers");
        const auto row = [](const char *name, const char *strategy, const char *wanted, const char *offers) {
            QTest::newRow(name) << QString(strategy) << QString(wanted) << QString(offers);
        };
        row("mixed", "mixed", "3g.40gb,1g.10gb:3", "nvidia.com/mig-1g.10gbx24 nvidia.com/mig-3g.40gbx8 ");
        row("single", "single", "3g.40gb:2", "nvidia.com/gpux16 ");
        row("no label means mixed", "", "all-1g.20gb", "nvidia.com/mig-1g.20gbx32 ");
        row("media engines", "mixed", "1g.10gb+me,1g.10gb:6", "nvidia.com/mig-1g.10gbx48 nvidia.com/mig-1g.10gb.mex8 ");
        row("whole again", "mixed", "whole", "nvidia.com/gpux8 ");
    }

    void theNodeOffersWhatItsPluginWouldCallIt()
    {
        QFETCH(QString, strategy);
        QFETCH(QString, wanted);
        QFETCH(QString, offers);
        Labels labels;
        if (!strategy.isEmpty())
            labels["nvidia.com/mig.strategy"] = strategy.toStdString();
        const auto answer = whatIf(a100(labels), {}, wanted.toStdString());
        QVERIFY2(answer.has_value(), answer ? "" : describe(answer.error()).c_str());
        QCOMPARE(pools(*answer), offers.toStdString());
        QCOMPARE(answer->now.size(), std::size_t(8));
        QCOMPARE(answer->after.size(), std::size_t(8));
        QCOMPARE(notes(*answer, "no MIG strategy label"), strategy.isEmpty());
    }

    void amdNamesFollowTheNamingStrategy()
    {
        QCOMPARE(pools(*whatIf(mi300x(), {}, "CPX/NPS4")), std::string("amd.com/gpux64 "));
        const auto mixed = mi300x({{"amd.com/cpx_nps4", 64}}, "cpx_nps4");
        QCOMPARE(pools(*whatIf(mixed, {}, "dpx_nps1")), std::string("amd.com/dpx_nps1x16 "));
        const auto answer = whatIf(mixed, {}, "SPX/NPS1");
        QCOMPARE(pools(*answer), std::string("amd.com/spx_nps1x8 "));
        QCOMPARE(answer->now[0].parts.size(), std::size_t(8));
        QVERIFY(notes(*answer, "amd-dcm=up:NoExecute"));
    }

    void theCardsOfNowAgreeWithTheCounts()
    {
        const auto mixed = a100({{"nvidia.com/mig.strategy", "mixed"}},
                                {{"nvidia.com/gpu", 4}, {"nvidia.com/mig-3g.40gb", 4}, {"nvidia.com/mig-1g.10gb", 14}});
        const auto answer =
            whatIf(mixed, {sample::pod("p", "n", 2, PodPhase::Running, "nvidia.com/mig-3g.40gb")}, "whole");
        QVERIFY2(answer.has_value(), answer ? "" : describe(answer.error()).c_str());
        QCOMPARE(answer->now.size(), std::size_t(8));
        QCOMPARE(std::ranges::count_if(answer->now, [](const auto &card) { return card.parts.size() == 7; }), 2);
        QVERIFY(std::ranges::any_of(answer->now,
                                    [](const auto &card) { return layout(card) == "3g.40gb@0=ns/p 3g.40gb@4=ns/p "; }));
        QVERIFY(notes(*answer, "one layout that agrees with the counts"));
        QCOMPARE(answer->evictions.size(), std::size_t(1));
        QCOMPARE(answer->evictions[0].devices, 2);
    }

    void cardsThatCanBeCutAlikeAreDrawnAlike()
    {
        const auto balanced =
            a100({{"nvidia.com/mig.strategy", "mixed"}},
                 {{"nvidia.com/mig-1g.10gb", 16}, {"nvidia.com/mig-2g.20gb", 8}, {"nvidia.com/mig-3g.40gb", 8}});
        const auto answer = whatIf(balanced, {}, "whole");
        QCOMPARE(answer->now.size(), std::size_t(8));
        for (const auto &card : answer->now)
            QCOMPARE(layout(card), layout(answer->now[0]));
    }

    void whatIsCutLikeThatAlreadyEvictsNobody()
    {
        const auto single = a100(
            {{"nvidia.com/mig.strategy", "single"}, {"nvidia.com/gpu.product", "NVIDIA-A100-SXM4-80GB-MIG-3g.40gb"}},
            {{"nvidia.com/gpu", 16}});
        auto node = single;
        node.labels["nvidia.com/gpu.product"] = "NVIDIA-A100-SXM4-80GB-MIG-3g.40gb";
        node.devices.clear();
        decodeDevices(node, catalog());
        const std::vector pods{sample::pod("p", "n", 1), sample::pod("q", "n", 2)};
        const auto same = whatIf(node, pods, "3g.40gb:2");
        QVERIFY(same && !same->changes && same->evictions.empty());
        QCOMPARE(same->now.size(), std::size_t(8));
        const auto other = whatIf(node, pods, "1g.10gb:7");
        QVERIFY(other->changes);
        QCOMPARE(other->evictions.size(), std::size_t(2));
        QCOMPARE(other->evictions[1].pod, std::string("ns/q"));
    }

    void theListOfAlternativesLeavesOutWhatIsAskedFor()
    {
        const auto answer = whatIf(mi300x(), {}, "cpx_nps4");
        QCOMPARE(answer->alternatives.size(), std::size_t(4)); // whole, DPX, QPX, CPX/NPS1
        QVERIFY(std::ranges::none_of(answer->alternatives, [](const auto &one) { return one.mode == "cpx_nps4"; }));
    }

    void modelsOfThePlanAreJudgedBeforeAndAfter()
    {
        const auto plan = planOf({{"qwen/qwen3-8b", 1}, {"Qwen/Qwen3-32B", 2}});
        const std::vector pods{sample::pod("p", "n", 7)};
        const auto answer = whatIf(a100({{"nvidia.com/mig.strategy", "mixed"}}), pods, "3g.40gb:2", &plan);
        QVERIFY2(answer.has_value(), answer ? "" : describe(answer.error()).c_str());
        const auto &small = answer->models[0], &large = answer->models[1];
        QVERIFY2(small.now != Verdict::No && small.after != Verdict::No, small.whyAfter.c_str());
        QCOMPARE(small.placesNow, 1);
        QCOMPARE(small.placesAfter, 16);
        QCOMPARE(large.now, Verdict::No); // one card is left, two are needed
        QCOMPARE(large.after, Verdict::No);
        QVERIFY(!large.whyAfter.empty());
        QCOMPARE(large.placesAfter, 0);
    }

    void wholeCardsOpenPlacesForTensorParallel()
    {
        const auto plan = planOf({{"Qwen/Qwen3-32B", 2}});
        const auto sliced = a100({{"nvidia.com/mig.strategy", "mixed"}}, {{"nvidia.com/mig-1g.10gb", 56}});
        const auto answer = whatIf(sliced, {}, "whole", &plan);
        QVERIFY2(answer.has_value(), answer ? "" : describe(answer.error()).c_str());
        QCOMPARE(answer->models[0].placesNow, 0);
        QCOMPARE(answer->models[0].placesAfter, 4);
    }

    void placementsThatLoseTheirResourceAreNamed()
    {
        auto plan = planOf({{"Qwen/Qwen3-8B", 1}});
        plan.placements = {{plan.requirements[0].name, {TargetLevel::Node, "nvidia.com/gpu", {}, "n", {}}, 1, false},
                           {plan.requirements[0].name, {TargetLevel::Node, "nvidia.com/gpu", {}, "m", {}}, 1, false}};
        const auto answer = whatIf(a100({{"nvidia.com/mig.strategy", "mixed"}}), {}, "3g.40gb:2", &plan);
        QCOMPARE(answer->brokenPlacements.size(), std::size_t(1));
        QVERIFY(answer->brokenPlacements[0].find("nvidia.com/gpu on n") != std::string::npos);
        QVERIFY(whatIf(a100(), {}, "whole", &plan)->brokenPlacements.empty());
    }

    void memoryOfASliceIsNeverGuessed()
    {
        const auto plan = planOf({{"Qwen/Qwen3-8B", 1}});
        auto node = machine("n", {{"nvidia.com/gpu.product", "NVIDIA-B300"}, {"nvidia.com/mig.strategy", "mixed"}},
                            {{"nvidia.com/gpu", 8}});
        if (node.devices[0].skuId.empty())
            node.devices[0].skuId = "nvidia-b300";
        const auto answer = whatIf(node, {}, "3g.135gb:2", &plan);
        QVERIFY2(answer.has_value(), answer ? "" : describe(answer.error()).c_str());
        QCOMPARE(answer->models[0].after, Verdict::Unknown);
        QVERIFY(notes(*answer, "does not know how much memory"));
    }

    void sharedMemoryIsCountedByEqualShares()
    {
        const auto plan = planOf({{"Qwen/Qwen3-8B", 1}});
        const auto answer = whatIf(mi300x(), {}, "CPX/NPS1", &plan);
        QVERIFY(notes(*answer, "share its memory"));
        QCOMPARE(answer->pools[0].memoryBytes, catalog().findSku("amd-mi300x")->usableBytes() / 8);
    }

    void badInputNamesWhatIsWrong_data()
    {
        QTest::addColumn<int>("what");
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, char what, const char *wanted, ErrorKind kind, const char *says) {
            QTest::newRow(name) << int(what) << QString(wanted) << static_cast<int>(kind) << QString(says);
        };
        row("unknown node", 'g', "whole", ErrorKind::NotFound, "there is no node \"gone\"");
        row("no accelerators", 'c', "whole", ErrorKind::Unsupported, "no accelerators");
        row("a card nobody knows", 'u', "whole", ErrorKind::Unsupported, "does not know the card");
        row("two kinds of card", '2', "whole", ErrorKind::Unsupported, "several kinds");
        row("a card without partitions", 'l', "1g.10gb", ErrorKind::Unsupported, "cannot be cut");
        row("illegal combination", 'a', "3g.40gb:2,1g.10gb", ErrorKind::Invalid, "may start at 0, 4");
        row("two profiles under single", 's', "3g.40gb,1g.10gb", ErrorKind::Invalid, "MIG-INVALID");
        row("pods may not be read", 'b', "whole", ErrorKind::Forbidden, "pods may not be read");
        row("slices of no known profile", 'x', "whole", ErrorKind::Unsupported, "cannot be counted");
    }

    void badInputNamesWhatIsWrong()
    {
        QFETCH(int, what);
        QFETCH(QString, wanted);
        QFETCH(int, kind);
        QFETCH(QString, says);
        auto node = what == 'c' ? machine("n", {}, {}) : a100();
        if (what == 'u')
            node = sample::node("n");
        if (what == '2')
            node.devices.push_back(mi300x().devices[0]);
        if (what == 'l')
            node = machine("n", {{"nvidia.com/gpu.product", "NVIDIA-L40S"}}, {{"nvidia.com/gpu", 4}});
        if (what == 's')
            node.labels["nvidia.com/mig.strategy"] = "single";
        if (what == 'x') {
            node.devices[0].kind = DeviceKind::MigSlice;
            node.devices[0].profile = "9g.99gb";
        }
        auto snapshot = *sample::cluster({node}, {});
        if (what == 'b')
            snapshot.blindSpots.push_back({"pods", "", "no"});
        const auto answer = partitionWhatIf({snapshot, account(snapshot), catalog(), images(), nothingPlanned},
                                            what == 'g' ? "gone" : "n", wanted.toStdString(), nullptr);
        QVERIFY(!answer);
        QCOMPARE(static_cast<int>(answer.error().kind), kind);
        const auto text = QString::fromStdString(describe(answer.error()));
        QVERIFY2(text.contains(says), qPrintable(text));
    }
};

QTEST_APPLESS_MAIN(PartitionWhatIfTest)
#include "partition_what_if_test.moc"
