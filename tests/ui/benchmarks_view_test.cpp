// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gui.h"
#include "ui/probes/benchmark_dialog.h"
#include "ui/probes/probes_page.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>

using namespace Qt::StringLiterals;

using gui::part;
using Column = ui::BenchmarksModel::Column;

namespace {

ui::BenchmarkRow row(const std::string &model, double tokensPerSecond, std::optional<double> perMillion)
{
    ui::BenchmarkRow out;
    out.figures.model = model;
    out.figures.sku = "nvidia-h100-sxm-80";
    out.figures.devices = 2;
    out.figures.outputTokensPerSecond = tokensPerSecond;
    out.figures.tokensPerSecondPerDevice = tokensPerSecond / 2;
    out.figures.ttftMs = 80;
    out.figures.points = 3;
    out.figures.date = 1'763'632'530; // 2025-11-20
    out.figures.source = "vllm bench serve, <b>run</b>.json";
    out.skuName = "H100 SXM 80 GB";
    out.currency = "USD";
    out.pricePerMillion = perMillion;
    if (perMillion)
        out.price = core::Price{7.516, "a price list", "2026-10", false};
    return out;
}

QString cell(const QAbstractItemModel &model, int line, Column column, int role = Qt::DisplayRole)
{
    return model.index(line, static_cast<int>(column)).data(role).toString();
}

} // namespace

class BenchmarksViewTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutABenchmarkItSaysHowOneIsTakenIn()
    {
        ui::ProbesPage page;
        page.show();
        page.showView(ui::ProbesPage::View::Serving);
        QVERIFY(part<ui::GlyphLine>(page, "benchmarksHeadline")->words().contains(u"No serving benchmark"_s));
        auto *command = part<QLineEdit>(page, "benchmarksCommand");
        QVERIFY(command->isVisible() && command->text().startsWith(u"berthctl bench import"_s));
        QVERIFY(gui::click(*part<QPushButton>(page, "benchmarksCopy")));
        QCOMPARE(QApplication::clipboard()->text(), command->text());
        QVERIFY(!part<QTreeView>(page, "benchmarksTable")->isVisible());
    }

    void eachModelAndSkuIsALineWithItsPriceDateAndSource()
    {
        ui::ProbesPage page;
        page.show();
        page.showView(ui::ProbesPage::View::Serving);
        page.benchmarks()->setRows({row("m/a", 640, 6.5), row("m/b", 1280, 3.26)});
        auto *table = part<QTreeView>(page, "benchmarksTable");
        QVERIFY(table->isVisible() && !part<QLineEdit>(page, "benchmarksCommand")->isVisible());
        const auto &model = *table->model();
        QCOMPARE(cell(model, 0, Column::Model), u"a"_s);
        QCOMPARE(cell(model, 0, Column::Model, Qt::ToolTipRole), u"m/a"_s);
        QCOMPARE(cell(model, 0, Column::Sku), u"2 × H100 SXM 80 GB"_s);
        QCOMPARE(cell(model, 0, Column::Throughput), u"640"_s);
        QCOMPARE(cell(model, 0, Column::PerGpu), u"320"_s);
        QCOMPARE(cell(model, 0, Column::Price), u"6.5"_s);
        QCOMPARE(cell(model, 0, Column::FirstToken), u"80"_s);
        QCOMPARE(cell(model, 0, Column::Date), u"2025-11-20"_s);
        QCOMPARE(cell(model, 0, Column::Source), u"vllm bench serve, <b>run</b>.json"_s);
        QVERIFY(cell(model, 0, Column::Price, Qt::ToolTipRole).contains(u"a price list"_s));
        QCOMPARE(model.headerData(static_cast<int>(Column::Price), Qt::Horizontal).toString(), u"USD/M"_s);
        const auto words = part<ui::GlyphLine>(page, "benchmarksHeadline")->words();
        QVERIFY2(words.contains(u"Models measured: 2, on SKUs: 1"_s) && words.contains(u"3.26 USD"_s)
                     && words.contains(u"m/b"_s),
                 qPrintable(words));
    }

    void atTheSmallestWindowNoColumnLiesBeyondTheEdge()
    {
        ui::ProbesPage page;
        page.resize(1144, 700); // the page of a window of 1280 x 800
        page.show();
        page.showView(ui::ProbesPage::View::Serving);
        auto one = row("meta-llama/Llama-3.3-70B-Instruct", 2310.5, 3.614);
        one.figures.source = "vllm bench serve, a-long-name-of-a-file-2026-11-20.json";
        page.benchmarks()->setRows({one});
        auto *table = part<QTreeView>(page, "benchmarksTable");
        QTRY_VERIFY(table->isVisible());
        QCOMPARE(table->horizontalScrollBar()->maximum(), 0);
    }

    void whatIsNotKnownIsADashWithItsReason()
    {
        ui::BenchmarksModel model;
        auto one = row("m/a", 640, {});
        one.figures.dateIsOfImport = true;
        model.setRows({one});
        QCOMPARE(cell(model, 0, Column::Price), u"—"_s);
        QVERIFY(cell(model, 0, Column::Price, Qt::ToolTipRole).contains(u"prices.yaml"_s));
        QCOMPARE(cell(model, 0, Column::BetweenTokens), u"—"_s);
        QVERIFY(cell(model, 0, Column::Date, Qt::ToolTipRole).contains(u"imported"_s));
    }

    void newFiguresOfTheSameLinesResetNothing()
    {
        ui::BenchmarksModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows({row("m/a", 640, 6.5), row("m/b", 1280, 3.26)});
        const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setRows({row("m/a", 650, 6.4), row("m/b", 1280, 3.26)});
        QCOMPARE(reset.size(), 0);
        QCOMPARE(cell(model, 0, Column::Throughput), u"650"_s);
        model.setRows({row("m/b", 1280, 3.26)});
        QCOMPARE(model.rowCount(), 1);
    }

    void aClickOnAHeadOrdersByTheNumberAndNotByItsDigits()
    {
        ui::ProbesPage page;
        page.show();
        page.benchmarks()->setRows({row("m/a", 9.5, 1.0), row("m/b", 640, 1.0), row("m/c", 1280, 1.0)});
        auto *table = part<QTreeView>(page, "benchmarksTable");
        QCOMPARE(cell(*table->model(), 0, Column::Model), u"a"_s); // as they came
        table->sortByColumn(static_cast<int>(Column::Throughput), Qt::DescendingOrder);
        QCOMPARE(cell(*table->model(), 0, Column::Model), u"c"_s);
        QCOMPARE(cell(*table->model(), 2, Column::Model), u"a"_s);
    }

    void importIsAskedForFromTheViewToo()
    {
        ui::ProbesPage page;
        page.show();
        page.showView(ui::ProbesPage::View::Serving);
        const QSignalSpy asked(&page, &ui::ProbesPage::importRequested);
        QVERIFY(gui::click(*part<QPushButton>(page, "benchmarksImport")));
        QCOMPARE(asked.size(), 1);
    }

    void aBenchmarkIsImportedOnlyWhenItsGpuIsSaid()
    {
        ui::BenchmarkDialog dialog(u"run.json"_s, u"m/a"_s,
                                   {{u"nvidia-l4"_s, u"L4"_s}, {u"amd-mi300x"_s, u"MI300X"_s}});
        dialog.show();
        const QSignalSpy described(&dialog, &ui::BenchmarkDialog::described);
        auto *import = part<QPushButton>(dialog, "benchmarkImport");
        auto *model = part<QLineEdit>(dialog, "benchmarkModel");
        QVERIFY(!import->isEnabled());
        part<QComboBox>(dialog, "benchmarkSku")->setCurrentIndex(1);
        QVERIFY(import->isEnabled());
        model->clear();
        QVERIFY(!import->isEnabled());
        model->setText(u" m/b "_s);
        part<QSpinBox>(dialog, "benchmarkGpus")->setValue(8);
        part<QComboBox>(dialog, "benchmarkWeights")->setCurrentText(u"fp8"_s);
        part<QLineEdit>(dialog, "benchmarkEngine")->setText(u"vLLM 0.11.0"_s);
        QVERIFY(gui::click(*import));
        QCOMPARE(described.size(), 1);
        const auto context = described[0][0].value<core::BenchmarkContext>();
        QCOMPARE(context.model, std::string("m/b"));
        QCOMPARE(context.sku, std::string("amd-mi300x"));
        QCOMPARE(context.devices, 8);
        QCOMPARE(context.weights, std::string("fp8"));
        QCOMPARE(context.engineVersion, std::string("vLLM 0.11.0"));
        QVERIFY(!dialog.isVisible());
    }

    void escapeImportsNothing()
    {
        ui::BenchmarkDialog dialog(u"run.json"_s, {}, {{u"nvidia-l4"_s, u"L4"_s}});
        dialog.show();
        const QSignalSpy described(&dialog, &ui::BenchmarkDialog::described);
        part<QComboBox>(dialog, "benchmarkSku")->setCurrentIndex(0);
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QVERIFY(!dialog.isVisible());
        QCOMPARE(described.size(), 0);
    }
};

QTEST_MAIN(BenchmarksViewTest)
#include "benchmarks_view_test.moc"
