// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/keys_panel.h"

#include "ui/widgets/panel.h"

#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QLabel *words(const QString &text, bool strong, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    auto font = label->font();
    font.setWeight(strong ? QFont::DemiBold : QFont::Normal);
    label->setFont(font);
    return label;
}

/// A title and its rows: the key, then what it does.
QWidget *section(const QString &title, const std::vector<KeyHelp> &rows, QWidget *parent)
{
    auto *box = new QWidget(parent);
    auto *grid = new QGridLayout(box);
    grid->setContentsMargins(20, 12, 20, 16);
    grid->setHorizontalSpacing(20);
    grid->setVerticalSpacing(6);
    grid->addWidget(words(title, true, box), 0, 0, 1, 2);
    int line = 1;
    for (const auto &row : rows) {
        grid->addWidget(words(row.keys, true, box), line, 0);
        auto *does = words(row.does, false, box);
        does->setForegroundRole(QPalette::PlaceholderText);
        grid->addWidget(does, line++, 1);
    }
    grid->setColumnStretch(1, 1);
    grid->setRowStretch(line, 1);
    return box;
}

} // namespace

KeysPanel::KeysPanel(const QString &page, const std::vector<KeyHelp> &ofPage, const std::vector<KeyHelp> &everywhere,
                     QWidget *parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
{
    setObjectName(u"keysPanel"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keys"));
    QString spoken;
    for (const auto *rows : {&ofPage, &everywhere})
        for (const auto &row : *rows)
            spoken += row.keys + u": "_s + row.does + u". "_s;
    setAccessibleDescription(spoken);
    auto *columns = new QHBoxLayout(this);
    columns->setContentsMargins(1, 1, 1, 1);
    columns->setSpacing(0);
    columns->addWidget(section(page, ofPage, this));
    columns->addWidget(hairline(this, Qt::Vertical));
    columns->addWidget(section(tr("Everywhere"), everywhere, this));
    if (parent)
        move(parent->mapToGlobal(QPoint((parent->width() - sizeHint().width()) / 2, 90)));
}

void KeysPanel::keyPressEvent(QKeyEvent *)
{
    accept();
}

void KeysPanel::paintEvent(QPaintEvent *)
{
    paintPanelEdge(*this);
}

} // namespace ui
