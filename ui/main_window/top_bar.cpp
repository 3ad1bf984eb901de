// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/top_bar.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>

#include <algorithm>

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

/// Full when the cluster answers, a ring while it is being asked, nothing otherwise: the words beside it say the same.
class StateDot final : public QWidget {
public:
    explicit StateDot(QWidget *parent) : QWidget(parent) { setFixedSize(10, 10); }
    void setState(Connection::State state)
    {
        m_state = state;
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        if (m_state != Connection::State::Connected && m_state != Connection::State::Connecting)
            return;
        const auto theme = Theme::of(palette());
        const bool answers = m_state == Connection::State::Connected;
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(answers ? theme.fits : theme.muted, 1.5));
        painter.setBrush(answers ? QBrush(theme.fits) : QBrush(Qt::NoBrush));
        painter.drawEllipse(QRectF(1, 1, 8, 8));
    }

private:
    Connection::State m_state = Connection::State::None;
};

constexpr qint64 staleFrom = 600; ///< s without a word: a node speaks up every five minutes even when nothing changes

qint64 secondsToRetry(const Connection &connection, const QDateTime &now)
{
    return connection.retryAt.isValid() ? std::max<qint64>(0, now.secsTo(connection.retryAt)) : 0;
}

} // namespace

QString connectionWords(const Connection &connection, std::optional<qint64> age, const QDateTime &now)
{
    QStringList parts;
    switch (connection.state) {
    case Connection::State::None: return TopBar::tr("not connected");
    case Connection::State::Connecting: return TopBar::tr("connecting …");
    case Connection::State::Connected:
        parts << TopBar::tr("connected");
        if (age)
            parts << (*age < staleFrom ? TopBar::tr("%1 ago").arg(ageWords(*age))
                                       : TopBar::tr("no news for %1: may be stale").arg(ageWords(*age)));
        if (!connection.version.isEmpty())
            parts << connection.version;
        break;
    case Connection::State::Lost:
        parts << TopBar::tr("%1 does not answer").arg(connection.cluster);
        parts << (age ? TopBar::tr("last seen %1 ago").arg(ageWords(*age)) : TopBar::tr("not seen yet"));
        if (const auto wait = secondsToRetry(connection, now); wait > 0)
            parts << TopBar::tr("trying again in %1").arg(ageWords(wait));
        else
            parts << TopBar::tr("trying again");
        break;
    }
    return parts.join(u" · "_s);
}

qint64 secondsToNextAge(qint64 age)
{
    constexpr qint64 minute = 60, hour = 60 * minute, day = 24 * hour;
    if (age < 10)
        return 1;
    if (age < minute)
        return std::min<qint64>(5, minute - age);
    if (age < hour)
        return minute - age % minute;
    return age < day ? hour - age % hour : day - age % day;
}

TopBar::TopBar(QWidget *parent)
    : QWidget(parent)
    , m_contexts(new QComboBox(this))
    , m_dot(new StateDot(this))
    , m_line(new GlyphLine(this))
    , m_retry(new QPushButton(tr("Try now"), this))
    , m_why(new QPushButton(tr("Why?"), this))
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
    m_line->setObjectName(u"connectionLabel"_s);
    m_retry->setObjectName(u"retryButton"_s);
    m_why->setObjectName(u"whyButton"_s);
    m_clock.setSingleShot(true);
    m_clock.setTimerType(Qt::VeryCoarseTimer);
    auto *search = new QPushButton(tr("Find a node, model or command   Ctrl+K"), this);
    search->setObjectName(u"searchButton"_s);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 0, 12, 0);
    layout->setSpacing(10);
    layout->addWidget(new Mark(this));
    layout->addWidget(brand);
    layout->addSpacing(48);
    layout->addWidget(m_contexts);
    layout->addWidget(m_dot);
    layout->addWidget(m_line);
    layout->addWidget(m_retry);
    layout->addWidget(m_why);
    layout->addStretch(1);
    layout->addWidget(search);
    connect(search, &QPushButton::clicked, this, &TopBar::searchRequested);
    connect(m_retry, &QPushButton::clicked, this, &TopBar::retryRequested);
    connect(m_why, &QPushButton::clicked, this, [this] { Q_EMIT whyRequested(m_connection.why); });
    connect(&m_clock, &QTimer::timeout, this, &TopBar::showConnection);
    showConnection();
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

void TopBar::setConnection(const Connection &connection)
{
    if (connection.cluster != m_connection.cluster)
        m_heard = {};
    m_connection = connection;
    showConnection();
}

void TopBar::heard(const QDateTime &at)
{
    m_heard = at;
    showConnection();
}

void TopBar::showConnection()
{
    using State = Connection::State;
    const auto now = QDateTime::currentDateTime();
    const auto age = m_heard.isValid() ? std::optional(std::max<qint64>(0, m_heard.secsTo(now))) : std::nullopt;
    const bool lost = m_connection.state == State::Lost;
    static_cast<StateDot *>(m_dot)->setState(m_connection.state);
    m_dot->setVisible(!lost && m_connection.state != State::None);
    m_line->setParts({{.words = connectionWords(m_connection, age, now),
                       .verdict = lost ? std::optional(core::Verdict::No) : std::nullopt,
                       .strong = false,
                       .muted = true}});
    if (lost && !m_connection.why.isEmpty())
        m_line->setToolTip(m_connection.why.toHtmlEscaped());
    m_retry->setVisible(lost);
    m_why->setVisible(lost && !m_connection.why.isEmpty());
    startClock(age, now);
}

void TopBar::startClock(std::optional<qint64> age, const QDateTime &now)
{
    using State = Connection::State;
    m_clock.stop();
    if (m_connection.state == State::Lost && secondsToRetry(m_connection, now) > 0)
        m_clock.start(std::chrono::seconds(1));
    else if (age && (m_connection.state == State::Lost || m_connection.state == State::Connected))
        m_clock.start(std::chrono::seconds(secondsToNextAge(*age)));
}

} // namespace ui
