// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <map>

namespace ui {

/// How far the first reading of a cluster is: "nodes 500 of about 2,000 · pods 12,500 of about 20,000" over a thin
/// line. Hidden while nothing is read.
class ProgressLine final : public QWidget {
    Q_OBJECT

public:
    explicit ProgressLine(QWidget *parent = nullptr);

    /// `total` 0: the server does not say how many there are.
    void setProgress(const QString &kind, qint64 count, qint64 total);
    /// The kind has been read whole. The line goes when the last one has.
    void finish(const QString &kind);
    void clear();
    QString words() const;
    QSize sizeHint() const override { return {200, 24}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Read {
        qint64 count = 0, total = 0;
    };
    std::map<QString, Read> m_kinds;
};

} // namespace ui
