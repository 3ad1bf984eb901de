// SPDX-License-Identifier: GPL-3.0-or-later
// The probes page and what stands behind it.
#include "app/application.h"

#include "app/resource_paths.h"
#include "ui/text/words.h"

#include <QFileDialog>

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
        auto *dialog = new QFileDialog(&m_window, tr("Import probe results"), {}, tr("JSON lines (*.jsonl *.json)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, desk,
                [desk](const QString &file) { desk->importFile(ui::plain(file)); });
        dialog->open();
    });
    connect(desk, &ProbeDesk::listed, page, &ui::ProbesPage::setLocal);
    connect(desk, &ProbeDesk::judged, page, &ui::ProbesPage::setCards);
    connect(desk, &ProbeDesk::historyRead, page, &ui::ProbesPage::setHistory);
    connect(desk, &ProbeDesk::progressed, page, &ui::ProbesPage::setProgress);
    connect(desk, &ProbeDesk::noted, page, &ui::ProbesPage::setProblem);
    connect(desk, &ProbeDesk::ended, this, [page](const QString &problem) {
        page->setRunning(false);
        page->setProblem(problem);
    });
}

/// Asked when the page is first seen: most starts of the window need no probe.
void Application::openProbes()
{
    if (m_probesAsked)
        return;
    m_probesAsked = true;
    m_probes->list();
    m_probes->judge();
}

} // namespace app
