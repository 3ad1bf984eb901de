// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window/command_palette.h"

#include "ui/widgets/panel.h"
#include "ui/widgets/row_delegate.h"

#include <QKeyEvent>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int commandIndex = Qt::UserRole;
constexpr int mostShown = 60;

/// Smaller is better: what is written together counts before scattered letters, the beginning before the middle.
int rank(const QString &typed, const QString &title)
{
    const auto at = title.indexOf(typed, 0, Qt::CaseInsensitive);
    if (at >= 0)
        return at == 0 ? 0 : 1;
    const auto words = typed.split(u' ', Qt::SkipEmptyParts);
    const auto scattered =
        std::ranges::count_if(words, [&](const QString &word) { return !title.contains(word, Qt::CaseInsensitive); });
    return 2 + static_cast<int>(scattered);
}

/// Adds where the letters of one word are in `title`: in a row if they can be, else as far left as they come.
bool findWord(QStringView word, const QString &title, std::vector<int> &letters)
{
    if (const auto at = title.indexOf(word, 0, Qt::CaseInsensitive); at >= 0) {
        for (qsizetype i = 0; i < word.size(); ++i)
            letters.push_back(static_cast<int>(at + i));
        return true;
    }
    qsizetype next = 0;
    for (qsizetype i = 0; i < title.size() && next < word.size(); ++i)
        if (title[i].toCaseFolded() == word[next].toCaseFolded()) {
            letters.push_back(static_cast<int>(i));
            ++next;
        }
    return next == word.size();
}

QString titleOf(const Command &command)
{
    return command.kind + u"   "_s + command.words;
}

} // namespace

std::optional<std::vector<int>> lettersFound(const QString &typed, const QString &title)
{
    std::vector<int> letters;
    for (const auto &word : typed.split(u' ', Qt::SkipEmptyParts))
        if (!findWord(word, title, letters))
            return std::nullopt;
    std::ranges::sort(letters);
    const auto twice = std::ranges::unique(letters);
    letters.erase(twice.begin(), twice.end());
    return letters;
}

CommandPalette::CommandPalette(std::vector<Command> commands, QWidget *parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
    , m_commands(std::move(commands))
    , m_find(new QLineEdit(this))
    , m_list(new QListWidget(this))
{
    setObjectName(u"commandPalette"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Find"));
    resize(620, 380);
    if (parent)
        move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, 60)));
    m_find->setObjectName(u"commandFind"_s);
    m_find->setAccessibleName(tr("Find a node, a model or a command"));
    m_find->setPlaceholderText(tr("Find a node, a model or a command"));
    m_find->setFrame(false);
    m_find->setMinimumHeight(36);
    m_find->installEventFilter(this);
    m_list->setObjectName(u"commandList"_s);
    m_list->setAccessibleName(tr("What was found"));
    dressSideList(*m_list, 28, false);
    m_list->setFocusPolicy(Qt::NoFocus);
    auto *keys = new QLabel(tr("↑ ↓ choose    Enter go    Esc close"), this);
    keys->setForegroundRole(QPalette::PlaceholderText);
    keys->setContentsMargins(12, 6, 12, 6);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addWidget(m_find);
    layout->addWidget(hairline(this));
    layout->addWidget(m_list, 1);
    layout->addWidget(hairline(this));
    layout->addWidget(keys);
    connect(m_find, &QLineEdit::textChanged, this, &CommandPalette::showMatches);
    connect(m_find, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    showMatches({});
}

void CommandPalette::showMatches(const QString &typed)
{
    std::vector<std::pair<int, std::size_t>> found;
    for (std::size_t i = 0; i < m_commands.size(); ++i)
        if (const auto title = titleOf(m_commands[i]); lettersFound(typed, title))
            found.emplace_back(rank(typed, title), i);
    std::ranges::sort(found);
    found.resize(std::min<std::size_t>(found.size(), mostShown));
    m_list->clear();
    for (const auto &[order, i] : found) {
        auto *item = new QListWidgetItem(titleOf(m_commands[i]), m_list);
        item->setData(RowDelegate::SideRole, m_commands[i].side);
        item->setData(RowDelegate::StrongRole,
                      QVariant::fromValue(lettersFound(typed, item->text()).value_or(std::vector<int>())));
        item->setData(commandIndex, static_cast<qulonglong>(i));
    }
    if (found.empty())
        (new QListWidgetItem(tr("Nothing here is called “%1”").arg(typed), m_list))->setFlags(Qt::NoItemFlags);
    else
        m_list->setCurrentRow(0);
}

void CommandPalette::runCurrent()
{
    const auto *item = m_list->currentItem();
    if (!item || item->flags() == Qt::NoItemFlags)
        return;
    const auto run = m_commands[item->data(commandIndex).toULongLong()].run;
    accept();
    run();
}

void CommandPalette::paintEvent(QPaintEvent *)
{
    paintPanelEdge(*this);
}

bool CommandPalette::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto key = static_cast<QKeyEvent *>(event)->key();
        const int step = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
        if (step != 0 && m_list->count() > 0) {
            m_list->setCurrentRow(std::clamp(m_list->currentRow() + step, 0, m_list->count() - 1));
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace ui
