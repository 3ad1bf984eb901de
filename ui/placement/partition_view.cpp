// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/partition_view.h"

#include "ui/text/words.h"
#include "ui/widgets/combo_box.h"
#include "ui/widgets/row_delegate.h"

#include <QScrollArea>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QComboBox *chooser(QWidget *parent, const QString &name, const QString &label)
{
    auto *box = comboBox(parent, name, label);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    box->setMinimumContentsLength(12);
    return box;
}

QLabel *title(QWidget *parent)
{
    auto *label = new QLabel(parent);
    auto font = label->font();
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

PartitionView::PartitionView(QWidget *parent)
    : QWidget(parent)
    , m_head(new PanelHead(this))
    , m_node(chooser(this, u"partitionNode"_s, tr("Node")))
    , m_mode(chooser(this, u"partitionMode"_s, tr("How to cut its cards")))
    , m_nowTitle(title(this))
    , m_afterTitle(title(this))
    , m_notes(new QLabel(this))
    , m_now(new CardsView(this))
    , m_after(new CardsView(this))
    , m_effects(new QListWidget(this))
{
    setObjectName(u"partitionView"_s);
    m_head->line()->setObjectName(u"partitionHeadline"_s);
    m_head->line()->setParts({{.words = tr("What if its cards were cut as"), .verdict = {}, .strong = true}});
    m_head->addAction(m_node);
    m_head->addAction(m_mode);
    m_now->setAccessibleName(tr("The cards now"));
    m_after->setAccessibleName(tr("The cards afterwards"));
    m_notes->setTextFormat(Qt::PlainText);
    m_notes->setWordWrap(true);
    m_notes->setForegroundRole(QPalette::PlaceholderText);
    m_effects->setObjectName(u"partitionEffects"_s);
    m_effects->setAccessibleName(tr("What has to go, and which models fit afterwards"));
    dressSideList(*m_effects, 26, true);
    m_effects->setMinimumHeight(120);
    auto *body = new QWidget;
    auto *column = new QVBoxLayout(body);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(8);
    // The answer first, then its picture.
    for (auto *part : std::initializer_list<QWidget *>{m_effects, m_nowTitle, m_now, m_afterTitle, m_after, m_notes})
        column->addWidget(part);
    column->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(body);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(scroll, 1);
    connect(m_node, &QComboBox::textActivated, this, [this] {
        m_mode->clear();
        ask();
    });
    connect(m_mode, &QComboBox::textActivated, this, &PartitionView::ask);
}

void PartitionView::ask()
{
    if (!m_node->currentText().isEmpty())
        Q_EMIT partitionAsked(m_node->currentText(),
                              m_mode->currentText().isEmpty() ? u"whole"_s : m_mode->currentText());
}

void PartitionView::setNodes(const QStringList &nodes)
{
    QStringList before;
    for (int i = 0; i < m_node->count(); ++i)
        before << m_node->itemText(i);
    if (before == nodes)
        return ask(); // the same nodes, but what they hold may differ
    const auto chosen = m_node->currentText();
    m_node->clear();
    m_node->addItems(nodes);
    if (nodes.contains(chosen))
        m_node->setCurrentText(chosen);
    ask();
}

void PartitionView::fillModes(const core::PartitionWhatIf &answer)
{
    if (m_mode->count() > 0)
        return; // the same node: its ways to be cut do not change
    m_mode->addItem(text(answer.mode));
    for (const auto &other : answer.alternatives)
        m_mode->addItem(text(other.mode));
}

void PartitionView::setAnswer(const core::Result<core::PartitionWhatIf> &answer)
{
    m_effects->clear();
    const bool known = answer.has_value();
    for (auto *part : std::initializer_list<QWidget *>{m_nowTitle, m_now, m_afterTitle, m_after, m_effects})
        part->setVisible(known);
    if (!known)
        return m_notes->setText(sentence(answer.error()));
    fillModes(*answer);
    showAnswer(*answer);
}

void PartitionView::showAnswer(const core::PartitionWhatIf &answer)
{
    m_nowTitle->setText(tr("%1 now, %2").arg(text(answer.node), text(answer.skuName)));
    m_now->setCards(answer.now);
    m_afterTitle->setText(answer.changes ? tr("Cut as %1").arg(text(answer.mode))
                                         : tr("Cut as %1: that is how they are cut now").arg(text(answer.mode)));
    m_after->setCards(answer.after);
    for (const auto &out : answer.evictions) {
        auto *item = new QListWidgetItem(
            tr("%1 has to go (%2 × %3)").arg(text(out.pod)).arg(out.devices).arg(text(out.resource)), m_effects);
        item->setData(RowDelegate::VerdictRole, static_cast<int>(core::Verdict::No));
        item->setData(RowDelegate::SideRole,
                      out.owner.empty() ? tr("a bare pod: nothing makes it again") : text(out.owner));
    }
    showModels(answer);
    QStringList notes;
    for (const auto &note : answer.notes)
        notes << text(note);
    for (const auto &broken : answer.brokenPlacements)
        notes << tr("The plan's %1 asks for what the node would no longer offer.").arg(text(broken));
    m_notes->setText(notes.join(u'\n'));
}

void PartitionView::showModels(const core::PartitionWhatIf &answer)
{
    for (const auto &model : answer.models) {
        auto *item = new QListWidgetItem(text(model.requirement), m_effects);
        item->setData(RowDelegate::VerdictRole, static_cast<int>(model.after));
        item->setData(RowDelegate::SideRole,
                      tr("%1 places now, %2 afterwards").arg(model.placesNow).arg(model.placesAfter));
        item->setToolTip(text(model.whyAfter).toHtmlEscaped());
        item->setData(
            Qt::AccessibleTextRole,
            tr("%1: %2 afterwards, %3").arg(text(model.requirement), verdictWord(model.after), text(model.whyAfter)));
    }
}

} // namespace ui
