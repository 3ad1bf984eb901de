// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gui.h"
#include "ui/main_window/main_window.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalSpy>

using namespace Qt::StringLiterals;

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

} // namespace

class ManifestsPageTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingIsAppliedWithoutAYes();
    void applyIsOffWhileDisconnected();
    void aConflictOffersToTakeOverAndNamesTheManager();
    void aNewObjectIsReadAsAFileAChangedOneAsADifference();
    void anEditedObjectIsNoLongerTheOneThatWasAccepted();
};

void ManifestsPageTest::nothingIsAppliedWithoutAYes()
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

void ManifestsPageTest::applyIsOffWhileDisconnected()
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

void ManifestsPageTest::aConflictOffersToTakeOverAndNamesTheManager()
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

void ManifestsPageTest::aNewObjectIsReadAsAFileAChangedOneAsADifference()
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

void ManifestsPageTest::anEditedObjectIsNoLongerTheOneThatWasAccepted()
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

QTEST_MAIN(ManifestsPageTest)
#include "manifests_page_test.moc"
