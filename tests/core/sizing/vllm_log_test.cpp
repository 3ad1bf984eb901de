// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/vllm_log.h"
#include "sample_logs.h"

#include <QTest>

#include <cmath>

using namespace core;

namespace {

std::int64_t gib(double amount)
{
    return std::llround(amount * 0x1p30);
}

VllmLog parsed(const std::string &text)
{
    auto log = parseVllmLog(text);
    return log ? *std::move(log) : VllmLog{};
}

} // namespace

class VllmLogTest : public QObject {
    Q_OBJECT

private slots:
    void theFirstEnginePrintsItsWholeAccount()
    {
        const auto log = parsed(sample::v0Log());
        QCOMPARE(log.version, std::string("0.6.4"));
        QCOMPARE(log.model, std::string("meta-llama/Llama-3.1-8B"));
        QCOMPARE(log.dtype, std::string("torch.bfloat16"));
        QCOMPARE(log.quantization, std::string("None"));
        QCOMPARE(*log.tensorParallel, 1);
        QCOMPARE(*log.maxLength, std::int64_t{20000});
        QCOMPARE(*log.utilization, 0.90);
        QCOMPARE(*log.totalMemory, gib(23.58));
        QCOMPARE(*log.kvTokens, std::int64_t{31232}); // 1952 blocks of 16
        QCOMPARE(log.workers.size(), std::size_t(1));
        const auto &worker = log.workers.at("");
        QCOMPARE(*worker.weights, gib(14.99));
        QCOMPARE(*worker.nonTorch, gib(0.08));
        QCOMPARE(*worker.activations, gib(2.34));
        QCOMPARE(*worker.kvCache, gib(3.81));
        QCOMPARE(*worker.graphs, gib(0.45));
        QVERIFY(log.ready && log.notes.empty());
    }

    void theSecondEnginePrintsALinePerWorker()
    {
        const auto log = parsed(sample::v1Log());
        QCOMPARE(log.version, std::string("0.10.2"));
        QCOMPARE(*log.tensorParallel, 2);
        QCOMPARE(*log.utilization, 0.95);
        QCOMPARE(*log.kvTokens, std::int64_t{566016}); // thousands separated by commas
        QCOMPARE(log.quantization, std::string("fp8"));
        QCOMPARE(log.kvCacheDtype, std::string("auto"));
        QCOMPARE(*log.workers.at("Worker_TP0 pid=201").weights, gib(14.53));
        QCOMPARE(*log.workers.at("Worker_TP1 pid=202").weights, gib(14.55));
        QCOMPARE(*log.workers.at("Worker_TP1 pid=202").kvCache, gib(25.93));
        QVERIFY(!log.workers.at("Worker_TP0 pid=201").activations);
    }

    void theSecondEnginesDebugLineIsRead()
    {
        const auto log =
            parsed("(EngineCore_DP0 pid=7) DEBUG [gpu_worker.py:297] Memory profiling takes 14.40 seconds. Total "
                   "non KV cache memory: 10.22GiB; torch peak memory increase: 1.40GiB; non-torch forward "
                   "increase memory: 0.02GiB; weights memory: 8.80GiB.\n");
        const auto &worker = log.workers.at("EngineCore_DP0 pid=7");
        QCOMPARE(*worker.activations, gib(1.40));
        QCOMPARE(*worker.nonTorch, gib(0.02));
        QCOMPARE(*worker.weights, gib(8.80));
    }

    void oneLineIsReadInEveryWording_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<double>("weights");
        QTest::newRow("oldest, GB means GiB")
            << "INFO 08-02 model_runner.py:1014] Loading model weights took 14.9888 GB" << 14.9888;
        QTest::newRow("without memory")
            << "INFO 09-28 [model_runner.py:1083] Model loading took 0.2389 GiB and 0.97 seconds" << 0.2389;
        QTest::newRow("with memory") << "INFO 09-28 Model loading took 12.66 GiB memory and 31.65 seconds" << 12.66;
        QTest::newRow("colours") << "\x1b[1;36m(EngineCore_DP0 pid=7)\x1b[0;0m \x1b[32mINFO\x1b[0m Model loading took "
                                    "\x1b[1m3.5\x1b[0m GiB memory"
                                 << 3.5;
        QTest::newRow("carriage returns")
            << "Loading:  50%\rLoading: 100%\rINFO Model loading took 3.5 GiB memory" << 3.5;
        QTest::newRow("prefix of a pod")
            << "2026-08-21T19:42:37Z [pod/llm-0] (EngineCore pid=7) INFO Model loading took 3.5 GiB" << 3.5;
    }
    void oneLineIsReadInEveryWording()
    {
        QFETCH(QString, line);
        const auto log = parseVllmLog(line.toStdString() + "\n");
        QVERIFY2(log.has_value(), log ? "" : describe(log.error()).c_str());
        QCOMPARE(log->workers.size(), std::size_t(1));
        QFETCH(double, weights);
        QCOMPARE(*log->workers.begin()->second.weights, gib(weights));
        QVERIFY(!log->ready);
        QVERIFY(log->notes.back().contains("cut"));
    }

    void blocksHaveTheNameOfTheirPlatform_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<qint64>("tokens");
        QTest::newRow("older") << "INFO # GPU blocks: 5517, # CPU blocks: 9362" << qint64(88272);
        QTest::newRow("newer") << "INFO [executor_base.py:114] # cuda blocks: 14815, # CPU blocks: 1310"
                               << qint64(237040);
        QTest::newRow("V1") << "INFO [kv_cache_utils.py:1305] GPU KV cache size: 2,925,232 tokens" << qint64(2925232);
    }
    void blocksHaveTheNameOfTheirPlatform()
    {
        QFETCH(QString, line);
        QTEST(qint64(*parsed(line.toStdString() + "\n").kvTokens), "tokens");
    }

    void severalEnginesCountTheSmallestCache()
    {
        const auto log =
            parsed("(EngineCore_DP0 pid=1) INFO Initializing a V1 LLM engine (v0.11.0) with config: model='m', x=1\n"
                   "(EngineCore_DP1 pid=2) INFO Initializing a V1 LLM engine (v0.11.0) with config: model='m', x=1\n"
                   "(EngineCore_DP0 pid=1) INFO Model loading took 3.0 GiB\n"
                   "(EngineCore_DP1 pid=2) INFO Model loading took 3.1 GiB\n"
                   "(EngineCore_DP0 pid=1) INFO GPU KV cache size: 1,600 tokens\n"
                   "(EngineCore_DP1 pid=2) INFO GPU KV cache size: 1,280 tokens\n");
        QCOMPARE(log.workers.size(), std::size_t(2));
        QCOMPARE(*log.kvTokens, std::int64_t{1280});
        QCOMPARE(log.notes.size(), std::size_t(1)); // not two starts, only cut
    }

    void ofSeveralStartsTheLastThatLoadedIsUsed()
    {
        auto first = sample::v0Log(), second = sample::v0Log();
        second.replace(second.find("14.99GiB"), 8, "15.99GiB");
        const auto cut = sample::v0Log().substr(0, sample::v0Log().find('\n') + 1);
        const auto log = parsed(first + second + cut);
        QCOMPARE(*log.workers.at("").weights, gib(15.99));
        QVERIFY(log.notes.front().contains("3 starts"));
    }

    void contextParallelTokensAreOfOneRank()
    {
        const auto log = parsed("INFO Available KV cache memory: 46.80 GiB\n"
                                "INFO GPU KV cache size: 5,721,088 tokens\n"
                                "INFO Multiplying the GPU KV cache size by the dcp_world_size 8.\n");
        QCOMPARE(*log.kvTokens, std::int64_t{715136});
    }

    void aFailedStartHasANegativeCache()
    {
        QCOMPARE(*parsed("INFO Available KV cache memory: -2.14 GiB\n").workers.at("").kvCache, gib(-2.14));
    }

    void aLogCutAnywhereGivesWhatItHadOrSaysThatItHasNothing()
    {
        for (const auto &whole : {sample::v0Log(), sample::v1Log()}) {
            const auto all = parsed(whole);
            for (std::size_t length = 0; length < whole.size(); ++length) {
                const auto log = parseVllmLog(std::string_view(whole).substr(0, length));
                if (!log) {
                    QCOMPARE(log.error().kind, ErrorKind::Parse);
                    continue;
                }
                for (const auto &[process, worker] : log->workers) {
                    const auto &full = all.workers.at(process);
                    // No field may hold half of a number.
                    QVERIFY(!worker.weights || std::abs(*worker.weights - *full.weights) <= gib(0.01));
                    QVERIFY(!worker.kvCache || worker.kvCache == full.kvCache);
                    QVERIFY(!worker.activations || worker.activations == full.activations);
                    QVERIFY(!worker.graphs || worker.graphs == full.graphs);
                }
                QVERIFY(!log->kvTokens || log->kvTokens == all.kvTokens);
            }
        }
    }

    void junkIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("another program's") << QByteArray("GET / HTTP/1.1\r\nHost: x\r\n");
        QTest::newRow("zeros") << QByteArray(4096, '\0');
        QTest::newRow("escapes only") << QByteArray("\x1b[\x1b[\x1b");
        QTest::newRow("no number") << QByteArray("Model loading took a while GiB\n");
        QTest::newRow("no unit") << QByteArray("Model loading took 12.5\nnext\n");
        QTest::newRow("absurd") << QByteArray("Model loading took 99999999999 GiB\n");
        QTest::newRow("two points") << QByteArray("Available KV cache memory: 1.2.3 GiB\n");
        QTest::newRow("not a number") << QByteArray("Available KV cache memory: nan GiB\n");
        QTest::newRow("tokens without a number") << QByteArray("GPU KV cache size: many tokens\n");
        QTest::newRow("one endless line") << QByteArray(1 << 20, 'x') + "Model loading took 3 GiB\n";
    }
    void junkIsRefused()
    {
        QFETCH(QByteArray, text);
        const auto log = parseVllmLog({text.constData(), static_cast<std::size_t>(text.size())});
        QVERIFY(!log);
        QCOMPARE(log.error().kind, ErrorKind::Parse);
    }

    void aBrokenLineIsNamed()
    {
        const auto log = parseVllmLog("one\ntwo\nModel loading took x GiB\n");
        QVERIFY(!log);
        QCOMPARE(log.error().place, std::string("line 3"));
    }

    void versionsAreNumbers_data()
    {
        QTest::addColumn<QString>("older");
        QTest::addColumn<QString>("newer");
        QTest::newRow("two digits") << "0.9.2" << "0.10.0";
        QTest::newRow("suffix") << "0.8.5.dev169+gce17" << "0.8.6rc1";
        QTest::newRow("nothing") << "" << "0.1";
    }
    void versionsAreNumbers()
    {
        QFETCH(QString, older);
        QFETCH(QString, newer);
        QVERIFY(versionNumbers(older.toStdString()) < versionNumbers(newer.toStdString()));
    }
};

QTEST_APPLESS_MAIN(VllmLogTest)
#include "vllm_log_test.moc"
