// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/calibration.h"
#include "sample_logs.h"
#include "sample_models.h"

#include <QTest>

#include <algorithm>
#include <cmath>

using namespace core;

namespace {

std::int64_t gib(double amount)
{
    return std::llround(amount * 0x1p30);
}

Catalog catalogue()
{
    Catalog catalog;
    const auto named = [](Model model, const char *id, const char *shortName) {
        model.id = id;
        model.shortName = shortName;
        return model;
    };
    catalog.models = {named(sample::llama8b(), "meta-llama/Llama-3.1-8B", "llama-3.1-8b"),
                      named(sample::qwen3Moe30(), "Qwen/Qwen3-30B-A3B", "qwen3-30b-a3b"),
                      named(sample::gptOss20(), "openai/gpt-oss-20b", "gpt-oss-20b"),
                      named(sample::llama70b(), "meta-llama/Llama-3.3-70B", "llama-3.3-70b")};
    return catalog;
}

Sku rtx3090()
{
    Sku sku;
    sku.id = "nvidia-rtx-3090";
    sku.memorySize = 24;
    return sku;
}

const CalibrationFacts facts{"start.log", "2026-11-26", {}, {}};

Result<Calibration> refitted(const std::string &text, const char *model, const CalibrationFacts &known = facts)
{
    const auto catalog = catalogue();
    const auto log = parseVllmLog(text);
    if (!log)
        return std::unexpected(log.error());
    return refit(catalog, *catalog.findModel(model), rtx3090(), *log, known);
}

std::string with(std::string text, const std::string &from, const std::string &to)
{
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

const LedgerBlock &block(const Ledger &ledger, BlockKind kind)
{
    return *std::ranges::find(ledger.blocks, kind, &LedgerBlock::kind);
}

} // namespace

Q_DECLARE_METATYPE(core::GroupShape)

class CalibrationTest : public QObject {
    Q_OBJECT

private slots:
    void aLogOfTheFirstEngineFitsEveryBlock()
    {
        const auto fit = refitted(sample::v0Log(), "llama-3.1-8b");
        QVERIFY2(fit.has_value(), fit ? "" : describe(fit.error()).c_str());
        QCOMPARE(fit->id, std::string("llama-3.1-8b.nvidia-rtx-3090.vllm-0.6.4.bf16.tp1"));
        QCOMPARE(fit->weightBytes->likely, gib(14.99));
        QCOMPARE(fit->activationBytes->likely, gib(2.34));
        QCOMPARE(fit->runtimeBytes->likely, gib(0.08) + gib(0.45));
        QCOMPARE(*fit->kvFactor, 1.0); // 3.81 GiB over 31232 tokens: 131072 B as by the formula, to two decimals
        QVERIFY(fit->notes.empty());
    }

    void aLogOfTheSecondEngineKeepsTheSpreadOfItsWorkers()
    {
        const auto fit = refitted(sample::v1Log(), "qwen3-30b-a3b");
        QVERIFY2(fit.has_value(), fit ? "" : describe(fit.error()).c_str());
        QCOMPARE(fit->weights, std::string("fp8"));
        QCOMPARE(fit->tensorParallel, 2);
        QCOMPARE(*fit->weightBytes, (Estimate{gib(14.53), gib(14.55), gib(14.55)}));
        QCOMPARE(*fit->kvFactor, 1.0);  // 25.91 GiB over 566016 tokens: 49152 B
        QVERIFY(!fit->activationBytes); // the card's memory is in neither log nor sheet
        QVERIFY(std::ranges::any_of(fit->notes, [](const auto &note) { return note.contains("not corrected"); }));
    }

    void activationsAreWhatALogLeavesWhenItDoesNotPrintThem()
    {
        const auto catalog = catalogue();
        auto sku = rtx3090();
        sku.reportedBytes = gib(48);
        const auto fit =
            refit(catalog, *catalog.findModel("qwen3-30b-a3b"), sku, *parseVllmLog(sample::v1Log()), facts);
        QVERIFY(fit);
        // 48 x 0.95 - 14.55 - 25.91 - 0.6 assumed for the context
        QVERIFY(std::abs(fit->activationBytes->likely - gib(48 * 0.95 - 14.55 - 25.91 - 0.6)) < gib(0.001));
        // From v0.19 the graphs are inside the share, so they are taken off, too.
        const auto newer = refit(catalog, *catalog.findModel("qwen3-30b-a3b"), sku,
                                 *parseVllmLog(with(sample::v1Log(), "(v0.10.2)", "(v0.19.0)")), facts);
        QVERIFY(std::abs(newer->activationBytes->likely - fit->activationBytes->likely + gib(0.62)) < gib(0.001));
    }

    void theLedgerTakesWhatWasMeasuredAndSaysFromWhere()
    {
        const auto catalog = catalogue();
        const auto &model = *catalog.findModel("llama-3.1-8b");
        Requirement requirement;
        const Calibrations all{*refitted(sample::v0Log(), "llama-3.1-8b")};
        const auto estimated = *buildLedger(model, requirement, gib(24));
        const auto ledger = *calibratedLedger(model, requirement, gib(24), "nvidia-rtx-3090", &all);
        QCOMPARE(block(ledger, BlockKind::Weights).bytes.likely, gib(14.99));
        QCOMPARE(block(ledger, BlockKind::Activations).bytes.likely, gib(2.34));
        QCOMPARE(block(ledger, BlockKind::Reserve).bytes.likely, 0);
        QCOMPARE(block(ledger, BlockKind::Reserve).bytes.high, block(estimated, BlockKind::Reserve).bytes.high);
        QCOMPARE(block(ledger, BlockKind::KvCache).bytes, block(estimated, BlockKind::KvCache).bytes);
        std::int64_t sum = 0;
        for (const auto &one : ledger.blocks) {
            sum += one.bytes.likely;
            QVERIFY2(one.source.starts_with("calibrated from start.log on 2026-11-26"), one.source.c_str());
        }
        QCOMPARE(ledger.total.likely, sum);
        QVERIFY(ledger.total.low <= ledger.total.likely && ledger.total.likely <= ledger.total.high);
        QCOMPARE(ledger.calibration, std::string("calibrated from start.log on 2026-11-26 (vLLM 0.6.4)"));
    }

    void anotherRequirementKeepsItsEstimate_data()
    {
        QTest::addColumn<QString>("differs");
        for (const char *differs : {"sku", "weights", "tensorParallel", "no calibrations", "slice"})
            QTest::newRow(differs) << differs;
    }
    void anotherRequirementKeepsItsEstimate()
    {
        QFETCH(QString, differs);
        const auto catalog = catalogue();
        const auto &model = *catalog.findModel("llama-3.1-8b");
        const Calibrations all{*refitted(sample::v0Log(), "llama-3.1-8b")};
        Requirement requirement;
        if (differs == "weights")
            requirement.weights = "fp8";
        if (differs == "tensorParallel")
            requirement.tensorParallel = 2;
        const auto *sku = differs == "sku" ? "nvidia-l4" : differs == "slice" ? "" : "nvidia-rtx-3090";
        const auto ledger =
            *calibratedLedger(model, requirement, gib(24), sku, differs == "no calibrations" ? nullptr : &all);
        QCOMPARE(ledger.total, buildLedger(model, requirement, gib(24))->total);
        QVERIFY(ledger.calibration.empty());
    }

    void logsSayNothingOfOtherGroupsAndEngines_data()
    {
        QTest::addColumn<QString>("engine");
        QTest::addColumn<GroupShape>("shape");
        QTest::addColumn<bool>("applies");
        QTest::newRow("vLLM alone") << "vllm" << GroupShape{} << true;
        QTest::newRow("SGLang") << "sglang" << GroupShape{} << false;
        QTest::newRow("another tensor parallel") << "vllm" << GroupShape{.tensor = 2} << false;
        QTest::newRow("stages") << "vllm" << GroupShape{.pipeline = 2} << false;
        QTest::newRow("speculation") << "vllm" << GroupShape{.speculativeTokens = 1} << false;
    }
    void logsSayNothingOfOtherGroupsAndEngines()
    {
        QFETCH(QString, engine);
        QFETCH(GroupShape, shape);
        QFETCH(bool, applies);
        const auto catalog = catalogue();
        const auto &model = *catalog.findModel("llama-3.1-8b");
        const Calibrations all{*refitted(sample::v0Log(), "llama-3.1-8b")};
        Requirement requirement;
        requirement.engine = engine.toStdString();
        const auto ledger = calibratedLedger(model, requirement, shape, gib(24), "nvidia-rtx-3090", &all);
        QVERIFY2(ledger.has_value(), ledger ? "" : describe(ledger.error()).c_str());
        QCOMPARE(!ledger->calibration.empty(), applies);
        if (!applies)
            QCOMPARE(ledger->total, buildLedger(model, requirement, shape, gib(24))->total);
    }

    void theNewestEngineWins()
    {
        Calibrations all{*refitted(sample::v0Log(), "llama-3.1-8b")};
        for (const char *version : {"0.10.1", "0.9.2"}) {
            auto known = facts;
            known.engineVersion = version;
            keepCalibration(all, *refitted(sample::v0Log(), "llama-3.1-8b", known));
        }
        QCOMPARE(all.size(), std::size_t(3));
        const auto catalog = catalogue();
        QCOMPARE(findCalibration(all, *catalog.findModel("llama-3.1-8b"), "nvidia-rtx-3090", {})->engineVersion,
                 std::string("0.10.1"));
        keepCalibration(all, *refitted(sample::v0Log(), "llama-3.1-8b")); // the same again replaces
        QCOMPARE(all.size(), std::size_t(3));
    }

    void aCacheThatTakesMoreThanTheFormulaIsScaled()
    {
        // 3.81 GiB over 1774 blocks: a tenth more a token.
        const auto fit = refitted(with(sample::v0Log(), "# GPU blocks: 1952", "# GPU blocks: 1774"), "llama-3.1-8b");
        QVERIFY(fit);
        QVERIFY(std::abs(*fit->kvFactor - 1.1) < 0.002);
        const auto catalog = catalogue();
        const auto &model = *catalog.findModel("llama-3.1-8b");
        const auto ledger = calibrated(*buildLedger(model, {}), *fit, {});
        QVERIFY(std::abs(static_cast<double>(ledger.kvBytesPerToken) / 131072 - 1.1) < 0.002);
        Requirement eight;
        eight.kvCache = "fp8"; // measured with 16 bit: says nothing of it
        QCOMPARE(calibrated(*buildLedger(model, eight), *fit, eight).kvBytesPerToken, std::int64_t{65536});
    }

    void withSlidingLayersTheCacheIsNotCorrected()
    {
        const auto text = with(with(sample::v0Log(), "meta-llama/Llama-3.1-8B", "openai/gpt-oss-20b"),
                               "quantization=None", "quantization=mxfp4");
        const auto fit = refitted(with(with(text, "14.99GiB", "12.82GiB"), "14.9888 GB", "12.82 GB"), "gpt-oss-20b");
        QVERIFY2(fit.has_value(), fit ? "" : describe(fit.error()).c_str());
        QCOMPARE(fit->weights, std::string("mxfp4"));
        QVERIFY(!fit->kvFactor);
    }

    void aPathNobodyKnowsIsAcceptedByItsWeights()
    {
        const auto fit = refitted(with(sample::v0Log(), "meta-llama/Llama-3.1-8B", "/models/ours"), "llama-3.1-8b");
        QVERIFY(fit);
        QVERIFY(std::ranges::any_of(fit->notes, [](const auto &note) { return note.contains("/models/ours"); }));
        QVERIFY(refitted(with(sample::v0Log(), "meta-llama/Llama-3.1-8B", "/models/Llama-3.1-8B/"), "llama-3.1-8b"));
    }

    void aLogOfAnotherModelIsRefused_data()
    {
        QTest::addColumn<QString>("log");
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("says");
        const auto path = QString::fromStdString(with(sample::v0Log(), "meta-llama/Llama-3.1-8B", "/models/ours"));
        QTest::newRow("by name") << QString::fromStdString(sample::v0Log()) << "llama-3.3-70b"
                                 << "the log is of meta-llama/Llama-3.1-8B";
        QTest::newRow("by a folder's name")
            << QString::fromStdString(with(sample::v0Log(), "meta-llama/Llama-3.1-8B", "/models/Llama-3.1-8B"))
            << "qwen3-30b-a3b" << "the log is of meta-llama/Llama-3.1-8B";
        QTest::newRow("by a hub cache's path") << QString::fromStdString(
            with(sample::v0Log(), "meta-llama/Llama-3.1-8B", "/hub/models--meta-llama--Llama-3.1-8B/snapshots/0e9e"))
                                               << "qwen3-30b-a3b" << "the log is of meta-llama/Llama-3.1-8B";
        QTest::newRow("by its weights") << path << "llama-3.3-70b" << "loaded 14.99 GiB";
        QTest::newRow("by its cache") << QString(path).replace("# GPU blocks: 1952", "# GPU blocks: 500")
                                      << "llama-3.1-8b" << "B of cache";
        QTest::newRow("no weights at all") << QString(path).replace("14.99GiB", "0.0GiB").replace("14.9888 GB", "0 GB")
                                           << "llama-3.1-8b" << "loaded 0.00 GiB";
        QTest::newRow("pipeline") << QString(path).replace("pipeline_parallel_size=1", "pipeline_parallel_size=4")
                                  << "llama-3.1-8b" << "pipeline parallel 4";
        QTest::newRow("failed start") << QString(path).replace("KV Cache is 3.81", "KV Cache is -3.81")
                                      << "llama-3.1-8b"
                                      << "no memory left";
    }
    void aLogOfAnotherModelIsRefused()
    {
        QFETCH(QString, log);
        QFETCH(QString, model);
        QFETCH(QString, says);
        const auto fit = refitted(log.toStdString(), model.toUtf8().constData());
        QVERIFY(!fit);
        QCOMPARE(fit.error().kind, ErrorKind::Invalid);
        QVERIFY2(fit.error().message.contains(says.toStdString()), fit.error().message.c_str());
    }

    void aLogCutInHalfTeachesWhatItHas()
    {
        const auto whole = sample::v0Log();
        const auto loaded = whole.find("INFO 11-20 10:00:22");
        const auto fit = refitted(whole.substr(0, loaded), "llama-3.1-8b");
        QVERIFY(fit);
        QVERIFY(fit->weightBytes && !fit->activationBytes && !fit->runtimeBytes && !fit->kvFactor);
        const auto started =
            refitted(with(whole.substr(0, whole.find('\n') + 1), "(v0.6.4)", "(v0.6.4)"), "llama-3.1-8b");
        QVERIFY(!started); // before any memory line
    }

    void withoutAVersionNothingIsKept()
    {
        const auto text = with(sample::v0Log(), "LLM engine (v0.6.4)", "engine");
        const auto without = refitted(text, "llama-3.1-8b");
        QVERIFY(!without);
        QCOMPARE(without.error().kind, ErrorKind::Usage);
        auto known = facts;
        known.engineVersion = "0.6.4";
        QVERIFY(refitted(text, "llama-3.1-8b", known));
        known.engineVersion = "0.6.4\n- evil: 1";
        QVERIFY(!refitted(text, "llama-3.1-8b", known));
    }

    void whatIsWrittenIsReadBack()
    {
        Calibrations all{*refitted(sample::v0Log(), "llama-3.1-8b"), *refitted(sample::v1Log(), "qwen3-30b-a3b")};
        all.front().log = "no: \"1e3\"\n#\t'.log"; // a file name may be anything
        all.front().kvFactor = 1.0987654321;
        const auto read = parseCalibrations(writeCalibrations(all), "x");
        QVERIFY2(read.has_value(), read ? "" : describe(read.error()).c_str());
        QCOMPARE(*read, all);
        QCOMPARE(*parseCalibrations(writeCalibrations({}), "x"), Calibrations{});
    }

    void aBrokenFileIsAnError_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::newRow("mistyped key") << "    sku: " << "    skku: ";
        QTest::newRow("no id") << "  - id: " << "  - id: \"\" #";
        QTest::newRow("negative bytes") << "{low: 16" << "{low: -16";
        QTest::newRow("ends the wrong way") << ", high: " << ", high: 1 #";
        QTest::newRow("factor of nothing") << "kvFactor: 1" << "kvFactor: 0";
        QTest::newRow("factor not a number") << "kvFactor: 1" << "kvFactor: .nan #";
        QTest::newRow("another schema") << "calibrations/v1" << "calibrations/v2";
        QTest::newRow("no list") << "calibrations:\n" << "calibrations: 3\n#";
        QTest::newRow("key twice") << "    weights: " << "    weights: x\n    weights: ";
    }
    void aBrokenFileIsAnError()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        const auto text = writeCalibrations({*refitted(sample::v0Log(), "llama-3.1-8b")});
        const auto broken = with(text, from.toStdString(), to.toStdString());
        QVERIFY(broken != text);
        QVERIFY(!parseCalibrations(broken, "calibrations.yaml"));
        QVERIFY(!parseCalibrations(text + text.substr(text.find("  - id")), "calibrations.yaml")); // twice
    }
};

QTEST_APPLESS_MAIN(CalibrationTest)
#include "calibration_test.moc"
