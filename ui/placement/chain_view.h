// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"
#include "ui/theme/theme.h"

#include <QWidget>

#include <optional>

namespace ui {

/// The chain of a candidate from the first link to the last and what would make it fit, wrapped to `width`: painted
/// when `painter` is there, and measured either way. Returns the height. The tooltip and the inspector share it.
int paintChain(QPainter *painter, const core::Candidate &candidate, QPoint at, int width, const QFont &font,
               const Theme &theme);

/// One candidate's chain as a widget; nothing when there is none.
class ChainView final : public QWidget {
    Q_OBJECT

public:
    explicit ChainView(QWidget *parent = nullptr);

    void setCandidate(const core::Candidate *candidate);
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    std::optional<core::Candidate> m_candidate;
};

} // namespace ui
