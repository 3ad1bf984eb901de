// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/probes_page.h"

#include "tests/support/gui.h"
#include "ui/theme/theme.h"
#include "ui/widgets/row_delegate.h"

#include <QAbstractItemModel>
#include <QApplication>
#include <QBarSet>
#include <QClipboard>
#include <QSignalSpy>
#include <QTreeView>

using namespace Qt::StringLiterals;

using gui::part;
using Column = ui::FigureRows::Column;

namespace {

QString headline(QWidget &page)
{
    return part<ui::GlyphLine>(page, "probesHeadline")->words();
}

/// Of the first figure in the table.
QVariant figureData(QWidget &page, Column column, int role)
{
    return part<QTreeView>(page, "figuresTable")->model()->index(0, static_cast<int>(column)).data(role);
}

QString figure(QWidget &page, Column column, int role = Qt::DisplayRole)
{
    return figureData(page, column, role).toString();
}

core::ProbeReport reportOf(const std::string &device)
{
    core::ProbeReport report;
    report.begun = true;
    report.backends = {{"cuda", !device.empty(), "libcuda.so.1 is not there", ""}};
    if (!device.empty()) {
        core::ProbeDevice one;
        one.id = "cuda:0";
        one.name = device;
        report.devices.push_back(one);
    }
    return report;
}

/// What a run copied from host to device a second.
core::ProbeMetric copied(double gigabytes)
{
    core::ProbeMetric metric;
    metric.probe = "link";
    metric.name = "h2d_pinned";
    metric.unit = "GB/s";
    metric.value = gigabytes;
    metric.valid = true;
    return metric;
}

core::CardVerdict card(const std::string &name, core::ProbeVerdict verdict)
{
    core::CardVerdict out;
    out.card = out.host = name;
    out.result.host = name;
    out.result.time = 1'764'100'000;
    out.result.device.name = "NVIDIA <b>H200</b>";
    out.verdict = verdict;
    core::FigureVerdict triad;
    triad.metric = "membw.triad";
    triad.unit = "GB/s";
    triad.counts = "read and written";
    triad.measured = 3000;
    triad.reference = {core::ReferenceKind::Fleet, 4300, 12, 40, {}};
    triad.ratio = 3000.0 / 4300;
    triad.verdict = verdict;
    out.figures.push_back(triad);
    if (verdict == core::ProbeVerdict::Fail) {
        core::ProbeFinding finding;
        finding.code = core::FindingCode::LinkNarrow;
        finding.severity = verdict;
        finding.link = core::ProbeLink{4, 8, 5, 16};
        out.findings.push_back(finding);
    }
    return out;
}

} // namespace

class ProbesPageTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutAGpuItSaysWhyAndOffersNoRun()
    {
        ui::ProbesPage page;
        page.show();
        page.setLocal(reportOf({}), {});
        QVERIFY(!part<QPushButton>(page, "probeRun")->isEnabled());
        const auto words = part<QLabel>(page, "probeLocal")->text();
        QVERIFY2(words.contains(u"No GPU"_s) && words.contains(u"libcuda.so.1 is not there"_s), qPrintable(words));
        QVERIFY(headline(page).contains(u"No card was measured yet"_s));
        QVERIFY(part<QLabel>(page, "probesHowTo")->isVisibleTo(&page)); // not an empty page
    }

    void aProblemWithTheProgramIsSaid()
    {
        ui::ProbesPage page;
        page.show();
        page.setLocal({}, u"berth-probe is not there"_s);
        QVERIFY(part<QLabel>(page, "probeLocal")->text().contains(u"berth-probe is not there"_s));
        QVERIFY(!part<QPushButton>(page, "probeRun")->isEnabled());
    }

    void aRunIsAskedForWithItsProfileAndDevice()
    {
        ui::ProbesPage page;
        page.show();
        page.setLocal(reportOf("NVIDIA H200"), {});
        part<QComboBox>(page, "probeProfile")->setCurrentText(u"standard"_s);
        part<QComboBox>(page, "probeDevice")->setCurrentIndex(1);
        const QSignalSpy asked(&page, &ui::ProbesPage::runRequested);
        QVERIFY(gui::click(*part<QPushButton>(page, "probeRun")));
        QCOMPARE(asked[0][0].toString(), u"standard"_s);
        QCOMPARE(asked[0][1].toString(), u"cuda:0"_s);
        QTest::keyClick(&page, Qt::Key_R);
        QCOMPARE(asked.size(), 2);
    }

    void aLongNameOfADeviceDoesNotPushTheCardsWide()
    {
        ui::ProbesPage page;
        page.resize(1144, 700);
        page.show();
        page.setLocal(reportOf("cpu-haswell-AMD EPYC 9654 96-Core Processor with many words behind it"), {});
        QVERIFY(part<QListWidget>(page, "probeCards")->width() <= 300);
        QVERIFY(part<QComboBox>(page, "probeDevice")->itemData(1, Qt::ToolTipRole).toString().endsWith(u"cuda:0"_s));
    }

    void whileItRunsOnlyStopIsOffered()
    {
        ui::ProbesPage page;
        page.show();
        page.setLocal(reportOf("NVIDIA H200"), {});
        page.setRunning(true);
        core::ProbeProgress progress;
        progress.probe = "membw";
        progress.done = 2;
        progress.of = 5;
        progress.devices = 1;
        page.setProgress(progress);
        QVERIFY(part<QLabel>(page, "probeState")->text().contains(u"device 1 of 1: membw, 2 of 5"_s));
        progress.devicesDone = 1;
        page.setProgress(progress);
        QVERIFY(part<QLabel>(page, "probeState")->text().startsWith(u"all measured"_s)); // no "device 2 of 1"
        QVERIFY(!part<QPushButton>(page, "probeRun")->isEnabled());
        const QSignalSpy cancelled(&page, &ui::ProbesPage::cancelRequested);
        QVERIFY(gui::click(*part<QPushButton>(page, "probeCancel")));
        QTest::keyClick(&page, Qt::Key_Escape);
        QCOMPARE(cancelled.size(), 2);
    }

    void theHeadlineIsWhatIsWrongInPlainWords()
    {
        ui::ProbesPage page;
        page.show();
        page.setCards({card("gpu-01", core::ProbeVerdict::Fail)});
        QVERIFY2(headline(page).contains(u"gen 4 x8"_s) || headline(page).contains(u"x8"_s),
                 qPrintable(headline(page)));
        QVERIFY(headline(page).contains(u"<b>H200</b>"_s)); // a name is text
        QVERIFY(part<QListWidget>(page, "probeFindings")->item(0)->text().contains(u"→"_s));
    }

    void measuredExpectedAndSheetStandSideBySide()
    {
        ui::ProbesPage page;
        page.show();
        page.setCards({card("gpu-01", core::ProbeVerdict::Fail)});
        QCOMPARE(figure(page, Column::Name), u"memory triad"_s);
        QCOMPARE(figure(page, Column::Measured), u"3000"_s);
        QCOMPARE(figure(page, Column::Expected), u"4300"_s);
        QCOMPARE(figure(page, Column::Sheet), u"—"_s); // no data sheet is not zero
        QCOMPARE(figure(page, Column::Unit), u"GB/s"_s);
        QCOMPARE(figure(page, Column::Glyph, Qt::AccessibleTextRole), u"fail"_s);
        const auto *note = part<QLabel>(page, "figureNote");
        QVERIFY2(note->text().contains(u"12 cards"_s) && note->text().contains(u"read and written"_s),
                 qPrintable(note->text()));
    }

    void theWorstFigureIsTheCurrentOne()
    {
        auto shown = card("gpu-01", core::ProbeVerdict::Pass);
        auto copy = shown.figures[0];
        copy.metric = "membw.copy";
        copy.verdict = core::ProbeVerdict::Warn;
        shown.figures.push_back(copy);
        copy.metric = "link.h2d_pinned";
        copy.verdict = core::ProbeVerdict::Fail;
        shown.figures.push_back(copy);
        ui::ProbesPage page;
        page.show();
        page.setCards({shown});
        QCOMPARE(part<QTreeView>(page, "figuresTable")->currentIndex().row(), 2);
        QVERIFY(part<QLabel>(page, "figureNote")->text().contains(u"host → device (link.h2d_pinned)"_s));
    }

    void theBarReachesFromNothingToTheDataSheet_data()
    {
        QTest::addColumn<double>("measured");
        QTest::addColumn<double>("expected"); // 0: none
        QTest::addColumn<double>("sheet");    // 0: none
        QTest::addColumn<double>("reach");    // -1: no bar
        QTest::addColumn<double>("mark");
        QTest::newRow("sheet and expected") << 2400.0 << 4320.0 << 4800.0 << 0.5 << 0.9;
        QTest::newRow("sheet alone") << 2400.0 << 0.0 << 4800.0 << 0.5 << -1.0;
        QTest::newRow("expected alone: to what is expected") << 2160.0 << 4320.0 << 0.0 << 0.5 << 1.0;
        QTest::newRow("faster than the sheet ends at it") << 9600.0 << 4320.0 << 4800.0 << 1.0 << 0.9;
        QTest::newRow("nothing to compare with") << 2400.0 << 0.0 << 0.0 << -1.0 << -1.0;
    }
    void theBarReachesFromNothingToTheDataSheet()
    {
        QFETCH(double, measured);
        QFETCH(double, expected);
        QFETCH(double, sheet);
        auto shown = card("gpu-01", core::ProbeVerdict::Warn);
        auto &triad = shown.figures[0];
        triad.measured = measured;
        triad.reference = {expected > 0 ? core::ReferenceKind::Fleet : core::ReferenceKind::None, expected, 12, 40, {}};
        triad.sheet = sheet > 0 ? std::optional(sheet) : std::nullopt;
        triad.ratio = expected > 0 ? std::optional(measured / expected) : std::nullopt;
        ui::ProbesPage page;
        page.show();
        page.setCards({shown});
        const auto orNone = [](const QVariant &value) { return value.isValid() ? value.toDouble() : -1; };
        QTEST(orNone(figureData(page, Column::Bar, ui::FigureRows::ReachRole)), "reach");
        QTEST(orNone(figureData(page, Column::Bar, ui::FigureRows::MarkRole)), "mark");
    }

    void aFailedProbeProposesAndTheButtonOnlyAsks()
    {
        ui::ProbesPage page;
        page.show();
        page.setCards({card("gpu-01", core::ProbeVerdict::Pass), card("gpu-02", core::ProbeVerdict::Fail)});
        auto *bar = part<QWidget>(page, "cordonBar");
        QVERIFY(!bar->isVisible());
        page.setProposals({{"gpu-07", "old"}, {"gpu-02", "wrong <b>data</b>"}});
        auto *command = part<QLineEdit>(page, "cordonCommand");
        QCOMPARE(command->text(), u"kubectl cordon gpu-07"_s); // the selected card's node is not among them
        part<QListWidget>(page, "probeCards")->setCurrentRow(1);
        QCOMPARE(command->text(), u"kubectl cordon gpu-02"_s);
        QVERIFY(part<QLabel>(page, "cordonWords")->text().contains(u"wrong <b>data</b>"_s));
        QVERIFY(gui::click(*part<QPushButton>(page, "cordonCopy")));
        QCOMPARE(QApplication::clipboard()->text(), u"kubectl cordon gpu-02"_s);
        const QSignalSpy asked(&page, &ui::ProbesPage::cordonRequested);
        QVERIFY(gui::click(*part<QPushButton>(page, "cordonGo")));
        QCOMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toString(), u"gpu-02"_s);
        page.setProposals({});
        QVERIFY(!bar->isVisible());
    }

    void aFigureWhoseDataWasWrongSaysSo()
    {
        ui::ProbesPage page;
        page.show();
        auto broken = card("gpu-01", core::ProbeVerdict::Fail);
        core::ProbeFinding wrong;
        wrong.code = core::FindingCode::WrongData;
        wrong.severity = core::ProbeVerdict::Fail;
        wrong.metric = "membw.triad";
        broken.findings = {wrong};
        page.setCards({broken});
        QCOMPARE(figure(page, Column::Bar), u"wrong data"_s);
        QVERIFY(!figureData(page, Column::Bar, ui::FigureRows::ReachRole).isValid()); // its speed says nothing
        QCOMPARE(figureData(page, Column::Glyph, ui::FigureRows::VerdictRole).toInt(), int(core::Verdict::No));
    }

    void whatIsNotKnownOfACardLeavesNoGapInItsLine()
    {
        ui::ProbesPage page;
        page.show();
        page.setCards({card("gpu-01", core::ProbeVerdict::Pass)});
        const auto line =
            part<QListWidget>(page, "probeCards")->item(0)->data(ui::RowDelegate::SubtitleRole).toString();
        QVERIFY2(line.startsWith(u"gpu-01 · "_s) && line.count(u"·"_s) == 1, qPrintable(line));
    }

    void theListSaysHowMuchIsKnownAndHowOldItIs()
    {
        ui::ProbesPage page;
        page.show();
        auto old = card("gpu-02", core::ProbeVerdict::Pass);
        old.result.time -= 6 * 24 * 3600;
        page.setCards({card("gpu-01", core::ProbeVerdict::Pass), old});
        const auto words = part<ui::GlyphLine>(page, "probeCardsHead")->words();
        QVERIFY2(words.contains(u"2 nodes · oldest Nov 19"_s), qPrintable(words));
    }

    void theHistoryBeginsWithTheFigureThatFailed()
    {
        ui::ProbesPage page;
        page.show();
        auto sick = card("gpu-01", core::ProbeVerdict::Pass);
        auto link = sick.figures.front();
        link.metric = "link.h2d_pinned";
        link.verdict = core::ProbeVerdict::Fail;
        sick.figures.push_back(link);
        auto run = sick.result;
        run.metrics = {copied(24.1)};
        page.setCards({sick});
        page.setHistory({run});
        const auto words =
            part<ui::HistoryChart>(page, "historyChart")->findChild<ui::ChartFrame *>()->accessibleDescription();
        QVERIFY2(words.contains(u"host → device, GB/s · 1 run"_s), qPrintable(words));
    }

    void ofAGoodCardTheMemoryIsLookedAtFirst()
    {
        ui::ProbesPage page;
        page.show();
        auto good = card("gpu-01", core::ProbeVerdict::Pass);
        auto triad = good.figures.front();
        triad.metric = "membw.triad";
        triad.verdict = core::ProbeVerdict::Pass;
        auto launch = triad;
        launch.metric = "launch.roundtrip";
        good.figures = {launch, triad};
        page.setCards({good});
        const auto *table = part<QTreeView>(page, "figuresTable");
        QCOMPARE(table->currentIndex().row(), 1);
    }

    void runsThatFailedAreMarkedInTheHistory()
    {
        ui::HistoryChart chart;
        std::vector<core::ProbeResult> runs(3);
        for (std::size_t i = 0; i < runs.size(); ++i) {
            runs[i].time = 1'700'000'000 + static_cast<std::int64_t>(i) * 86400;
            runs[i].metrics = {copied(i == 2 ? 12.9 : 53)};
        }
        chart.setRuns(runs);
        const auto said = [&] { return chart.findChild<ui::ChartFrame *>()->accessibleDescription(); };
        chart.setMetric(u"link.h2d_pinned"_s, 53, 42.4);
        QVERIFY2(said().contains(u"3 runs, 1 too slow"_s), qPrintable(said()));
        chart.setMetric(u"link.h2d_pinned"_s, 53);
        QVERIFY2(!said().contains(u"slow"_s), qPrintable(said()));
        chart.setMetric(u"launch.roundtrip"_s, 7.4, 14.8);
        QCOMPARE(said(), u"no runs"_s);
    }

    void chartsHaveTheColoursOfTheThemeInUse()
    {
        ui::ProbesPage page;
        page.show();
        const auto good = card("gpu-01", core::ProbeVerdict::Pass);
        page.setCards({good});
        page.setHistory({good.result});
        const auto seriesOf = [&page](const char *chart) {
            return part<QWidget>(page, chart)->findChild<ui::ChartFrame *>()->chart()->series();
        };
        for (const auto &theme : {ui::Theme::dark(), ui::Theme::light()}) {
            page.setPalette(theme.palette());
            const auto *bars = qobject_cast<QAbstractBarSeries *>(seriesOf("figureBars").at(0));
            QCOMPARE(bars->barSets().at(0)->color(), theme.used);
            const auto *runs = qobject_cast<QScatterSeries *>(seriesOf("historyChart").at(1));
            QCOMPARE(runs->color(), theme.used);
        }
    }

    void aCardIsSelectedByItsId()
    {
        ui::ProbesPage page;
        page.show();
        page.setCards({card("a", core::ProbeVerdict::Pass), card("b", core::ProbeVerdict::Pass)});
        page.select(u"b"_s);
        QCOMPARE(page.selectedCard(), u"b"_s);
        page.select(u"gone"_s);
        QCOMPARE(page.selectedCard(), u"b"_s);
    }

    void newVerdictsKeepTheSelectedCard()
    {
        ui::ProbesPage page;
        page.show();
        page.setCards({card("a", core::ProbeVerdict::Pass), card("b", core::ProbeVerdict::Pass)});
        part<QListWidget>(page, "probeCards")->setCurrentRow(1);
        QCOMPARE(page.selectedCard(), u"b"_s);
        const QSignalSpy selected(&page, &ui::ProbesPage::cardSelected);
        page.setCards({card("0", core::ProbeVerdict::Pass), card("a", core::ProbeVerdict::Pass),
                       card("b", core::ProbeVerdict::Fail)});
        QCOMPARE(page.selectedCard(), u"b"_s);
        QCOMPARE(selected.size(), 1); // its history is read again
    }
};

QTEST_MAIN(ProbesPageTest)
#include "probes_page_test.moc"
