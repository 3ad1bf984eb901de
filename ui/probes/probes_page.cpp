// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/probes_page.h"

#include "core/probe_report/plain_words.h"
#include "ui/text/words.h"
#include "ui/widgets/row_delegate.h"

#include <QDateTime>
#include <QKeyEvent>
#include <QRegularExpression>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int cardsWidth = 260, cardRow = 46;

/// "gpu-01 · 18:00.0 · Nov 26 02:40", without the PCI domain where it is the first; what is not known is left out.
QString whereAndWhen(const core::CardVerdict &card)
{
    static const QRegularExpression firstDomain(u"^0+:(?=.*:)"_s);
    QStringList parts{text(card.host), text(card.result.device.pci).remove(firstDomain),
                      QDateTime::fromSecsSinceEpoch(card.result.time).toString(u"MMM d HH:mm"_s)};
    parts.removeAll(QString());
    return parts.join(u" · "_s);
}

} // namespace

ProbesPage::ProbesPage(QWidget *parent)
    : QWidget(parent)
    , m_cardsHead(new PanelHead(this))
    , m_head(new PanelHead(this))
    , m_cards(new QListWidget(this))
    , m_findings(new FindingList(this))
    , m_cordon(new CordonBar(this))
    , m_figures(new FiguresView(this))
    , m_bars(new FigureBars(this))
    , m_history(new HistoryChart(this))
    , m_controls(new ProbeControls(this))
    , m_benchmarks(new BenchmarksView(this))
    , m_views(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
    , m_howTo(new QLabel(
          tr("Run measures the GPUs of this machine: memory, arithmetic, links, under load. Every result is "
             "checked, and judged against your fleet, its peers and the data sheet.\n\n"
             "Run on nodes… writes Jobs that measure the nodes of the cluster; Collect reads what they found.\n\n"
             "A slow card lowers its node's place in every plan; one with wrong data is proposed for a "
             "cordon, and nothing is done unasked."),
          this))
{
    setObjectName(u"probesPage"_s);
    m_views->setObjectName(u"probeViews"_s);
    m_views->setAccessibleName(tr("Views of what was measured"));
    m_views->setDocumentMode(true);
    m_views->setExpanding(false);
    m_views->addTab(tr("Card"));
    m_views->addTab(tr("Serving benchmarks"));
    m_stack->addWidget(buildDetail());
    m_stack->addWidget(m_benchmarks);
    auto *right = new QWidget(this);
    auto *column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_views);
    column->addWidget(m_stack, 1);
    auto *splitter = hairlineSplitter(this, {buildCards(), right});
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({cardsWidth, 880});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
    connectParts();
    setCards({});
}

void ProbesPage::connectParts()
{
    connect(m_cards, &QListWidget::currentRowChanged, this, &ProbesPage::showCard);
    connect(m_views, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    connect(m_figures, &FiguresView::metricSelected, this, &ProbesPage::showFigure);
    connect(m_cordon, &CordonBar::cordonRequested, this, &ProbesPage::cordonRequested);
    connect(m_controls, &ProbeControls::runRequested, this, &ProbesPage::runRequested);
    connect(m_controls, &ProbeControls::cancelRequested, this, &ProbesPage::cancelRequested);
    connect(m_controls, &ProbeControls::jobRequested, this, &ProbesPage::jobRequested);
    connect(m_controls, &ProbeControls::collectRequested, this, &ProbesPage::collectRequested);
    connect(m_controls, &ProbeControls::importRequested, this, &ProbesPage::importRequested);
    connect(m_benchmarks, &BenchmarksView::importRequested, this, &ProbesPage::importRequested);
}

void ProbesPage::showView(View view)
{
    m_views->setCurrentIndex(static_cast<int>(view));
}

void ProbesPage::measure()
{
    m_controls->startWithKey();
}

void ProbesPage::select(const QString &card)
{
    const auto found =
        std::ranges::find_if(m_verdicts, [&card](const core::CardVerdict &one) { return text(one.card) == card; });
    if (found != m_verdicts.end())
        m_cards->setCurrentRow(static_cast<int>(found - m_verdicts.begin()));
}

QWidget *ProbesPage::buildCards()
{
    m_cardsHead->line()->setObjectName(u"probeCardsHead"_s);
    m_cards->setObjectName(u"probeCards"_s);
    m_cards->setAccessibleName(tr("Cards that were measured"));
    dressSideList(*m_cards, cardRow, true);
    auto *box = new QWidget(this);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_cardsHead);
    layout->addWidget(m_cards, 1);
    layout->addWidget(m_controls);
    return box;
}

QWidget *ProbesPage::buildDetail()
{
    m_head->line()->setObjectName(u"probesHeadline"_s);
    auto *charts = hairlineSplitter(this, {m_history, m_bars});
    charts->setSizes({540, 340});
    auto *splitter = hairlineSplitter(this, {m_figures, charts}, Qt::Vertical);
    splitter->setSizes({300, 300});
    m_measured = splitter;
    m_howTo->setObjectName(u"probesHowTo"_s);
    m_howTo->setTextFormat(Qt::PlainText);
    m_howTo->setWordWrap(true);
    m_howTo->setMargin(12);
    m_howTo->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    auto *box = new QWidget(this);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(m_cordon);
    auto *findings = new QHBoxLayout;
    findings->setContentsMargins(9, 0, 12, 0);
    findings->addWidget(m_findings);
    layout->addLayout(findings);
    layout->addWidget(splitter, 1);
    layout->addWidget(m_howTo, 1);
    return box;
}

void ProbesPage::setLocal(const core::ProbeReport &list, const QString &problem)
{
    m_controls->setLocal(list, problem);
    showHeadline();
}

void ProbesPage::setCards(std::vector<core::CardVerdict> cards)
{
    const auto before = selectedCard();
    m_verdicts = std::move(cards);
    showExtent();
    const QSignalBlocker quiet(m_cards);
    m_cards->clear();
    int row = m_verdicts.empty() ? -1 : 0;
    for (const auto &card : m_verdicts) {
        auto *item = new QListWidgetItem(text(card.result.device.name), m_cards);
        item->setData(RowDelegate::SubtitleRole, whereAndWhen(card));
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

/// How much is known, and how old the oldest of it is.
void ProbesPage::showExtent()
{
    std::vector<GlyphLine::Part> parts{{.words = tr("Cards"), .verdict = {}, .strong = true},
                                       {.words = QString::number(m_verdicts.size()), .verdict = {}, .muted = true}};
    const auto oldest = std::ranges::min_element(m_verdicts, {}, [](const auto &card) { return card.result.time; });
    if (oldest != m_verdicts.end()) {
        std::set<std::string> hosts;
        for (const auto &card : m_verdicts)
            hosts.insert(card.host);
        const auto day = QDateTime::fromSecsSinceEpoch(oldest->result.time).toString(u"MMM d"_s);
        parts.push_back(
            {.words = tr("%1 · oldest %2")
                          .arg(counted(static_cast<std::int64_t>(hosts.size()), tr("node"), tr("nodes")), day),
             .verdict = {},
             .muted = true});
    }
    m_cardsHead->line()->setParts(std::move(parts));
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
    m_measured->setVisible(card != nullptr);
    m_howTo->setVisible(card == nullptr);
    m_bars->setCard(card);
    m_findings->setCard(card);
    showHeadline();
    showProposal();
    if (card)
        Q_EMIT cardSelected(text(card->card));
}

/// Draws the history of one figure of the selected card.
void ProbesPage::showFigure(const QString &metric)
{
    std::optional<double> reference, failsAt;
    if (const auto *card = current())
        for (const auto &figure : card->figures)
            if (text(figure.metric) == metric && figure.reference.kind != core::ReferenceKind::None) {
                reference = figure.reference.value;
                failsAt = core::failsAt(figure);
            }
    m_history->setMetric(metric, reference, failsAt);
}

/// The page's one sentence: what the newest run says of the card, or why there is nothing to say.
void ProbesPage::showHeadline()
{
    const auto *card = current();
    if (!card)
        return m_head->line()->setParts({{.words = tr("No card was measured yet"), .verdict = {}, .strong = true},
                                         {.words = m_controls->reach(), .verdict = {}, .muted = true}});
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

void ProbesPage::keyPressEvent(QKeyEvent *event)
{
    const bool taken = event->key() == Qt::Key_R && event->modifiers() == Qt::NoModifier ? m_controls->startWithKey()
        : event->key() == Qt::Key_Escape                                                 ? m_controls->cancelWithKey()
                                                                                         : false;
    if (!taken)
        QWidget::keyPressEvent(event);
}

std::vector<KeyHelp> ProbesPage::keys()
{
    return {{u"R"_s, tr("measure this machine's GPUs")},
            {u"Esc"_s, tr("stop; the GPU is left idle")},
            {u"↑ ↓"_s, tr("choose a card; in the table, the figure whose history is drawn")}};
}

} // namespace ui
