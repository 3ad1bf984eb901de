// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifests/manifest.h"

#include <QPlainTextEdit>
#include <QSyntaxHighlighter>

namespace ui {

/// YAML with keys coloured; lines of a difference have the colour and the sign of their change. Read only, plain text.
class YamlView final : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit YamlView(QWidget *parent = nullptr);

    void setDiff(const std::vector<core::DiffLine> &lines);
    void setYaml(const QString &yaml);
    /// Moves to the next (+1) or previous (-1) changed line.
    void goToChange(int direction);

private:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintNumbers();
    void recolour();

    QSyntaxHighlighter *m_highlighter;
    QWidget *m_numbers; ///< line numbers, left of the text
};

} // namespace ui
