// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/pod_resources.h"

#include <QtTest>

#include <limits>

using namespace core;

namespace {

using Ask = PodAsk<std::int64_t>;
using Container = ContainerAsk<std::int64_t>;

Container container(std::int64_t cpu, bool restartable = false)
{
    return {{{{"cpu", cpu}}, {}}, restartable, {}};
}

std::int64_t cpuOf(const Ask &ask, const PodResourceOptions<std::int64_t> &options = {})
{
    return amountOf(podRequests(ask, options), "cpu");
}

} // namespace

class PodResourcesTest : public QObject {
    Q_OBJECT

private slots:
    void containers_run_together_and_init_containers_one_by_one()
    {
        QCOMPARE(cpuOf({{container(2), container(3)}, {container(4)}, {}, {}, {}, false}), 5);
        QCOMPARE(cpuOf({{container(2), container(3)}, {container(4), container(9)}, {}, {}, {}, false}), 9);
    }
    void a_sidecar_runs_beside_what_starts_after_it()
    {
        QCOMPARE(cpuOf({{container(1)}, {container(5), container(1, true)}, {}, {}, {}, false}), 5);
        QCOMPARE(cpuOf({{container(1)}, {container(1, true), container(5)}, {}, {}, {}, false}), 6);
        QCOMPARE(cpuOf({{container(9)}, {container(1, true), container(5)}, {}, {}, {}, false}), 10);
    }
    void pod_level_amounts_replace_the_sum_where_they_may()
    {
        Ask ask{{container(2)}, {}, Requirements<std::int64_t>{{{"cpu", 7}, {"nvidia.com/gpu", 1}}, {}}, {}, {}, false};
        QCOMPARE(podRequests(ask), (Resources{{"cpu", 7}}));
        PodResourceOptions<std::int64_t> options;
        options.skipPodLevel = true;
        QCOMPARE(cpuOf(ask, options), 2);
    }
    void overhead_comes_on_top_of_requests_and_of_limits_that_are_there()
    {
        Ask ask{
            {{{{{"cpu", 2}}, {{"memory", 5}, {"cpu", 0}}}, false, {}}}, {}, {}, {}, {{"cpu", 1}, {"memory", 1}}, false};
        QCOMPARE(podRequests(ask), (Resources{{"cpu", 3}, {"memory", 1}}));
        QCOMPARE(podLimits(ask), (Resources{{"cpu", 0}, {"memory", 6}}));
    }
    void a_resize_holds_the_larger_of_wish_and_reality_data()
    {
        QTest::addColumn<bool>("infeasible");
        QTest::addColumn<bool>("useStatus");
        QTest::addColumn<qint64>("cpu");
        QTest::newRow("under way") << false << true << 8LL;
        QTest::newRow("cannot be met") << true << true << 5LL;
        QTest::newRow("status does not count") << false << false << 8LL;
    }
    void a_resize_holds_the_larger_of_wish_and_reality()
    {
        QFETCH(bool, infeasible);
        QFETCH(bool, useStatus);
        auto resized = container(8);
        resized.status = ResizeStatus<std::int64_t>{{{{"cpu", 3}}, {}}, {{"cpu", 5}}};
        PodResourceOptions<std::int64_t> options;
        options.useStatus = useStatus;
        QTEST(static_cast<qint64>(cpuOf({{resized}, {}, {}, {}, {}, infeasible}, options)), "cpu");
    }
    void an_ordinary_init_container_is_never_resized()
    {
        auto init = container(2);
        init.status = ResizeStatus<std::int64_t>{{{{"cpu", 9}}, {}}, {}};
        PodResourceOptions<std::int64_t> options;
        options.useStatus = true;
        QCOMPARE(cpuOf({{container(1)}, {init}, {}, {}, {}, false}, options), 2);
    }
    void sums_beyond_64_bits_saturate()
    {
        const auto most = std::numeric_limits<std::int64_t>::max();
        QCOMPARE(cpuOf({{container(most), container(most)}, {}, {}, {}, {}, false}), most);
    }
    void a_pod_without_containers_asks_for_nothing()
    {
        QVERIFY(podRequests(Ask{}).empty());
        QVERIFY(podLimits(Ask{}).empty());
    }

    void limits_stand_in_for_requests_that_are_missing()
    {
        Ask ask{{{{{{"cpu", 1}}, {{"cpu", 4}, {"memory", 6}}}, false, {}}}, {}, {}, {}, {}, false};
        applyDefaults(ask);
        QCOMPARE(podRequests(ask), (Resources{{"cpu", 1}, {"memory", 6}}));
    }
    void pod_level_requests_come_from_containers_before_the_pods_limit()
    {
        Ask ask{{container(2)}, {}, Requirements<std::int64_t>{{}, {{"cpu", 8}, {"memory", 9}}}, {}, {}, false};
        applyDefaults(ask);
        QCOMPARE(podRequests(ask), (Resources{{"cpu", 2}, {"memory", 9}}));
    }
    void pod_level_names_are_cpu_memory_and_huge_pages()
    {
        QVERIFY(isPodLevelResource("cpu") && isPodLevelResource("memory") && isPodLevelResource("hugepages-1Gi"));
        QVERIFY(!isPodLevelResource("ephemeral-storage") && !isPodLevelResource("nvidia.com/gpu"));
        QVERIFY(!isPodLevelResource(""));
    }
};

QTEST_APPLESS_MAIN(PodResourcesTest)
#include "pod_resources_test.moc"
