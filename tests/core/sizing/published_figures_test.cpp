// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/kv_cache.h"
#include "core/sizing/model_name.h"
#include "core/sizing/weights.h"

#include <QtTest>

#include <cmath>
#include <cstdio>

using namespace core;

Q_DECLARE_METATYPE(core::GroupShape)

namespace {

constexpr double gibibyte = 1073741824.0;

double errorOf(double value, double printed)
{
    return (value - printed) / printed;
}

} // namespace

/// Figures that engines and planners printed, against the catalogue that ships: KV tokens within 1 %, weights within
/// 2 %. Every row prints its error, which is where the table of docs/sizing.md comes from.
class PublishedFiguresTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        auto loaded = loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
        QVERIFY2(loaded.has_value(), loaded ? "" : describe(loaded.error()).c_str());
        m_catalog = std::move(*loaded);
    }

    void kvTokensAreWithinOnePercent_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<GroupShape>("shape");
        QTest::addColumn<qint64>("context");
        QTest::addColumn<double>("pool"); // GiB a device
        QTest::addColumn<double>("tokens");
        QTest::addColumn<double>("concurrency"); // 0: not printed
        QTest::addColumn<double>("tolerance");
        const auto row = [](const char *name, const char *model, GroupShape shape, qint64 context, double pool,
                            double tokens, double concurrency = 0, double tolerance = 0.01) {
            QTest::newRow(name) << model << shape << context << pool << tokens << concurrency << tolerance;
        };
        const GroupShape one, two{.tensor = 2}, four{.tensor = 4}, eight{.tensor = 8};
        row("1 Llama-3.1-8B, RTX 3090", "meta-llama/Llama-3.1-8B", one, 20000, 3.81, 31232, 1.56);
        row("8 Qwen3-32B TP2", "Qwen/Qwen3-32B", two, 40960, 33.66, 275760, 6.73);
        row("9 Qwen3-30B-A3B-FP8 TP2 EP", "Qwen/Qwen3-30B-A3B-Instruct-2507-FP8", {.tensor = 2, .expert = 2}, 32768,
            25.91, 566016, 17.27);
        // The line printed is of rank 0; the tokens are the tightest rank's.
        row("11 Qwen3-235B-A22B-FP8 TP4", "Qwen/Qwen3-235B-A22B-FP8", four, 40960, 8.11, 178880, 0, 0.0116);
        row("11 the same in SGLang", "Qwen/Qwen3-235B-A22B-FP8", four, 40960, 16.46, 367404);
        row("12 Qwen2.5-1.5B", "Qwen/Qwen2.5-1.5B-Instruct", one, 8192, 15.85, 593424, 72.44);
        row("13 Qwen2.5-1.5B, T4", "Qwen/Qwen2.5-1.5B-Instruct", one, 32768, 2.36, 88272, 2.69);
        row("15 phi-4-shaped", "microsoft/phi-4", one, 512, 45.21, 237040, 462.97);
        row("17 granite-4.0-micro", "ibm-granite/granite-4.0-micro", one, 131072, 35.34, 463136, 3.53);
        row("18 Kimi-K2 TP8", "moonshotai/Kimi-K2-Instruct", eight, 131072, 46.80, 715072);
        row("19 Kimi-K2 TP8 DCP8", "moonshotai/Kimi-K2-Instruct", {.tensor = 8, .context = 8}, 131072, 46.80, 5721088);
        row("22 MiniMax-M2.7 TP4", "MiniMaxAI/MiniMax-M2.7", four, 131072, 14.46, 244576, 1.87);
        row("23 Qwen2.5-72B-AWQ", "Qwen/Qwen2.5-72B-Instruct-AWQ", one, 8192, 3.76, 12320, 1.50);
        row("23 Qwen2.5-72B-AWQ, 4096", "Qwen/Qwen2.5-72B-Instruct-AWQ", one, 4096, 3.31, 10848, 2.65);
        row("26 R1-Distill-Qwen-14B TP2", "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", two, 131072, 7.46, 81536);
        row("30 deepseek-coder-6.7b TP2", "deepseek-ai/deepseek-coder-6.7b-instruct", two, 16384, 1.98, 8112);
        // Its own MTP layer guesses one token: one more attention layer, one more state a request.
        row("32 Qwen3.6-27B with one speculated token", "Qwen/Qwen3.6-27B", {.speculativeTokens = 1}, 131072, 17.25,
            255975, 1.95);
        row("39 DeepSeek-V3, 10 000 tokens", "deepseek-ai/DeepSeek-V3", one, 10000, 0.65446, 10000);
        row("39 DeepSeek-V2, 10 000 tokens", "deepseek-ai/DeepSeek-V2", one, 10000, 0.64373, 10000);
        row("42 Phi-4-mini, A10", "microsoft/Phi-4-mini-instruct", one, 131072, 10.21, 83640);
        row("42 Phi-4-mini, A100", "microsoft/Phi-4-mini-instruct", one, 131072, 57.25, 469000);
    }
    void kvTokensAreWithinOnePercent()
    {
        QFETCH(QString, model);
        QFETCH(GroupShape, shape);
        QFETCH(qint64, context);
        QFETCH(double, pool);
        QFETCH(double, tokens);
        QFETCH(double, concurrency);
        QFETCH(double, tolerance);
        const auto named = findNamed(m_catalog, model.toStdString());
        QVERIFY(named.model);
        const auto layout = kvLayout(*named.model, "auto", shape);
        QVERIFY(layout.has_value());
        const auto held = kvCapacity(*layout, std::llround(pool * gibibyte), context);
        const auto error = errorOf(static_cast<double>(held.tokens), tokens);
        std::printf("| %s | %.0f | %lld | %+.2f %% |\n", QTest::currentDataTag(), tokens,
                    static_cast<long long>(held.tokens), error * 100);
        QVERIFY2(std::abs(error) <= tolerance, qPrintable(QString::number(held.tokens)));
        if (concurrency > 0) // printed to two decimals
            QVERIFY2(std::abs(held.maxConcurrency - concurrency) <= 0.005 + 0.01 * concurrency,
                     qPrintable(QString::number(held.maxConcurrency)));
    }

    void weightsAreWithinTwoPercent_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("format");
        QTest::addColumn<int>("tensor");
        QTest::addColumn<bool>("loaded");
        QTest::addColumn<double>("printed"); // GiB a device
        QTest::addColumn<double>("tolerance");
        const auto row = [](const char *name, const char *model, const char *format, int tensor, double printed,
                            bool loaded = false, double tolerance = 0.02) {
            QTest::newRow(name) << model << format << tensor << loaded << printed << tolerance;
        };
        row("1 Llama-3.1-8B", "meta-llama/Llama-3.1-8B", "bf16", 1, 14.9888);
        row("12 Qwen2.5-1.5B", "Qwen/Qwen2.5-1.5B-Instruct", "bf16", 1, 2.98, false, 0.036); // 2.8884 in an older vLLM
        row("13 Qwen2.5-1.5B fp16", "Qwen/Qwen2.5-1.5B-Instruct", "fp16", 1, 2.8884);
        row("15 phi-4-shaped, 4 bit", "microsoft/phi-4", "int4", 1, 8.6253);
        row("24 gpt-oss-120b loaded, vLLM 0.10.1", "openai/gpt-oss-120b", "mxfp4", 1, 65.9651, true);
        row("24 gpt-oss-120b on disk", "openai/gpt-oss-120b", "mxfp4", 1, 60.77);
        row("26 R1-Distill-Qwen-14B TP2", "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "bf16", 2, 13.9476);
        row("34 Qwen2.5-0.5B", "Qwen/Qwen2.5-0.5B", "bf16", 1, 0.9202077388763428);
        row("35 gpt-oss-20b", "openai/gpt-oss-20b", "mxfp4", 1, 12.816176533699036);
        row("37 Qwen3-8B-FP8-dynamic", "RedHatAI/Qwen3-8B-FP8-dynamic", "fp8", 1, 8.790292739868164);
        row("Qwen3-8B-AWQ", "Qwen/Qwen3-8B-AWQ", "int4", 1, 5.68);
        row("42 Phi-4-mini, KAITO", "microsoft/Phi-4-mini-instruct", "bf16", 1, 7.29);
        row("43 Llama-3-8B", "meta-llama/Llama-3-8B", "fp16", 1, 14.96);
        row("43 Llama-3-70B", "meta-llama/Llama-3.1-70B", "fp16", 1, 131.50);
        row("53 bert-base-cased fp32", "google-bert/bert-base-cased", "fp32", 1, 413.18 / 1024);
        row("53 bert-base-cased fp16", "google-bert/bert-base-cased", "fp16", 1, 206.59 / 1024);
        row("54 resnet50 fp32", "timm/resnet50.a1_in1k", "fp32", 1, 97.7 / 1024);
        row("54 resnet50 fp16", "timm/resnet50.a1_in1k", "fp16", 1, 48.85 / 1024);
    }
    void weightsAreWithinTwoPercent()
    {
        QFETCH(QString, model);
        QFETCH(QString, format);
        QFETCH(int, tensor);
        QFETCH(bool, loaded);
        QFETCH(double, printed);
        QFETCH(double, tolerance);
        const auto named = findNamed(m_catalog, model.toStdString());
        QVERIFY(named.model);
        const auto weights = weightBytes(*named.model, format.toStdString(), tensor);
        QVERIFY(weights.has_value());
        const auto gib = static_cast<double>(loaded ? weights->loaded : weights->perDevice) / gibibyte;
        std::printf("| %s | %.4f | %.4f | %+.2f %% |\n", QTest::currentDataTag(), printed, gib,
                    errorOf(gib, printed) * 100);
        QVERIFY2(std::abs(errorOf(gib, printed)) <= tolerance, qPrintable(QString::number(gib)));
    }

    void namesOfQuantisedRepositoriesTellTheFormat()
    {
        QCOMPARE(findNamed(m_catalog, "Qwen/Qwen2.5-72B-Instruct-AWQ").weights, std::string("int4"));
        QCOMPARE(findNamed(m_catalog, "RedHatAI/Qwen3-8B-FP8-dynamic").weights, std::string("fp8"));
        QCOMPARE(findNamed(m_catalog, "openai/gpt-oss-20b").weights, std::string("mxfp4"));
        QVERIFY(findNamed(m_catalog, "openai/gpt-oss-20b").note.empty());
        QVERIFY(!findNamed(m_catalog, "Qwen/Qwen2.5-72B-Instruct-AWQ").note.empty());
        QVERIFY(findNamed(m_catalog, "nobody/knows-this-FP8").model == nullptr);
    }

private:
    Catalog m_catalog;
};

QTEST_APPLESS_MAIN(PublishedFiguresTest)
#include "published_figures_test.moc"
