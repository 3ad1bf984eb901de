// SPDX-License-Identifier: GPL-3.0-or-later
// The probes page and what stands behind it.
#include "app/application.h"

#include "app/benchmark_rows.h"
#include "app/cordon.h"
#include "app/probe_collector.h"
#include "app/resource_paths.h"
#include "core/manifests/probe_job.h"
#include "ui/probes/benchmark_dialog.h"
#include "ui/text/words.h"

#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace app {

void Application::connectProbeIntents()
{
    auto *page = m_window.probes();
    auto *desk = m_probes.get();
    connect(page, &ui::ProbesPage::runRequested, this, [page, desk](const QString &profile, const QString &device) {
        page->setRunning(true);
        desk->run(ui::plain(profile), ui::plain(device));
    });
    connect(page, &ui::ProbesPage::cancelRequested, desk, &ProbeDesk::cancel);
    connect(page, &ui::ProbesPage::cardSelected, desk,
            [desk](const QString &card) { desk->readHistory(ui::plain(card)); });
    connect(page, &ui::ProbesPage::importRequested, this, [this, desk] {
        auto *dialog = new QFileDialog(&m_window, tr("Import probe results or a serving benchmark"), {},
                                       tr("JSON (*.jsonl *.json)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, desk,
                [desk](const QString &file) { desk->importFile(ui::plain(file)); });
        dialog->open();
    });
    connect(desk, &ProbeDesk::benchmarkFound, this, &Application::askAboutBenchmark);
    connect(page, &ui::ProbesPage::jobRequested, this, &Application::exportProbeJobs);
    connect(page, &ui::ProbesPage::cordonRequested, this, &Application::askToCordon);
    connect(page, &ui::ProbesPage::collectRequested, this, &Application::collectProbes);
    connect(desk, &ProbeDesk::listed, page, &ui::ProbesPage::setLocal);
    connect(desk, &ProbeDesk::judged, this, [this, page](const Measured &measured) {
        m_measured = std::make_shared<Measured>(measured);
        page->setCards(measured.newest);
        page->benchmarks()->setRows(benchmarkRows(measured.serving, *m_resources.catalog, *m_resources.prices));
        takeSnapshot(m_snapshot); // what was measured counts in every verdict
    });
    connect(desk, &ProbeDesk::historyRead, page, &ui::ProbesPage::setHistory);
    connect(desk, &ProbeDesk::progressed, page, &ui::ProbesPage::setProgress);
    connect(desk, &ProbeDesk::noted, page, &ui::ProbesPage::setProblem);
    connect(desk, &ProbeDesk::ended, this, [page](const QString &problem) {
        page->setRunning(false);
        page->setProblem(problem);
    });
}

/// Ctrl+K: what the Probes page can do, and every card that was measured.
void Application::listMeasurements(std::vector<ui::Command> &places)
{
    auto *page = m_window.probes();
    const auto add = [&](const QString &words, const std::function<void()> &run) {
        places.push_back({tr("Probes"), words, {}, [this, run] {
                              m_window.showPage(ui::MainWindow::Page::Probes);
                              run();
                          }});
    };
    add(tr("Measure this machine's GPUs"), [page] { page->measure(); });
    add(tr("Collect what pods have measured"), [page] { Q_EMIT page->collectRequested(); });
    add(tr("Run on nodes: write Jobs that measure"), [page] { Q_EMIT page->jobRequested(); });
    add(tr("Import results or a serving benchmark"), [page] { Q_EMIT page->importRequested(); });
    if (!m_measured)
        return;
    for (const auto &card : m_measured->newest)
        add(tr("%1, %2 %3, %4")
                .arg(ui::text(card.result.device.name), ui::text(card.host), ui::text(card.result.device.pci),
                     QString::fromLatin1(core::word(card.verdict))),
            [page, id = ui::text(card.card)] {
                page->showView(ui::ProbesPage::View::Card);
                page->select(id);
            });
}

void Application::askAboutBenchmark(const QString &file, const QString &model)
{
    m_window.probes()->showView(ui::ProbesPage::View::Serving);
    std::vector<ui::BenchmarkDialog::Choice> choices;
    const auto add = [&choices](const core::Sku &sku) {
        if (std::ranges::find(choices, ui::text(sku.id), &ui::BenchmarkDialog::Choice::id) == choices.end())
            choices.push_back({ui::text(sku.id), ui::text(sku.displayName)});
    };
    for (const auto &row : m_rows) // those of the cluster first
        if (const auto *sku = m_resources.catalog->findSku(row.sku))
            add(*sku);
    for (const auto &sku : m_resources.catalog->skus)
        add(sku);
    auto *dialog = new ui::BenchmarkDialog(QFileInfo(file).fileName(), model, choices, &m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ui::BenchmarkDialog::described, this, [this, file](const core::BenchmarkContext &context) {
        m_probes->importBenchmark(ui::plain(file), context);
    });
    dialog->open();
}

/// Reads what ended Jobs measured from their pods' logs, into the same history.
void Application::collectProbes()
{
    auto *page = m_window.probes();
    if (!m_commands || !m_connected)
        return page->setProblem(tr("not connected: there is no log to read"));
    page->setProblem(tr("reading the logs …"));
    const auto now = QDateTime::currentSecsSinceEpoch();
    m_commands->submit<CollectedMeasurements>(
        [now](core::KubeClient &client, const std::stop_token &stop) {
            return collectMeasurements(client, client.access().nameSpace, now, stop);
        },
        [this, page](const core::Result<CollectedMeasurements> &collected) {
            if (!collected)
                return page->setProblem(ui::sentence(collected.error()));
            if (collected->pods == 0)
                return page->setProblem(tr("no pod of Berth has measured anything here yet"));
            if (m_context == m_demoContext)
                return m_probes->show(*collected);
            m_probes->keep(*collected);
        });
}

void Application::showProposals()
{
    std::vector<ui::ProbesPage::Proposal> shown;
    for (const auto &[node, why] : cordonProposals(*m_probed, *m_snapshot))
        shown.push_back({node, why});
    m_window.probes()->setProposals(std::move(shown));
}

/// Berth proposes; a person says so twice before a node is touched.
void Application::askToCordon(const QString &node)
{
    auto *box = new QMessageBox(QMessageBox::Question, tr("Cordon %1").arg(node),
                                tr("Mark %1 unschedulable on %2? Pods that run there stay; no new one comes until "
                                   "someone runs: kubectl uncordon %1")
                                    .arg(node, m_context),
                                QMessageBox::Cancel, &m_window);
    box->setObjectName(u"cordonDialog"_s);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    auto *go = box->addButton(tr("Cordon"), QMessageBox::AcceptRole);
    box->setDefaultButton(QMessageBox::Cancel);
    connect(go, &QAbstractButton::clicked, this, [this, node] { cordonNode(ui::plain(node)); });
    box->open();
}

void Application::cordonNode(const std::string &node)
{
    auto *page = m_window.probes();
    if (!m_commands || !m_connected)
        return page->setProblem(tr("not connected: nothing was changed"));
    m_commands->submit<bool>(
        [node](core::KubeClient &client, const std::stop_token &stop) -> core::Result<bool> {
            const auto done = cordon(client, node, stop);
            return done ? core::Result<bool>(true) : std::unexpected(done.error());
        },
        [page, node](const core::Result<bool> &done) {
            page->setProblem(done ? tr("%1 is cordoned").arg(ui::text(node)) : ui::sentence(done.error()));
        });
}

/// The images are the user's own: there is no public one (installer/probe-image says how to build it).
void Application::exportProbeJobs()
{
    auto *dialog = new QInputDialog(&m_window);
    dialog->setObjectName(u"probeImageDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setInputMode(QInputDialog::TextInput);
    dialog->setWindowTitle(tr("Run the probe on nodes"));
    dialog->setLabelText(tr("Image that holds berth-probe, for every vendor"));
    dialog->setTextValue(m_settings.probeImage());
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString &image) {
        m_settings.setProbeImage(image);
        core::ProbeJobRequest request;
        for (const auto vendor : {core::Vendor::Nvidia, core::Vendor::Amd, core::Vendor::Intel})
            request.images[vendor] = ui::plain(image);
        const auto tree = core::probeJobs(request, *m_snapshot, *m_usage);
        if (!tree)
            return m_window.probes()->setProblem(ui::sentence(tree.error()));
        writeProbeJobs(*tree);
    });
    dialog->open();
}

void Application::writeProbeJobs(const core::Export &tree)
{
    auto *dialog = new QFileDialog(&m_window, tr("Write the manifests to a folder"));
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this, [this, tree](const QString &folder) {
        const auto written = core::writeExport(tree, ui::plain(folder));
        m_window.probes()->setProblem(
            written ? tr("%1 manifests written to %2; apply them, then collect").arg(tree.files.size()).arg(folder)
                    : ui::sentence(written.error()));
    });
    dialog->open();
}

/// Asked when the page is first seen: most starts of the window need no probe.
void Application::openProbes()
{
    if (m_probesAsked)
        return;
    m_probesAsked = true;
    m_probes->list();
}

} // namespace app
