// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/top_bar.h"

#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

/// The mark: a berth with something in it.
class Mark final : public QWidget {
public:
    explicit Mark(QWidget *parent) : QWidget(parent) { setFixedSize(16, 16); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const auto theme = Theme::of(palette());
        QPainter painter(this);
        painter.setPen(QPen(theme.text, 2, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
        painter.drawPolyline(QPolygon({QPoint(2, 2), QPoint(2, 14), QPoint(14, 14), QPoint(14, 2)}));
        painter.fillRect(QRect(5, 5, 6, 6), theme.accent);
    }
};

} // namespace

TopBar::TopBar(QWidget *parent)
    : QWidget(parent)
    , m_contexts(new QComboBox(this))
    , m_connection(new GlyphLine(this))
    , m_retry(new QPushButton(tr("Try now"), this))
{
    setFixedHeight(44);
    auto *brand = new QLabel(u"Berth"_s, this);
    auto strong = brand->font();
    strong.setWeight(QFont::DemiBold);
    brand->setFont(strong);
    m_contexts->setObjectName(u"contextCombo"_s);
    m_contexts->setAccessibleName(tr("Cluster"));
    m_contexts->setMinimumContentsLength(10);
    m_contexts->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_connection->setObjectName(u"connectionLabel"_s);
    m_retry->setObjectName(u"retryButton"_s);
    m_retry->hide();
    auto *search = new QPushButton(tr("Find a node, model or command   Ctrl+K"), this);
    search->setObjectName(u"searchButton"_s);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 0, 12, 0);
    layout->setSpacing(10);
    layout->addWidget(new Mark(this));
    layout->addWidget(brand);
    layout->addSpacing(48);
    layout->addWidget(m_contexts);
    layout->addWidget(m_connection, 1);
    layout->addWidget(m_retry);
    layout->addWidget(search);
    connect(search, &QPushButton::clicked, this, &TopBar::searchRequested);
    connect(m_retry, &QPushButton::clicked, this, &TopBar::retryRequested);
    connect(m_contexts, &QComboBox::textActivated, this, [this](const QString &context) {
        if (m_contexts->currentIndex() + 1 < m_contexts->count()) {
            m_current = context;
            return Q_EMIT contextChosen(context);
        }
        m_contexts->setCurrentText(m_current);
        Q_EMIT clustersRequested();
    });
}

void TopBar::setContexts(const QStringList &contexts, const QString &current)
{
    m_current = current;
    m_contexts->clear();
    m_contexts->addItems(contexts);
    m_contexts->addItem(tr("All clusters …"));
    m_contexts->setCurrentIndex(static_cast<int>(contexts.indexOf(current)));
    if (!contexts.contains(current))
        m_contexts->setPlaceholderText(tr("no cluster"));
}

void TopBar::setConnection(const QString &words, bool trouble)
{
    m_connection->setParts({{.words = words,
                             .verdict = trouble ? std::optional(core::Verdict::No) : std::nullopt,
                             .strong = false,
                             .muted = true}});
    m_retry->setVisible(trouble);
}

} // namespace ui
