// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/cordon_bar.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace ui {

CordonBar::CordonBar(QWidget *parent) : QFrame(parent), m_words(new QLabel(this)), m_command(new QLineEdit(this))
{
    setObjectName(u"cordonBar"_s);
    m_words->setObjectName(u"cordonWords"_s);
    m_words->setTextFormat(Qt::PlainText);
    m_words->setWordWrap(true);
    m_command->setObjectName(u"cordonCommand"_s);
    m_command->setAccessibleName(tr("Command that cordons the node"));
    m_command->setReadOnly(true);
    m_command->setMinimumWidth(220);
    auto *copy = new QPushButton(tr("Copy"), this);
    copy->setObjectName(u"cordonCopy"_s);
    copy->setToolTip(tr("Copies the command"));
    auto *go = new QPushButton(tr("Cordon…"), this);
    go->setObjectName(u"cordonGo"_s);
    go->setToolTip(tr("Asks once more, then marks the node unschedulable"));
    connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_command->text()); });
    connect(go, &QPushButton::clicked, this, [this] { Q_EMIT cordonRequested(m_node); });
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 12, 6);
    layout->addWidget(m_words, 1);
    layout->addWidget(m_command);
    layout->addWidget(copy);
    layout->addWidget(go);
    hide();
}

void CordonBar::setProposal(const QString &node, const QString &why, const QString &command)
{
    m_node = node;
    m_words->setText(tr("Proposed: take no new work on %1. %2").arg(node, why));
    m_command->setText(command);
    setVisible(!node.isEmpty());
}

} // namespace ui
