// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fit/verdict.h"

#include <QWidget>

#include <optional>

namespace ui {

/// One line of short statements, each with a verdict's glyph and colour or plain: "✓ 19 fit  △ 3 tight  ✗ 38 no".
/// What does not fit the width is cut at the last part. Its words are its accessible name.
class GlyphLine final : public QWidget {
    Q_OBJECT

public:
    struct Part {
        QString words;
        std::optional<core::Verdict> verdict; ///< its glyph in front, its colour for the words
        bool strong = false;
        bool muted = false;
        bool operator==(const Part &) const = default;
    };

    explicit GlyphLine(QWidget *parent = nullptr);

    void setParts(std::vector<Part> parts);
    QString words() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QFont fontOf(const Part &part) const;
    std::vector<Part> m_parts;
};

} // namespace ui
