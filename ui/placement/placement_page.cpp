// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/placement_page.h"

#include "ui/widgets/panel.h"

#include <QVBoxLayout>

#include <map>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr int modelsWidth = 220, inspectorWidth = 320;

} // namespace

PlacementPage::PlacementPage(QWidget *parent)
    : QWidget(parent)
    , m_models(new ModelsPanel(this))
    , m_board(new PlacementBoard(this))
    , m_inspector(new Inspector(this))
    , m_head(new PanelHead(this))
    , m_hint(new QLabel(this))
{
    setObjectName(u"placementPage"_s);
    m_head->line()->setObjectName(u"placementHeadline"_s);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_head->addAction(m_hint);
    auto *middle = new QWidget(this);
    auto *middleLayout = new QVBoxLayout(middle);
    middleLayout->setContentsMargins(0, 0, 0, 0);
    middleLayout->setSpacing(0);
    middleLayout->addWidget(m_head);
    middleLayout->addWidget(m_board, 1);
    auto *splitter = hairlineSplitter(this, {m_models, middle, m_inspector});
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({modelsWidth, 700, inspectorWidth});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
}

void PlacementPage::setInspectorVisible(bool visible)
{
    m_inspector->setVisible(visible);
}

bool PlacementPage::isInspectorVisible() const
{
    return m_inspector->isVisible();
}

void PlacementPage::setHeadline(const std::vector<core::Candidate> &candidates, bool pickedUp, std::int64_t free,
                                std::int64_t capacity)
{
    if (!pickedUp) {
        m_head->line()->setParts(
            {{.words = tr("%1 of %2 devices are free").arg(free).arg(capacity), .verdict = {}, .strong = true}});
        m_hint->setText(tr("drag a model onto a SKU, a node or a card"));
        return;
    }
    std::map<core::Verdict, std::int64_t> places;
    for (const auto &candidate : candidates)
        ++places[candidate.verdict];
    const auto part = [&places](core::Verdict verdict, const QString &words) {
        return GlyphLine::Part{words.arg(places[verdict]), verdict, verdict == core::Verdict::Fits};
    };
    m_head->line()->setParts({part(core::Verdict::Fits, tr("%1 places fit")),
                              part(core::Verdict::Tight, tr("%1 tight")),
                              part(core::Verdict::Unknown, tr("%1 unknown")), part(core::Verdict::No, tr("%1 no"))});
    m_hint->setText(tr("Esc puts it back"));
}

std::vector<KeyHelp> PlacementPage::keys()
{
    return {{u"Space"_s, tr("pick up the selected model; put it down at the place")},
            {u"Enter"_s, tr("put it down")},
            {u"Esc"_s, tr("put it back")},
            {u"← → ↑ ↓"_s, tr("the next place that fits")},
            {u"Shift + arrows"_s, tr("the next place, fitting or not")},
            {u"S  N  C"_s, tr("level: the whole SKU, the node, one card")},
            {u"?"_s, tr("while a model is picked up: why here, why not")},
            {u"L"_s, tr("lock what is placed here, or unlock it")},
            {u"D"_s, tr("one more replica here")},
            {u"Del"_s, tr("take off; in the list: remove the model")}};
}

} // namespace ui
