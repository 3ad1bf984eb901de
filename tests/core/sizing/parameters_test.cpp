// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/weights.h"

#include "tests/core/sizing/sample_models.h"

#include <QtTest>

#include <cmath>

using namespace core;

Q_DECLARE_METATYPE(core::Model)

namespace {

double gib(std::int64_t bytes)
{
    return static_cast<double>(bytes) / 1073741824.0;
}
bool within(double value, double expected, double share)
{
    return std::abs(value - expected) <= share * expected;
}

} // namespace

class ParametersTest : public QObject {
    Q_OBJECT

private slots:
    void theFormulaReproducesPublishedCounts_data()
    {
        QTest::addColumn<Model>("model");
        for (const auto &model :
             {sample::llama8b(), sample::llama70b(), sample::qwen25Half(), sample::qwen25OneAndHalf(),
              sample::qwen25Seven(), sample::qwen25SeventyTwo(), sample::qwen3Eight(), sample::qwen3ThirtyTwo(),
              sample::qwen3Moe30(), sample::qwen3Moe235(), sample::mixtral(), sample::deepseekV3(), sample::kimiK2(),
              sample::gptOss20(), sample::gptOss120(), sample::phi4(), sample::phi4Mini(), sample::gemma3TwentySeven()})
            QTest::newRow(model.id.c_str()) << model;
    }
    void theFormulaReproducesPublishedCounts()
    {
        QFETCH(Model, model);
        const auto count = countParameters(model);
        QVERIFY(count.has_value());
        QCOMPARE(qint64(count->total()), qint64(*model.params));
    }

    void storedWeightsAreWithinTwoPercent_data()
    {
        QTest::addColumn<Model>("model");
        QTest::addColumn<QString>("format");
        QTest::addColumn<double>("published");
        QTest::addColumn<double>("tolerance");
        QTest::newRow("1 Llama-3.1-8B loaded by vLLM") << sample::llama8b() << "bf16" << 14.9888 << 0.02;
        QTest::newRow("12 Qwen2.5-1.5B loaded by vLLM") << sample::qwen25OneAndHalf() << "bf16" << 2.8884 << 0.02;
        QTest::newRow("34 Qwen2.5-0.5B") << sample::qwen25Half() << "bf16" << 0.9202077388763428 << 1e-9;
        QTest::newRow("35 gpt-oss-20b MXFP4 experts") << sample::gptOss20() << "mxfp4" << 12.816176533699036 << 1e-6;
        QTest::newRow("gpt-oss-120b MXFP4 experts") << sample::gptOss120() << "mxfp4" << 60.77 << 0.002;
        QTest::newRow("37 Qwen3-8B-FP8-dynamic") << sample::qwen3Eight() << "fp8" << 8.790292739868164 << 0.002;
        QTest::newRow("Qwen3-8B-AWQ") << sample::qwen3Eight() << "int4" << 5.68 << 0.002;
        QTest::newRow("42 Phi-4-mini") << sample::phi4Mini() << "bf16" << 7.15 << 0.002;
        QTest::newRow("15 phi-4-shaped, 4 bit") << sample::phi4() << "int4" << 8.6253 << 0.02;
    }
    void storedWeightsAreWithinTwoPercent()
    {
        QFETCH(Model, model);
        QFETCH(QString, format);
        QFETCH(double, published);
        QFETCH(double, tolerance);
        const auto weights = weightBytes(model, format.toStdString());
        QVERIFY(weights.has_value());
        QVERIFY2(within(gib(weights->total), published, tolerance),
                 qPrintable(QString::number(gib(weights->total), 'f', 6)));
    }

    void tensorParallelSplitsWhatItCanAndCopiesTheRest()
    {
        const auto two = weightBytes(sample::llama70b(), "bf16", 2);
        QVERIFY(within(gib(two->perDevice), gib(two->total) / 2, 0.001));
        // 4 KV heads over 8 ranks: each rank holds one head, twice its even share of the K and V projections.
        const auto eight = weightBytes(sample::qwen3Moe30(), "bf16", 8);
        QVERIFY(eight->perDevice > eight->total / 8);
        // MLA down-projections are whole on every rank.
        const auto latent = weightBytes(sample::deepseekV3(), "fp8", 8);
        QVERIFY(latent->perDevice > latent->total / 8 + (500LL << 20));
    }

    void publishedParametersOverruleAnArchitectureThatMissesSome()
    {
        auto model = sample::llama8b();
        model.params = 9'000'000'000;
        const auto weights = weightBytes(model, "bf16");
        QCOMPARE(qint64(weights->parameters), qint64(9'000'000'000));
        QCOMPARE(qint64(weights->total), qint64(18'000'000'000));
        QVERIFY(weights->notes.size() == 1);
    }

    void aCheckpointOfKnownPrecisionStandsInForMissingDimensions()
    {
        Model model;
        model.id = "ministral";
        model.layers = 34;
        model.checkpointGiB = 9.7;
        model.source = "catalogue 9.70Gi (fp8)";
        QVERIFY(within(gib(weightBytes(model, "fp8")->total), 9.7, 0.001));
        QVERIFY(within(gib(weightBytes(model, "bf16")->total), 19.4, 0.001));
        model.checkpointGiB.reset();
        QCOMPARE(weightBytes(model, "bf16").error().kind, ErrorKind::Unsupported);
    }

    void unknownFormatsAreUsageErrors()
    {
        QCOMPARE(weightBytes(sample::llama8b(), "q4_k_m").error().kind, ErrorKind::Usage);
    }
};

QTEST_APPLESS_MAIN(ParametersTest)
#include "parameters_test.moc"
