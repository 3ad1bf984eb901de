// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/contexts/contexts_page.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/primary_button.h"

#include <QHeaderView>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

enum Column { Name, Server, SignIn, Ready, ColumnCount };
constexpr int verdictRole = Qt::UserRole;
constexpr int tableWidth = 860;

/// The answer with its glyph and colour.
class ReadyDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const auto verdict = index.data(verdictRole);
        if (!verdict.isValid())
            return QStyledItemDelegate::paint(painter, option, index);
        const auto theme = Theme::of(option.palette);
        const auto kind = static_cast<core::Verdict>(verdict.toInt());
        auto shifted = option;
        shifted.rect.adjust(18, 0, 0, 0);
        shifted.palette.setColor(QPalette::Text, theme.verdict(kind));
        shifted.palette.setColor(QPalette::HighlightedText, theme.verdict(kind));
        if (option.state.testFlag(QStyle::State_Selected))
            painter->fillRect(option.rect, theme.accentSoft);
        QStyledItemDelegate::paint(painter, shifted, index);
        paintVerdictGlyph(*painter, kind, QRectF(option.rect.x() + 3, option.rect.center().y() - 6, 12, 12), theme);
    }
};

} // namespace

ContextsPage::ContextsPage(QWidget *parent)
    : QWidget(parent)
    , m_found(new QLabel(this))
    , m_otherProblems(new QLabel(this))
    , m_table(new QTreeWidget(this))
    , m_connect(new PrimaryButton(tr("Connect"), this))
{
    setObjectName(u"contextsPage"_s);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto *title = new QLabel(tr("Which cluster?"), this);
    auto figure = title->font();
    figure.setPointSizeF(figure.pointSizeF() + 4);
    figure.setWeight(QFont::DemiBold);
    title->setFont(figure);
    m_found->setTextFormat(Qt::PlainText);
    m_found->setWordWrap(true);
    m_found->setForegroundRole(QPalette::PlaceholderText);
    m_otherProblems->setObjectName(u"kubeconfigProblems"_s);
    m_otherProblems->setTextFormat(Qt::PlainText);
    m_otherProblems->setWordWrap(true);
    m_otherProblems->setForegroundRole(QPalette::BrightText);
    m_otherProblems->hide();
    setUpTable();
    m_connect->setObjectName(u"connectButton"_s);
    m_connect->setDefault(true);
    auto *other = new QPushButton(tr("Other file…"), this);
    other->setObjectName(u"otherKubeconfigButton"_s);

    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_connect);
    buttons->addWidget(other);
    buttons->addStretch();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(72, 56, 24, 24);
    layout->addWidget(title);
    layout->addWidget(m_found);
    layout->addSpacing(12);
    layout->addWidget(m_table);
    layout->addWidget(m_otherProblems);
    layout->addLayout(buttons);
    layout->addSpacing(36);
    addDemo(*layout);
    layout->addStretch();
    connect(m_table, &QTreeWidget::currentItemChanged, this, &ContextsPage::refreshButton);
    connect(m_table, &QTreeWidget::itemActivated, this,
            [this](const QTreeWidgetItem *item) { Q_EMIT connectRequested(item->text(Name)); });
    connect(m_connect, &QPushButton::clicked, this,
            [this] { Q_EMIT connectRequested(m_table->currentItem()->text(Name)); });
    connect(other, &QPushButton::clicked, this, &ContextsPage::otherFileRequested);
    refreshButton();
}

void ContextsPage::setUpTable()
{
    m_table->setObjectName(u"contextsTable"_s);
    m_table->setAccessibleName(tr("Contexts of the kubeconfig"));
    m_table->setHeaderLabels({tr("Context"), tr("Server"), tr("Sign-in"), tr("Ready?")});
    m_table->setRootIsDecorated(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setFixedWidth(tableWidth);
    m_table->setItemDelegateForColumn(Ready, new ReadyDelegate(m_table));
    m_table->header()->setStretchLastSection(true);
}

void ContextsPage::addDemo(QVBoxLayout &layout)
{
    auto *lookAround = new QLabel(tr("Or look around first"), this);
    auto strong = lookAround->font();
    strong.setWeight(QFont::DemiBold);
    lookAround->setFont(strong);
    auto *about = new QLabel(tr("A demo cluster inside Berth, with NVIDIA, AMD and Intel nodes. Nothing leaves this "
                                "machine."),
                             this);
    about->setForegroundRole(QPalette::PlaceholderText);
    auto *demo = new QPushButton(tr("Open the demo cluster"), this);
    demo->setObjectName(u"demoButton"_s);
    layout.addWidget(lookAround);
    layout.addWidget(about);
    layout.addWidget(demo, 0, Qt::AlignLeft);
    connect(demo, &QPushButton::clicked, this, &ContextsPage::demoRequested);
}

void ContextsPage::setContexts(const std::vector<ContextRow> &rows, const QString &problem)
{
    m_table->clear();
    for (const auto &row : rows) {
        auto *item = new QTreeWidgetItem(m_table, {row.name, row.server, row.signIn, tr("…")});
        auto strong = m_table->font();
        strong.setWeight(QFont::DemiBold);
        item->setFont(Name, strong);
        if (row.verdict)
            setReady(row.name, *row.verdict, row.ready);
    }
    m_found->setText(problem.isEmpty()
                         ? tr("Found %1 in the kubeconfig that kubectl uses. Berth only reads until you say Apply.")
                               .arg(counted(std::ssize(rows), tr("context"), tr("contexts")))
                         : problem);
    for (const int column : {Name, Server, SignIn})
        m_table->resizeColumnToContents(column);
    m_table->setVisible(!rows.empty());
    m_connect->setVisible(!rows.empty());
    m_table->setFixedHeight(static_cast<int>(std::min<std::size_t>(rows.size(), 10) + 1) * 28 + 8);
    m_table->setCurrentItem(m_table->topLevelItem(0));
    refreshButton();
}

void ContextsPage::setOtherProblems(const QStringList &sentences)
{
    auto shown = sentences.mid(0, 3);
    if (sentences.size() > shown.size())
        shown << tr("and %1 more").arg(sentences.size() - shown.size());
    m_otherProblems->setText(tr("Also wrong in the file, which kubectl refuses with it:") + u'\n' + shown.join(u'\n'));
    m_otherProblems->setVisible(!sentences.isEmpty());
}

QTreeWidgetItem *ContextsPage::find(const QString &context) const
{
    for (int i = 0; i < m_table->topLevelItemCount(); ++i)
        if (m_table->topLevelItem(i)->text(Name) == context)
            return m_table->topLevelItem(i);
    return nullptr;
}

void ContextsPage::setReady(const QString &context, core::Verdict verdict, const QString &words)
{
    auto *item = find(context);
    if (!item)
        return;
    item->setText(Ready, words);
    item->setToolTip(Ready, words.toHtmlEscaped());
    item->setData(Ready, verdictRole, static_cast<int>(verdict));
}

void ContextsPage::refreshButton()
{
    const auto *item = m_table->currentItem();
    m_connect->setEnabled(item != nullptr);
    m_connect->setText(item ? tr("Connect to %1").arg(item->text(Name)) : tr("Connect"));
}

std::vector<KeyHelp> ContextsPage::keys()
{
    return {{u"↑ ↓"_s, tr("choose a cluster")}, {u"Enter"_s, tr("connect to it")}};
}

} // namespace ui
