// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/node_factors.h"

#include "tests/core/cluster/sample_cluster.h"
#include "tests/core/probe_report/sample_results.h"

#include <QtTest>

using namespace core;

namespace {

const Catalog h200 = sample::catalog();
const ExpectedShares expected = sample::shares();

SnapshotPtr cluster(const std::string &cuda = "13.0")
{
    auto node = sample::node("gpu-01", 8, "nvidia.com/gpu");
    node.devices.front().vendor = Vendor::Nvidia;
    node.devices.front().cudaVersion = cuda;
    return sample::cluster({node}, {});
}

std::vector<CardVerdict> judged(const std::vector<ProbeResult> &results)
{
    return ProbeJudge(h200, expected, results).newestVerdicts();
}

/// A card that copied so many GB/s in both of two runs.
std::vector<ProbeResult> twice(int card, double copy, std::int64_t time = sample::now)
{
    return {sample::result(card, copy, time - 30), sample::result(card, copy, time)};
}

NodeFactor factorOf(const std::vector<ProbeResult> &results, std::int64_t now = sample::now,
                    const std::vector<ProbeVoid> &voids = {}, const SnapshotPtr &snapshot = cluster())
{
    const auto all = nodeFactors(judged(results), voids, *snapshot, now);
    const auto found = all.find("gpu-01");
    return found == all.end() ? NodeFactor{} : found->second;
}

std::vector<ProbeResult> wrongData()
{
    auto wrong = sample::result(0, 4300);
    wrong.metrics[0].valid = false;
    wrong.metrics[0].wrong = 1;
    return {wrong};
}

} // namespace

class NodeFactorsTest : public QObject {
    Q_OBJECT

private slots:
    void aHealthyNodeHasItsFullSpeed()
    {
        const auto factor = factorOf({sample::result(0, 4320)});
        QCOMPARE(factor.factor, 1.0);
        QVERIFY(!factor.proposeCordon && factor.reason.empty());
    }

    void theSlowestCardDecides()
    {
        auto results = twice(0, 3888); // 0.9 of 4320
        results.push_back(sample::result(1, 4320, sample::now, "other-host"));
        const auto factor = factorOf(results);
        QVERIFY(qAbs(factor.factor - 0.9) < 1e-9);
        QCOMPARE(factor.card, std::string("GPU-gpu-01-0001"));
        QVERIFY2(factor.reason.find("10 % below") != std::string::npos, factor.reason.c_str());
        QVERIFY(!factor.proposeCordon); // slow is no reason to drain
    }

    void slownessIsNeverCountedAsMoreThanHalf() { QCOMPARE(factorOf(twice(0, 100)).factor, 0.5); }

    void slownessFadesAndIsGoneAfterThreeDays()
    {
        const auto at = [](int hours) { return factorOf(twice(0, 2160), sample::now + hours * 3600).factor; };
        QCOMPARE(at(0), 0.5);
        QCOMPARE(at(24), 0.5);
        QCOMPARE(at(48), 0.75);
        QCOMPARE(at(72), 1.0);
        QCOMPARE(at(1000), 1.0);
    }

    void aCardThatFailedIsProposedForACordon()
    {
        const auto slow = factorOf(twice(0, 2160));
        QVERIFY(slow.proposeCordon);
        QVERIFY2(slow.cordonReason.find("2 of 2 runs") != std::string::npos, slow.cordonReason.c_str());
        QVERIFY(!factorOf(twice(0, 2160), sample::now + 80 * 3600).proposeCordon);
    }

    void wrongDataIsProposedUntilItIsMeasuredAgainOrVoid()
    {
        QVERIFY(factorOf(wrongData()).proposeCordon);
        QVERIFY(factorOf(wrongData(), sample::now + 30 * 24 * 3600).proposeCordon);
        QVERIFY(!factorOf(wrongData(), sample::now + 5, {{"gpu-01", "", sample::now + 1, "reset"}}).proposeCordon);
        auto later = wrongData();
        later.push_back(sample::result(0, 4320, sample::now + 600));
        QVERIFY(!factorOf(later, sample::now + 700).proposeCordon);
    }

    void aVoidIsOfItsHostAndCardAndOfWhatCameBefore()
    {
        const auto card = cardOf(wrongData().front());
        QVERIFY(factorOf(wrongData(), sample::now, {{"gpu-02", "", sample::now + 1, "reset"}}).proposeCordon);
        QVERIFY(factorOf(wrongData(), sample::now, {{"gpu-01", "GPU-other", sample::now + 1, "reset"}}).proposeCordon);
        QVERIFY(factorOf(wrongData(), sample::now, {{"gpu-01", card, sample::now, "reset"}}).proposeCordon);
        QVERIFY(!factorOf(wrongData(), sample::now, {{"gpu-01", card, sample::now + 1, "reset"}}).proposeCordon);
    }

    void aDriverThatChangedVoids()
    {
        QVERIFY(!factorOf(wrongData(), sample::now, {}, cluster("13.1")).proposeCordon);
        QVERIFY(factorOf(wrongData(), sample::now, {}, cluster("")).proposeCordon); // the node does not say
    }

    void anInconclusiveRunSaysNothing()
    {
        auto busy = sample::result(0, 1000);
        busy.device.otherPids = {1};
        const auto factor = factorOf({busy});
        QCOMPARE(factor.factor, 1.0);
        QVERIFY(!factor.proposeCordon);
    }

    void hostsAreFoundByNodeNameAndByHostLabelAndOthersAreLeftOut()
    {
        auto node = sample::node("ip-10-0-0-1", 8, "nvidia.com/gpu");
        node.labels["kubernetes.io/hostname"] = "gpu-01";
        const auto all = nodeFactors(judged(twice(0, 2160)), {}, *sample::cluster({node}, {}), sample::now);
        QVERIFY(all.contains("ip-10-0-0-1"));
        QVERIFY(nodeFactors(judged(twice(0, 2160)), {}, *sample::cluster({}, {}), sample::now).empty());
    }
};

QTEST_GUILESS_MAIN(NodeFactorsTest)
#include "node_factors_test.moc"
