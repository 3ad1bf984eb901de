// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/glyph_line.h"

#include <QComboBox>
#include <QDateTime>
#include <QPushButton>
#include <QTimer>

namespace ui {

/// How the cluster that is open stands.
struct Connection {
    enum class State { None, Connecting, Connected, Lost };
    State state = State::None;
    QString cluster;        ///< its context
    QString version;        ///< "v1.36.3"; empty when not known
    QString why;            ///< Lost: the error in one sentence
    QDateTime retryAt = {}; ///< Lost: when it is tried again; invalid: now
};

/// "connected · 3 s ago · v1.36.3", "prod-eu does not answer · last seen 3 min ago · trying again in 12 s". `age` is
/// that of the newest data in seconds; nullopt: nothing was read yet. Data that are old although the cluster answers
/// are called so. `now` is what `retryAt` is compared with.
QString connectionWords(const Connection &connection, std::optional<qint64> age, const QDateTime &now);
/// Seconds until the words of an age change enough to be written again: never less than one, more when it is large.
qint64 secondsToNextAge(qint64 age);

/// Mark, context switcher, the connection in words with the age of the data, search.
class TopBar final : public QWidget {
    Q_OBJECT

public:
    explicit TopBar(QWidget *parent = nullptr);

    void setContexts(const QStringList &contexts, const QString &current);
    /// Lost adds a cross, "Try now" and "Why?".
    void setConnection(const Connection &connection);
    /// The cluster was heard of just now. A connection to another cluster starts without.
    void heard(const QDateTime &at);

Q_SIGNALS:
    void contextChosen(const QString &context);
    void clustersRequested(); ///< the last entry of the switcher: the page with every context
    void retryRequested();
    void whyRequested(const QString &why); ///< what keeps the cluster from answering is to be shown
    void searchRequested();

private:
    void showConnection();
    void startClock(std::optional<qint64> age, const QDateTime &now);

    QComboBox *m_contexts;
    QWidget *m_dot;
    GlyphLine *m_line;
    QPushButton *m_retry, *m_why;
    Connection m_connection;
    QDateTime m_heard; ///< invalid: never
    QTimer m_clock;    ///< single shot: at most once a second, and not at all while no word would change
    QString m_current;
};

} // namespace ui
