// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/glyph_line.h"

#include <QComboBox>
#include <QPushButton>

namespace ui {

/// Mark, context switcher, the connection in words, search.
class TopBar final : public QWidget {
    Q_OBJECT

public:
    explicit TopBar(QWidget *parent = nullptr);

    void setContexts(const QStringList &contexts, const QString &current);
    /// "connected · v1.36.3" and the like; `trouble` adds a cross and "Try now".
    void setConnection(const QString &words, bool trouble);

Q_SIGNALS:
    void contextChosen(const QString &context);
    void clustersRequested(); ///< the last entry of the switcher: the page with every context
    void retryRequested();
    void searchRequested();

private:
    QComboBox *m_contexts;
    GlyphLine *m_connection;
    QPushButton *m_retry;
    QString m_current;
};

} // namespace ui
