// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/finding_list.h"

#include "core/probe_report/plain_words.h"
#include "ui/text/words.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

FindingList::FindingList(QWidget *parent) : QListWidget(parent)
{
    setObjectName(u"probeFindings"_s);
    setAccessibleName(tr("What was found, and what to do"));
    setFrameShape(QFrame::NoFrame);
    setWordWrap(true);
    viewport()->setAutoFillBackground(false); // part of the head above it
}

void FindingList::setCard(const core::CardVerdict *card)
{
    clear();
    if (card)
        for (const auto &finding : card->findings) {
            const auto words = core::plainWords(finding);
            addItem(words.toDo.empty() ? text(words.what) : text(words.what) + u" → "_s + text(words.toDo));
        }
    setVisible(count() > 0);
    fit();
}

void FindingList::fit()
{
    constexpr int most = 150, edge = 8;
    if (count() == 0)
        return;
    doItemsLayout(); // else its rows are as wide as they were
    const int lines = visualItemRect(item(count() - 1)).bottom() - visualItemRect(item(0)).top();
    setFixedHeight(std::min(most, lines + edge));
}

void FindingList::resizeEvent(QResizeEvent *event)
{
    QListWidget::resizeEvent(event);
    QMetaObject::invokeMethod(this, &FindingList::fit, Qt::QueuedConnection); // not while it is laid out
}

} // namespace ui
