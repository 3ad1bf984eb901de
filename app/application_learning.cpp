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
                                      const std::filesystem::path &file, const std::string &today)
{
    const auto text = core::readFile(file);
    if (!text)
        return std::unexpected(text.error());
    auto log = core::parseVllmLog(*text);
    if (!log)
        return core::fail(log.error().kind, log.error().message, file.string() + " " + log.error().place,
                          log.error().remedy);
    core::CalibrationFacts facts;
    facts.log = file.filename().string();
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

} // namespace

void Application::takeFile(const QString &file)
{
    if (file.endsWith(u".yaml"_s) || file.endsWith(u".yml"_s))
        return openPlan(ui::plain(file));
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
            [this, file, modelId = requirement->modelId](const QString &sku) { learn(file, modelId, skuIdOf(sku)); });
    dialog->open();
}

void Application::learn(const QString &file, const std::string &modelId, const std::string &skuId)
{
    const auto today = ui::plain(QDate::currentDate().toString(Qt::ISODate));
    m_placeJob.ask([this, catalog = m_resources.catalog, path = std::filesystem::path(ui::plain(file)), modelId, skuId,
                    today]() -> LatestJob::Answer {
        const auto *model = catalog->findModel(modelId);
        const auto *sku = catalog->findSku(skuId);
        if (!model || !sku)
            return [this] { m_window.setMessage(tr("the catalogue does not know this model or SKU")); };
        auto learnt = refit(*catalog, *model, *sku, path, today);
        auto all = learnt ? keep(*std::move(learnt)) : std::unexpected(learnt.error());
        return [this, all = std::move(all), name = path.filename().string()] { takeCalibrations(all, name); };
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
