// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/manifests/manifests_page.h"

#include "ui/manifests/yaml_view.h"
#include "ui/text/words.h"
#include "ui/widgets/primary_button.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QString keyOf(const core::ManifestObject &object)
{
    return text(object.kind() + " " + object.nameSpace() + "/" + object.name());
}

QPushButton *button(QWidget *parent, const QString &name, const QString &label)
{
    auto *out = new QPushButton(label, parent);
    out->setObjectName(name);
    return out;
}

} // namespace

ManifestsPage::ManifestsPage(QWidget *parent)
    : QWidget(parent)
    , m_filesHead(new PanelHead(this))
    , m_head(new PanelHead(this))
    , m_files(new QListWidget(this))
    , m_view(new YamlView(this))
    , m_state(new QLabel(this))
    , m_question(new QLabel(this))
    , m_reasons(new QPlainTextEdit(this))
    , m_export(new PrimaryButton(tr("Export…"), this))
    , m_dryRun(button(this, u"dryRunButton"_s, tr("Check again")))
    , m_apply(button(this, u"applyButton"_s, tr("Apply…")))
    , m_forceApply(button(this, u"forceApplyButton"_s, tr("Take over and apply…")))
    , m_confirm(button(this, u"applyConfirmButton"_s, tr("Apply")))
    , m_cancel(button(this, u"applyCancelButton"_s, tr("Cancel")))
    , m_confirmBar(new QWidget(this))
{
    setObjectName(u"manifestsPage"_s);
    dress();
    auto *splitter = hairlineSplitter(this, {makeLeft(), makeMiddle(), makeRight()});
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({220, 640, 340});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
    connectActions();
    refreshButtons();
}

void ManifestsPage::dress()
{
    m_files->setObjectName(u"manifestFiles"_s);
    m_files->setAccessibleName(tr("Files of the export"));
    dressSideList(*m_files, 26, false);
    for (auto *label : {m_state, m_question}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    m_state->setObjectName(u"manifestState"_s);
    m_reasons->setObjectName(u"manifestReasons"_s);
    m_reasons->setAccessibleName(tr("Reasons"));
    m_reasons->setReadOnly(true);
    m_reasons->setTabChangesFocus(true);
    m_reasons->setFrameShape(QFrame::NoFrame);
    m_reasons->viewport()->setBackgroundRole(QPalette::Window);
    m_reasons->document()->setDocumentMargin(12);
    m_export->setObjectName(u"exportButton"_s);
    m_export->setDefault(true);
}

QWidget *ManifestsPage::makeLeft()
{
    auto *left = new QWidget(this);
    auto *leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(0, 0, 0, 0);
    leftLayout->setSpacing(0);
    leftLayout->addWidget(m_filesHead);
    leftLayout->addWidget(m_files, 1);
    return left;
}

QWidget *ManifestsPage::makeMiddle()
{
    auto *middle = new QWidget(this);
    auto *middleLayout = new QVBoxLayout(middle);
    middleLayout->setContentsMargins(0, 0, 0, 0);
    middleLayout->setSpacing(0);
    middleLayout->addWidget(m_head);
    middleLayout->addWidget(m_view, 1);
    auto *confirmLayout = new QHBoxLayout(m_confirmBar);
    confirmLayout->addWidget(m_question, 1);
    confirmLayout->addWidget(m_cancel);
    confirmLayout->addWidget(m_confirm);
    m_confirmBar->hide();
    middleLayout->addWidget(m_confirmBar);
    return middle;
}

QWidget *ManifestsPage::makeRight()
{
    auto *right = new QWidget(this);
    auto *rightLayout = new QVBoxLayout(right);
    rightLayout->setContentsMargins(0, 0, 0, 0);
    rightLayout->setSpacing(0);
    auto *reasonsHead = new PanelHead(right);
    reasonsHead->line()->setParts({{.words = tr("Why it is as it is"), .verdict = {}, .strong = true}});
    rightLayout->addWidget(reasonsHead);
    rightLayout->addWidget(m_reasons, 1);
    rightLayout->addWidget(hairline(right));
    auto *foot = new QVBoxLayout;
    foot->setContentsMargins(12, 10, 12, 12);
    rightLayout->addLayout(foot);
    auto strong = font();
    strong.setWeight(QFont::DemiBold);
    auto *before = new QLabel(tr("Before you apply"), right);
    before->setFont(strong);
    foot->addWidget(before);
    foot->addWidget(m_state);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (auto *action : {m_export, m_dryRun, m_apply})
        buttons->addWidget(action);
    buttons->addStretch();
    foot->addLayout(buttons);
    foot->addWidget(m_forceApply);
    m_forceApply->hide();
    return right;
}

void ManifestsPage::connectActions()
{
    connect(m_files, &QListWidget::currentRowChanged, this, &ManifestsPage::showFile);
    connect(m_export, &QPushButton::clicked, this, &ManifestsPage::exportRequested);
    connect(m_dryRun, &QPushButton::clicked, this, &ManifestsPage::dryRunRequested);
    connect(m_apply, &QPushButton::clicked, this, [this] { askToApply(false); });
    connect(m_forceApply, &QPushButton::clicked, this, [this] { askToApply(true); });
    connect(m_cancel, &QPushButton::clicked, m_confirmBar, &QWidget::hide);
    connect(m_confirm, &QPushButton::clicked, this, [this] {
        m_confirmBar->hide();
        Q_EMIT applyRequested(m_force);
    });
}

void ManifestsPage::setExport(const core::Result<core::Export> &tree)
{
    const auto before = m_files->currentItem() ? m_files->currentItem()->text() : QString();
    auto next = tree.value_or(core::Export{});
    forgetAnswers(next);
    m_tree = std::move(next);
    const QSignalBlocker quiet(m_files);
    m_files->clear();
    for (const auto &file : m_tree.files)
        m_files->addItem(text(file.path));
    m_filesHead->line()->setParts({{.words = tr("Files"), .verdict = {}, .strong = true},
                                   {.words = QString::number(m_tree.files.size()), .verdict = {}, .muted = true}});
    for (int i = 0; i < m_files->count(); ++i)
        if (m_files->item(i)->text() == before
            || (before.isEmpty() && m_files->currentRow() < 0
                && !m_tree.files[static_cast<std::size_t>(i)].objects.empty()))
            m_files->setCurrentRow(i);
    if (m_files->currentRow() < 0 && m_files->count() > 0)
        m_files->setCurrentRow(0);
    showFile();
    const bool isEmpty = std::ranges::none_of(m_tree.files, [](const auto &file) { return !file.objects.empty(); });
    m_problem = !tree ? sentence(tree.error())
        : isEmpty     ? tr("Nothing is placed yet: drag a model onto the board first.")
                      : QString();
    showState();
    refreshButtons();
}

/// What the server said of an object is true of that object only, not of one that was edited since.
void ManifestsPage::forgetAnswers(const core::Export &next)
{
    std::map<QString, const core::ManifestObject *> asked;
    for (const auto &file : m_tree.files)
        for (const auto &object : file.objects)
            asked[keyOf(object)] = &object;
    bool changed = false;
    for (const auto &file : next.files)
        for (const auto &object : file.objects) {
            const auto before = asked.extract(keyOf(object));
            if (before.empty() || before.mapped()->json != object.json)
                changed |= m_answers.erase(keyOf(object)) > 0 || before.empty();
        }
    for (const auto &[key, gone] : asked)
        changed |= m_answers.erase(key) > 0;
    if (!changed)
        return;
    m_accepted.clear();
    m_forceApply->hide();
    m_confirmBar->hide(); // it asked about the objects of before
}

void ManifestsPage::setAnswers(ServerAnswers answers)
{
    m_answers = std::move(answers);
    int accepted = 0;
    QStringList refused;
    bool conflict = false;
    for (const auto &[key, answer] : m_answers) {
        accepted += answer.accepted ? 1 : 0;
        conflict = conflict || answer.conflict;
        if (!answer.accepted)
            refused << key + u": "_s + answer.message;
    }
    if (!m_answers.empty())
        refused.prepend(tr("%1 of %2 objects are accepted by the API server").arg(accepted).arg(m_answers.size()));
    m_accepted = refused.join(u'\n');
    showState();
    m_forceApply->setVisible(conflict);
    showFile();
    refreshButtons();
}

void ManifestsPage::setRollout(const QStringList &lines)
{
    m_rollout = lines.join(u'\n');
    showState();
}

/// What is in the way, what the server said, how far the rollout is.
void ManifestsPage::showState()
{
    QStringList lines{m_problem, m_accepted, m_rollout};
    lines.removeAll(QString());
    m_state->setText(lines.join(u'\n'));
}

void ManifestsPage::setWritable(bool writable)
{
    m_writable = writable;
    if (!writable)
        m_confirmBar->hide();
    refreshButtons();
}

void ManifestsPage::setBusy(bool busy)
{
    m_busy = busy;
    refreshButtons();
}

void ManifestsPage::refreshButtons()
{
    const bool any = std::ranges::any_of(m_tree.files, [](const auto &file) { return !file.objects.empty(); });
    m_export->setEnabled(any);
    m_dryRun->setEnabled(any && m_writable && !m_busy);
    m_apply->setEnabled(any && m_writable && !m_busy);
    m_forceApply->setEnabled(any && m_writable && !m_busy);
}

void ManifestsPage::askToApply(bool force)
{
    int objects = 0;
    for (const auto &file : m_tree.files)
        objects += static_cast<int>(file.objects.size());
    m_force = force;
    m_question->setText(force ? tr("Apply %1 objects and take the conflicting fields from their managers?").arg(objects)
                              : tr("Apply %1 objects to the cluster?").arg(objects));
    m_confirmBar->show();
    m_confirm->setFocus();
}

void ManifestsPage::showFile()
{
    const auto row = m_files->currentRow();
    if (row < 0 || row >= static_cast<int>(m_tree.files.size())) {
        m_head->line()->setParts({});
        m_view->setYaml({});
        m_reasons->clear();
        return;
    }
    const auto &file = m_tree.files[static_cast<std::size_t>(row)];
    std::vector<core::DiffLine> diff;
    bool known = !file.objects.empty();
    for (const auto &object : file.objects) {
        const auto answer = m_answers.find(keyOf(object));
        const auto *asked = answer == m_answers.end() ? nullptr : &answer->second;
        if (!asked || !asked->diff) {
            known = false;
            break;
        }
        if (!diff.empty())
            diff.push_back({diff.back().sign, "---"});
        diff.insert(diff.end(), asked->diff->begin(), asked->diff->end());
    }
    showHead(file, known ? &diff : nullptr);
    const bool changes = std::ranges::any_of(diff, [](const auto &line) { return line.sign != '+'; });
    if (known && changes) // what is new altogether is read as a file, not as a difference
        m_view->setDiff(diff);
    else
        m_view->setYaml(text(file.text));
    showReasons();
}

/// The file, how much of it changes, and what the API server says about its objects.
void ManifestsPage::showHead(const core::ManifestFile &file, const std::vector<core::DiffLine> *diff)
{
    std::vector<GlyphLine::Part> parts{{.words = text(file.path), .verdict = {}, .strong = true}};
    const bool isNew = diff && std::ranges::none_of(*diff, [](const auto &line) { return line.sign != '+'; });
    if (isNew)
        parts.push_back({.words = tr("new"), .verdict = {}, .muted = true});
    else if (diff) {
        const auto count = [diff](char sign) { return std::ranges::count(*diff, sign, &core::DiffLine::sign); };
        const auto added = count('+'), removed = count('-');
        parts.push_back({.words = added + removed == 0 ? tr("live, nothing changes")
                                                       : tr("live ← plan   +%1 −%2").arg(added).arg(removed),
                         .verdict = {},
                         .muted = true});
    }
    for (const auto &object : file.objects)
        if (const auto answer = m_answers.find(keyOf(object)); answer != m_answers.end() && !answer->second.accepted) {
            parts.push_back({.words = tr("the API server refuses it"), .verdict = core::Verdict::No});
            return m_head->line()->setParts(std::move(parts));
        }
    if (diff)
        parts.push_back({.words = tr("the API server accepts it"), .verdict = core::Verdict::Fits});
    m_head->line()->setParts(std::move(parts));
}

void ManifestsPage::showReasons()
{
    QString words;
    for (const auto &object : m_tree.files[static_cast<std::size_t>(m_files->currentRow())].objects) {
        for (const auto &warning : object.warnings)
            words += tr("Warning: %1\n\n").arg(text(warning));
        for (const auto &reason : object.reasons)
            words += text(reason) + u"\n\n"_s;
    }
    m_reasons->setPlainText(words.trimmed());
}

void ManifestsPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_J || event->key() == Qt::Key_K)
        m_view->goToChange(event->key() == Qt::Key_J ? 1 : -1);
    else if (event->key() == Qt::Key_E && event->modifiers() == Qt::NoModifier && m_export->isEnabled())
        Q_EMIT exportRequested();
    else if (event->key() == Qt::Key_Return && event->modifiers().testFlag(Qt::ControlModifier) && m_apply->isEnabled())
        askToApply(false);
    else
        QWidget::keyPressEvent(event);
}

std::vector<KeyHelp> ManifestsPage::keys()
{
    return {{u"J  K"_s, tr("next, previous change")},
            {u"E"_s, tr("export to a folder")},
            {u"Ctrl+Enter"_s, tr("apply; asks first")}};
}

} // namespace ui
