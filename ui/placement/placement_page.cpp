// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/placement_page.h"

#include "ui/widgets/panel.h"

#include <QAction>
#include <QMenu>
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
    , m_auto(new QToolButton(this))
    , m_keepFree(new QMenu(tr("Keep free"), this))
    , m_views(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
    , m_shapes(new ShapesView(this))
    , m_partitions(new PartitionView(this))
    , m_drain(new DrainView(this))
    , m_optimise(new OptimiseView(this))
    , m_compare(new CompareView(this))
{
    setObjectName(u"placementPage"_s);
    m_views->setObjectName(u"placementViews"_s);
    m_views->setAccessibleName(tr("Views of the placement"));
    m_views->setDocumentMode(true);
    m_views->setExpanding(false);
    for (const auto &name :
         {tr("Board"), tr("Free shapes"), tr("Partitions"), tr("Drain"), tr("Optimise"), tr("Compare")})
        m_views->addTab(name);
    for (auto *view :
         std::initializer_list<QWidget *>{buildBoardView(), m_shapes, m_partitions, m_drain, m_optimise, m_compare})
        m_stack->addWidget(view);
    auto *middle = new QWidget(this);
    auto *middleLayout = new QVBoxLayout(middle);
    middleLayout->setContentsMargins(0, 0, 0, 0);
    middleLayout->setSpacing(0);
    middleLayout->addWidget(m_views);
    middleLayout->addWidget(m_stack, 1);
    auto *splitter = hairlineSplitter(this, {m_models, middle, m_inspector});
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({modelsWidth, 700, inspectorWidth});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
    connect(m_views, &QTabBar::currentChanged, this, [this](int index) {
        m_stack->setCurrentIndex(index);
        Q_EMIT viewChanged(view());
    });
}

QWidget *PlacementPage::buildBoardView()
{
    m_head->line()->setObjectName(u"placementHeadline"_s);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_head->addAction(m_hint);
    buildAutoMenu();
    m_head->addAction(m_auto);
    auto *view = new QWidget(this);
    auto *layout = new QVBoxLayout(view);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_head);
    layout->addWidget(m_board, 1);
    return view;
}

/// One press does the usual thing; the menu has every objective.
void PlacementPage::buildAutoMenu()
{
    m_auto->setObjectName(u"autoPlaceButton"_s);
    m_auto->setText(tr("Auto-place"));
    m_auto->setToolTip(tr("Place what the selected model lacks (A)"));
    m_auto->setPopupMode(QToolButton::MenuButtonPopup);
    auto *menu = new QMenu(m_auto);
    const std::pair<QString, core::Objective> objectives[] = {
        {tr("Least fragmentation"), core::Objective::LeastFragmentation},
        {tr("Cheapest"), core::Objective::Cheapest},
        {tr("Fastest"), core::Objective::Fastest},
        {tr("Spread over zones and nodes"), core::Objective::Spread}};
    for (const auto &[words, objective] : objectives)
        menu->addAction(words, this, [this, objective] { Q_EMIT autoPlaceRequested(objective, {}); });
    menu->addMenu(m_keepFree);
    m_auto->setMenu(menu);
    const auto usual = [this] { Q_EMIT autoPlaceRequested(core::Objective::LeastFragmentation, {}); };
    connect(m_auto, &QToolButton::clicked, this, usual);
    auto *key = new QAction(this);
    key->setShortcut(QKeySequence(u"A"_s));
    key->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_board->addAction(key);
    connect(key, &QAction::triggered, this, usual);
}

void PlacementPage::setKeepFree(const QStringList &skus)
{
    QStringList shown; // a snapshot comes every second, another SKU hardly ever: an open menu is left alone
    for (const auto *action : m_keepFree->actions())
        shown << action->text();
    if (shown == skus)
        return;
    m_keepFree->clear();
    for (const auto &sku : skus)
        m_keepFree->addAction(sku, this, [this, sku] { Q_EMIT autoPlaceRequested(core::Objective::KeepFree, {sku}); });
}

PlacementPage::View PlacementPage::view() const
{
    return static_cast<View>(m_views->currentIndex());
}

void PlacementPage::showView(View view)
{
    m_views->setCurrentIndex(static_cast<int>(view));
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
            {u"A"_s, tr("auto-place what the selected model lacks")},
            {u"L"_s, tr("lock what is placed here, or unlock it")},
            {u"D"_s, tr("one more replica here")},
            {u"J"_s, tr("serve the selected model also on this SKU: a placement set")},
            {u"Del"_s, tr("take off; at level S out of its set; in the list: remove the model")},
            {u"Alt + ↑ ↓"_s, tr("in the set of the inspector: try a SKU earlier, later")}};
}

} // namespace ui
