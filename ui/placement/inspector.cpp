// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/inspector.h"

#include "ui/placement/chain_view.h"
#include "ui/placement/ledger_view.h"
#include "ui/placement/set_view.h"
#include "ui/text/words.h"
#include "ui/widgets/combo_box.h"
#include "ui/widgets/row_delegate.h"
#include "ui/widgets/spin_box.h"

#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int bestRow = 40;
constexpr std::size_t mostBest = 8;
constexpr int leastBest = 2; ///< in sight, however low the window

/// A target that is not set stands at zero and says so.
QDoubleSpinBox *target(QWidget *parent, const QString &name, const QString &label, double step)
{
    auto *box = new QDoubleSpinBox(parent);
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->setRange(0, 10'000'000);
    box->setSingleStep(step);
    box->setDecimals(2);
    box->setGroupSeparatorShown(true);
    box->setSpecialValueText(QObject::tr("none"));
    box->setKeyboardTracking(false);
    return box;
}

/// A plan may say what the list does not offer.
void choose(QComboBox &box, const QString &value)
{
    if (box.findText(value) < 0)
        box.addItem(value);
    box.setCurrentText(value);
}

QLabel *strongLabel(const QString &words, QWidget *parent)
{
    auto *label = new QLabel(words, parent);
    auto strong = label->font();
    strong.setWeight(QFont::DemiBold);
    label->setFont(strong);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

Inspector::Inspector(QWidget *parent)
    : QWidget(parent)
    , m_head(new PanelHead(this))
    , m_pins(new QLabel(this))
    , m_why(new QLabel(this))
    , m_bestTitle(strongLabel(tr("Best places"), this))
    , m_set(new SetView(this))
    , m_form(new QWidget(this))
    , m_weights(comboBox(m_form, u"weightsCombo"_s, tr("Weight precision"), weightFormats()))
    , m_kv(comboBox(m_form, u"kvCombo"_s, tr("KV cache precision"), {u"auto"_s, u"fp8"_s}))
    , m_context(spinBox(m_form, u"contextSpin"_s, tr("Context, tokens"), {1, 10'000'000, 1024}))
    , m_concurrency(spinBox(m_form, u"concurrencySpin"_s, tr("Concurrent requests"), {1, 100'000}))
    , m_tensorParallel(spinBox(m_form, u"tensorParallelSpin"_s, tr("Tensor parallel, GPUs"), {1, 64}))
    , m_replicas(spinBox(m_form, u"replicasSpin"_s, tr("Replicas"), {1, 10'000}))
    , m_minSpeed(target(m_form, u"minSpeedSpin"_s, tr("At least, tokens per second"), 100))
    , m_maxFirstToken(target(m_form, u"maxFirstTokenSpin"_s, tr("First token within, seconds"), 0.5))
    , m_maxCost(target(m_form, u"maxCostSpin"_s, tr("At most, $ per million tokens"), 0.1))
    , m_targetsToggle(new QToolButton(m_form))
    , m_ledgerView(new LedgerView(this))
    , m_chain(new ChainView(this))
    , m_best(new QListWidget(this))
{
    setObjectName(u"inspector"_s);
    m_pins->setTextFormat(Qt::PlainText);
    m_pins->setWordWrap(true);
    m_pins->setObjectName(u"pinsLabel"_s);
    m_why->setTextFormat(Qt::PlainText);
    m_why->setWordWrap(true);
    m_why->setObjectName(u"whyLabel"_s);
    m_why->hide();
    m_best->setObjectName(u"bestPlaces"_s);
    m_best->setAccessibleName(tr("Best places"));
    dressSideList(*m_best, bestRow, true);
    m_best->setMinimumHeight(leastBest * bestRow);
    layOutForm();
    auto *body = new QVBoxLayout;
    body->setContentsMargins(12, 10, 12, 8);
    body->setSpacing(10);
    for (auto *part :
         std::initializer_list<QWidget *>{m_form, m_ledgerView, m_pins, m_set, m_why, m_chain, m_bestTitle, m_best})
        body->addWidget(part);
    body->setStretchFactor(m_best, 1);
    // In a low window the parts keep their height and are scrolled.
    auto *content = new QWidget;
    content->setLayout(body);
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(content);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(scroll, 1);

    connectForm();
    connect(m_best, &QListWidget::itemActivated, this, &Inspector::placeAt);
    setRequirement(nullptr);
}

void Inspector::placeAt(const QListWidgetItem *item)
{
    const auto row = static_cast<std::size_t>(m_best->row(item));
    if (row >= m_bestCandidates.size())
        return;
    core::Target target;
    target.node = m_bestCandidates[row].node;
    target.resource = m_bestCandidates[row].resource;
    target.skuId = m_bestCandidates[row].skuId;
    Q_EMIT placeChosen(text(m_requirement.name), target);
}

void Inspector::setCatalog(const core::Catalog *catalog)
{
    m_catalog = catalog;
}

void Inspector::setCalibrations(const core::Calibrations *calibrations)
{
    m_calibrations = calibrations;
}

void Inspector::setRequirement(const core::Requirement *requirement)
{
    m_form->setVisible(requirement != nullptr);
    if (!requirement) {
        m_head->line()->setParts({{.words = tr("No model is selected"), .verdict = {}, .strong = true}});
        m_pins->hide();
        m_set->hide();
        m_ledger.reset();
        m_ledgerView->setProblem(tr("Add a model with “Add…”, then drag it onto the board."));
        return;
    }
    m_filling = true;
    if (requirement->name != m_requirement.name)
        setWhy({});
    m_requirement = *requirement;
    m_head->line()->setParts({{.words = text(requirement->name), .verdict = {}, .strong = true},
                              {.words = u"×%1 · "_s.arg(requirement->replicas) + requirementLine(*requirement),
                               .verdict = {},
                               .muted = true}});
    m_head->setToolTip(text(requirement->modelId).toHtmlEscaped());
    choose(*m_weights, text(requirement->weights));
    choose(*m_kv, text(requirement->kvCache));
    m_context->setValue(static_cast<int>(std::min<std::int64_t>(requirement->context, m_context->maximum())));
    m_concurrency->setValue(requirement->concurrency);
    m_tensorParallel->setValue(requirement->tensorParallel);
    m_replicas->setValue(requirement->replicas);
    showTargets(*requirement);
    m_filling = false;
    showLedger(m_bestDevice);
}

void Inspector::showLedger(const LedgerDevice &device)
{
    const auto *model = m_catalog ? m_catalog->findModel(m_requirement.modelId) : nullptr;
    m_ledger.reset();
    if (!model)
        return m_ledgerView->setProblem(tr("The model %1 is not in the catalogue.").arg(text(m_requirement.modelId)));
    auto ledger = core::calibratedLedger(*model, m_requirement, device.bytes, device.calibrationSku, m_calibrations);
    if (!ledger)
        return m_ledgerView->setProblem(sentence(ledger.error()));
    m_ledger = *ledger;
    m_ledgerView->setLedger(std::move(*ledger), m_requirement.tensorParallel);
}

void Inspector::setCandidates(const std::vector<core::Candidate> &candidates, const FiguresBySku &figures)
{
    m_bestCandidates = bestPlaces(candidates, mostBest);
    m_bestDevice = m_bestCandidates.empty()
        ? LedgerDevice{}
        : LedgerDevice{m_bestCandidates.front().deviceBytes, m_bestCandidates.front().calibrationSku};
    if (!m_form->isHidden())
        showLedger(m_bestDevice);
    m_best->clear();
    for (const auto &candidate : m_bestCandidates)
        addBest(candidate, figures);
    if (m_bestCandidates.empty() && !candidates.empty())
        m_best->addItem(tr("Nothing fits now; the board says why."));
    m_best->setEnabled(!m_bestCandidates.empty());
}

void Inspector::addBest(const core::Candidate &candidate, const FiguresBySku &figures)
{
    const auto *sku = m_catalog ? m_catalog->findSku(candidate.skuId) : nullptr;
    auto *item = new QListWidgetItem(text(candidate.node), m_best);
    item->setData(RowDelegate::VerdictRole, static_cast<int>(candidate.verdict));
    item->setData(
        RowDelegate::SideRole,
        tr("%1 · %2 free").arg(sku ? text(sku->displayName) : text(candidate.resource)).arg(candidate.freeDevices));
    auto why = text(candidate.headline().detail);
    if (const auto known = figures.find(candidate.skuId); known != figures.end()) {
        item->setData(RowDelegate::SubtitleRole, figuresLine(known->second));
        if (!known->second.basis.empty())
            why += tr("\nspeed from: %1").arg(text(known->second.basis));
    }
    item->setData(Qt::AccessibleTextRole,
                  tr("%1 on %2: %3").arg(verdictWord(candidate.verdict), text(candidate.node), why));
    item->setToolTip(why.toHtmlEscaped().replace(u'\n', u"<br>"_s));
}

void Inspector::setHovered(const core::Candidate *candidate)
{
    m_chain->setCandidate(candidate);
    m_chain->setVisible(candidate != nullptr);
    m_bestTitle->setVisible(!candidate);
    m_best->setVisible(!candidate);
    if (!m_form->isHidden())
        showLedger(candidate && candidate->deviceBytes ? LedgerDevice{candidate->deviceBytes, candidate->calibrationSku}
                                                       : m_bestDevice);
    if (!candidate || !candidate->headroomBytes || !m_ledger)
        return m_ledgerView->setUsable(std::nullopt, {});
    m_ledgerView->setUsable(m_ledger->total.likely + *candidate->headroomBytes, text(candidate->node));
}

void Inspector::setWhy(const QStringList &sentences)
{
    m_why->setText(sentences.join(u'\n'));
    m_why->setVisible(!sentences.isEmpty());
}

void Inspector::setPins(const core::Plan &plan)
{
    QStringList lines;
    for (const auto &placement : plan.placements)
        if (placement.requirement == m_requirement.name)
            lines << tr("%1 × %2").arg(placement.replicas).arg(pinSentence(placement.target));
    m_pins->setText(lines.join(u'\n'));
    m_pins->setVisible(!lines.isEmpty());
}

} // namespace ui
