// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gui.h"
#include "tests/ui/sample_cluster.h"
#include "ui/main_window/main_window.h"
#include "ui/placement/chain_view.h"
#include "ui/widgets/row_delegate.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;

using gui::part;

class InspectorTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void editingANeedIsOneIntent();
    void anEditKeepsWhatTheFormCannotShow();
    void theInspectorShowsTheChainOfWhatIsPointedAt();
    void aModelThatCannotBeSizedSaysWhy();
    void theLedgerSaysWhichLogCorrectedIt();
    void aTargetIsPartOfTheNeedOnlyWhenItIsSet();
    void theBestPlacesSayWhatIsKnownOfSpeedAndPrice();
    void aDragNamesTheCheapestAndTheFastestPlaceThatFits();
};

void InspectorTest::editingANeedIsOneIntent()
{
    sample::Cluster cluster;
    ui::Inspector inspector;
    inspector.setCatalog(&cluster.catalog);
    inspector.setRequirement(cluster.plan.find("qwen3-32b"));
    const QSignalSpy edited(&inspector, &ui::Inspector::requirementEdited);
    part<QSpinBox>(inspector, "tensorParallelSpin")->setValue(4);
    QCOMPARE(edited.size(), 1);
    QCOMPARE(edited[0][0].value<core::Requirement>().tensorParallel, 4);
    QCOMPARE(edited[0][0].value<core::Requirement>().name, std::string("qwen3-32b"));
}

void InspectorTest::anEditKeepsWhatTheFormCannotShow()
{
    sample::Cluster cluster;
    auto need = *cluster.plan.find("qwen3-32b");
    need.kvCache = "int8";
    need.tensorParallel = 128;
    need.maxFirstTokenSeconds = 0.004;
    ui::Inspector inspector;
    inspector.setCatalog(&cluster.catalog);
    inspector.setRequirement(&need);
    QCOMPARE(part<QComboBox>(inspector, "kvCombo")->currentText(), u"int8"_s);
    const QSignalSpy edited(&inspector, &ui::Inspector::requirementEdited);
    part<QSpinBox>(inspector, "replicasSpin")->setValue(3);
    need.replicas = 3;
    QCOMPARE(edited.size(), 1);
    QVERIFY(edited[0][0].value<core::Requirement>() == need);
}

void InspectorTest::theInspectorShowsTheChainOfWhatIsPointedAt()
{
    sample::Cluster cluster;
    ui::Inspector inspector;
    inspector.setCatalog(&cluster.catalog);
    inspector.setRequirement(cluster.plan.find("llama-3-3-70b"));
    const auto candidates = cluster.judge("llama-3-3-70b");
    inspector.setCandidates(candidates);
    inspector.show();
    QVERIFY(part<QListWidget>(inspector, "bestPlaces")->isVisible());
    const auto cordoned = std::ranges::find(candidates, std::string("gpu-32"), &core::Candidate::node);
    inspector.setHovered(&*cordoned);
    auto *chain = part<ui::ChainView>(inspector, "chainView");
    QVERIFY(chain->isVisible());
    QVERIFY2(chain->accessibleName().contains(u"cordoned"_s), qPrintable(chain->accessibleName()));
    inspector.setHovered(nullptr);
    QVERIFY(!chain->isVisible());
}

void InspectorTest::aModelThatCannotBeSizedSaysWhy()
{
    sample::Cluster cluster;
    ui::Inspector inspector;
    inspector.setCatalog(&cluster.catalog);
    core::Requirement unknown;
    unknown.name = "mystery";
    unknown.modelId = "nobody/<b>nothing</b>";
    inspector.setRequirement(&unknown);
    QVERIFY(!inspector.ledger());
    QVERIFY(part<QWidget>(inspector, "ledgerView")->accessibleDescription().contains(u"not in the catalogue"_s));
}

void InspectorTest::theLedgerSaysWhichLogCorrectedIt()
{
    sample::Cluster cluster;
    const auto &requirement = *cluster.plan.find("qwen3-32b");
    const auto candidates = cluster.judge("qwen3-32b");
    const auto fitting = std::ranges::find_if(
        candidates, [](const auto &candidate) { return candidate.deviceBytes && !candidate.calibrationSku.empty(); });
    QVERIFY(fitting != candidates.end());
    core::Calibration learnt;
    learnt.modelId = cluster.catalog.findModel(requirement.modelId)->id;
    learnt.skuId = fitting->calibrationSku;
    learnt.engineVersion = "0.10.2";
    learnt.weights = requirement.weights;
    learnt.tensorParallel = requirement.tensorParallel;
    learnt.log = "start.log";
    learnt.date = "2026-11-26";
    learnt.weightBytes = core::Estimate{1, 2, 3};
    const core::Calibrations all{learnt};
    ui::Inspector inspector;
    inspector.setCatalog(&cluster.catalog);
    inspector.setCalibrations(&all);
    inspector.setRequirement(&requirement);
    QVERIFY(inspector.ledger() && inspector.ledger()->calibration.empty()); // no device is looked at
    inspector.setHovered(&*fitting);
    QCOMPARE(inspector.ledger()->blocks.front().bytes.likely, std::int64_t{2});
    const auto words = part<QWidget>(inspector, "ledgerView")->accessibleDescription();
    QVERIFY2(words.contains(u"calibrated from start.log on 2026-11-26"_s), qPrintable(words));
}

void InspectorTest::aTargetIsPartOfTheNeedOnlyWhenItIsSet()
{
    sample::Cluster cluster;
    ui::Inspector inspector;
    inspector.setCatalog(&cluster.catalog);
    inspector.setRequirement(cluster.plan.find("qwen3-32b"));
    const QSignalSpy edited(&inspector, &ui::Inspector::requirementEdited);
    part<QSpinBox>(inspector, "replicasSpin")->setValue(3);
    QVERIFY(!edited[0][0].value<core::Requirement>().minTokensPerSecond);
    part<QDoubleSpinBox>(inspector, "minSpeedSpin")->setValue(500);
    QCOMPARE(edited[1][0].value<core::Requirement>().minTokensPerSecond, std::optional(500.0));
    QVERIFY(!edited[1][0].value<core::Requirement>().maxCostPerMillionTokens);
}

void InspectorTest::theBestPlacesSayWhatIsKnownOfSpeedAndPrice()
{
    sample::Cluster cluster;
    ui::Inspector inspector;
    inspector.setCatalog(&cluster.catalog);
    inspector.setRequirement(cluster.plan.find("qwen3-8b"));
    const auto candidates = cluster.judge("qwen3-8b");
    ui::FiguresBySku figures;
    figures["nvidia-h100-sxm-80"] = {core::Range{1450, 1600, 1900}, "vllm bench serve, a.json, 2026-11-20",
                                     std::nullopt};
    inspector.setCandidates(candidates, figures);
    const auto *best = part<QListWidget>(inspector, "bestPlaces");
    QStringList lines, tips;
    for (int i = 0; i < best->count(); ++i) {
        lines << best->item(i)->data(ui::RowDelegate::SubtitleRole).toString();
        tips << best->item(i)->toolTip();
    }
    QVERIFY2(tips.join(u'|').contains(u"speed from: vllm bench serve, a.json, 2026-11-20"_s),
             qPrintable(tips.join(u'|')));
    QVERIFY2(lines.contains(u"1,450 – 1,900 tok/s"_s), qPrintable(lines.join(u'|'))); // no price is no zero
}

void InspectorTest::aDragNamesTheCheapestAndTheFastestPlaceThatFits()
{
    const sample::Cluster cluster;
    const auto candidates = cluster.judge("qwen3-8b");
    ui::FiguresBySku figures;
    QCOMPARE(ui::extremesLine(candidates, figures, cluster.catalog), QString()); // nothing is known
    figures["nvidia-a100-sxm4-80"] = {core::Range{400, 500, 600}, {}, 1.35, "USD"};
    figures["nvidia-h100-sxm-80"] = {core::Range{1450, 1600, 1900}, {}, std::nullopt, "USD"};
    figures["nvidia-l40s"] = {core::Range{9000, 9000, 9000}, {}, 0.1, "USD"}; // cordoned: does not fit
    QCOMPARE(ui::extremesLine(candidates, figures, cluster.catalog),
             u"cheapest fit: A100 SXM 80 GB gpu-21 $1.35/h · fastest: H100 SXM 80 GB gpu-01"_s);
    QCOMPARE(ui::figuresLine({core::Range{1, 1, 2}, {}, 2.5, "EUR"}), u"EUR 2.50/h · 1 – 2 tok/s"_s);
}

QTEST_MAIN(InspectorTest)
#include "inspector_test.moc"
