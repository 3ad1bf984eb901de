// SPDX-License-Identifier: GPL-3.0-or-later
// The whole way of a proposed cordon in the window: a failed probe, the button, the question, the cluster's answer.
#include "app/application.h"
#include "app/cluster_reader.h"
#include "app/resource_paths.h"
#include "app/seconds_now.h"
#include "core/history/history.h"
#include "core/http/http_client.h"
#include "tests/core/probe_report/sample_results.h"
#include "tests/support/gui.h"

#include <QApplication>
#include <QMessageBox>
#include <QTemporaryDir>
#include <QtTest>

using namespace Qt::StringLiterals;

using gui::part;

namespace {

/// A user of a cluster whose nodes may be read and never written; a probe met wrong data on node h100-03.
struct Desk {
    QTemporaryDir home;
    std::unique_ptr<app::DemoCluster> cluster;
    std::unique_ptr<app::Application> application;
    ui::MainWindow *window = nullptr;

    Desk()
    {
        for (const auto *variable : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"})
            qputenv(variable, home.path().toUtf8());
        auto started = app::DemoCluster::start(DEMO_SCENARIO, {.readOnly = {"nodes"}});
        if (!started || !failAProbe())
            qFatal("no cluster or no history");
        cluster = *std::move(started);
        QFile file(home.filePath(u"kubeconfig"_s));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        // Its context is called demo, and it is not the window's own demo cluster, which takes every write.
        file.write(QByteArray::fromStdString(cluster->kubeconfig()));
        file.close();
        app::CommandLine line;
        line.kubeconfig = file.fileName().toStdString();
        application = *app::Application::make(line);
        application->start();
        for (auto *widget : QApplication::topLevelWidgets())
            if (auto *found = qobject_cast<ui::MainWindow *>(widget))
                window = found;
    }
    static bool failAProbe()
    {
        auto wrong = sample::result(0, 4300, app::secondsNow(), "h100-03");
        wrong.metrics[0].valid = false;
        wrong.metrics[0].wrong = 1;
        auto history = core::History::open(app::historyFile());
        return history && history->add(std::vector{wrong});
    }
    nlohmann::json node() const
    {
        core::ClusterAccess access;
        access.server = "http://127.0.0.1:" + std::to_string(cluster->port());
        core::KubeClient client(core::makeCurlClient(), access);
        const auto read = client.get("/api/v1/nodes/h100-03");
        return read ? *read : nlohmann::json();
    }
};

} // namespace

class WindowCordonTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRefusedCordonIsASentenceOnThePageAndNothingElseHappens()
    {
        const Desk desk;
        QVERIFY(desk.window);
        desk.window->showPage(ui::MainWindow::Page::Probes);
        auto *go = part<QPushButton>(*desk.window, "cordonGo");
        QTRY_VERIFY_WITH_TIMEOUT(go->isVisible(), 30'000);
        const auto before = desk.node();
        QVERIFY(gui::click(*go));
        auto *question = part<QMessageBox>(*desk.window, "cordonDialog");
        QVERIFY(question && question->isVisible());
        for (auto *button : question->buttons())
            if (question->buttonRole(button) == QMessageBox::AcceptRole)
                QVERIFY(gui::click(*button));
        auto *said = part<QLabel>(*desk.window, "probeState");
        QTRY_VERIFY2_WITH_TIMEOUT(said->isVisible() && said->text().contains(u"nodes is forbidden"_s),
                                  qPrintable(said->text()), 30'000);
        QVERIFY2(said->text().contains(u"nothing was changed"_s) && said->text().contains(u"kubectl cordon h100-03"_s),
                 qPrintable(said->text()));
        QCOMPARE(desk.node(), before);
        QVERIFY(go->isVisible() && go->isEnabled()); // still proposed
        QVERIFY(!QApplication::activeModalWidget());
    }
};

QTEST_MAIN(WindowCordonTest)
#include "window_cordon_test.moc"
