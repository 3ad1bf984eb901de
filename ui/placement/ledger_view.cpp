// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/ledger_view.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QPainter>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int rowHeight = 22, barTop = 26, barHeight = 16;

QBrush blockBrush(core::BlockKind kind, const Theme &theme)
{
    switch (kind) {
    case core::BlockKind::Weights: return theme.used;
    case core::BlockKind::KvCache: return theme.accent;
    case core::BlockKind::Activations: return theme.requested;
    case core::BlockKind::Runtime: return theme.lineStrong;
    case core::BlockKind::Reserve: break;
    }
    return {theme.lineStrong, Qt::BDiagPattern};
}

} // namespace

LedgerView::LedgerView(QWidget *parent) : QWidget(parent)
{
    setObjectName(u"ledgerView"_s);
    setAccessibleName(tr("Memory ledger"));
    setMinimumWidth(240);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Minimum); // every block has its line
}

void LedgerView::setLedger(std::optional<core::Ledger> ledger, int devices)
{
    m_ledger = std::move(ledger);
    m_devices = devices;
    m_problem.clear();
    describe();
}

void LedgerView::setUsable(std::optional<std::int64_t> bytes, const QString &device)
{
    m_usable = bytes;
    m_device = device;
    describe();
}

void LedgerView::setProblem(const QString &sentence)
{
    m_ledger.reset();
    m_problem = sentence;
    describe();
}

void LedgerView::describe()
{
    QString words = m_problem;
    if (m_ledger) {
        words = tr("likely %1, %2").arg(gib(m_ledger->total.likely), gibRange(m_ledger->total));
        for (const auto &block : m_ledger->blocks)
            words += u", %1 %2"_s.arg(blockWord(block.kind), gib(block.bytes.likely));
        if (!m_ledger->calibration.empty())
            words += u", "_s + text(m_ledger->calibration);
        QString reasons;
        for (const auto &block : m_ledger->blocks)
            reasons += u"%1: %2 (%3)\n"_s.arg(blockWord(block.kind), text(block.reason), text(block.source));
        setToolTip(reasons.toHtmlEscaped().replace(u'\n', u"<br>"_s));
    }
    setAccessibleDescription(words);
    updateGeometry();
    update();
}

QSize LedgerView::sizeHint() const
{
    return {300, m_ledger ? barTop + barHeight + 30 + rowHeight * (static_cast<int>(m_ledger->blocks.size()) + 1) : 80};
}

void LedgerView::paintEvent(QPaintEvent *)
{
    const auto theme = Theme::of(palette());
    QPainter painter(this);
    painter.setPen(theme.muted);
    if (!m_ledger) {
        painter.drawText(rect(), Qt::AlignTop | Qt::TextWordWrap, m_problem);
        return;
    }
    const auto heading = m_ledger->calibration.empty() ? tr("Memory in GiB: likely, low – high")
                                                       : tr("Memory in GiB, %1").arg(text(m_ledger->calibration));
    painter.drawText(QRect(0, 0, width(), 20), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(heading, Qt::ElideRight, width()));
    paintBar(painter, *m_ledger);
    paintTable(painter, *m_ledger);
}

/// What takes the memory, side by side on one scale, with the span of the total and the usable memory over it.
void LedgerView::paintBar(QPainter &painter, const core::Ledger &ledger) const
{
    const auto theme = Theme::of(palette());
    const auto end = std::max({ledger.total.high, m_usable.value_or(0)});
    const auto scale = end > 0 ? static_cast<double>(width() - 2) / (static_cast<double>(end) * 1.05) : 0.0;
    const auto at = [scale](std::int64_t bytes) { return static_cast<int>(static_cast<double>(bytes) * scale); };
    painter.fillRect(0, barTop, width(), barHeight, theme.sunken);
    std::int64_t sum = 0;
    for (const auto &block : ledger.blocks) {
        painter.fillRect(QRect(at(sum), barTop, std::max(1, at(sum + block.bytes.likely) - at(sum) - 1), barHeight),
                         blockBrush(block.kind, theme));
        sum += block.bytes.likely;
    }
    painter.setPen(QPen(theme.lineStrong, 1));
    painter.drawRect(0, barTop, width() - 1, barHeight);
    painter.setPen(QPen(theme.text, 2));
    const int low = at(ledger.total.low), high = at(ledger.total.high), middle = barTop + barHeight / 2;
    painter.drawLine(low, middle, high, middle);
    painter.drawLine(low, barTop - 2, low, barTop + barHeight + 2);
    painter.drawLine(high, barTop - 2, high, barTop + barHeight + 2);
    if (m_usable) {
        painter.setPen(QPen(theme.no, 1, Qt::DashLine));
        painter.drawLine(at(*m_usable), barTop - 4, at(*m_usable), barTop + barHeight + 6);
        const auto label = tr("%1 usable %2").arg(m_device, gibNumber(*m_usable));
        const int labelWidth = painter.fontMetrics().horizontalAdvance(label);
        painter.drawText(std::clamp(at(*m_usable) - labelWidth / 2, 0, std::max(0, width() - labelWidth)),
                         barTop + barHeight + 20, label);
    }
}

/// The same in figures, a row each, and their total.
void LedgerView::paintTable(QPainter &painter, const core::Ledger &ledger) const
{
    const auto theme = Theme::of(palette());
    int y = barTop + barHeight + 28;
    const auto row = [&](const QString &name, const core::Estimate &bytes, const QBrush *swatch, bool isTotal) {
        auto font = this->font();
        if (swatch)
            painter.fillRect(QRect(0, y + 6, 10, 10), *swatch);
        font.setWeight(isTotal ? QFont::DemiBold : QFont::Normal);
        painter.setFont(font);
        painter.setPen(theme.text);
        painter.drawText(QRect(isTotal ? 0 : 18, y, width() / 2, rowHeight), Qt::AlignVCenter, name);
        font.setWeight(QFont::DemiBold);
        painter.setFont(font);
        painter.drawText(QRect(0, y, width() - 110, rowHeight), Qt::AlignRight | Qt::AlignVCenter,
                         gibNumber(bytes.likely));
        painter.setFont(this->font());
        painter.setPen(theme.muted);
        painter.drawText(QRect(0, y, width(), rowHeight), Qt::AlignRight | Qt::AlignVCenter, gibRange(bytes));
        y += rowHeight;
    };
    for (const auto &block : ledger.blocks) {
        const auto brush = blockBrush(block.kind, theme);
        row(blockWord(block.kind), block.bytes, &brush, false);
    }
    painter.setPen(QPen(theme.line, 1));
    painter.drawLine(0, y, width(), y);
    row(m_devices == 1 ? tr("the GPU") : tr("each of %1 GPUs").arg(m_devices), ledger.total, nullptr, true);
}

} // namespace ui
