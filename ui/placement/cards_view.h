// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/partition_what_if.h"

#include <QWidget>

namespace ui {

/// The cards of a node as boxes, cut as they are: each slice in proportion, with its profile and who has it.
class CardsView final : public QWidget {
    Q_OBJECT

public:
    explicit CardsView(QWidget *parent = nullptr);

    void setCards(std::vector<core::CardView> cards);
    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void paintCard(QPainter &painter, const core::CardView &card, const QRect &box) const;
    QRect cardBox(std::size_t index) const;

    std::vector<core::CardView> m_cards;
};

} // namespace ui
