// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/serving_benchmark.h"

#include <QtTest>

using namespace core;

namespace {

// Written after the formats' own documentation; figures are made up.
const char *const vllm =
    R"({"date": "20261120-101530", "backend": "vllm", "model_id": "meta-llama/Llama-3.1-8B-Instruct",
 "num_prompts": 100, "request_rate": "inf", "max_concurrency": 32, "duration": 20.0, "completed": 100, "failed": 0,
 "total_input_tokens": 51200, "total_output_tokens": 12800, "request_throughput": 5.0, "output_throughput": 640.0,
 "total_token_throughput": 3200.0, "mean_ttft_ms": 80.0, "median_ttft_ms": 70.0, "p99_ttft_ms": 200.0,
 "mean_tpot_ms": 12.0, "mean_itl_ms": 11.0, "median_itl_ms": 10.0, "p99_itl_ms": 30.0})";
const char *const aiperf = R"({"schema_version": "1.3", "request_throughput": {"unit": "requests/sec", "avg": 2.5},
 "request_count": {"unit": "requests", "avg": 10}, "time_to_first_token": {"unit": "ms", "avg": 20, "p50": 18, "p99": 60},
 "inter_token_latency": {"unit": "ms", "avg": 5.5, "p50": 5, "p99": 9}, "output_token_throughput": {"unit": "tokens/sec", "avg": 320},
 "input_sequence_length": {"avg": 256}, "output_sequence_length": {"avg": 64}, "start_time": "2026-06-13T05:11:41.465270",
 "input_config": {"endpoint": {"model_names": ["Qwen/Qwen3-8B"]}, "loadgen": {"concurrency": 8}}})";
const char *const genaiPerf =
    R"({"request_throughput": {"unit": "requests/sec", "avg": 1.0}, "time_to_first_token": {"unit": "ms", "avg": 30},
 "inter_token_latency": {"unit": "ms", "avg": 7}, "output_token_throughput": {"unit": "tokens/sec", "avg": 100},
 "input_config": {"model": ["llama"], "perf_analyzer": {"stimulus": {"concurrency": 4}}}})";
const char *const guidellm = R"({"metadata": {"version": 1}, "benchmarks": [
 {"config": {"strategy": {"type_": "concurrent", "streams": 1}, "backend": {"model": "m/a"}}, "start_time": 1795000000.5, "metrics": {"request_totals": {"successful": 20, "errored": 1},
  "requests_per_second": {"successful": {"mean": 1.0}}, "output_tokens_per_second": {"successful": {"mean": 90.0}},
  "time_to_first_token_ms": {"successful": {"mean": 25.0, "median": 24.0, "percentiles": {"p99": 40.0}}},
  "inter_token_latency_ms": {"successful": {"mean": 8.0, "median": 7.5, "percentiles": {"p99": 11.0}}},
  "prompt_token_count": {"successful": {"mean": 100}}, "output_token_count": {"successful": {"mean": 90}}}},
 {"config": {"strategy": {"type_": "concurrent", "streams": 16}, "backend": {"model": "m/a"}}, "start_time": 1795000300.5, "metrics": {"request_totals": {"successful": 300, "errored": 0},
  "output_tokens_per_second": {"successful": {"mean": 900.0}},
  "time_to_first_token_ms": {"successful": {"mean": 120.0}}, "inter_token_latency_ms": {"successful": {"mean": 15.0}}}}]})";

BenchmarkContext onH200(const std::string &model = {})
{
    return {model, "nvidia-h200-sxm", 2, "run.json", 1795600000};
}

ServingBenchmark only(const char *text, const std::string &model = {})
{
    const auto read = readServingBenchmarks(text, onH200(model));
    if (!read || read->size() != 1)
        qFatal("%s", read ? "not one" : describe(read.error()).c_str());
    return read->front();
}

} // namespace

class ServingBenchmarkTest : public QObject {
    Q_OBJECT

private slots:
    void vllmsResultIsRead()
    {
        const auto one = only(vllm);
        QCOMPARE(one.tool, std::string("vllm bench serve"));
        QCOMPARE(one.model, std::string("meta-llama/Llama-3.1-8B-Instruct"));
        QCOMPARE(one.outputTokensPerSecond, 640.0);
        QCOMPARE(one.inputTokens.value_or(0), 512.0);
        QCOMPARE(one.outputTokens.value_or(0), 128.0);
        QCOMPARE(one.concurrency.value_or(0), 32.0);
        QVERIFY(!one.requestRate); // "inf"
        QVERIFY(one.ttft == (LatencyMs{80, 70, 200}));
        QVERIFY(one.itl == (LatencyMs{11, 10, 30}));
        QCOMPARE(QDateTime::fromSecsSinceEpoch(one.date, Qt::UTC).toString(Qt::ISODate),
                 QString("2026-11-20T10:15:30Z"));
        QVERIFY(!one.dateIsOfImport);
    }

    void aiperfsAndGenaiPerfsResultsAreRead()
    {
        const auto one = only(aiperf);
        QCOMPARE(one.tool, std::string("aiperf"));
        QCOMPARE(one.model, std::string("Qwen/Qwen3-8B"));
        QCOMPARE(one.outputTokensPerSecond, 320.0);
        QCOMPARE(one.concurrency.value_or(0), 8.0);
        QVERIFY(one.ttft == (LatencyMs{20, 18, 60}));
        QCOMPARE(QDateTime::fromSecsSinceEpoch(one.date, Qt::UTC).toString(Qt::ISODate),
                 QString("2026-06-13T05:11:41Z"));
        const auto older = only(genaiPerf);
        QCOMPARE(older.tool, std::string("genai-perf"));
        QCOMPARE(older.model, std::string("llama"));
        QCOMPARE(older.concurrency.value_or(0), 4.0);
        QCOMPARE(older.date, std::int64_t{1795600000}); // it does not say: the import's
        QVERIFY(older.dateIsOfImport);
    }

    void guidellmsReportHasOneBenchmarkALoadPoint()
    {
        const auto read = readServingBenchmarks(guidellm, onH200());
        QVERIFY2(read, read ? "" : describe(read.error()).c_str());
        QCOMPARE(read->size(), std::size_t{2});
        QCOMPARE((*read)[0].outputTokensPerSecond, 90.0);
        QCOMPARE((*read)[0].failed.value_or(-1), std::int64_t{1});
        QVERIFY((*read)[0].ttft == (LatencyMs{25, 24, 40}));
        QCOMPARE((*read)[1].concurrency.value_or(0), 16.0);
        QCOMPARE((*read)[1].date, std::int64_t{1795000300});
    }

    void theUsersNameOfTheModelCounts() { QCOMPARE(only(vllm, "mine").model, std::string("mine")); }

    void whatCannotBeUsedIsRefusedWithItsReason_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        const QString good = vllm;
        QTest::newRow("not JSON") << "vllm bench serve: 640 tok/s" << "run.json: is not a JSON object";
        QTest::newRow("cut") << good.left(200) << "run.json: is not a JSON object";
        QTest::newRow("a list") << "[]" << "run.json: is not a JSON object";
        QTest::newRow("other JSON") << "{\"a\": 1}" << "is no result that is known here";
        QTest::newRow("nothing came") << QString(good).replace("640.0", "0.0") << "has no output tokens per second";
        QTest::newRow("not a number") << QString(good).replace("640.0", "\"640\"") << "has no output tokens per second";
        QTest::newRow("negative") << QString(good).replace("640.0", "-3") << "has no output tokens per second";
        QTest::newRow("all failed") << QString(good).replace("\"completed\": 100", "\"completed\": 0")
                                    << "no request was completed";
        QTest::newRow("no model") << QString(good).replace("model_id", "x") << "does not name its model";
        QTest::newRow("no benchmark") << "{\"benchmarks\": []}" << "holds no benchmark";
        QTest::newRow("no metrics") << "{\"benchmarks\": [{}]}" << "run.json benchmarks[0]: has no metrics";
        QTest::newRow("half of it") << QString(guidellm).replace("900.0", "0")
                                    << "run.json benchmarks[1]: has no output tokens per second";
    }
    void whatCannotBeUsedIsRefusedWithItsReason()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const auto read = readServingBenchmarks(text.toStdString(), onH200());
        QVERIFY(!read);
        QVERIFY2(QString::fromStdString(describe(read.error())).contains(message), describe(read.error()).c_str());
    }

    void withoutASkuNothingIsKept()
    {
        QVERIFY(!readServingBenchmarks(vllm, {"m", "", 1, "run.json", 0}));
        QVERIFY(!readServingBenchmarks(vllm, {"m", "sku", 0, "run.json", 0}));
    }

    void aBenchmarkReadsBackAsItWasWritten()
    {
        for (const auto *text : {vllm, aiperf, genaiPerf}) {
            const auto one = only(text);
            const auto back = readServingBenchmark(writeServingBenchmark(one), "here");
            QVERIFY2(back, back ? "" : describe(back.error()).c_str());
            QVERIFY(*back == one);
        }
        QVERIFY(!readServingBenchmark("{\"berth\":\"serving-benchmark/1\"}", "here"));
        QVERIFY(!readServingBenchmark("{\"berth\":\"serving-benchmark/2\"}", "here"));
    }

    void figuresAreOfTheFastestAndOfTheIdlestPoint()
    {
        const auto figures = servingFigures(*readServingBenchmarks(guidellm, onH200()), "a", "nvidia-h200-sxm", 2);
        QVERIFY(figures);
        QCOMPARE(figures->outputTokensPerSecond, 900.0);
        QCOMPARE(figures->tokensPerSecondPerDevice, 450.0);
        QCOMPARE(figures->ttftMs.value_or(0), 120.0);
        QCOMPARE(figures->leastTtftMs.value_or(0), 24.0);
        QCOMPARE(figures->points, std::size_t{2});
        QCOMPARE(figures->date, std::int64_t{1795000300});
        QCOMPARE(figures->source, std::string("guidellm, run.json"));
    }

    void aNewerRunOfTheSameSourceReplacesTheOlder()
    {
        auto old = only(vllm), fresh = old;
        fresh.date += 30 * 24 * 3600;
        fresh.outputTokensPerSecond = 500; // slower, but newer
        QCOMPARE(servingFigures({old, fresh}, old.model, old.sku, 2)->outputTokensPerSecond, 500.0);
    }

    void anotherSkuOrNumberOfGpusIsAnotherFigure()
    {
        const std::vector all{only(vllm)};
        QVERIFY(!servingFigures(all, "Llama-3.1-8B-Instruct", "amd-mi300x", 2));
        QVERIFY(!servingFigures(all, "Llama-3.1-8B-Instruct", "nvidia-h200-sxm", 1));
        QVERIFY(!servingFigures(all, "other/Llama-3.1-8B-Instruct", "nvidia-h200-sxm", 2));
        QVERIFY(servingFigures(all, "llama-3.1-8b-instruct", "nvidia-h200-sxm", 2));
    }
};

QTEST_GUILESS_MAIN(ServingBenchmarkTest)
#include "serving_benchmark_test.moc"
