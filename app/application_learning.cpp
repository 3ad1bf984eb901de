// SPDX-License-Identifier: GPL-3.0-or-later
// Files dropped on the window: a plan is opened, an engine's start-up log corrects the ledger.
#include "app/application.h"

#include "app/calibration_store.h"
#include "core/base/file.h"
#include "ui/text/words.h"

#include <QDate>
#include <QInputDialog>

using namespace Qt::StringLiterals;

namespace app {

namespace {

core::Result<core::Calibration> refit(const core::Catalog &catalog, const core::Model &model, const core::Sku &sku,
                                      const std::string &text, const std::string &name, const std::string &today)
{
    auto log = core::parseVllmLog(text);
    if (!log)
        return core::fail(log.error().kind, log.error().message, name + " " + log.error().place, log.error().remedy);
    core::CalibrationFacts facts;
    facts.log = name;
    facts.date = today;
    return core::refit(catalog, model, sku, *log, facts);
}

/// All calibrations with this one among them, as they were saved.
core::Result<core::Calibrations> keep(core::Calibration learnt)
{
    auto all = loadCalibrations(calibrationFile());
    if (!all)
        return all;
    core::keepCalibration(*all, std::move(learnt));
    if (const auto saved = saveCalibrations(*all, calibrationFile()); !saved)
        return std::unexpected(saved.error());
    return all;
}

/// The SKU of the whole cards that a pod holds; empty: none that the catalogue knows.
std::string skuUnder(const core::Pod &pod, const core::ClusterSnapshot &snapshot)
{
    const auto *node = core::findNode(snapshot, pod.nodeName);
    if (node == nullptr)
        return {};
    const auto pool = std::ranges::find_if(node->devices, [&pod](const core::DevicePool &one) {
        return one.kind == core::DeviceKind::Card && pod.requests.contains(one.resource);
    });
    return pool == node->devices.end() ? std::string() : pool->skuId;
}

} // namespace

/// Ctrl+K: each running pod whose start-up log may teach the ledger of the model that is selected then.
void Application::listPodLogs(std::vector<ui::Command> &places)
{
    constexpr std::size_t most = 500;
    std::size_t listed = 0;
    for (const auto &[node, usage] : *m_usage)
        for (const auto &pod : usage.holders) {
            const auto sku = skuUnder(*pod, *m_snapshot);
            if (pod->phase != core::PodPhase::Running || sku.empty() || ++listed > most)
                continue;
            places.push_back({tr("Learn"), tr("from the log of %1").arg(ui::text(pod->key())), ui::text(pod->nodeName),
                              [this, pod, sku] { learnFromPod(*pod, sku); }});
        }
}

void Application::learnFromPod(const core::Pod &pod, const std::string &skuId)
{
    constexpr std::int64_t mostBytes = 64LL << 20; // a start-up log is the beginning of what the pod printed
    const auto *requirement = m_history.current().find(ui::plain(m_window.placement()->models()->selected()));
    if (!requirement)
        return m_window.setMessage(tr("select the model that %1 serves, then ask again").arg(ui::text(pod.key())));
    if (!m_commands || !m_connected)
        return m_window.setMessage(tr("not connected: there is no log to read"));
    m_window.setMessage(tr("reading the log of %1 …").arg(ui::text(pod.key())));
    m_commands->submit<std::string>(
        [nameSpace = pod.nameSpace, name = pod.name](core::KubeClient &client, const std::stop_token &stop) {
            return client.podLog(nameSpace, name, mostBytes, stop);
        },
        [this, name = "pod " + pod.key(), modelId = requirement->modelId,
         skuId](const core::Result<std::string> &text) {
            if (!text)
                return m_window.setMessage(ui::sentence(text.error()));
            learn([text] { return text; }, name, modelId, skuId);
        });
}

void Application::takeFile(const QString &file)
{
    if (file.endsWith(u".yaml"_s) || file.endsWith(u".yml"_s))
        return openPlan(ui::plain(file));
    if (file.endsWith(u".json"_s) || file.endsWith(u".jsonl"_s)) {
        m_window.showPage(ui::MainWindow::Page::Probes);
        return m_probes->importFile(ui::plain(file));
    }
    const auto *requirement = m_history.current().find(ui::plain(m_window.placement()->models()->selected()));
    if (!requirement || !m_resources.catalog->findModel(requirement->modelId))
        return m_window.setMessage(tr("select the model that %1 is a log of, then drop it again").arg(file));
    QStringList skus;
    for (const auto &row : m_rows)
        if (row.inCatalogue && row.kind == core::DeviceKind::Card)
            skus << ui::text(row.displayName);
    auto *dialog = new QInputDialog(&m_window);
    dialog->setObjectName(u"calibrateDialog"_s);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setComboBoxItems(skus);
    dialog->setWindowTitle(tr("Learn from a start-up log"));
    dialog->setLabelText(tr("%1 ran on").arg(ui::text(requirement->name)));
    connect(dialog, &QInputDialog::textValueSelected, this,
            [this, file, modelId = requirement->modelId](const QString &sku) {
                const std::filesystem::path path(ui::plain(file));
                learn([path] { return core::readFile(path); }, path.filename().string(), modelId, skuIdOf(sku));
            });
    dialog->open();
}

void Application::learn(const std::function<core::Result<std::string>()> &read, const std::string &name,
                        const std::string &modelId, const std::string &skuId)
{
    const auto today = ui::plain(QDate::currentDate().toString(Qt::ISODate));
    const bool demo = m_context == m_demoContext && name.starts_with("pod ");
    m_placeJob.ask(
        [this, catalog = m_resources.catalog, read, name, modelId, skuId, today, demo]() -> LatestJob::Answer {
            const auto *model = catalog->findModel(modelId);
            const auto *sku = catalog->findSku(skuId);
            if (!model || !sku)
                return [this] { m_window.setMessage(tr("the catalogue does not know this model or SKU")); };
            const auto text = read();
            auto learnt = text ? refit(*catalog, *model, *sku, *text, name, today) : std::unexpected(text.error());
            if (learnt && demo)
                return [this, name] {
                    m_window.setMessage(
                        tr("%1 is readable; it was written for the demo cluster, not measured: nothing is kept")
                            .arg(ui::text(name)));
                };
            auto all = learnt ? keep(*std::move(learnt)) : std::unexpected(learnt.error());
            return [this, all = std::move(all), name] { takeCalibrations(all, name); };
        });
}

void Application::takeCalibrations(const core::Result<core::Calibrations> &all, const std::string &log)
{
    if (!all)
        return m_window.setMessage(ui::sentence(all.error()));
    const auto kept = std::make_shared<const core::Calibrations>(*all);
    m_window.placement()->inspector()->setCalibrations(kept.get());
    m_resources.calibrations = kept;
    refresh();
    m_window.setMessage(
        tr("the ledger is corrected by %1; berthctl calibrate --list names and removes it").arg(ui::text(log)));
}

} // namespace app
