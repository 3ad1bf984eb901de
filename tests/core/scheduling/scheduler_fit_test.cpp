// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/scheduler_fit.h"

#include <QtTest>

#include <limits>

using namespace core;

namespace {

const Resources offered{{"cpu", 1000}, {"memory", 100}, {"pods", 2}, {"nvidia.com/gpu", 4}};

QString lackingText(const Resources &requests, const Resources &used, const IgnoredResources &ignored = {})
{
    QStringList names;
    for (const auto &lack : shortages(requests, offered, used, ignored))
        names << QString::fromStdString(lack.resource);
    return names.join(' ');
}

} // namespace

class SchedulerFitTest : public QObject {
    Q_OBJECT

private slots:
    void what_is_free_must_cover_what_is_asked_data()
    {
        QTest::addColumn<QString>("resource");
        QTest::addColumn<qint64>("asked");
        QTest::addColumn<qint64>("used");
        QTest::addColumn<QString>("lacking");
        QTest::newRow("exactly what is free") << "cpu" << 600LL << 400LL << "";
        QTest::newRow("one too many") << "cpu" << 601LL << 400LL << "cpu";
        QTest::newRow("nothing asked of a full node") << "memory" << 0LL << 500LL << "";
        QTest::newRow("device") << "nvidia.com/gpu" << 4LL << 1LL << "nvidia.com/gpu";
        QTest::newRow("device the node has not") << "amd.com/gpu" << 1LL << 0LL << "amd.com/gpu";
        QTest::newRow("zero of what the node has not") << "amd.com/gpu" << 0LL << 0LL << "";
        QTest::newRow("a name the scheduler does not count") << "storage" << 5LL << 0LL << "";
        QTest::newRow("a name in kubernetes.io") << "kubernetes.io/thing" << 1LL << 0LL << "kubernetes.io/thing";
        QTest::newRow("huge pages") << "hugepages-2Mi" << 1LL << 0LL << "hugepages-2Mi";
        QTest::newRow("the most there is") << "memory" << std::numeric_limits<qint64>::max() << 100LL << "memory";
    }
    void what_is_free_must_cover_what_is_asked()
    {
        QFETCH(QString, resource);
        QFETCH(qint64, asked);
        QFETCH(qint64, used);
        const auto name = resource.toStdString();
        QTEST(lackingText({{name, asked}}, {{name, used}}), "lacking");
    }
    void pods_are_counted_even_when_nothing_is_asked()
    {
        QCOMPARE(lackingText({}, {{"pods", 1}}), QString());
        QCOMPARE(lackingText({}, {{"pods", 2}}), QString("pods"));
        QCOMPARE(shortages({}, {}, {}).size(), std::size_t(1));
    }
    void everything_that_lacks_is_named()
    {
        QCOMPARE(lackingText({{"cpu", 2000}, {"memory", 200}, {"nvidia.com/gpu", 9}}, {{"pods", 2}}),
                 QString("pods cpu memory nvidia.com/gpu"));
    }
    void ignored_resources_are_extended_ones_only()
    {
        const IgnoredResources byName{{"amd.com/gpu"}, {}}, byGroup{{}, {"amd.com", "kubernetes.io"}};
        QCOMPARE(lackingText({{"amd.com/gpu", 1}}, {}, byName), QString());
        QCOMPARE(lackingText({{"amd.com/gpu", 1}, {"kubernetes.io/x", 1}}, {}, byGroup), QString("kubernetes.io/x"));
    }
    void what_no_other_pod_could_free_is_told_apart()
    {
        QVERIFY(shortages({{"cpu", 1001}}, offered, {}).front().isBeyondNode());
        QVERIFY(!shortages({{"cpu", 1000}}, offered, {{"cpu", 1}}).front().isBeyondNode());
    }

    void ports_collide_by_protocol_number_and_address_data()
    {
        QTest::addColumn<QString>("ip");
        QTest::addColumn<QString>("protocol");
        QTest::addColumn<int>("port");
        QTest::addColumn<bool>("taken");
        QTest::newRow("same") << "10.0.0.1"
                              << "TCP" << 80 << true;
        QTest::newRow("other address") << "10.0.0.2"
                                       << "TCP" << 80 << false;
        QTest::newRow("every address") << "0.0.0.0"
                                       << "TCP" << 80 << true;
        QTest::newRow("no address means every address") << ""
                                                        << "" << 80 << true;
        QTest::newRow("other protocol") << "0.0.0.0"
                                        << "UDP" << 80 << false;
        QTest::newRow("other port") << "0.0.0.0"
                                    << "TCP" << 81 << false;
        QTest::newRow("no port") << "0.0.0.0"
                                 << "TCP" << 0 << false;
        QTest::newRow("a port below zero") << "0.0.0.0"
                                           << "TCP" << -1 << false;
    }
    void ports_collide_by_protocol_number_and_address()
    {
        QFETCH(QString, ip);
        QFETCH(QString, protocol);
        QFETCH(int, port);
        const std::vector<HostPort> wanted{{ip.toStdString(), protocol.toStdString(), port}};
        const std::vector<HostPort> taken{{"10.0.0.1", "TCP", 80}, {"10.0.0.1", "TCP", 0}, {"0.0.0.0", "TCP", -1}};
        QTEST(firstConflict(wanted, taken) != nullptr, "taken");
    }

    void extended_resources_have_a_domain_of_their_own_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("extended");
        QTest::newRow("device") << "nvidia.com/gpu" << true;
        QTest::newRow("native") << "cpu" << false;
        QTest::newRow("native with a domain") << "pods.kubernetes.io/x" << false;
        QTest::newRow("quota name") << "requests.nvidia.com/gpu" << false;
        QTest::newRow("nothing behind the slash") << "nvidia.com/" << false;
        QTest::newRow("empty") << "" << false;
    }
    void extended_resources_have_a_domain_of_their_own()
    {
        QFETCH(QString, name);
        QTEST(isExtendedResource(name.toStdString()), "extended");
    }

    void cordons_are_tolerated_through_their_taint()
    {
        QVERIFY(!toleratesCordon({}));
        const std::vector<Toleration> all{{"", "Exists", "", {}, {}}};
        QVERIFY(toleratesCordon(all));
        const std::vector<Toleration> wrongEffect{
            {"node.kubernetes.io/unschedulable", "Exists", "", TaintEffect::NoExecute, {}}};
        QVERIFY(!toleratesCordon(wrongEffect));
    }

    void scores_are_scaled_to_the_highest()
    {
        std::vector<std::int64_t> scores{2, 3, 5}, none{0, 0}, empty;
        normalise(scores, false);
        QCOMPARE(scores, (std::vector<std::int64_t>{40, 60, 100}));
        normalise(none, true);
        QCOMPARE(none, (std::vector<std::int64_t>{100, 100}));
        normalise(empty, true);
        QVERIFY(empty.empty());
    }
};

QTEST_APPLESS_MAIN(SchedulerFitTest)
#include "scheduler_fit_test.moc"
