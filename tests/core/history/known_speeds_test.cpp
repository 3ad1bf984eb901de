// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/known_speeds.h"

#include "tests/core/probe_report/sample_results.h"

#include <QtTest>

using namespace core;

namespace {

Catalog catalog()
{
    auto all = sample::catalog();
    Model model;
    model.id = "meta-llama/Llama-3.1-8B";
    model.shortName = "llama-3.1-8b";
    all.models.push_back(model);
    return all;
}

ServingBenchmark benchmark(const std::string &model, double output = 640)
{
    ServingBenchmark one;
    one.model = model;
    one.sku = sample::catalog().skus.front().id;
    one.tool = "vllm bench serve";
    one.source = "run.json";
    one.engineVersion = "vLLM 0.11.0";
    one.date = 1795600000; // 2026-11-25
    one.concurrency = 16;
    one.outputTokensPerSecond = output;
    one.ttft.median = 70;
    one.itl.mean = 10;
    return one;
}

MeasuredSpeeds ofProbes(const std::vector<ProbeResult> &results)
{
    const auto known = sample::catalog();
    const auto shares = sample::shares();
    return knownSpeeds(known, ProbeJudge(known, shares, results).newestVerdicts(), {});
}

} // namespace

class KnownSpeedsTest : public QObject {
    Q_OBJECT

private slots:
    void aBenchmarkSaysModelSourceAndDate()
    {
        const auto speeds = knownSpeeds(catalog(), {}, {benchmark("meta-llama/Llama-3.1-8B-Instruct")});
        QCOMPARE(speeds.serving.size(), 1U);
        const auto &one = speeds.serving.front();
        QCOMPARE(one.modelId, std::string("meta-llama/Llama-3.1-8B"));
        QCOMPARE(one.source, std::string("vllm bench serve, run.json, vLLM 0.11.0, 2026-11-25"));
        QCOMPARE(one.firstTokenSeconds, std::optional(0.07));
        QCOMPARE(one.tokensPerSecondPerStream, std::optional(100.0));
    }
    void theNameSaysTheWeightsUnlessTheBenchmarkDoes()
    {
        auto said = benchmark("meta-llama/Llama-3.1-8B-FP8");
        QCOMPARE(knownSpeeds(catalog(), {}, {said}).serving.front().weights, std::string("fp8"));
        said.weights = "int4";
        QCOMPARE(knownSpeeds(catalog(), {}, {said}).serving.front().weights, std::string("int4"));
    }
    void whatTheCatalogueDoesNotKnowIsLeftOut()
    {
        auto elsewhere = benchmark("meta-llama/Llama-3.1-8B");
        elsewhere.sku = "no-such-sku";
        QVERIFY(knownSpeeds(catalog(), {}, {benchmark("nobody/nothing"), elsewhere}).serving.empty());
    }
    void ofProbesTheMedianOfTheCardsCounts()
    {
        const auto speeds = ofProbes({sample::result(0, 4200), sample::result(1, 4300), sample::result(2, 4350)});
        QCOMPARE(speeds.skus.size(), 1U);
        const auto &[sku, device] = *speeds.skus.begin();
        QCOMPARE(sku, sample::catalog().skus.front().id);
        QCOMPARE(device.copyGBs, std::optional(4300.0));
        QVERIFY2(device.source.starts_with("berth-probe, median of 3 cards, "), device.source.c_str());
    }
    void aCardThatComputedWrongDataIsNoMeasure()
    {
        auto wrong = sample::result(0, 4300);
        wrong.metrics[0].valid = false;
        wrong.metrics[0].wrong = 1;
        QVERIFY(ofProbes({wrong}).skus.empty());
    }
};

QTEST_APPLESS_MAIN(KnownSpeedsTest)
#include "known_speeds_test.moc"
