// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gui.h"
#include "tests/ui/sample_cluster.h"
#include "ui/main_window/main_window.h"
#include "ui/placement/chain_view.h"
#include "ui/placement/ledger_view.h"
#include "ui/text/words.h"
#include "ui/widgets/row_delegate.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using ui::Connection;

using gui::part;

namespace {

core::Export oneFile(const std::string &text)
{
    core::ManifestObject object;
    object.json = {
        {"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"metadata", {{"name", "qwen"}, {"namespace", "serving"}}}};
    object.reasons = {"pinned to the node gpu-21"};
    core::Export tree;
    tree.files.push_back({"nvidia/qwen.yaml", text, {object}});
    return tree;
}

/// A part by name; the test fails on a null pointer where it is used.
} // namespace

class WindowTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPageIsOneKeyAway();
    void f6VisitsEveryPanelOfAPage();
    void theSwitcherEndsWithAllClusters();
    void aLostConnectionOffersToTryNow();
    void theConnectionSaysHowOldTheDataAre_data();
    void theConnectionSaysHowOldTheDataAre();
    void theClockOfTheDataWakesAtMostOnceASecond();
    void anotherClusterStartsWithoutAnAge();
    void whatElseIsWrongWithTheFileStandsBelowItsContexts();
    void theClustersPageSaysWhatIsWrongWithEach();
    void theClustersPageOffersTheDemoWithoutAnyContext();
    void theInventoryKeepsTheLastPictureWhenDisconnected();
    void thePaletteFindsPlacesByAFewLetters_data();
    void thePaletteFindsPlacesByAFewLetters();
    void editingANeedIsOneIntent();
    void anEditKeepsWhatTheFormCannotShow();
    void theInspectorShowsTheChainOfWhatIsPointedAt();
    void aModelThatCannotBeSizedSaysWhy();
    void theLedgerSaysWhichLogCorrectedIt();
    void nothingIsAppliedWithoutAYes();
    void applyIsOffWhileDisconnected();
    void aConflictOffersToTakeOverAndNamesTheManager();
    void aNewObjectIsReadAsAFileAChangedOneAsADifference();
    void anEditedObjectIsNoLongerTheOneThatWasAccepted();
    void everyInputHasAnAccessibleName();
    void questionMarkShowsTheKeysOfThePage_data();
    void questionMarkShowsTheKeysOfThePage();
    void theFirstReadingSaysHowFarItIs();
    void aRowIsCopiedAsItIsRead();
    void theInventoryIsGroupedAnotherWayAndFindsASkuAllTheSame();
    void aLongMessageNeitherWidensTheWindowNorIsLost();
    void aQueryLeavesTheRowsThatHoldIt_data();
    void aQueryLeavesTheRowsThatHoldIt();
    void aQueryThatMakesNoSenseChangesNothingAndSaysSo();
    void theEvidenceOfANodeSaysWhatItMeansAndWhatToDo();
    void onlyLocalFilesAreTaken();
    void aTargetIsPartOfTheNeedOnlyWhenItIsSet();
    void theBestPlacesSayWhatIsKnownOfSpeedAndPrice();
    void aDragNamesTheCheapestAndTheFastestPlaceThatFits();
};

void WindowTest::everyPageIsOneKeyAway()
{
    ui::MainWindow window;
    window.show();
    QApplication::setActiveWindow(&window); // shortcuts belong to the active window
    const QSignalSpy changed(&window, &ui::MainWindow::pageChanged);
    QTest::keyClick(&window, Qt::Key_2, Qt::ControlModifier);
    QVERIFY(window.placement()->isVisible());
    QTest::keyClick(&window, Qt::Key_3, Qt::ControlModifier);
    QVERIFY(window.manifests()->isVisible());
    QTest::keyClick(&window, Qt::Key_1, Qt::ControlModifier);
    QVERIFY(window.inventory()->isVisible());
    QCOMPARE(changed.size(), 3);
}

void WindowTest::f6VisitsEveryPanelOfAPage()
{
    ui::MainWindow window;
    window.show();
    QApplication::setActiveWindow(&window);
    window.showPage(ui::MainWindow::Page::Placement);
    std::set<QString> visited;
    for (int i = 0; i < 6; ++i) {
        QTest::keyClick(&window, Qt::Key_F6);
        if (const auto *focus = QApplication::focusWidget())
            visited.insert(focus->objectName());
    }
    for (const auto *name : {"pageList", "modelsPanel", "placementBoard", "bestPlaces"})
        QVERIFY2(visited.contains(QString::fromLatin1(name)), name);
}

void WindowTest::theSwitcherEndsWithAllClusters()
{
    ui::TopBar bar;
    bar.setContexts({u"prod"_s, u"demo"_s}, u"prod"_s);
    auto *combo = part<QComboBox>(bar, "contextCombo");
    QCOMPARE(combo->currentText(), u"prod"_s);
    const QSignalSpy chosen(&bar, &ui::TopBar::contextChosen);
    const QSignalSpy all(&bar, &ui::TopBar::clustersRequested);
    combo->setCurrentIndex(2);
    Q_EMIT combo->textActivated(combo->itemText(2));
    QCOMPARE(all.size(), 1);
    QCOMPARE(chosen.size(), 0);
    QCOMPARE(combo->currentText(), u"prod"_s);
}

void WindowTest::aLostConnectionOffersToTryNow()
{
    ui::MainWindow window;
    window.show();
    const QSignalSpy retry(window.topBar(), &ui::TopBar::retryRequested);
    auto *button = part<QPushButton>(window, "retryButton");
    window.topBar()->setConnection({Connection::State::Connected, u"prod"_s, u"v1.36.3"_s, {}});
    QVERIFY(!button->isVisible());
    window.topBar()->setConnection({Connection::State::Lost, u"prod"_s, {}, u"connection refused"_s});
    QVERIFY(gui::click(*button));
    QCOMPARE(retry.size(), 1);
    const QSignalSpy why(window.topBar(), &ui::TopBar::whyRequested);
    QVERIFY(gui::click(*part<QPushButton>(window, "whyButton")));
    QCOMPARE(why[0][0].toString(), u"connection refused"_s);
}

void WindowTest::theConnectionSaysHowOldTheDataAre_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<qint64>("age"); // negative: nothing was read
    QTest::addColumn<QString>("words");
    QTest::addColumn<qint64>("retryIn");
    const auto row = [](const char *name, Connection::State state, qint64 age, const QString &words,
                        qint64 retryIn = -1) {
        QTest::newRow(name) << static_cast<int>(state) << age << words << retryIn;
    };
    row("just heard", Connection::State::Connected, 3, u"connected · 3 s ago · v1.36.3"_s);
    row("minutes", Connection::State::Connected, 200, u"connected · 3 min ago · v1.36.3"_s);
    row("stale", Connection::State::Connected, 7300, u"connected · no news for 2 h: may be stale · v1.36.3"_s);
    row("not read yet", Connection::State::Connected, -1, u"connected · v1.36.3"_s);
    row("lost", Connection::State::Lost, 180, u"prod-eu does not answer · last seen 3 min ago · trying again"_s);
    row("lost, tried again later", Connection::State::Lost, 180,
        u"prod-eu does not answer · last seen 3 min ago · trying again in 12 s"_s, 12);
    row("tried again now", Connection::State::Lost, 180,
        u"prod-eu does not answer · last seen 3 min ago · trying again"_s, 0);
    row("never seen", Connection::State::Lost, -1, u"prod-eu does not answer · not seen yet · trying again"_s);
    row("no cluster", Connection::State::None, 5, u"not connected"_s);
    row("asking", Connection::State::Connecting, 5, u"connecting …"_s);
}

void WindowTest::theConnectionSaysHowOldTheDataAre()
{
    QFETCH(int, state);
    QFETCH(qint64, age);
    QFETCH(QString, words);
    QFETCH(qint64, retryIn);
    const auto now = QDateTime::currentDateTime();
    const Connection connection{static_cast<Connection::State>(state),
                                u"prod-eu"_s,
                                u"v1.36.3"_s,
                                {},
                                retryIn < 0 ? QDateTime() : now.addSecs(retryIn)};
    QCOMPARE(ui::connectionWords(connection, age < 0 ? std::nullopt : std::optional(age), now), words);
}

void WindowTest::theClockOfTheDataWakesAtMostOnceASecond()
{
    for (qint64 age = 0; age < 200'000; ++age) {
        const auto next = ui::secondsToNextAge(age);
        QVERIFY(next >= 1 && next <= 86400);
        QVERIFY(age < 10 || next > 1 || ui::ageWords(age) != ui::ageWords(age + next)); // rare, but never late
    }
    QCOMPARE(ui::ageWords(-5), u"0 s"_s);
    QCOMPARE(ui::ageWords(3 * 86400), u"3 d"_s);
}

void WindowTest::anotherClusterStartsWithoutAnAge()
{
    ui::TopBar bar;
    const auto *line = part<ui::GlyphLine>(bar, "connectionLabel");
    bar.setConnection({Connection::State::Connected, u"prod"_s, u"v1.36.3"_s, {}});
    bar.heard(QDateTime::currentDateTime().addSecs(-120));
    QCOMPARE(line->words(), u"connected · 2 min ago · v1.36.3"_s);
    bar.setConnection({Connection::State::Lost, u"lab"_s, {}, u"refused"_s});
    QCOMPARE(line->words(), u"lab does not answer · not seen yet · trying again"_s);
}

void WindowTest::whatElseIsWrongWithTheFileStandsBelowItsContexts()
{
    ui::ContextsPage page;
    const auto *label = part<QLabel>(page, "kubeconfigProblems");
    page.setContexts({{u"prod"_s, u"10.0.0.1:6443"_s, u"token"_s, {}, {}}}, {});
    page.setOtherProblems({});
    QVERIFY(label->isHidden());
    page.setOtherProblems({u"one"_s, u"<b>two</b>"_s, u"three"_s, u"four"_s, u"five"_s});
    QVERIFY(!label->isHidden());
    QCOMPARE(label->textFormat(), Qt::PlainText);
    QVERIFY2(label->text().contains(u"<b>two</b>\nthree\nand 2 more"_s), qPrintable(label->text()));
}

void WindowTest::theClustersPageSaysWhatIsWrongWithEach()
{
    ui::MainWindow window;
    window.show();
    auto *page = window.contexts();
    page->setContexts({{u"prod"_s, u"10.0.0.1:6443"_s, u"token"_s, {}, {}},
                       {u"old"_s, u"10.0.0.2:6443"_s, u"auth-provider: gcp"_s, core::Verdict::No,
                        u"this sign-in was removed from Kubernetes"_s}},
                      {});
    window.showContexts();
    QVERIFY(page->isVisible());
    page->setReady(u"prod"_s, core::Verdict::Tight, u"answers; you may not read pods"_s);
    page->setReady(u"gone"_s, core::Verdict::No, u"ignored"_s);
    auto *table = part<QTreeWidget>(window, "contextsTable");
    QCOMPARE(table->topLevelItem(0)->text(3), u"answers; you may not read pods"_s);
    QCOMPARE(table->topLevelItem(1)->text(3), u"this sign-in was removed from Kubernetes"_s);
    const QSignalSpy connected(page, &ui::ContextsPage::connectRequested);
    QVERIFY(gui::click(*part<QPushButton>(window, "connectButton")));
    QCOMPARE(connected[0][0].toString(), u"prod"_s);
    window.showPage(ui::MainWindow::Page::Inventory);
    QVERIFY(window.inventory()->isVisible());
}

void WindowTest::theClustersPageOffersTheDemoWithoutAnyContext()
{
    ui::ContextsPage page;
    page.setContexts({}, u"/home/me/.kube/config: line 3 is not YAML"_s);
    page.show();
    QVERIFY(!part<QPushButton>(page, "connectButton")->isVisible());
    const QSignalSpy demo(&page, &ui::ContextsPage::demoRequested);
    QVERIFY(gui::click(*part<QPushButton>(page, "demoButton")));
    QCOMPARE(demo.size(), 1);
}

void WindowTest::theInventoryKeepsTheLastPictureWhenDisconnected()
{
    sample::Cluster cluster;
    ui::MainWindow window;
    window.inventory()->setCatalog(&cluster.catalog);
    window.inventory()->setInventory(std::make_shared<const core::ClusterSnapshot>(cluster.snapshot),
                                     cluster.sharedUsage(), cluster.rows);
    window.show();
    const auto *headline = part<QLabel>(window, "inventoryHeadline");
    const auto live = headline->text();
    const int rows = window.inventory()->tree()->model()->rowCount();
    window.inventory()->setStale(u"14:02"_s);
    QVERIFY(headline->text().startsWith(live) && headline->text().contains(u"14:02"_s));
    QCOMPARE(window.inventory()->tree()->model()->rowCount(), rows);
    window.inventory()->setStale({});
    QCOMPARE(headline->text(), live);
}

void WindowTest::thePaletteFindsPlacesByAFewLetters_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<int>("found");
    QTest::newRow("nothing typed shows everything") << QString() << 3;
    QTest::newRow("letters in order") << u"h1fr"_s << 1;
    QTest::newRow("any case") << u"NODE GPU"_s << 1;
    QTest::newRow("letters out of order") << u"erf"_s << 0;
    QTest::newRow("words in any order") << u"gpu node"_s << 1;
    QTest::newRow("one of two words is missing") << u"node h100"_s << 0;
    QTest::newRow("markup is text") << u"<b>"_s << 1;
}

void WindowTest::thePaletteFindsPlacesByAFewLetters()
{
    QFETCH(QString, typed);
    QFETCH(int, found);
    const auto nothing = [] {};
    auto *palette = new ui::CommandPalette({{u"SKU"_s, u"H100 SXM 80 GB, 10 of 24 free"_s, {}, nothing},
                                            {u"Node"_s, u"gpu-01"_s, {}, nothing},
                                            {u"Model"_s, u"<b>x</b>"_s, {}, nothing}},
                                           nullptr);
    palette->show();
    QTest::keyClicks(part<QLineEdit>(*palette, "commandFind"), typed);
    QCOMPARE(part<QListWidget>(*palette, "commandList")->count(), found);
    palette->close();
}

void WindowTest::editingANeedIsOneIntent()
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

void WindowTest::anEditKeepsWhatTheFormCannotShow()
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

void WindowTest::theInspectorShowsTheChainOfWhatIsPointedAt()
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

void WindowTest::aModelThatCannotBeSizedSaysWhy()
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

void WindowTest::theLedgerSaysWhichLogCorrectedIt()
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

void WindowTest::nothingIsAppliedWithoutAYes()
{
    ui::MainWindow window;
    window.show();
    window.showPage(ui::MainWindow::Page::Manifests);
    window.manifests()->setWritable(true);
    window.manifests()->setExport(oneFile("kind: Deployment\n"));
    const QSignalSpy applied(window.manifests(), &ui::ManifestsPage::applyRequested);
    QVERIFY(gui::click(*part<QPushButton>(window, "applyButton")));
    QCOMPARE(applied.size(), 0);
    QVERIFY(gui::click(*part<QPushButton>(window, "applyCancelButton")));
    QCOMPARE(applied.size(), 0);
    QVERIFY(gui::click(*part<QPushButton>(window, "applyButton")));
    QVERIFY(gui::click(*part<QPushButton>(window, "applyConfirmButton")));
    QCOMPARE(applied.size(), 1);
    QCOMPARE(applied[0][0].toBool(), false); // never forced unasked
}

void WindowTest::applyIsOffWhileDisconnected()
{
    ui::MainWindow window;
    window.showPage(ui::MainWindow::Page::Manifests);
    window.show();
    window.manifests()->setExport(oneFile("kind: Deployment\n"));
    window.manifests()->setWritable(false);
    QVERIFY(!part<QPushButton>(window, "applyButton")->isEnabled());
    QVERIFY(!part<QPushButton>(window, "dryRunButton")->isEnabled());
    QVERIFY(part<QPushButton>(window, "exportButton")->isEnabled());
}

void WindowTest::aConflictOffersToTakeOverAndNamesTheManager()
{
    ui::MainWindow window;
    window.showPage(ui::MainWindow::Page::Manifests);
    window.show();
    window.manifests()->setWritable(true);
    window.manifests()->setExport(oneFile("kind: Deployment\n"));
    QVERIFY(!part<QPushButton>(window, "forceApplyButton")->isVisible());
    ui::ServerAnswer refused;
    refused.accepted = false;
    refused.conflict = true;
    refused.message = u"spec.replicas is owned by helm"_s;
    window.manifests()->setAnswers({{u"Deployment serving/qwen"_s, refused}});
    QVERIFY(part<QPushButton>(window, "forceApplyButton")->isVisible());
    QVERIFY(part<QLabel>(window, "manifestState")->text().contains(u"owned by helm"_s));
}

void WindowTest::aNewObjectIsReadAsAFileAChangedOneAsADifference()
{
    ui::MainWindow window;
    window.show();
    window.manifests()->setExport(oneFile("kind: Deployment\n"));
    auto *view = part<QPlainTextEdit>(window, "manifestView");
    ui::ServerAnswer answer;
    answer.accepted = true;
    answer.diff = std::vector<core::DiffLine>{{'+', "kind: Deployment"}};
    window.manifests()->setAnswers({{u"Deployment serving/qwen"_s, answer}});
    QVERIFY(!view->toPlainText().contains(u'+'));
    answer.diff = std::vector<core::DiffLine>{{'-', "replicas: 1"}, {'+', "replicas: 2"}};
    window.manifests()->setAnswers({{u"Deployment serving/qwen"_s, answer}});
    QVERIFY(view->toPlainText().contains(u"+ replicas: 2"_s));
}

void WindowTest::anEditedObjectIsNoLongerTheOneThatWasAccepted()
{
    ui::MainWindow window;
    window.showPage(ui::MainWindow::Page::Manifests);
    window.show();
    window.manifests()->setWritable(true);
    auto tree = oneFile("kind: Deployment\n");
    window.manifests()->setExport(tree);
    ui::ServerAnswer accepted;
    accepted.accepted = true;
    accepted.diff = std::vector<core::DiffLine>{{'-', "replicas: 1"}, {'+', "replicas: 2"}};
    window.manifests()->setAnswers({{u"Deployment serving/qwen"_s, accepted}});
    part<QPushButton>(window, "applyButton")->click();
    const auto *state = part<QLabel>(window, "manifestState");
    window.manifests()->setExport(tree); // nothing new: what was said and asked stands
    QVERIFY(state->text().contains(u"accepted"_s));
    QVERIFY(part<QPushButton>(window, "applyConfirmButton")->isVisible());
    tree.files.front().objects.front().json["spec"]["replicas"] = 3;
    window.manifests()->setExport(tree);
    QVERIFY(state->text().isEmpty());
    QVERIFY(!part<QPushButton>(window, "applyConfirmButton")->isVisible());
    QVERIFY(!part<QPlainTextEdit>(window, "manifestView")->toPlainText().contains(u"+ replicas: 2"_s));
}

void WindowTest::everyInputHasAnAccessibleName()
{
    ui::MainWindow window;
    window.show();
    for (auto *widget : window.findChildren<QWidget *>()) {
        const bool isInput = qobject_cast<QAbstractSpinBox *>(widget) || qobject_cast<QComboBox *>(widget)
            || qobject_cast<QAbstractItemView *>(widget) || qobject_cast<QPlainTextEdit *>(widget);
        if (isInput && !widget->objectName().isEmpty() && !widget->objectName().startsWith(u"qt_"))
            QVERIFY2(!widget->accessibleName().isEmpty(), qPrintable(widget->objectName()));
    }
}

void WindowTest::questionMarkShowsTheKeysOfThePage_data()
{
    QTest::addColumn<int>("page");
    QTest::addColumn<QString>("its");
    QTest::newRow("inventory") << 0 << u"Ctrl+Shift+C"_s;
    QTest::newRow("placement") << 1 << u"Shift + arrows"_s;
    QTest::newRow("manifests") << 2 << u"Ctrl+Enter"_s;
}

void WindowTest::questionMarkShowsTheKeysOfThePage()
{
    QFETCH(int, page);
    QFETCH(QString, its);
    ui::MainWindow window;
    window.show();
    QApplication::setActiveWindow(&window);
    window.showPage(static_cast<ui::MainWindow::Page>(page));
    QTest::keyClick(&window, Qt::Key_Question);
    auto *panel = part<QDialog>(window, "keysPanel");
    QVERIFY(panel && panel->isVisible());
    QStringList words;
    for (const auto *label : panel->findChildren<QLabel *>())
        words << label->text();
    QVERIFY2(words.contains(its), qPrintable(words.join(u'|')));
    QVERIFY(words.contains(u"Ctrl+K"_s)); // what holds everywhere comes from the menus
    QTest::keyClick(panel, Qt::Key_Escape);
    QVERIFY(!panel->isVisible());
}

void WindowTest::theFirstReadingSaysHowFarItIs()
{
    ui::MainWindow window;
    window.show();
    auto *line = window.progress();
    QVERIFY(!line->isVisible());
    line->setProgress(u"pods"_s, 12'500, 20'000);
    line->setProgress(u"nodes"_s, 500, 0); // the server does not say how many
    QVERIFY(line->isVisible());
    QCOMPARE(line->words(), u"nodes 500 · pods 12,500 of about 20,000"_s);
    line->finish(u"pods"_s);
    QCOMPARE(line->words(), u"nodes 500"_s);
    line->finish(u"nodes"_s);
    QVERIFY(!line->isVisible());
}

void WindowTest::aRowIsCopiedAsItIsRead()
{
    sample::Cluster cluster;
    ui::MainWindow window;
    window.inventory()->setCatalog(&cluster.catalog);
    window.inventory()->setInventory(std::make_shared<const core::ClusterSnapshot>(cluster.snapshot),
                                     cluster.sharedUsage(), cluster.rows);
    window.show();
    QApplication::setActiveWindow(&window);
    auto *tree = window.inventory()->tree();
    tree->setFocus();
    tree->setCurrentIndex(tree->model()->index(0, 0));
    const auto name = tree->model()->index(0, 0).data().toString();
    QTest::keyClick(tree, Qt::Key_C, Qt::ControlModifier);
    QVERIFY2(QGuiApplication::clipboard()->text().startsWith(name + u'\t'),
             qPrintable(QGuiApplication::clipboard()->text()));
    QTest::keyClick(tree, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(QGuiApplication::clipboard()->text().startsWith(u"| "_s + name + u" | "_s));
}

namespace {

/// The inventory of the sample cluster in a window.
struct ShownInventory {
    sample::Cluster cluster;
    ui::MainWindow window;

    ShownInventory()
    {
        window.inventory()->setCatalog(&cluster.catalog);
        window.inventory()->setInventory(std::make_shared<const core::ClusterSnapshot>(cluster.snapshot),
                                         cluster.sharedUsage(), cluster.rows);
        window.show();
    }

    /// Every node in sight, in order.
    QString nodes()
    {
        const auto *model = window.inventory()->tree()->model();
        QStringList names;
        for (int row = 0; row < model->rowCount(); ++row)
            for (int child = 0; child < model->rowCount(model->index(row, 0)); ++child)
                names << model->index(child, 0, model->index(row, 0)).data().toString();
        names.sort();
        return names.join(u' ');
    }
};

} // namespace

void WindowTest::theInventoryIsGroupedAnotherWayAndFindsASkuAllTheSame()
{
    ShownInventory shown;
    auto *page = shown.window.inventory();
    auto *group = part<QComboBox>(*page, "inventoryGroup");
    const auto *model = page->tree()->model();
    const auto before = shown.nodes();
    group->setFocus();
    QTest::keyClick(group, Qt::Key_Down);
    QCOMPARE(model->headerData(0, Qt::Horizontal).toString(), u"Vendor"_s);
    QCOMPARE(model->index(0, 0).data().toString(), u"AMD"_s);
    QCOMPARE(shown.nodes(), before); // the same devices below
    QVERIFY(page->tree()->isExpanded(model->index(0, 0)));
    QTest::keyClick(group, Qt::Key_End);
    QCOMPARE(model->headerData(0, Qt::Horizontal).toString(), u"Node"_s);
    QVERIFY(page->tree()->currentIndex().isValid());
    page->goTo(u"gpu-03"_s);
    QCOMPARE(page->tree()->currentIndex().data().toString(), u"gpu-03"_s);
    page->setInventory(std::make_shared<const core::ClusterSnapshot>(shown.cluster.snapshot),
                       shown.cluster.sharedUsage(), shown.cluster.rows);
    QCOMPARE(page->tree()->currentIndex().data().toString(), u"gpu-03"_s); // what is chosen stays with the next picture
    QTest::keyClick(group, Qt::Key_Home);
    QTest::keyClick(group, Qt::Key_Down);
    page->goTo(u"H100 SXM 80 GB"_s);
    QCOMPARE(page->tree()->currentIndex().data().toString(), u"H100 SXM 80 GB"_s);
    QCOMPARE(group->currentText(), u"Group: SKU"_s);
}

void WindowTest::aLongMessageNeitherWidensTheWindowNorIsLost()
{
    ui::MainWindow window;
    const auto before = window.minimumSizeHint().width();
    const auto words = u"needs 2 equal GPUs <b>on</b> one node "_s.repeated(40);
    window.setMessage(words);
    window.setTotals(u"cheapest fit: MI300X amd-01 $4.20/h · fastest: H200 gpu-11"_s);
    window.resize(1280, 800);
    window.show();
    QVERIFY(window.minimumSizeHint().width() < before + 600); // the totals need room, the message none
    auto *message = part<QLabel>(window, "messageLine");
    QVERIFY(message->width() < message->fontMetrics().horizontalAdvance(words));
    QVERIFY(!message->grab().isNull());
    QCOMPARE(message->text(), words);
    QCOMPARE(message->toolTip(), words.toHtmlEscaped());
}

void WindowTest::aQueryLeavesTheRowsThatHoldIt_data()
{
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("nodes");
    QTest::newRow("facts and figures") << u"sku:h100 free>=4"_s << u"gpu-02"_s;
    QTest::newRow("a word of the SKU") << u"mi300x"_s << u"amd-01"_s;
    QTest::newRow("a pod") << u"qwen-0"_s << u"gpu-03"_s;
    QTest::newRow("what is wrong") << u"withdrawn>0"_s << u"gpu-03"_s;
    QTest::newRow("nothing holds it") << u"zone:mars"_s << QString();
}

void WindowTest::aQueryLeavesTheRowsThatHoldIt()
{
    QFETCH(QString, query);
    QFETCH(QString, nodes);
    ShownInventory shown;
    part<QLineEdit>(shown.window, "inventoryFilter")->setText(query);
    QCOMPARE(shown.nodes(), nodes);
}

void WindowTest::aQueryThatMakesNoSenseChangesNothingAndSaysSo()
{
    ShownInventory shown;
    auto *filter = part<QLineEdit>(shown.window, "inventoryFilter");
    const auto *problem = part<QLabel>(shown.window, "inventoryFilterProblem");
    filter->setText(u"sku:h100"_s);
    const auto before = shown.nodes();
    filter->setText(u"sku:h100 free>=many"_s);
    QCOMPARE(shown.nodes(), before);
    QVERIFY(problem->isVisible() && problem->text().contains(u"free>=many"_s));
    filter->setText({});
    QVERIFY(!problem->isVisible());
    QCOMPARE(shown.nodes().split(u' ').size(), static_cast<int>(shown.cluster.snapshot.nodes.size()));
}

void WindowTest::theEvidenceOfANodeSaysWhatItMeansAndWhatToDo()
{
    ShownInventory shown;
    shown.window.inventory()->goTo(u"gpu-03"_s);
    QVERIFY(part<QLabel>(shown.window, "meaningLabel")->text().contains(u"withdrew 1 of 8"_s));
    QVERIFY(part<QLabel>(shown.window, "todoLabel")->text().contains(u"device plugin's log"_s));
    const auto *table = part<QTreeView>(shown.window, "evidenceTable")->model();
    QCOMPARE(table->index(0, 0).data().toString(), u"node capacity"_s); // the cluster first
    int sheets = 0;
    for (int row = 0; row < table->rowCount(); ++row)
        sheets += table->index(row, 0).data().toString() == u"data sheet"_s ? 1 : 0;
    QCOMPARE(sheets, 1); // and the data sheet in one row
    QCOMPARE(table->index(table->rowCount() - 1, 0).data().toString(), u"data sheet"_s);
}

void WindowTest::onlyLocalFilesAreTaken()
{
    ui::MainWindow window;
    window.show();
    const QSignalSpy dropped(&window, &ui::MainWindow::fileDropped);
    QMimeData files;
    files.setUrls({QUrl(u"https://example.org/start.log"_s), QUrl::fromLocalFile(u"/tmp/start.log"_s)});
    QDragEnterEvent enter(QPoint(20, 20), Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPoint(20, 20), Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &drop);
    QCOMPARE(dropped.size(), 1);
    QCOMPARE(dropped[0][0].toString(), u"/tmp/start.log"_s);
}

void WindowTest::aTargetIsPartOfTheNeedOnlyWhenItIsSet()
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

void WindowTest::theBestPlacesSayWhatIsKnownOfSpeedAndPrice()
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

void WindowTest::aDragNamesTheCheapestAndTheFastestPlaceThatFits()
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

QTEST_MAIN(WindowTest)
#include "window_test.moc"
