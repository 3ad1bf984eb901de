// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/manifests/yaml_view.h"

#include "ui/text/words.h"
#include "ui/theme/theme.h"

#include <QFontDatabase>
#include <QRegularExpression>
#include <QTextBlock>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

/// Keys in the accent colour, comments muted. The first two columns are the sign of the change.
class Highlighter final : public QSyntaxHighlighter {
public:
    Highlighter(QTextDocument *document, const QWidget &widget) : QSyntaxHighlighter(document), m_widget(widget) {}

    void highlightBlock(const QString &line) override
    {
        const auto theme = Theme::of(m_widget.palette());
        QTextCharFormat key, muted;
        key.setForeground(theme.accent);
        muted.setForeground(theme.muted);
        const auto content = line.indexOf(QRegularExpression(u"[^ +-]"_s));
        const auto colon = line.indexOf(QRegularExpression(u":( |$)"_s));
        if (line.trimmed().startsWith(u'#') || line.trimmed() == u"---")
            setFormat(0, static_cast<int>(line.size()), muted);
        else if (content >= 0 && colon > content)
            setFormat(static_cast<int>(content), static_cast<int>(colon - content), key);
    }

private:
    const QWidget &m_widget;
};

constexpr int numbersWidth = 44;

bool isChange(const QTextBlock &block)
{
    return block.text().startsWith(u'+') || block.text().startsWith(u'-');
}

} // namespace

YamlView::YamlView(QWidget *parent)
    : QPlainTextEdit(parent)
    , m_highlighter(new Highlighter(document(), *this))
    , m_numbers(new QWidget(this))
{
    setObjectName(u"manifestView"_s);
    setAccessibleName(tr("Manifest"));
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setTabChangesFocus(true);
    setLineWrapMode(NoWrap);
    setFrameShape(QFrame::NoFrame);
    setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    setViewportMargins(numbersWidth, 0, 0, 0);
    m_numbers->installEventFilter(this);
    connect(this, &QPlainTextEdit::updateRequest, m_numbers, [this] { m_numbers->update(); });
}

bool YamlView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_numbers && event->type() == QEvent::Paint) {
        paintNumbers();
        return true;
    }
    return QPlainTextEdit::eventFilter(watched, event);
}

void YamlView::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    m_numbers->setGeometry(contentsRect().x(), contentsRect().y(), numbersWidth, contentsRect().height());
}

void YamlView::paintNumbers()
{
    const auto theme = Theme::of(palette());
    QPainter painter(m_numbers);
    painter.fillRect(m_numbers->rect(), theme.surface);
    painter.setFont(font());
    painter.setPen(theme.muted);
    for (auto block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const auto box = blockBoundingGeometry(block).translated(contentOffset());
        if (box.top() > m_numbers->height())
            break;
        painter.drawText(QRectF(0, box.top(), numbersWidth - 8, box.height()), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(block.blockNumber() + 1));
    }
}

void YamlView::setDiff(const std::vector<core::DiffLine> &lines)
{
    QString all;
    for (const auto &line : lines)
        all += QChar::fromLatin1(line.sign) + u' ' + text(line.text) + u'\n';
    if (toPlainText() != all)
        setPlainText(all);
    recolour();
}

void YamlView::setYaml(const QString &yaml)
{
    QString all;
    for (const auto &line : yaml.split(u'\n'))
        all += u"  "_s + line + u'\n';
    if (toPlainText() != all)
        setPlainText(all);
    recolour();
}

void YamlView::recolour()
{
    const auto theme = Theme::of(palette());
    QList<QTextEdit::ExtraSelection> changes;
    for (auto block = document()->begin(); block.isValid(); block = block.next()) {
        if (!isChange(block))
            continue;
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(block);
        selection.format.setBackground(block.text().startsWith(u'+') ? theme.fitsSoft : theme.noSoft);
        selection.format.setProperty(QTextFormat::FullWidthSelection, true);
        changes << selection;
    }
    setExtraSelections(changes);
    m_highlighter->rehighlight();
}

void YamlView::goToChange(int direction)
{
    auto block = textCursor().block();
    while (block.isValid()) {
        block = direction > 0 ? block.next() : block.previous();
        if (block.isValid() && isChange(block)) {
            setTextCursor(QTextCursor(block));
            centerCursor();
            return;
        }
    }
}

void YamlView::changeEvent(QEvent *event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        recolour();
}

} // namespace ui
