// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/figure_rows.h"

#include "core/probe_report/plain_words.h"
#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int glyphSize = 10, glyphColumn = 28, barHeight = 8, barColumn = 140, barMargin = 8;

QString number(double value)
{
    return QString::number(value, 'g', 4);
}

QString orDash(const std::optional<double> &value)
{
    return value ? number(*value) : u"—"_s;
}

std::optional<double> expectedOf(const core::FigureVerdict &figure)
{
    return figure.reference.kind == core::ReferenceKind::None ? std::nullopt : std::optional(figure.reference.value);
}

/// How far a bar reaches and where its line is: from 0 to the data sheet; without one, to what is expected.
struct Bar {
    std::optional<double> reach, mark;
};

Bar barOf(const core::FigureVerdict &figure)
{
    const auto expected = expectedOf(figure);
    if (figure.sheet && *figure.sheet > 0)
        return {std::clamp(figure.measured / *figure.sheet, 0.0, 1.0),
                expected ? std::optional(std::clamp(*expected / *figure.sheet, 0.0, 1.0)) : std::nullopt};
    if (figure.ratio) // of times too: less is worse
        return {std::clamp(*figure.ratio, 0.0, 1.0), 1.0};
    return {};
}

QString barWords(const core::FigureVerdict &figure, const Bar &bar)
{
    if (!bar.reach)
        return {};
    return FigureRows::tr("%1 % of %2")
        .arg(*bar.reach * 100, 0, 'f', 0)
        .arg(figure.sheet ? FigureRows::tr("the data sheet") : FigureRows::tr("what is expected"));
}

void paintBar(QPainter &painter, const QRect &cell, const QModelIndex &index, const Theme &theme)
{
    const auto reach = index.data(FigureRows::ReachRole);
    if (!reach.isValid())
        return;
    const auto verdict = static_cast<core::Verdict>(index.data(FigureRows::VerdictRole).toInt());
    const bool isGood = verdict == core::Verdict::Fits || verdict == core::Verdict::Unknown;
    QRectF box(cell.adjusted(barMargin, (cell.height() - barHeight) / 2, -barMargin, 0));
    box.setHeight(barHeight);
    painter.fillRect(box, theme.sunken);
    auto filled = box;
    filled.setWidth(box.width() * reach.toDouble());
    painter.fillRect(filled, isGood ? theme.used : theme.verdict(verdict));
    painter.setPen(theme.line);
    painter.drawRect(box);
    if (const auto mark = index.data(FigureRows::MarkRole); mark.isValid()) {
        const double x = box.left() + box.width() * mark.toDouble();
        painter.fillRect(QRectF(x - 1, box.top() - 3, 2, barHeight + 6), theme.text);
    }
}

} // namespace

core::Verdict asVerdict(core::ProbeVerdict verdict)
{
    switch (verdict) {
    case core::ProbeVerdict::Pass: return core::Verdict::Fits;
    case core::ProbeVerdict::Warn: return core::Verdict::Tight;
    case core::ProbeVerdict::Fail: return core::Verdict::No;
    case core::ProbeVerdict::NoReference:
    case core::ProbeVerdict::Inconclusive: break;
    }
    return core::Verdict::Unknown;
}

void FigureRows::setCard(const core::CardVerdict *card)
{
    clear();
    setHorizontalHeaderLabels({QString(), tr("Figure"), tr("Measured"), tr("Expected"), tr("Data sheet"), QString(),
                               tr("0 – data sheet, else expected")});
    if (!card)
        return;
    for (const auto &figure : card->figures)
        addFigure(figure, std::ranges::any_of(card->findings, [&](const core::ProbeFinding &finding) {
                      return finding.code == core::FindingCode::WrongData && finding.metric == figure.metric;
                  }));
}

std::optional<int> FigureRows::worst() const
{
    // No before Tight before the memory's speed before whatever else is not known or right.
    const auto rank = [this](int row) {
        const auto verdict =
            static_cast<core::Verdict>(item(row, static_cast<int>(Column::Glyph))->data(VerdictRole).toInt());
        const bool isMemory = item(row, static_cast<int>(Column::Name))->data(MetricRole) == u"membw.triad"_s;
        return verdict == core::Verdict::No ? 0 : verdict == core::Verdict::Tight ? 1 : isMemory ? 2 : 3;
    };
    std::optional<int> found;
    for (int row = 0; row < rowCount(); ++row)
        if (!found || rank(row) < rank(*found))
            found = row;
    return found;
}

/// A figure whose data was wrong is no figure: its speed says nothing, whatever it is compared with.
void FigureRows::addFigure(const core::FigureVerdict &figure, bool isWrong)
{
    const auto verdict = isWrong ? core::Verdict::No : asVerdict(figure.verdict);
    const auto said = isWrong ? tr("wrong data") : QString::fromLatin1(core::word(figure.verdict));
    const auto note = text(core::describe(figure.reference, figure.sheet)) + u" · "_s + text(figure.counts);
    QList<QStandardItem *> row;
    for (const auto &cell :
         {QString(), text(core::figureName(figure.metric)), number(figure.measured), orDash(expectedOf(figure)),
          orDash(figure.sheet), text(core::figureUnit(figure.unit)), QString()}) {
        row << new QStandardItem(cell);
        row.back()->setToolTip(u"%1 · %2 · %3"_s.arg(text(figure.metric), said, note));
    }
    const auto at = [&row](Column column) { return row[static_cast<int>(column)]; };
    at(Column::Glyph)->setData(static_cast<int>(verdict), VerdictRole);
    at(Column::Glyph)->setData(said, Qt::AccessibleTextRole);
    at(Column::Name)->setData(text(figure.metric), MetricRole);
    at(Column::Name)
        ->setData(u"%1 (%2): %3"_s.arg(text(core::figureName(figure.metric)), text(figure.metric), note), NoteRole);
    auto bold = at(Column::Measured)->font();
    bold.setWeight(QFont::DemiBold);
    at(Column::Measured)->setFont(bold);
    for (const auto column : {Column::Measured, Column::Expected, Column::Sheet})
        at(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    if (isWrong) {
        at(Column::Bar)->setText(said);
        at(Column::Bar)->setData(static_cast<int>(verdict), VerdictRole);
    } else if (const auto bar = barOf(figure); bar.reach) {
        at(Column::Bar)->setData(*bar.reach, ReachRole);
        at(Column::Bar)->setData(static_cast<int>(verdict), VerdictRole);
        at(Column::Bar)->setData(barWords(figure, bar), Qt::AccessibleTextRole);
        if (bar.mark)
            at(Column::Bar)->setData(*bar.mark, MarkRole);
    }
    appendRow(row);
}

void FigureDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    auto cell = option;
    const auto theme = Theme::of(option.palette);
    const bool isBar = index.column() == static_cast<int>(FigureRows::Column::Bar);
    if (isBar && !index.data(FigureRows::ReachRole).isValid()) // "wrong data"
        cell.palette.setColor(QPalette::Text, theme.no);
    RoomyRows::paint(painter, cell, index);
    painter->save();
    if (isBar)
        paintBar(*painter, option.rect, index, theme);
    if (index.column() == static_cast<int>(FigureRows::Column::Glyph)) {
        QRectF box(0, 0, glyphSize, glyphSize);
        box.moveCenter(QRectF(option.rect).center());
        paintVerdictGlyph(*painter, static_cast<core::Verdict>(index.data(FigureRows::VerdictRole).toInt()), box,
                          theme);
    }
    painter->restore();
}

QSize FigureDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    auto size = RoomyRows::sizeHint(option, index);
    if (index.column() == static_cast<int>(FigureRows::Column::Glyph))
        size.setWidth(glyphColumn);
    if (index.column() == static_cast<int>(FigureRows::Column::Bar))
        size.setWidth(std::max(size.width(), barColumn));
    return size;
}

} // namespace ui
