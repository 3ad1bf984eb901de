// SPDX-License-Identifier: GPL-3.0-or-later
// The form of the inspector: what the selected model needs, and its targets.
#include "ui/placement/inspector.h"

#include "ui/text/words.h"

#include <QGridLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

std::optional<double> targetOf(const QDoubleSpinBox &box)
{
    return box.value() > 0 ? std::optional(box.value()) : std::nullopt;
}

} // namespace

/// Two fields a row: the whole need is in sight beside its ledger, also at 1280 x 800.
void Inspector::layOutForm()
{
    const std::pair<QString, QWidget *> fields[] = {{tr("Weights"), m_weights},
                                                    {tr("KV cache"), m_kv},
                                                    {tr("Context, tokens"), m_context},
                                                    {tr("Concurrent requests"), m_concurrency},
                                                    {tr("GPUs per replica"), m_tensorParallel},
                                                    {tr("Replicas"), m_replicas}};
    auto *grid = new QGridLayout(m_form);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(2);
    int i = 0;
    for (const auto &[words, field] : fields) {
        auto *label = new QLabel(words, m_form);
        label->setForegroundRole(QPalette::PlaceholderText);
        label->setBuddy(field);
        grid->addWidget(label, i / 2 * 2, i % 2);
        grid->addWidget(field, i / 2 * 2 + 1, i % 2);
        ++i;
    }
    auto *targets = buildTargets();
    grid->addWidget(m_targetsToggle, 6, 0, 1, 2);
    grid->addWidget(targets, 7, 0, 1, 2);
}

/// Targets are rare: they open below the need, and stay open while one is set.
QWidget *Inspector::buildTargets()
{
    auto *box = new QWidget(m_form);
    auto *grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(2);
    const std::pair<QString, QWidget *> rows[] = {{tr("At least, tokens/s"), m_minSpeed},
                                                  {tr("First token within, s"), m_maxFirstToken},
                                                  {tr("At most, $ per million tokens"), m_maxCost}};
    int line = 0;
    for (const auto &[words, field] : rows) {
        auto *label = new QLabel(words, box);
        label->setForegroundRole(QPalette::PlaceholderText);
        label->setBuddy(field);
        grid->addWidget(label, line, 0);
        grid->addWidget(field, line++, 1);
    }
    m_targetsToggle->setObjectName(u"targetsToggle"_s);
    m_targetsToggle->setText(tr("Targets of a replica"));
    m_targetsToggle->setCheckable(true);
    m_targetsToggle->setAutoRaise(true);
    m_targetsToggle->setArrowType(Qt::RightArrow);
    m_targetsToggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    box->hide();
    connect(m_targetsToggle, &QToolButton::toggled, box, [this, box](bool open) {
        m_targetsToggle->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        box->setVisible(open);
    });
    return box;
}

void Inspector::showTargets(const core::Requirement &requirement)
{
    m_minSpeed->setValue(requirement.minTokensPerSecond.value_or(0));
    m_maxFirstToken->setValue(requirement.maxFirstTokenSeconds.value_or(0));
    m_maxCost->setValue(requirement.maxCostPerMillionTokens.value_or(0));
    if (requirement.minTokensPerSecond || requirement.maxFirstTokenSeconds || requirement.maxCostPerMillionTokens)
        m_targetsToggle->setChecked(true);
}

/// Each field changes its own part of the need: what another shows rounded or cut keeps its value.
void Inspector::connectForm()
{
    using core::Requirement;
    const auto whole = [this](QSpinBox *box, auto field) {
        connect(box, &QSpinBox::valueChanged, this,
                [this, field](int value) { edit([field, value](Requirement &need) { need.*field = value; }); });
    };
    whole(m_context, &Requirement::context);
    whole(m_concurrency, &Requirement::concurrency);
    whole(m_tensorParallel, &Requirement::tensorParallel);
    whole(m_replicas, &Requirement::replicas);
    const auto words = [this](QComboBox *box, std::string Requirement::*field) {
        connect(box, &QComboBox::currentTextChanged, this, [this, field](const QString &value) {
            edit([field, &value](Requirement &need) { need.*field = plain(value); });
        });
    };
    words(m_weights, &Requirement::weights);
    words(m_kv, &Requirement::kvCache);
    const auto limit = [this](QDoubleSpinBox *box, std::optional<double> Requirement::*field) {
        connect(box, &QDoubleSpinBox::valueChanged, this,
                [this, box, field] { edit([field, box](Requirement &need) { need.*field = targetOf(*box); }); });
    };
    limit(m_minSpeed, &Requirement::minTokensPerSecond);
    limit(m_maxFirstToken, &Requirement::maxFirstTokenSeconds);
    limit(m_maxCost, &Requirement::maxCostPerMillionTokens);
}

void Inspector::edit(const std::function<void(core::Requirement &)> &change)
{
    if (m_filling)
        return;
    change(m_requirement);
    const auto edited = m_requirement; // the answer to it fills the form again
    Q_EMIT requirementEdited(edited);
}

} // namespace ui
