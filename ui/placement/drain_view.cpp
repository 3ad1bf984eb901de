// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/drain_view.h"

#include "ui/text/words.h"
#include "ui/widgets/row_delegate.h"

#include <QApplication>
#include <QClipboard>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QString nameOf(const core::Move &move)
{
    auto name = move.isPlacement ? DrainView::tr("placement %1").arg(text(move.what)) : text(move.what);
    if (move.isCounted)
        name = DrainView::tr("planned %1, not running yet").arg(text(move.what));
    return move.devices > 0 ? DrainView::tr("%1 (%2 × %3)").arg(name).arg(move.devices).arg(text(move.resource)) : name;
}

QString stuckLine(const core::Move &move)
{
    if (move.locked)
        return DrainView::tr("%1 stays: it is locked").arg(nameOf(move));
    auto line = DrainView::tr("%1 has no place").arg(nameOf(move));
    for (const auto &miss : move.misses)
        line += u"; %1: %2"_s.arg(
            counted(static_cast<std::int64_t>(miss.places), DrainView::tr("node"), DrainView::tr("nodes")),
            text(miss.detail));
    return line;
}

} // namespace

DrainView::DrainView(QWidget *parent)
    : QWidget(parent)
    , m_head(new PanelHead(this))
    , m_node(new QComboBox(this))
    , m_copy(new QToolButton(this))
    , m_moves(new QListWidget(this))
{
    setObjectName(u"drainView"_s);
    m_head->line()->setObjectName(u"drainHeadline"_s);
    m_head->line()->setParts({{.words = tr("What if a node were drained?"), .verdict = {}, .strong = true}});
    m_node->setObjectName(u"drainNode"_s);
    m_node->setAccessibleName(tr("Node to drain"));
    m_node->setMinimumContentsLength(12);
    m_copy->setObjectName(u"drainCopy"_s);
    m_copy->setText(tr("Copy checklist"));
    m_copy->setToolTip(tr("Copies the list; Berth drains nothing"));
    m_copy->setEnabled(false);
    m_head->addAction(m_node);
    m_head->addAction(m_copy);
    m_moves->setObjectName(u"drainMoves"_s);
    m_moves->setAccessibleName(tr("What would move where, and what has no place"));
    dressSideList(*m_moves, 26, true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(m_moves, 1);
    connect(m_node, &QComboBox::textActivated, this, &DrainView::ask);
    connect(m_copy, &QToolButton::clicked, this, &DrainView::copy);
}

void DrainView::ask()
{
    if (!m_node->currentText().isEmpty())
        Q_EMIT drainAsked(m_node->currentText());
}

void DrainView::setNodes(const QStringList &nodes)
{
    QStringList before;
    for (int i = 0; i < m_node->count(); ++i)
        before << m_node->itemText(i);
    if (before != nodes) {
        const auto chosen = m_node->currentText();
        m_node->clear();
        m_node->addItems(nodes);
        if (nodes.contains(chosen))
            m_node->setCurrentText(chosen);
    }
    ask();
}

void DrainView::askFor(const QString &node)
{
    if (const int at = m_node->findText(node); at >= 0) {
        m_node->setCurrentIndex(at);
        ask();
    }
}

void DrainView::copy() const
{
    auto list = tr("Drain %1: worked out by Berth, nothing was executed.").arg(m_node->currentText()) + u'\n';
    for (int i = 0; i < m_moves->count(); ++i)
        list += u"- [ ] "_s + m_moves->item(i)->text() + u'\n';
    QApplication::clipboard()->setText(list);
}

/// "h200-01, H200 SXM 141 GB"; a SKU that the catalogue does not know stands as the node names it.
QString DrainView::placeOf(const core::Move &move) const
{
    if (move.toSku.empty())
        return text(move.to);
    const auto *sku = m_catalog ? m_catalog->findSku(move.toSku) : nullptr;
    return tr("%1, %2").arg(text(move.to), text(sku ? sku->displayName : move.toSku));
}

QString DrainView::moveLine(const core::Move &move) const
{
    QStringList doubts;
    for (const auto &doubt : move.doubts)
        doubts << (doubt == "other-sku" ? tr("another SKU: nobody knows whether it runs there")
                                        : tr("not judged: %1").arg(text(doubt)));
    const auto line = tr("%1 to %2").arg(nameOf(move), placeOf(move));
    return doubts.isEmpty() ? line : line + u"; "_s + doubts.join(u"; "_s);
}

void DrainView::add(const QString &words, core::Verdict verdict)
{
    auto *item = new QListWidgetItem(words, m_moves);
    item->setData(RowDelegate::VerdictRole, static_cast<int>(verdict));
    item->setData(Qt::AccessibleTextRole, tr("%1: %2").arg(verdictWord(verdict), words));
    item->setToolTip(words.toHtmlEscaped());
}

void DrainView::setAnswer(const core::Result<core::DrainAnswer> &answer)
{
    m_moves->clear();
    m_copy->setEnabled(answer.has_value());
    if (!answer)
        return m_head->line()->setParts({{.words = sentence(answer.error()), .verdict = core::Verdict::Unknown}});
    showHeadline(*answer);
    for (const auto &move : answer->stuck)
        add(stuckLine(move), core::Verdict::No);
    for (const auto &move : answer->moves)
        add(moveLine(move), move.verdict);
    for (const auto &pod : answer->stays)
        add(tr("%1 stays: a drain leaves it").arg(text(pod)), core::Verdict::Fits);
}

void DrainView::showHeadline(const core::DrainAnswer &answer)
{
    const auto verdict = answer.stuck.empty() ? core::Verdict::Fits : core::Verdict::No;
    const auto all = answer.moves.size() + answer.stuck.size();
    const auto words = all == 0 ? tr("Nothing has to leave %1").arg(text(answer.node))
        : answer.stuck.empty()  ? tr("%1 can be drained: %2 would move").arg(text(answer.node)).arg(all)
                                : tr("%1 cannot be drained: %2 of %3 have no other place")
                                     .arg(text(answer.node))
                                     .arg(answer.stuck.size())
                                     .arg(all);
    m_head->line()->setParts({{.words = words, .verdict = verdict, .strong = true}});
}

} // namespace ui
