// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gui.h"
#include "tests/ui/sample_cluster.h"
#include "ui/placement/placement_board.h"
#include "ui/placement/requirement_drag.h"

#include <QAccessible>
#include <QScrollBar>
#include <QSignalSpy>

#include <set>

using namespace Qt::StringLiterals;

namespace {

/// A board of the sample cluster, shown, with one model picked up when `requirement` is not empty.
struct Shown {
    sample::Cluster cluster;
    ui::PlacementBoard board;

    explicit Shown(const std::string &requirement = {})
    {
        board.resize(900, 700);
        board.setGroups(ui::boardGroups(cluster.input(), cluster.rows, cluster.plan));
        if (!requirement.empty())
            board.setVerdicts(QString::fromStdString(requirement), cluster.verdicts(requirement));
        board.show();
    }

    const ui::BoardNode *node(const std::string &name) const
    {
        for (const auto &group : board.groups())
            for (const auto &each : group.nodes)
                if (each.node->name == name)
                    return &each;
        return nullptr;
    }

    QPoint middleOf(const std::string &name) { return board.onViewport(node(name)->box).center(); }
};

QMimeData *model(const QString &name)
{
    auto *data = new QMimeData;
    data->setData(QString::fromLatin1(ui::requirementMime), name.toUtf8());
    return data;
}

} // namespace

class PlacementBoardTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aDropWhereItFitsAsksForThatNode();
    void aDropOnAHeaderAsksForTheSku();
    void aDropWhereItDoesNotFitChangesNothing_data();
    void aDropWhereItDoesNotFitChangesNothing();
    void foreignDataIsNotTaken();
    void arrowsVisitOnlyPlacesThatFit();
    void shiftArrowsVisitEveryPlace();
    void enterPutsTheModelDown();
    void sKeySpeaksAboutTheWholeSku();
    void escapePutsTheModelBack();
    void aDropOnACardRemembersTheCard();
    void severalGpusAreAPlaceOnTheNode();
    void cKeyMeansOneCard();
    void lAndDActOnWhatIsPlacedHere_data();
    void lAndDActOnWhatIsPlacedHere();
    void deleteTakesOffWhatThePlanPutThere();
    void everyNodeIsAnAccessibleItemWithItsWords();
    void hostileNamesAreShownAsText();
    void tenThousandNodesPaintWhatIsVisible();
    void theNodesInSightAreThoseThatAreScrolledTo();
    void verdictsOfSomeNodesAreShownThereAlone();
};

void PlacementBoardTest::aDropWhereItFitsAsksForThatNode()
{
    Shown shown("llama-3-3-70b");
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    const std::unique_ptr<QMimeData> data(model(u"llama-3-3-70b"_s));
    QVERIFY(gui::drop(shown.board, *data, shown.middleOf("gpu-02")));
    QCOMPARE(placed.size(), 1);
    const auto target = placed[0][1].value<core::Target>();
    QCOMPARE(target.node, std::string("gpu-02"));
    QCOMPARE(target.resource, std::string("nvidia.com/gpu"));
    QCOMPARE(target.level, core::TargetLevel::Node);
}

void PlacementBoardTest::aDropOnAHeaderAsksForTheSku()
{
    Shown shown("llama-3-3-70b");
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    QPoint header;
    for (const auto &group : shown.board.groups())
        if (group.row.sku == "nvidia-h100-sxm-80")
            header = shown.board.onViewport(group.header).center();
    const std::unique_ptr<QMimeData> data(model(u"llama-3-3-70b"_s));
    QVERIFY(gui::drop(shown.board, *data, header));
    QCOMPARE(placed.size(), 1);
    QCOMPARE(placed[0][1].value<core::Target>().level, core::TargetLevel::Sku);
    QCOMPARE(placed[0][1].value<core::Target>().skuId, std::string("nvidia-h100-sxm-80"));
}

void PlacementBoardTest::aDropWhereItDoesNotFitChangesNothing_data()
{
    QTest::addColumn<QString>("node");
    QTest::newRow("cordoned and too small") << u"gpu-32"_s;
    QTest::newRow("every device taken") << u"gpu-03"_s;
    QTest::newRow("not in the catalogue") << u"gpu-99"_s;
}

void PlacementBoardTest::aDropWhereItDoesNotFitChangesNothing()
{
    QFETCH(QString, node);
    Shown shown("llama-3-3-70b");
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    const std::unique_ptr<QMimeData> data(model(u"llama-3-3-70b"_s));
    QVERIFY(gui::drop(shown.board, *data, shown.middleOf(node.toStdString()))); // taken, and answered with the reason
    QCOMPARE(placed.size(), 0);
}

void PlacementBoardTest::foreignDataIsNotTaken()
{
    Shown shown("llama-3-3-70b");
    QMimeData words;
    words.setText(u"llama-3-3-70b"_s);
    QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &words, Qt::LeftButton, Qt::NoModifier);
    enter.ignore();
    QCoreApplication::sendEvent(shown.board.viewport(), &enter);
    QVERIFY(!enter.isAccepted());
}

void PlacementBoardTest::arrowsVisitOnlyPlacesThatFit()
{
    Shown shown("llama-3-3-70b");
    QSignalSpy described(&shown.board, &ui::PlacementBoard::placeDescribed);
    const auto fitting = std::ranges::count_if(shown.cluster.judge("llama-3-3-70b"), [](const auto &candidate) {
        return candidate.verdict == core::Verdict::Fits || candidate.verdict == core::Verdict::Tight;
    });
    QVERIFY(fitting > 0);
    std::set<QString> visited;
    for (int i = 0; i < fitting; ++i) {
        QTest::keyClick(&shown.board, Qt::Key_Down);
        visited.insert(described.last()[0].toString());
    }
    QCOMPARE(static_cast<std::ptrdiff_t>(visited.size()), fitting);
    for (const auto &words : visited)
        QVERIFY2(words.contains(u"fits"_s) || words.contains(u"tight"_s), qPrintable(words));
}

void PlacementBoardTest::shiftArrowsVisitEveryPlace()
{
    Shown shown("llama-3-3-70b");
    QSignalSpy described(&shown.board, &ui::PlacementBoard::placeDescribed);
    std::set<QString> visited;
    for (std::size_t i = 0; i < shown.cluster.snapshot.nodes.size(); ++i) {
        QTest::keyClick(&shown.board, Qt::Key_Down, Qt::ShiftModifier);
        visited.insert(described.last()[0].toString());
    }
    QCOMPARE(visited.size(), shown.cluster.snapshot.nodes.size());
}

void PlacementBoardTest::enterPutsTheModelDown()
{
    Shown shown("llama-3-3-70b");
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    QTest::keyClick(&shown.board, Qt::Key_Down);
    QTest::keyClick(&shown.board, Qt::Key_Return);
    QCOMPARE(placed.size(), 1);
    QCOMPARE(placed[0][0].toString(), u"llama-3-3-70b"_s);
}

void PlacementBoardTest::sKeySpeaksAboutTheWholeSku()
{
    Shown shown("llama-3-3-70b");
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    QTest::keyClick(&shown.board, Qt::Key_Down);
    QTest::keyClick(&shown.board, Qt::Key_S);
    QTest::keyClick(&shown.board, Qt::Key_Return);
    QCOMPARE(placed.size(), 1);
    QCOMPARE(placed[0][1].value<core::Target>().level, core::TargetLevel::Sku);
}

void PlacementBoardTest::escapePutsTheModelBack()
{
    Shown shown("llama-3-3-70b");
    const QSignalSpy back(&shown.board, &ui::PlacementBoard::putBack);
    QTest::keyClick(&shown.board, Qt::Key_Escape);
    QCOMPARE(back.size(), 1);
}

void PlacementBoardTest::aDropOnACardRemembersTheCard()
{
    Shown shown("qwen3-8b");
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    const auto *node = shown.node("gpu-02");
    const auto card = shown.board.onViewport(node->chipRect(3)).center();
    const std::unique_ptr<QMimeData> data(model(u"qwen3-8b"_s));
    QVERIFY(gui::drop(shown.board, *data, card));
    QCOMPARE(placed.size(), 1);
    const auto target = placed[0][1].value<core::Target>();
    QCOMPARE(target.level, core::TargetLevel::Card);
    QCOMPARE(target.card.value_or(-1), 3);
    QCOMPARE(core::enforceableLevel(target), core::TargetLevel::Node);
}

void PlacementBoardTest::severalGpusAreAPlaceOnTheNode()
{
    Shown shown("llama-3-3-70b"); // two GPUs a replica: no card is meant
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    const auto card = shown.board.onViewport(shown.node("gpu-02")->chipRect(0)).center();
    const std::unique_ptr<QMimeData> data(model(u"llama-3-3-70b"_s));
    QVERIFY(gui::drop(shown.board, *data, card));
    QCOMPARE(placed[0][1].value<core::Target>().level, core::TargetLevel::Node);
}

void PlacementBoardTest::cKeyMeansOneCard()
{
    Shown shown("qwen3-8b");
    const QSignalSpy placed(&shown.board, &ui::PlacementBoard::placementRequested);
    QSignalSpy described(&shown.board, &ui::PlacementBoard::placeDescribed);
    QTest::keyClick(&shown.board, Qt::Key_Down);
    QTest::keyClick(&shown.board, Qt::Key_C);
    QVERIFY2(described.last()[0].toString().contains(u"the kubelet chooses"_s),
             qPrintable(described.last()[0].toString()));
    QTest::keyClick(&shown.board, Qt::Key_Return);
    QCOMPARE(placed.size(), 1);
    QCOMPARE(placed[0][1].value<core::Target>().level, core::TargetLevel::Card);
}

void PlacementBoardTest::lAndDActOnWhatIsPlacedHere_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<int>("locks");
    QTest::addColumn<int>("duplicates");
    QTest::newRow("L locks") << int{Qt::Key_L} << 1 << 0;
    QTest::newRow("D duplicates") << int{Qt::Key_D} << 0 << 1;
}

void PlacementBoardTest::lAndDActOnWhatIsPlacedHere()
{
    QFETCH(int, key);
    QFETCH(int, locks);
    QFETCH(int, duplicates);
    Shown shown;
    const QSignalSpy locked(&shown.board, &ui::PlacementBoard::lockRequested);
    const QSignalSpy duplicated(&shown.board, &ui::PlacementBoard::duplicateRequested);
    QTest::mouseClick(shown.board.viewport(), Qt::LeftButton, Qt::NoModifier, shown.middleOf("gpu-21"));
    QTest::keyClick(&shown.board, static_cast<Qt::Key>(key));
    QCOMPARE(locked.size(), locks);
    QCOMPARE(duplicated.size(), duplicates);
    const auto &call = locks ? locked : duplicated;
    QCOMPARE(call[0][0].toString(), u"qwen3-8b"_s);
    QCOMPARE(call[0][1].value<core::Target>().node, std::string("gpu-21"));
}

void PlacementBoardTest::deleteTakesOffWhatThePlanPutThere()
{
    Shown shown;
    const QSignalSpy off(&shown.board, &ui::PlacementBoard::takeOffRequested);
    QTest::mouseClick(shown.board.viewport(), Qt::LeftButton, Qt::NoModifier, shown.middleOf("gpu-21"));
    QTest::keyClick(&shown.board, Qt::Key_Delete);
    QCOMPARE(off.size(), 1);
    QCOMPARE(off[0][0].toString(), u"qwen3-8b"_s);
    QCOMPARE(off[0][1].value<core::Target>().node, std::string("gpu-21"));
}

void PlacementBoardTest::everyNodeIsAnAccessibleItemWithItsWords()
{
    Shown shown("llama-3-3-70b");
    auto *face = QAccessible::queryAccessibleInterface(&shown.board);
    QVERIFY(face);
    QCOMPARE(face->childCount(), static_cast<int>(shown.cluster.snapshot.nodes.size()));
    QStringList names;
    for (int i = 0; i < face->childCount(); ++i)
        names << face->child(i)->text(QAccessible::Name);
    const auto h100 = names.filter(u"node gpu-02"_s);
    QCOMPARE(h100.size(), 1);
    QVERIFY2(h100.front().contains(u"H100 SXM 80 GB"_s) && h100.front().contains(u"8 of 8 free"_s)
                 && h100.front().contains(u"fits llama-3-3-70b"_s),
             qPrintable(h100.front()));
}

void PlacementBoardTest::hostileNamesAreShownAsText()
{
    sample::Cluster cluster;
    cluster.add(sample::machine("<b>x</b><img src=file:///etc/passwd>",
                                sample::devices(cluster.catalog, "nvidia-l40s", "nvidia.com/gpu", 4)));
    cluster.account();
    ui::PlacementBoard board;
    board.resize(900, 900);
    board.setGroups(ui::boardGroups(cluster.input(), cluster.rows, cluster.plan));
    board.setVerdicts(u"<i>model</i>"_s, cluster.verdicts("qwen3-8b"));
    board.show();
    QVERIFY(!board.grab().isNull());
    auto *face = QAccessible::queryAccessibleInterface(&board);
    QStringList names;
    for (int i = 0; i < face->childCount(); ++i)
        names << face->child(i)->text(QAccessible::Name);
    QVERIFY(names.join(u' ').contains(u"<b>x</b>"_s)); // the text itself, not what it would mark up
}

void PlacementBoardTest::tenThousandNodesPaintWhatIsVisible()
{
    sample::Cluster cluster;
    cluster.addMany(10'000);
    cluster.account();
    ui::PlacementBoard board;
    board.resize(1200, 800);
    board.setGroups(ui::boardGroups(cluster.input(), cluster.rows, cluster.plan));
    board.setVerdicts(u"qwen3-8b"_s, cluster.verdicts("qwen3-8b"));
    board.show();
    QVERIFY(!board.grab().isNull());
    QTest::keyClick(&board, Qt::Key_Up); // the last place that fits is scrolled into view
    QVERIFY(!board.grab().isNull());
}

void PlacementBoardTest::theNodesInSightAreThoseThatAreScrolledTo()
{
    Shown shown;
    const auto names = [&shown] {
        QStringList all;
        for (const auto &node : shown.board.nodesInSight())
            all << QString::fromStdString(node->name);
        return all;
    };
    shown.board.resize(900, 150);
    auto *bar = shown.board.verticalScrollBar();
    QVERIFY(bar->maximum() > 0);
    const auto top = names();
    QVERIFY(!top.isEmpty() && top.size() < std::ssize(shown.cluster.snapshot.nodes));
    QVERIFY(std::ranges::is_sorted(top));
    bar->setValue(bar->maximum());
    const auto bottom = names();
    QVERIFY(!bottom.isEmpty() && bottom != top);
    shown.board.resize(900, 4000);
    std::set<std::string> withGpus;
    for (const auto &group : shown.board.groups())
        for (const auto &node : group.nodes)
            withGpus.insert(node.node->name);
    QCOMPARE(names().size(), std::ssize(withGpus)); // each once, also with two kinds of GPU
    shown.board.hide();
    QVERIFY(names().isEmpty());
}

void PlacementBoardTest::verdictsOfSomeNodesAreShownThereAlone()
{
    Shown shown;
    const auto &nodes = shown.cluster.snapshot.nodes;
    const auto some = core::evaluate(shown.cluster.input(), *shown.cluster.plan.find("qwen3-8b"), {nodes.data(), 1});
    shown.board.setVerdicts(u"qwen3-8b"_s, std::make_shared<const std::vector<core::Candidate>>(some));
    int judged = 0;
    for (const auto &group : shown.board.groups())
        for (const auto &node : group.nodes)
            if (const auto *candidate = shown.board.candidateFor(node)) {
                QCOMPARE(candidate->node, nodes.front()->name);
                ++judged;
            }
    QCOMPARE(judged, static_cast<int>(some.size()));
    QVERIFY(judged > 0);
}

QTEST_MAIN(PlacementBoardTest)
#include "placement_board_test.moc"
