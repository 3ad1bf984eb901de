// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/inspector.h"

#include "ui/placement/ledger_view.h"
#include "ui/text/words.h"

#include <QFormLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QSpinBox *spin(QWidget *parent, const QString &name, const QString &label, int most, int step)
{
    auto *box = new QSpinBox(parent);
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->setRange(1, most);
    box->setSingleStep(step);
    box->setGroupSeparatorShown(true);
    box->setKeyboardTracking(false);
    return box;
}

} // namespace

Inspector::Inspector(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_pins(new QLabel(this))
    , m_form(new QWidget(this))
    , m_weights(new QComboBox(m_form))
    , m_kv(new QComboBox(m_form))
    , m_context(spin(m_form, u"contextSpin"_s, tr("Context, tokens"), 10'000'000, 1024))
    , m_concurrency(spin(m_form, u"concurrencySpin"_s, tr("Concurrent requests"), 100'000, 1))
    , m_tensorParallel(spin(m_form, u"tensorParallelSpin"_s, tr("Tensor parallel, GPUs"), 64, 1))
    , m_replicas(spin(m_form, u"replicasSpin"_s, tr("Replicas"), 10'000, 1))
    , m_ledgerView(new LedgerView(this))
    , m_best(new QListWidget(this))
{
    setObjectName(u"inspector"_s);
    m_title->setTextFormat(Qt::PlainText);
    auto strong = m_title->font();
    strong.setWeight(QFont::DemiBold);
    m_title->setFont(strong);
    m_weights->setObjectName(u"weightsCombo"_s);
    m_weights->setAccessibleName(tr("Weight precision"));
    m_weights->addItems({u"bf16"_s, u"fp16"_s, u"fp8"_s, u"int8"_s, u"int4"_s, u"mxfp4"_s, u"nvfp4"_s});
    m_kv->setObjectName(u"kvCombo"_s);
    m_kv->setAccessibleName(tr("KV cache precision"));
    m_kv->addItems({u"auto"_s, u"fp8"_s});
    auto *form = new QFormLayout(m_form);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("Weights"), m_weights);
    form->addRow(tr("KV cache"), m_kv);
    form->addRow(tr("Context"), m_context);
    form->addRow(tr("Concurrency"), m_concurrency);
    form->addRow(tr("GPUs per replica"), m_tensorParallel);
    form->addRow(tr("Replicas"), m_replicas);
    m_pins->setTextFormat(Qt::PlainText);
    m_pins->setWordWrap(true);
    m_pins->setObjectName(u"pinsLabel"_s);
    m_best->setObjectName(u"bestPlaces"_s);
    m_best->setAccessibleName(tr("Best places"));
    m_best->setFrameShape(QFrame::NoFrame);
    auto *bestTitle = new QLabel(tr("Best places"), this);
    bestTitle->setFont(strong);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 8, 16, 8);
    layout->setSpacing(12);
    for (auto *part : std::initializer_list<QWidget *>{m_title, m_form, m_ledgerView, m_pins, bestTitle, m_best})
        layout->addWidget(part);
    layout->setStretch(5, 1);

    for (auto *box : {m_context, m_concurrency, m_tensorParallel, m_replicas})
        connect(box, &QSpinBox::valueChanged, this, &Inspector::edit);
    for (auto *box : {m_weights, m_kv})
        connect(box, &QComboBox::currentTextChanged, this, &Inspector::edit);
    connect(m_best, &QListWidget::itemActivated, this, [this](const QListWidgetItem *item) {
        const auto &candidate = m_bestCandidates[static_cast<std::size_t>(m_best->row(item))];
        core::Target target;
        target.node = candidate.node;
        target.resource = candidate.resource;
        target.skuId = candidate.skuId;
        Q_EMIT placeChosen(text(m_requirement.name), target);
    });
    setRequirement(nullptr);
}

void Inspector::setCatalog(const core::Catalog *catalog)
{
    m_catalog = catalog;
}

void Inspector::setRequirement(const core::Requirement *requirement)
{
    m_form->setVisible(requirement != nullptr);
    if (!requirement) {
        m_title->setText(tr("No model is selected"));
        m_ledger.reset();
        m_ledgerView->setProblem(tr("Add a model with “Add…”, then drag it onto the board."));
        return;
    }
    m_filling = true;
    m_requirement = *requirement;
    m_title->setText(text(requirement->name));
    m_title->setToolTip(text(requirement->modelId).toHtmlEscaped());
    if (m_weights->findText(text(requirement->weights)) < 0)
        m_weights->addItem(text(requirement->weights));
    m_weights->setCurrentText(text(requirement->weights));
    m_kv->setCurrentText(text(requirement->kvCache));
    m_context->setValue(static_cast<int>(std::min<std::int64_t>(requirement->context, m_context->maximum())));
    m_concurrency->setValue(requirement->concurrency);
    m_tensorParallel->setValue(requirement->tensorParallel);
    m_replicas->setValue(requirement->replicas);
    m_filling = false;
    showLedger();
}

void Inspector::showLedger()
{
    const auto *model = m_catalog ? m_catalog->findModel(m_requirement.modelId) : nullptr;
    m_ledger.reset();
    if (!model)
        return m_ledgerView->setProblem(tr("The model %1 is not in the catalogue.").arg(text(m_requirement.modelId)));
    auto ledger = core::buildLedger(*model, m_requirement);
    if (!ledger)
        return m_ledgerView->setProblem(sentence(ledger.error()));
    m_ledger = *ledger;
    m_ledgerView->setLedger(std::move(*ledger), m_requirement.tensorParallel);
}

void Inspector::edit()
{
    if (m_filling)
        return;
    auto edited = m_requirement;
    edited.weights = plain(m_weights->currentText());
    edited.kvCache = plain(m_kv->currentText());
    edited.context = m_context->value();
    edited.concurrency = m_concurrency->value();
    edited.tensorParallel = m_tensorParallel->value();
    edited.replicas = m_replicas->value();
    Q_EMIT requirementEdited(edited);
}

void Inspector::setCandidates(const std::vector<core::Candidate> &candidates)
{
    m_bestCandidates.clear();
    for (const auto &candidate : candidates)
        if (candidate.verdict == core::Verdict::Fits || candidate.verdict == core::Verdict::Tight)
            m_bestCandidates.push_back(candidate);
    std::stable_sort(m_bestCandidates.begin(), m_bestCandidates.end(), [](const auto &a, const auto &b) {
        return std::tuple(a.verdict != core::Verdict::Fits, a.freeDevices - a.needed, a.node)
            < std::tuple(b.verdict != core::Verdict::Fits, b.freeDevices - b.needed, b.node);
    });
    m_bestCandidates.resize(std::min<std::size_t>(m_bestCandidates.size(), 8));
    m_best->clear();
    for (const auto &candidate : m_bestCandidates)
        m_best->addItem(u"%1   %2   %3 free   %4"_s.arg(verdictWord(candidate.verdict), text(candidate.node))
                            .arg(candidate.freeDevices)
                            .arg(text(candidate.headline().detail)));
    if (m_bestCandidates.empty() && !candidates.empty())
        m_best->addItem(tr("Nothing fits now; the board says why."));
    m_best->setEnabled(!m_bestCandidates.empty());
}

void Inspector::setHovered(const core::Candidate *candidate)
{
    if (!candidate || !candidate->headroomBytes || !m_ledger)
        return m_ledgerView->setUsable(std::nullopt, {});
    m_ledgerView->setUsable(m_ledger->total.likely + *candidate->headroomBytes, text(candidate->node));
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
