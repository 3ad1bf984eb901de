// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/plain_words.h"
#include "tests/core/probe_report/sample_results.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace core;

namespace {

const Catalog h200 = sample::catalog();
const ExpectedShares expected = sample::shares();

CardVerdict judged(const ProbeResult &result, const std::vector<ProbeResult> &known = {})
{
    return ProbeJudge(h200, expected, known).judge(result);
}

std::vector<ProbeResult> fleetOf(int cards, double copy)
{
    std::vector<ProbeResult> out;
    for (int i = 0; i < cards; ++i)
        out.push_back(sample::result(i, copy, sample::now - 100, fmt::format("far-{}", i)));
    return out;
}

bool has(const CardVerdict &card, FindingCode code)
{
    return std::ranges::find(card.findings, code, &ProbeFinding::code) != card.findings.end();
}

QString words(const CardVerdict &card)
{
    QStringList out;
    for (const auto &finding : card.findings)
        out << QString::fromStdString(plainWords(finding).what + "; " + plainWords(finding).toDo);
    return out.join(u'|');
}

} // namespace

Q_DECLARE_METATYPE(core::ProbeVerdict)

class ProbeVerdictTest : public QObject {
    Q_OBJECT

private slots:
    void theReferenceIsTheFleetThenThePeersThenTheSheet()
    {
        const auto mine = sample::result(0, 4300);
        auto known = fleetOf(8, 4200);
        QCOMPARE(judged(mine, known).figures[0].reference.kind, ReferenceKind::Fleet);
        QCOMPARE(judged(mine, known).figures[0].reference.value, 4200.0);
        known = fleetOf(7, 4200); // too few for a fleet, and in other hosts
        QCOMPARE(judged(mine, known).figures[0].reference.kind, ReferenceKind::Sheet);
        known.push_back(sample::result(1, 4250));
        known.push_back(sample::result(2, 4100));
        known.resize(4);
        known.back() = sample::result(1, 4250);
        QCOMPARE(judged(mine, known).figures[0].reference.kind, ReferenceKind::Peers);
        QCOMPARE(judged(mine, known).figures[0].reference.value, 4250.0);
        const auto sheet = judged(mine).figures[0];
        QCOMPARE(sheet.reference.kind, ReferenceKind::Sheet);
        QCOMPARE(sheet.reference.value, 4320.0);
        QCOMPARE(sheet.sheet.value_or(0), 4800.0);
    }

    void twentyRunsOfFewerCardsAreAFleetAndEachCardCountsOnce()
    {
        std::vector<ProbeResult> known;
        for (int run = 0; run < 18; ++run)
            known.push_back(sample::result(0, 2000, sample::now - 1000 + run, "far-0"));
        known.push_back(sample::result(1, 4300, sample::now - 10, "far-1"));
        known.push_back(sample::result(2, 4300, sample::now - 10, "far-2"));
        const auto reference = judged(sample::result(0, 4300), known).figures[0].reference;
        QCOMPARE(reference.kind, ReferenceKind::Fleet);
        QCOMPARE(reference.value, 4300.0); // 18 runs of one sick card do not outvote two healthy ones
    }

    void speedIsJudgedByTheBandsOfItsReference_data()
    {
        QTest::addColumn<int>("fleet");
        QTest::addColumn<double>("copy");
        QTest::addColumn<ProbeVerdict>("verdict");
        QTest::newRow("fleet, as usual") << 8 << 4180.0 << ProbeVerdict::Pass;
        QTest::newRow("fleet, a little slow") << 8 << 4060.0 << ProbeVerdict::Warn;
        QTest::newRow("fleet, slow in two runs") << 8 << 3700.0 << ProbeVerdict::Fail;
        QTest::newRow("fleet, a third: what a floor of 0.75 of one card lets pass")
            << 8 << 1433.0 << ProbeVerdict::Fail;
        QTest::newRow("sheet, as usual") << 0 << 4150.0 << ProbeVerdict::Pass;
        QTest::newRow("sheet, a little slow") << 0 << 3800.0 << ProbeVerdict::Warn;
        QTest::newRow("sheet, slow in two runs") << 0 << 3600.0 << ProbeVerdict::Fail;
        QTest::newRow("nothing at all is no pass") << 0 << 0.0 << ProbeVerdict::Warn; // a first strike until seen again
    }
    void speedIsJudgedByTheBandsOfItsReference()
    {
        QFETCH(int, fleet);
        QFETCH(double, copy);
        QFETCH(ProbeVerdict, verdict);
        auto known = fleetOf(fleet, 4200);
        known.push_back(sample::result(0, copy, sample::now - 10));
        QCOMPARE(judged(sample::result(0, copy), known).verdict, verdict);
    }

    void slowOnceIsAWarningAndTwiceAFailure()
    {
        const auto slow = sample::result(0, 3000);
        const auto once = judged(slow);
        QCOMPARE(once.verdict, ProbeVerdict::Warn);
        QVERIFY(has(once, FindingCode::SlowOnce));
        const auto twice = judged(slow, {sample::result(0, 3050, sample::now - 60)});
        QCOMPARE(twice.verdict, ProbeVerdict::Fail);
        QVERIFY(has(twice, FindingCode::Slow));
        QCOMPARE(twice.figures[0].other.value_or(0), 3050.0);
        QCOMPARE(judged(slow, {sample::result(0, 4300, sample::now - 60)}).verdict, ProbeVerdict::Warn);
    }

    void aStrikeOfAnotherDriverOrOfLongAgoDoesNotCount()
    {
        const auto slow = sample::result(0, 3000);
        auto other = sample::result(0, 3000, sample::now - 60);
        other.device.driver = "12.9";
        QVERIFY(has(judged(slow, {other}), FindingCode::SlowOnce));
        QVERIFY(has(judged(slow, {sample::result(0, 3000, sample::now - 25 * 3600)}), FindingCode::SlowOnce));
    }

    void aSecondLookInTheSameRunStandsForTheFirst()
    {
        auto result = sample::result(0, 3000);
        result.metrics.push_back(sample::metric("membw.copy", 4300));
        const auto card = judged(result);
        QCOMPARE(card.verdict, ProbeVerdict::Pass);
        QCOMPARE(card.figures.size(), std::size_t{1});
        QCOMPARE(card.figures[0].measured, 4300.0);
        result.metrics.back() = sample::metric("membw.copy", 3100);
        QCOMPARE(judged(result).verdict, ProbeVerdict::Fail);
    }

    void wrongDataFailsAtOnceAndIsNoReference()
    {
        auto wrong = sample::result(0, 4300);
        wrong.metrics[0].valid = false;
        wrong.metrics[0].wrong = 3;
        wrong.metrics[0].findings = {{"random", 17284, "", "c5816cfa", "c58168fa", "SM 57", "c58168fa"}};
        const auto card = judged(wrong);
        QCOMPARE(card.verdict, ProbeVerdict::Fail);
        QVERIFY2(words(card).contains("SM 57") && words(card).contains("the cell holds it")
                     && words(card).contains("drain it now"),
                 qPrintable(words(card)));
        QCOMPARE(judged(sample::result(1, 4300), {wrong}).figures[0].reference.kind, ReferenceKind::Sheet);
    }

    void errorsOfTheDriverFailAndThoseOfTheInstallationSayNothing_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<ProbeVerdict>("verdict");
        for (const auto *name : {"ECC_UNCORRECTABLE", "LAUNCH_FAILED", "UNKNOWN", "HANG", "DIED_OF_SIGNAL",
                                 "ENDED_BY_DRIVER", "ILLEGAL_ADDRESS", "NVLINK_UNCORRECTABLE"})
            QTest::newRow(name) << name << ProbeVerdict::Fail;
        for (const auto *name : {"DRIVER_TOO_OLD", "NO_KERNELS", "DEVICE_UNAVAILABLE", "OUT_OF_MEMORY"})
            QTest::newRow(name) << name << ProbeVerdict::Inconclusive;
    }
    void errorsOfTheDriverFailAndThoseOfTheInstallationSayNothing()
    {
        QFETCH(QString, name);
        QFETCH(ProbeVerdict, verdict);
        auto result = sample::result(0, 4300);
        result.finished = false;
        result.events = {{ProbeEvent::Kind::Error, "cuda:0", "load", 214, name.toStdString(), "what the driver said"}};
        QCOMPARE(judged(result).verdict, verdict);
    }

    void aBusyCardIsInconclusiveAndNoReference()
    {
        auto busy = sample::result(0, 2000);
        busy.device.otherPids = {4711, 4712};
        const auto card = judged(busy, {sample::result(0, 2000, sample::now - 60)});
        QCOMPARE(card.verdict, ProbeVerdict::Inconclusive);
        QVERIFY(!card.speed);
        QVERIFY2(words(card).contains("2 other processes"), qPrintable(words(card)));
        QCOMPARE(judged(sample::result(1, 4300), {busy}).figures[0].reference.kind, ReferenceKind::Sheet);
    }

    void wrongDataOfABusyCardFailsAllTheSame()
    {
        auto busy = sample::result(0, 4300);
        busy.device.otherPids = {4711};
        busy.metrics[0].valid = false;
        QCOMPARE(judged(busy).verdict, ProbeVerdict::Fail);
    }

    void aLoweredPowerLimitExplainsSlownessAndIsNotTheCardsFault()
    {
        std::vector<ProbeResult> known = fleetOf(8, 4200);
        auto limited = sample::result(0, 3000);
        limited.device.powerLimitW = 500;
        known.push_back(limited);
        const auto card = judged(limited, known);
        QCOMPARE(card.verdict, ProbeVerdict::Inconclusive);
        QVERIFY2(words(card).contains("500 W, 700 W is usual"), qPrintable(words(card)));
    }

    void aFigureThatVariesTooMuchProvesNothingBad()
    {
        auto shaky = sample::result(0, 3000);
        shaky.metrics[0].variation = 0.3;
        QCOMPARE(judged(shaky).verdict, ProbeVerdict::Inconclusive);
        shaky.metrics[0].value = 4300;
        QCOMPARE(judged(shaky).verdict, ProbeVerdict::Pass);
    }

    void withoutAReferenceTheFigureIsShownAndNotJudged()
    {
        auto unknown = sample::result(0, 1234);
        unknown.device.name = "NVIDIA X9000";
        const auto card = judged(unknown);
        QCOMPARE(card.verdict, ProbeVerdict::NoReference);
        QCOMPARE(card.figures[0].measured, 1234.0);
        QVERIFY(!card.figures[0].judged && !card.speed);
    }

    void aSliceIsNotHeldAgainstTheWholeCardsSheet()
    {
        auto slice = sample::result(0, 600);
        slice.device.migSlice = true;
        slice.device.name = "NVIDIA H200 MIG 1g.18gb";
        const auto card = judged(slice, fleetOf(12, 4200));
        QCOMPARE(card.verdict, ProbeVerdict::NoReference);
        QVERIFY(!card.figures[0].sheet);
    }

    void aKernelThatCannotReachTheSheetIsNotShownBesideIt_data()
    {
        QTest::addColumn<QString>("architecture");
        QTest::addColumn<QString>("metric");
        QTest::addColumn<bool>("hasSheet");
        QTest::addColumn<QString>("name");
        QTest::newRow("mma.sync on Hopper") << "sm_90" << "matrix.bf16" << false << "bf16 matrix";
        QTest::newRow("wgmma on Hopper") << "sm_90" << "matrix.bf16_wgmma" << true << "bf16 matrix (wgmma)";
        QTest::newRow("mma.sync on B200") << "sm_100" << "matrix.bf16" << false << "bf16 matrix";
        QTest::newRow("mma.sync on Ampere") << "sm_80" << "matrix.bf16" << true << "bf16 matrix";
        QTest::newRow("mma.sync on RTX Blackwell") << "sm_120" << "matrix.bf16" << true << "bf16 matrix";
        QTest::newRow("MFMA") << "gfx942" << "matrix.bf16" << true << "bf16 matrix";
        QTest::newRow("the library") << "sm_90" << "library.bf16" << true << "bf16 library";
    }

    void aKernelThatCannotReachTheSheetIsNotShownBesideIt()
    {
        QFETCH(QString, architecture);
        QFETCH(QString, metric);
        QFETCH(bool, hasSheet);
        QFETCH(QString, name);
        auto result = sample::result(0, 4300);
        result.device.architecture = architecture.toStdString();
        result.metrics = {sample::metric(metric.toStdString(), 600)};
        QCOMPARE(judged(result).figures[0].sheet.has_value(), hasSheet);
        QCOMPARE(QString::fromStdString(core::figureName(metric.toStdString())), name);
    }

    void aNarrowLinkSaysReseat()
    {
        auto result = sample::result(0, 4300);
        result.device.link = ProbeLink{4, 8, 5, 16};
        result.metrics.push_back(sample::metric("link.h2d_pinned", 12.5));
        const auto card = judged(result, {result});
        QVERIFY(has(card, FindingCode::LinkNarrow));
        QVERIFY2(words(card).contains("running at PCIe gen 4 x8, capable of gen 5 x16; reseat"),
                 qPrintable(words(card)));
    }

    void aNarrowLinkIsNamedBeforeTheCopiesItSlows()
    {
        auto result = sample::result(0, 4300);
        result.device.link = ProbeLink{4, 8, 5, 16};
        result.metrics.push_back(sample::metric("link.h2d_pinned", 12.5));
        auto before = result;
        before.time -= 3600;
        const auto card = judged(result, {before});
        QCOMPARE(card.verdict, ProbeVerdict::Fail); // slow in 2 of 2 runs
        QCOMPARE(card.findings.front().code, FindingCode::LinkNarrow);
        QCOMPARE(card.findings.front().severity, ProbeVerdict::Fail);
        QCOMPARE(card.findings.at(1).code, FindingCode::Slow);
        QVERIFY(QString::fromStdString(plainWords(card.findings.at(1)).toDo).contains("look at the slot"));
        // Missing lanes that slow nothing are worth a look, no more.
        result.metrics.back().value = 53;
        QCOMPARE(judged(result).findings.front().severity, ProbeVerdict::Warn);
    }

    void rightMemoryNeedsNoReferenceAndSaysNothingOfSpeed()
    {
        auto result = sample::result(0, 4300);
        result.device.name = "NVIDIA X9000";
        result.metrics = {sample::metric("memtest.bad_words", 0)};
        const auto card = judged(result);
        QCOMPARE(card.figures[0].verdict, ProbeVerdict::Pass);
        QVERIFY(!card.figures[0].judged && !card.speed);
        QCOMPARE(card.verdict, ProbeVerdict::NoReference);
    }

    void correctedErrorsAreAWarningAndOthersFailTheCard()
    {
        auto result = sample::result(0, 4300);
        auto corrected = sample::metric("ecc.corrected", 0, "errors"),
             uncorrected = sample::metric("ecc.uncorrected", 0);
        result.metrics.insert(result.metrics.end(), {corrected, uncorrected});
        QCOMPARE(judged(result).verdict, ProbeVerdict::Pass);
        result.metrics[1].value = 3;
        const auto warned = judged(result);
        QCOMPARE(warned.verdict, ProbeVerdict::Warn);
        QVERIFY(words(warned).contains("3 memory errors were corrected during the run"));
        QCOMPARE(warned.figures[1].verdict, ProbeVerdict::Warn);
        result.metrics[2].value = result.metrics[2].wrong = 2;
        result.metrics[2].valid = false;
        const auto failed = judged(result);
        QCOMPARE(failed.verdict, ProbeVerdict::Fail);
        QVERIFY2(words(failed).contains("uncorrectable memory errors, 2 wrong"), qPrintable(words(failed)));
    }

    void aFigureKnowsWhereItFails_data()
    {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<bool>("judged");
        QTest::addColumn<double>("failsAt"); // 0: it does not
        QTest::newRow("bandwidth against the fleet") << "membw.triad" << true << 90.0;
        QTest::newRow("link") << "link.h2d_pinned" << true << 80.0;
        QTest::newRow("a launch never fails a card") << "launch.roundtrip" << true << 0.0;
        QTest::newRow("shown only") << "membw.triad" << false << 0.0;
        QTest::newRow("no metric") << "membw" << true << 0.0;
    }

    void aFigureKnowsWhereItFails()
    {
        QFETCH(QString, metric);
        QFETCH(bool, judged);
        QFETCH(double, failsAt);
        FigureVerdict figure;
        figure.metric = metric.toStdString();
        figure.judged = judged;
        figure.reference = {ReferenceKind::Fleet, 100, 8, 8, {}};
        QCOMPARE(core::failsAt(figure).value_or(0), failsAt);
    }

    void anIdleLinkThatCopiesAtFullSpeedIsNoFinding()
    {
        auto result = sample::result(0, 4300);
        result.device.link = ProbeLink{1, 16, 5, 16}; // idle cards lower their generation
        result.metrics.push_back(sample::metric("link.h2d_pinned", 53));
        QCOMPARE(judged(result).verdict, ProbeVerdict::Pass);
        result.metrics.back().value = 26;
        QVERIFY(has(judged(result), FindingCode::LinkSlow));
    }

    void heatFailsByItsShareOfSamplesAndAPowerCapNever_data()
    {
        QTest::addColumn<QString>("throttled");
        QTest::addColumn<bool>("bad");
        QTest::newRow("hot") << "hardware thermal in 100 % of samples" << true;
        QTest::newRow("brake") << "software power cap in 90 % of samples, hardware power brake in 6 % of samples"
                               << true;
        QTest::newRow("a moment of heat") << "hardware thermal in 5 % of samples" << false;
        QTest::newRow("power cap") << "software power cap in 100 % of samples" << false;
        QTest::newRow("junk") << "hardware thermal in x % of samples" << false;
    }
    void heatFailsByItsShareOfSamplesAndAPowerCapNever()
    {
        QFETCH(QString, throttled);
        QFETCH(bool, bad);
        auto result = sample::result(0, 4300);
        auto load = sample::metric("load.held", 0.99, "ratio");
        load.words["throttled"] = throttled.toStdString();
        result.metrics.push_back(load);
        QCOMPARE(has(judged(result), FindingCode::Throttled), bad);
        QCOMPARE(judged(result).verdict, bad ? ProbeVerdict::Fail : ProbeVerdict::Pass);
    }

    void aUnitFarBehindTheOthersIsNamed()
    {
        auto result = sample::result(0, 4300);
        auto clock = sample::metric("clock.core", 1980, "MHz");
        clock.numbers = {{"units_seen", 131}, {"units", 132}, {"slowest_mhz", 990}};
        clock.words["slowest_unit"] = "SM 3";
        result.metrics.push_back(clock);
        const auto card = judged(result);
        QVERIFY(has(card, FindingCode::MissingUnits));
        QVERIFY2(words(card).contains("SM 3 runs at 990 MHz, the others at 1980"), qPrintable(words(card)));
    }

    void aSlowLaunchPointsAtTheHostAndNeverFails()
    {
        std::vector<ProbeResult> known;
        for (int i = 0; i < 8; ++i) {
            known.push_back(sample::result(i, 4200, sample::now - 50, fmt::format("far-{}", i)));
            known.back().metrics.push_back(sample::metric("launch.roundtrip", 8, "us"));
        }
        auto result = sample::result(0, 4200);
        result.metrics.push_back(sample::metric("launch.roundtrip", 100, "us"));
        known.push_back(sample::result(0, 4200, sample::now - 20));
        known.back().metrics.push_back(sample::metric("launch.roundtrip", 100, "us"));
        const auto card = judged(result, known);
        QCOMPARE(card.verdict, ProbeVerdict::Warn);
        QVERIFY(has(card, FindingCode::HostSlow));
        QCOMPARE(card.speed.value_or(0), 1.0);
    }

    void aRunThatWasCutOrStoppedIsInconclusive()
    {
        auto cut = sample::result(0, 4300);
        cut.finished = false;
        QVERIFY(has(judged(cut), FindingCode::Unfinished));
        QCOMPARE(judged(cut).verdict, ProbeVerdict::Inconclusive);
        auto stopped = sample::result(0, 4300);
        stopped.events = {{ProbeEvent::Kind::Stopped, "cuda:0", "", 0, "", "by a signal"}};
        QCOMPARE(judged(stopped).verdict, ProbeVerdict::Inconclusive);
        auto nothing = sample::result(0, 0);
        nothing.metrics.clear();
        QCOMPARE(judged(nothing).verdict, ProbeVerdict::Inconclusive);
    }

    void theNewestRunOfEachCardIsItsVerdict()
    {
        const ProbeJudge judge(h200, expected,
                               {sample::result(0, 4300), sample::result(0, 3000, sample::now - 600),
                                sample::result(1, 4300, sample::now, "gpu-02")});
        const auto all = judge.newestVerdicts();
        QCOMPARE(all.size(), std::size_t{2});
        QCOMPARE(all[0].verdict, ProbeVerdict::Pass);
        QCOMPARE(all[1].host, std::string("gpu-02"));
    }

    void wrongDataIsNotClearedByARunOfOtherProbes()
    {
        auto wrong = sample::result(0, 4300, sample::now - 600);
        wrong.metrics[0].valid = false;
        auto other = sample::result(0, 0);
        other.metrics = {sample::metric("launch.roundtrip", 8, "us")};
        auto cards = ProbeJudge(h200, expected, {wrong, other}).newestVerdicts();
        QCOMPARE(cards[0].verdict, ProbeVerdict::Fail);
        QCOMPARE(cards[0].findings[0].time, sample::now - 600);
        QCOMPARE(ProbeJudge(h200, expected, {wrong, sample::result(0, 4300)}).newestVerdicts()[0].verdict,
                 ProbeVerdict::Pass);
        cards = ProbeJudge(h200, expected, {wrong, other}).newestVerdicts([](const ProbeResult &result) {
            return result.time < sample::now;
        });
        QCOMPARE(cards[0].verdict, ProbeVerdict::NoReference);
    }

    void anErrorOfTheDriverIsClearedByTheSameProbeOnly()
    {
        auto failed = sample::result(0, 4300, sample::now - 600);
        failed.events = {{ProbeEvent::Kind::Error, "cuda:0", "matrix", 214, "ECC_UNCORRECTABLE", "ecc"}};
        failed.finished = false;
        const auto verdict = [&failed](const ProbeResult &later) {
            return ProbeJudge(h200, expected, {failed, later}).newestVerdicts()[0].verdict;
        };
        auto later = sample::result(0, 4300);
        QCOMPARE(verdict(later), ProbeVerdict::Fail);
        later.metrics.push_back(sample::metric("matrix.bf16", 600, "TFLOP/s"));
        QCOMPARE(verdict(later), ProbeVerdict::Pass);
        later.finished = false;
        QCOMPARE(verdict(later), ProbeVerdict::Fail);
    }

    void steadinessAloneIsNoPass()
    {
        auto result = sample::result(0, 1);
        result.metrics = {sample::metric("load.held", 1, "ratio")};
        QCOMPARE(judged(result).verdict, ProbeVerdict::NoReference);
        result.metrics[0].value = 0.5;
        QVERIFY(judged(result).verdict != ProbeVerdict::NoReference);
    }

    void threeFiguresStandSideBySideWithTheirCountingRule()
    {
        const auto figure = judged(sample::result(0, 4310)).figures[0];
        QCOMPARE(QString::fromStdString(sideBySide(figure)),
                 QString("measured 4310 GB/s · expected 4320 · sheet 4800 · read+write"));
        QCOMPARE(QString::fromStdString(describe(figure.reference, figure.sheet)),
                 QString("data sheet × 0.90 (somebody, 2026-10)"));
    }

    void resultsFadeFromOneDayToThree()
    {
        const auto weight = [](int hours) { return resultWeight(sample::now - hours * 3600, sample::now); };
        QCOMPARE(weight(0), 1.0);
        QCOMPARE(weight(24), 1.0);
        QCOMPARE(weight(48), 0.5);
        QCOMPARE(weight(72), 0.0);
        QCOMPARE(weight(-5), 1.0); // a clock that is behind
    }

    void theSharesOfTheCatalogueAreSoundAndKnown()
    {
        const auto folder =
            std::filesystem::path(BERTH_TEST_DATA).parent_path().parent_path() / "resources" / "catalog";
        const auto shares = loadExpectedShares(folder);
        QVERIFY2(shares, shares ? "" : describe(shares.error()).c_str());
        const auto catalog = loadCatalog(folder);
        QVERIFY(catalog);
        for (const auto &share : shares->shares)
            for (const auto &sku : share.skus)
                QVERIFY2(catalog->findSku(sku) != nullptr, sku.c_str());
    }

    void aBrokenShareIsNamedByItsLine_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, const char *entry, const char *message) {
            QTest::newRow(name) << QString("schema: berth.dev/probe-shares/v1\nshares:\n  - %1\n").arg(entry)
                                << message;
        };
        row("too much", "{skus: [a], metric: m.n, of: bandwidth, share: 1.2, source: s, date: d}", ":3: share must be");
        row("no source", "{skus: [a], metric: m.n, of: bandwidth, share: 0.9}", ":3: source and date");
        row("for nobody", "{metric: m.n, of: bandwidth, share: 0.9, source: s, date: d}", ":3: needs either");
        row("a word", "{skus: [a], metric: m.n, of: bandwidth, share: lots, source: s, date: d}", ":3: ");
        row("a text", "share", ":3: a share is not a mapping");
        QTest::newRow("another document") << "schema: x\n" << "is not a berth.dev/probe-shares/v1";
        QTest::newRow("not YAML") << "a: [\n" << ":";
    }
    void aBrokenShareIsNamedByItsLine()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const QTemporaryDir folder;
        QFile file(folder.filePath("probe-shares.yaml"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text.toUtf8());
        file.close();
        const auto shares = loadExpectedShares(folder.path().toStdString());
        QVERIFY(!shares);
        QVERIFY2(QString::fromStdString(describe(shares.error())).contains(message), describe(shares.error()).c_str());
    }
};

QTEST_GUILESS_MAIN(ProbeVerdictTest)
#include "probe_verdict_test.moc"
