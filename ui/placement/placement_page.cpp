// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/placement_page.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include <map>

using namespace Qt::StringLiterals;

namespace ui {

PlacementPage::PlacementPage(QWidget *parent)
    : QWidget(parent)
    , m_models(new ModelsPanel(this))
    , m_board(new PlacementBoard(this))
    , m_inspector(new Inspector(this))
    , m_headline(new QLabel(this))
    , m_hint(new QLabel(this))
{
    setObjectName(u"placementPage"_s);
    m_headline->setObjectName(u"placementHeadline"_s);
    m_headline->setTextFormat(Qt::PlainText);
    auto strong = m_headline->font();
    strong.setWeight(QFont::DemiBold);
    m_headline->setFont(strong);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(12, 8, 12, 8);
    head->addWidget(m_headline);
    head->addStretch();
    head->addWidget(m_hint);
    auto *middle = new QWidget(this);
    auto *middleLayout = new QVBoxLayout(middle);
    middleLayout->setContentsMargins(0, 0, 0, 0);
    middleLayout->setSpacing(0);
    middleLayout->addLayout(head);
    middleLayout->addWidget(m_board, 1);
    auto *right = new QScrollArea(this);
    right->setWidget(m_inspector);
    right->setWidgetResizable(true);
    right->setFrameShape(QFrame::NoFrame);
    right->setFocusPolicy(Qt::NoFocus);
    auto *splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(1);
    splitter->addWidget(m_models);
    splitter->addWidget(middle);
    splitter->addWidget(right);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({220, 700, 320});
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
}

void PlacementPage::setHeadline(const std::vector<core::Candidate> &candidates, bool pickedUp, std::int64_t free,
                                std::int64_t capacity)
{
    if (!pickedUp) {
        m_headline->setText(tr("%1 of %2 devices are free").arg(free).arg(capacity));
        m_hint->setText(tr("drag a model onto a SKU or a node"));
        return;
    }
    std::map<core::Verdict, std::int64_t> places;
    for (const auto &candidate : candidates)
        ++places[candidate.verdict];
    m_headline->setText(tr("%1 places fit · %2 tight · %3 unknown · %4 no")
                            .arg(places[core::Verdict::Fits])
                            .arg(places[core::Verdict::Tight])
                            .arg(places[core::Verdict::Unknown])
                            .arg(places[core::Verdict::No]));
    m_hint->setText(tr("drop on a SKU or a node · Esc puts it back"));
}

} // namespace ui
