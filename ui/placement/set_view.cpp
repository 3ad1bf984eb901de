// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/set_view.h"

#include "ui/text/set_words.h"
#include "ui/text/words.h"
#include "ui/widgets/row_delegate.h"
#include "ui/widgets/spin_box.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QMenu>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int memberRow = 40, mostRowsShown = 3;

QToolButton *tool(QWidget *parent, const QString &name, const QString &words, const QString &tip)
{
    auto *button = new QToolButton(parent);
    button->setObjectName(name);
    button->setText(words);
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setMinimumSize(24, 24);
    return button;
}

} // namespace

SetView::SetView(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_members(new QListWidget(this))
    , m_editor(new QWidget(this))
    , m_devices(spinBox(m_editor, u"memberDevicesSpin"_s, tr("GPUs per replica on this SKU"), {1, 64}))
    , m_atMost(spinBox(m_editor, u"memberAtMostSpin"_s, tr("Replicas on this SKU at most"), {0, 10'000}))
    , m_replicas(spinBox(m_editor, u"setReplicasSpin"_s, tr("Replicas of the set"), {1, 10'000}))
    , m_up(tool(m_editor, u"memberUp"_s, u"↑"_s, tr("Try this SKU earlier (Alt+Up)")))
    , m_down(tool(m_editor, u"memberDown"_s, u"↓"_s, tr("Try this SKU later (Alt+Down)")))
    , m_remove(tool(m_editor, u"memberRemove"_s, tr("Remove"), tr("Take this SKU out of the set (Del)")))
    , m_also(new QPushButton(tr("Serve also on another SKU…"), this))
    , m_dissolve(new QPushButton(tr("Dissolve"), this))
{
    setObjectName(u"setView"_s);
    m_title->setObjectName(u"setTitle"_s);
    m_title->setTextFormat(Qt::PlainText);
    auto strong = m_title->font();
    strong.setWeight(QFont::DemiBold);
    m_title->setFont(strong);
    m_members->setObjectName(u"setMembers"_s);
    m_members->setAccessibleName(tr("SKUs of the placement set, in the order they are tried"));
    m_members->installEventFilter(this);
    dressSideList(*m_members, memberRow, true);
    m_atMost->setSpecialValueText(tr("no limit"));
    m_also->setObjectName(u"serveAlsoButton"_s);
    m_also->setMenu(new QMenu(m_also));
    m_dissolve->setObjectName(u"dissolveSetButton"_s);
    m_dissolve->setToolTip(tr("Keep a placement on each SKU that holds replicas now"));
    layOut();
    connectParts();
}

void SetView::layOut()
{
    auto *grid = new QGridLayout(m_editor);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    int column = 0;
    for (const auto &[words, field] : {std::pair<QString, QWidget *>{tr("GPUs per replica"), m_devices},
                                       {tr("At most here"), m_atMost},
                                       {tr("Replicas in all"), m_replicas}}) {
        auto *label = new QLabel(words, m_editor);
        label->setForegroundRole(QPalette::PlaceholderText);
        label->setBuddy(field);
        grid->addWidget(label, 0, column);
        grid->addWidget(field, 1, column);
        grid->setColumnStretch(column++, 1);
    }
    auto *order = new QHBoxLayout;
    order->setSpacing(4);
    for (auto *button : {m_up, m_down, m_remove})
        order->addWidget(button);
    order->addStretch(1);
    order->addWidget(m_dissolve);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_title);
    layout->addWidget(m_members);
    layout->addLayout(order);
    layout->addWidget(m_editor);
    layout->addWidget(m_also);
}

void SetView::connectParts()
{
    connect(m_members, &QListWidget::currentRowChanged, this, &SetView::showMember);
    for (auto *box : {m_devices, m_atMost})
        connect(box, &QSpinBox::valueChanged, this, &SetView::changeMember);
    connect(m_replicas, &QSpinBox::valueChanged, this, [this](int replicas) {
        if (m_filling)
            return;
        Q_EMIT editRequested(core::SetReplicas{m_requirement, replicas});
        showReplicas();
    });
    connect(m_up, &QToolButton::clicked, this, [this] { moveMember(-1); });
    connect(m_down, &QToolButton::clicked, this, [this] { moveMember(1); });
    connect(m_remove, &QToolButton::clicked, this, &SetView::removeMember);
    connect(m_dissolve, &QPushButton::clicked, this,
            [this] { Q_EMIT editRequested(core::DissolveSet{m_requirement}); });
    connect(m_also->menu(), &QMenu::aboutToShow, this, &SetView::fillMenu);
}

void SetView::setPlan(const core::Plan &plan, const std::string &requirement,
                      const std::vector<core::SetResolution> &now, const std::vector<core::SkuRow> &rows)
{
    const auto *set = plan.findSet(requirement);
    const auto *resolution = resolutionOf(now, requirement);
    const bool isPlaced = plan.placedReplicas(requirement) > 0;
    setVisible(plan.find(requirement) != nullptr && isPlaced);
    m_rows = rows;
    const auto shown = set ? std::optional(*set) : std::nullopt;
    const auto known = resolution ? std::optional(*resolution) : std::nullopt;
    // A snapshot comes every second: what says the same stays as it is, so that nobody is disturbed while typing.
    const bool isSame = shown == m_set && known == m_now && requirement == m_requirement;
    m_requirement = requirement;
    m_set = shown;
    m_now = known;
    if (!isSame || !m_set)
        showMembers(resolution);
}

void SetView::showMembers(const core::SetResolution *now)
{
    for (auto *part :
         std::initializer_list<QWidget *>{m_title, m_members, m_editor, m_up, m_down, m_remove, m_dissolve})
        part->setVisible(m_set.has_value());
    if (!m_set)
        return m_members->clear();
    m_filling = true;
    const int row = std::max(0, m_members->currentRow());
    m_members->clear();
    for (std::size_t member = 0; member < m_set->alternatives.size(); ++member)
        m_members->addItem(memberItem(*m_set, member, now));
    const auto members = static_cast<int>(m_set->alternatives.size());
    m_members->setFixedHeight(std::min(members, mostRowsShown) * memberRow + 2);
    m_title->setText(now && now->missing > 0 ? tr("Set of %1 SKUs: %2 of %3 replicas have a place")
                                                   .arg(members)
                                                   .arg(m_set->replicas - now->missing)
                                                   .arg(m_set->replicas)
                                             : tr("Set of %1 SKUs, %2 replicas").arg(members).arg(m_set->replicas));
    m_members->setCurrentRow(std::min(row, members - 1));
    m_filling = false;
    showReplicas();
    showMember();
}

QListWidgetItem *SetView::memberItem(const core::PlacementSet &set, std::size_t member,
                                     const core::SetResolution *now) const
{
    const auto &one = set.alternatives[member];
    const auto *outcome = now && member < now->outcomes.size() ? &now->outcomes[member] : nullptr;
    auto *item = new QListWidgetItem(nameOf(one));
    auto how = tr("choice %1 · %2 GPUs per replica").arg(member + 1).arg(one.tensorParallel);
    if (one.atMost)
        how += tr(" · at most %1").arg(*one.atMost);
    item->setData(RowDelegate::SubtitleRole, how);
    // An em dash is "not known yet", a figure is the share of the replicas it holds.
    const auto share = outcome ? tr("%1 of %2 here").arg(outcome->replicas).arg(set.replicas) : u"—"_s;
    item->setData(RowDelegate::SideRole, share);
    QString why;
    if (outcome && !outcome->misses.empty())
        why = tr("no more: %1").arg(text(outcome->misses.front().detail));
    else if (outcome && !outcome->wasAsked && outcome->replicas == 0)
        why = tr("not needed: the choices before it have room");
    if (outcome && (outcome->replicas > 0 || outcome->wasAsked))
        item->setData(RowDelegate::VerdictRole,
                      static_cast<int>(outcome->replicas > 0 ? core::Verdict::Fits : core::Verdict::No));
    item->setToolTip(why.toHtmlEscaped());
    item->setData(Qt::AccessibleTextRole, tr("%1, %2, %3 %4").arg(item->text(), how, share, why));
    return item;
}

std::optional<std::size_t> SetView::current() const
{
    const int row = m_members->currentRow();
    const bool isThere = m_set && row >= 0 && static_cast<std::size_t>(row) < m_set->alternatives.size();
    return isThere ? std::optional(static_cast<std::size_t>(row)) : std::nullopt;
}

void SetView::showMember()
{
    const auto member = current();
    if (!m_set || !member || m_filling)
        return;
    m_filling = true;
    const auto &one = m_set->alternatives[*member];
    m_devices->setValue(one.tensorParallel);
    m_atMost->setValue(one.atMost.value_or(0));
    m_up->setEnabled(*member > 0);
    m_down->setEnabled(*member + 1 < m_set->alternatives.size());
    m_filling = false;
}

void SetView::changeMember()
{
    const auto member = current();
    if (m_filling || !m_set || !member)
        return;
    auto changed = m_set->alternatives[*member];
    changed.tensorParallel = m_devices->value();
    changed.atMost = m_atMost->value() > 0 ? std::optional(m_atMost->value()) : std::nullopt;
    Q_EMIT editRequested(core::ChangeMember{m_requirement, *member, changed});
    showMember(); // a refused edit leaves the plan as it was
}

void SetView::showReplicas()
{
    if (!m_set)
        return;
    m_filling = true;
    m_replicas->setValue(m_set->replicas);
    m_filling = false;
}

void SetView::moveMember(int step)
{
    const auto member = current();
    if (!m_set || !member || (step < 0 && *member == 0) || (step > 0 && *member + 1 >= m_set->alternatives.size()))
        return;
    const auto from = *member, to = step < 0 ? from - 1 : from + 1;
    m_members->setCurrentRow(static_cast<int>(to)); // the hand stays on what it moves
    Q_EMIT editRequested(core::MoveMember{m_requirement, from, to});
}

void SetView::removeMember()
{
    if (const auto member = current())
        Q_EMIT editRequested(core::RemoveMember{m_requirement, *member});
}

/// Every SKU of the cluster that the set does not have yet.
void SetView::fillMenu()
{
    auto *menu = m_also->menu();
    menu->clear();
    for (const auto &row : m_rows) {
        const auto sku = core::skuTarget(row);
        if (m_set && std::ranges::any_of(m_set->alternatives, [&](const auto &one) { return core::isOf(sku, one); }))
            continue;
        menu->addAction(tr("%1, %2 of %3 free").arg(text(row.displayName)).arg(row.free).arg(row.capacity), this,
                        [this, sku] { Q_EMIT editRequested(core::ServeAlso{m_requirement, sku}); });
    }
}

QString SetView::nameOf(const core::Alternative &alternative) const
{
    const auto row =
        std::ranges::find_if(m_rows, [&](const auto &one) { return core::isOf(core::skuTarget(one), alternative); });
    return text(row == m_rows.end() ? alternative.skuId : row->displayName);
}

bool SetView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_members || event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto *key = static_cast<QKeyEvent *>(event);
    const bool isAlt = key->modifiers().testFlag(Qt::AltModifier);
    if (key->key() == Qt::Key_Delete)
        removeMember();
    else if (isAlt && key->key() == Qt::Key_Up)
        moveMember(-1);
    else if (isAlt && key->key() == Qt::Key_Down)
        moveMember(1);
    else
        return false;
    return true;
}

} // namespace ui
