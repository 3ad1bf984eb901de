// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/set_words.h"

#include "ui/text/words.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

QString tr(const char *words)
{
    return QCoreApplication::translate("SetWords", words);
}

struct EditWords {
    QString operator()(const core::ServeAlso &edit) const
    {
        return tr("serve %1 also on %2").arg(text(edit.requirement), text(edit.sku.skuId));
    }
    QString operator()(const core::SetReplicas &edit) const
    {
        return tr("serve %1 by %2 replicas").arg(text(edit.requirement)).arg(edit.replicas);
    }
    QString operator()(const core::ChangeMember &edit) const
    {
        return tr("change how %1 is served on %2").arg(text(edit.requirement), text(edit.changed.skuId));
    }
    QString operator()(const core::MoveMember &edit) const
    {
        return tr("make choice %1 of %2 choice %3").arg(edit.member + 1).arg(text(edit.requirement)).arg(edit.to + 1);
    }
    QString operator()(const core::RemoveMember &edit) const
    {
        return tr("take choice %1 out of the set of %2").arg(edit.member + 1).arg(text(edit.requirement));
    }
    QString operator()(const core::DissolveSet &edit) const
    {
        return tr("dissolve the set of %1").arg(text(edit.requirement));
    }
};

} // namespace

QString markWords(const SetMark &mark)
{
    const auto words = tr("%1 · choice %2 of %3").arg(text(mark.requirement)).arg(mark.member + 1).arg(mark.of);
    return mark.replicas ? tr("%1 · %2 here").arg(words).arg(*mark.replicas) : words;
}

QString editWords(const core::SetEdit &edit)
{
    return std::visit(EditWords{}, edit);
}

const core::SetResolution *resolutionOf(const std::vector<core::SetResolution> &now, std::string_view requirement)
{
    const auto found = std::ranges::find(now, requirement, &core::SetResolution::requirement);
    return found == now.end() ? nullptr : &*found;
}

} // namespace ui
