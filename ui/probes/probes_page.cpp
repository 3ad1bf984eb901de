// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/probes_page.h"

#include "core/probe_report/plain_words.h"
#include "ui/text/words.h"
#include "ui/widgets/row_delegate.h"

#include <QDateTime>
#include <QKeyEvent>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int cardsWidth = 260, cardRow = 46;

/// "cuda: no driver here"; empty when every way to a GPU has one.
QString whyNone(const core::ProbeReport &list)
{
    QStringList words;
    for (const auto &backend : list.backends)
        if (!backend.ok)
            words << text(backend.name) + u": "_s + text(backend.why);
    return words.join(u"; "_s);
}

} // namespace

ProbesPage::ProbesPage(QWidget *parent)
    : QWidget(parent)
    , m_cardsHead(new PanelHead(this))
    , m_head(new PanelHead(this))
    , m_cards(new QListWidget(this))
    , m_findings(new QListWidget(this))
    , m_cordon(new CordonBar(this))
    , m_figures(new FiguresView(this))
    , m_history(new HistoryChart(this))
    , m_profile(new QComboBox(this))
    , m_device(new QComboBox(this))
    , m_run(new QPushButton(tr("Run"), this))
    , m_cancel(new QPushButton(tr("Stop"), this))
    , m_local(new QLabel(this))
    , m_state(new QLabel(this))
{
    setObjectName(u"probesPage"_s);
    auto *splitter = hairlineSplitter(this, {buildCards(), buildDetail()});
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({cardsWidth, 880});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
    connect(m_cards, &QListWidget::currentRowChanged, this, &ProbesPage::showCard);
    connect(m_figures, &FiguresView::metricSelected, m_history, &HistoryChart::setMetric);
    connect(m_cordon, &CordonBar::cordonRequested, this, &ProbesPage::cordonRequested);
    connect(m_run, &QPushButton::clicked, this, &ProbesPage::start);
    connect(m_cancel, &QPushButton::clicked, this, &ProbesPage::cancelRequested);
    m_device->hide();
    m_local->setText(tr("looking for GPUs of this machine …"));
    setRunning(false);
    setCards({});
}

QWidget *ProbesPage::buildCards()
{
    m_cards->setObjectName(u"probeCards"_s);
    m_cards->setAccessibleName(tr("Cards that were measured"));
    dressSideList(*m_cards, cardRow, true);
    m_profile->setObjectName(u"probeProfile"_s);
    m_profile->setAccessibleName(tr("Profile"));
    m_profile->addItems({u"quick"_s, u"standard"_s, u"soak"_s});
    m_device->setObjectName(u"probeDevice"_s);
    m_device->setAccessibleName(tr("Device of this machine"));
    m_run->setObjectName(u"probeRun"_s);
    m_cancel->setObjectName(u"probeCancel"_s);
    for (auto *label : {m_local, m_state}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    m_local->setObjectName(u"probeLocal"_s);
    m_state->setObjectName(u"probeState"_s);
    m_local->setForegroundRole(QPalette::PlaceholderText);
    auto *import = new QPushButton(tr("Import…"), this);
    import->setObjectName(u"probeImport"_s);
    auto *job = new QPushButton(tr("Run on nodes…"), this);
    job->setObjectName(u"probeJob"_s);
    job->setToolTip(tr("Writes the manifests of a Job that measures the cluster's GPUs"));
    auto *collect = new QPushButton(tr("Collect"), this);
    collect->setObjectName(u"probeCollect"_s);
    collect->setToolTip(tr("Reads the logs of Berth's measuring pods"));
    connect(collect, &QPushButton::clicked, this, &ProbesPage::collectRequested);
    connect(import, &QPushButton::clicked, this, &ProbesPage::importRequested);
    connect(job, &QPushButton::clicked, this, &ProbesPage::jobRequested);
    auto *controls = new QVBoxLayout;
    controls->setContentsMargins(12, 8, 12, 12);
    controls->setSpacing(6);
    const auto pair = [controls](QWidget *left, QWidget *right) {
        auto *line = new QHBoxLayout;
        line->addWidget(left, 1);
        line->addWidget(right, 1);
        controls->addLayout(line);
    };
    controls->addWidget(m_local);
    controls->addWidget(m_device);
    controls->addWidget(m_profile);
    pair(m_run, m_cancel);
    controls->addWidget(m_state);
    pair(job, collect);
    controls->addWidget(import);
    auto *box = new QWidget(this);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_cardsHead);
    layout->addWidget(m_cards, 1);
    layout->addLayout(controls);
    return box;
}

QWidget *ProbesPage::buildDetail()
{
    m_head->line()->setObjectName(u"probesHeadline"_s);
    m_findings->setObjectName(u"probeFindings"_s);
    m_findings->setAccessibleName(tr("What was found, and what to do"));
    m_findings->setFrameShape(QFrame::NoFrame);
    m_findings->setWordWrap(true);
    auto *splitter = hairlineSplitter(this, {m_figures, m_history}, Qt::Vertical);
    splitter->setSizes({380, 220});
    auto *box = new QWidget(this);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(m_cordon);
    layout->addWidget(m_findings);
    layout->addWidget(splitter, 1);
    return box;
}

void ProbesPage::start()
{
    Q_EMIT runRequested(m_profile->currentText(), m_device->currentData().toString());
}

void ProbesPage::setLocal(const core::ProbeReport &list, const QString &problem)
{
    m_device->clear();
    m_device->addItem(tr("every GPU of this machine"), QString());
    for (const auto &device : list.devices)
        m_device->addItem(text(device.name) + u" · "_s + text(device.id), text(device.id));
    const bool any = !list.devices.empty();
    m_device->setVisible(any);
    m_run->setEnabled(any);
    m_reach = !problem.isEmpty()   ? problem
        : list.devices.size() == 1 ? tr("1 device to measure here")
        : any                      ? tr("%1 devices to measure here").arg(list.devices.size())
                                   : tr("No GPU to measure here. %1").arg(whyNone(list));
    m_local->setText(m_reach);
    showHeadline();
}

void ProbesPage::setCards(std::vector<core::CardVerdict> cards)
{
    const auto before = selectedCard();
    m_verdicts = std::move(cards);
    m_cardsHead->line()->setParts({{.words = tr("Cards"), .verdict = {}, .strong = true},
                                   {.words = QString::number(m_verdicts.size()), .verdict = {}, .muted = true}});
    const QSignalBlocker quiet(m_cards);
    m_cards->clear();
    int row = m_verdicts.empty() ? -1 : 0;
    for (const auto &card : m_verdicts) {
        const auto age = QDateTime::fromSecsSinceEpoch(card.result.time).toString(u"MMM d HH:mm"_s);
        auto *item = new QListWidgetItem(text(card.result.device.name), m_cards);
        item->setData(RowDelegate::SubtitleRole,
                      u"%1 · %2 · %3"_s.arg(text(card.host), text(card.result.device.pci), age));
        item->setData(RowDelegate::VerdictRole, static_cast<int>(asVerdict(card.verdict)));
        item->setData(Qt::AccessibleTextRole,
                      u"%1, %2, %3"_s.arg(text(card.result.device.name), text(card.host),
                                          QString::fromLatin1(core::word(card.verdict))));
        if (text(card.card) == before)
            row = m_cards->count() - 1;
    }
    m_cards->setCurrentRow(row);
    showCard();
}

const core::CardVerdict *ProbesPage::current() const
{
    const auto row = static_cast<std::size_t>(m_cards->currentRow());
    return m_cards->currentRow() < 0 || row >= m_verdicts.size() ? nullptr : &m_verdicts[row];
}

QString ProbesPage::selectedCard() const
{
    const auto *card = current();
    return card ? text(card->card) : QString();
}

void ProbesPage::showCard()
{
    const auto *card = current();
    m_figures->setCard(card);
    m_figures->setVisible(card != nullptr);
    m_findings->clear();
    m_history->setVisible(card != nullptr);
    showHeadline();
    showProposal();
    if (!card)
        return m_findings->hide();
    showFindings(*card);
    Q_EMIT cardSelected(text(card->card));
}

/// The page's one sentence: what the newest run says of the card, or why there is nothing to say.
void ProbesPage::showHeadline()
{
    const auto *card = current();
    if (!card)
        return m_head->line()->setParts({{.words = tr("No card was measured yet"), .verdict = {}, .strong = true},
                                         {.words = m_reach, .verdict = {}, .muted = true}});
    const auto words =
        card->findings.empty() ? tr("as fast as it should be") : text(core::plainWords(card->findings.front()).what);
    const auto sentence = card->verdict == core::ProbeVerdict::NoReference
        ? tr("measured and right; nothing to compare its speed with yet")
        : words;
    m_head->line()->setParts({{.words = u"%1: %2"_s.arg(text(card->result.device.name), sentence),
                               .verdict = asVerdict(card->verdict),
                               .strong = true}});
}

void ProbesPage::setProposals(std::vector<Proposal> proposals)
{
    m_proposals = std::move(proposals);
    showProposal();
}

void ProbesPage::showProposal()
{
    if (m_proposals.empty())
        return m_cordon->setProposal({}, {}, {});
    const auto *card = current();
    const auto mine =
        std::ranges::find(m_proposals, card ? card->host : std::string(), [](const Proposal &one) { return one.node; });
    const auto &shown = mine == m_proposals.end() ? m_proposals.front() : *mine;
    m_cordon->setProposal(text(shown.node), text(shown.why), text(core::cordonCommand(shown.node)));
}

void ProbesPage::showFindings(const core::CardVerdict &card)
{
    for (const auto &finding : card.findings) {
        const auto words = core::plainWords(finding);
        m_findings->addItem(words.toDo.empty() ? text(words.what) : text(words.what) + u" → "_s + text(words.toDo));
    }
    m_findings->setVisible(!card.findings.empty());
    constexpr int most = 150, edge = 8;
    int height = edge;
    for (int row = 0; row < m_findings->count(); ++row)
        height += m_findings->sizeHintForRow(row);
    m_findings->setFixedHeight(std::min(most, height));
}

void ProbesPage::setHistory(const std::vector<core::ProbeResult> &runs)
{
    m_history->setRuns(runs);
}

void ProbesPage::setRunning(bool running)
{
    m_run->setEnabled(!running && m_device->count() > 1);
    m_profile->setEnabled(!running);
    m_device->setEnabled(!running);
    m_cancel->setEnabled(running);
    m_state->setVisible(running || !m_state->text().isEmpty());
    if (running)
        m_state->setText(tr("starting …"));
}

void ProbesPage::setProgress(const core::ProbeProgress &progress)
{
    const auto step = progress.of > 0 ? tr(", %1 of %2").arg(progress.done).arg(progress.of) : QString();
    m_state->setText(tr("device %1 of %2: %3%4")
                         .arg(progress.devicesDone + 1)
                         .arg(std::max(1, progress.devices))
                         .arg(text(progress.probe), step));
    m_state->show();
}

void ProbesPage::setProblem(const QString &words)
{
    m_state->setText(words);
    m_state->setVisible(!words.isEmpty());
}

void ProbesPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_R && event->modifiers() == Qt::NoModifier && m_run->isEnabled())
        start();
    else if (event->key() == Qt::Key_Escape && m_cancel->isEnabled())
        Q_EMIT cancelRequested();
    else
        QWidget::keyPressEvent(event);
}

std::vector<KeyHelp> ProbesPage::keys()
{
    return {{u"R"_s, tr("measure this machine's GPUs")},
            {u"Esc"_s, tr("stop; the GPU is left idle")},
            {u"↑ ↓"_s, tr("choose a card; in the table, the figure whose history is drawn")}};
}

} // namespace ui
