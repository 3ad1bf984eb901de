// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gui.h"
#include "ui/main_window/main_window.h"
#include "ui/text/words.h"

#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using ui::Connection;

using gui::part;

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
    void thePaletteFindsPlacesByAFewLetters_data();
    void thePaletteFindsPlacesByAFewLetters();
    void thePaletteSaysThatNothingIsCalledSo();
    void everyInputHasAnAccessibleName();
    void questionMarkShowsTheKeysOfThePage_data();
    void questionMarkShowsTheKeysOfThePage();
    void aLongMessageNeitherWidensTheWindowNorIsLost();
    void onlyLocalFilesAreTaken();
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
    const auto *list = part<QListWidget>(*palette, "commandList");
    int named = 0;
    for (int row = 0; row < list->count(); ++row)
        named += list->item(row)->flags().testFlag(Qt::ItemIsSelectable) ? 1 : 0;
    QCOMPARE(named, found);
    palette->close();
}

void WindowTest::thePaletteSaysThatNothingIsCalledSo()
{
    int ran = 0;
    auto *palette = new ui::CommandPalette({{u"SKU"_s, u"H100"_s, {}, [&ran] { ++ran; }}}, nullptr);
    palette->show();
    auto *find = part<QLineEdit>(*palette, "commandFind");
    QTest::keyClicks(find, u"collect"_s);
    QCOMPARE(part<QListWidget>(*palette, "commandList")->item(0)->text(), u"Nothing here is called “collect”"_s);
    QTest::keyClick(find, Qt::Key_Return);
    QTest::keyClick(find, Qt::Key_Down);
    QTest::keyClick(find, Qt::Key_Return);
    QVERIFY(palette->isVisible() && ran == 0);
    palette->close();
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

QTEST_MAIN(WindowTest)
#include "window_test.moc"
