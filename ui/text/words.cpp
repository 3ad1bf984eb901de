// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/words.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}
std::string plain(const QString &text)
{
    return text.toStdString();
}

QStringList weightFormats()
{
    return {u"bf16"_s, u"fp16"_s, u"fp8"_s, u"int8"_s, u"int4"_s, u"mxfp4"_s, u"nvfp4"_s};
}

QString gibNumber(std::int64_t bytes)
{
    return QString::number(static_cast<double>(bytes) / static_cast<double>(1LL << 30), 'f', 1);
}
QString gib(std::optional<std::int64_t> bytes)
{
    return bytes ? gibNumber(*bytes) + u" GiB"_s : u"—"_s;
}
QString gibRange(const core::Estimate &estimate)
{
    return gibNumber(estimate.low) + u" – "_s + gibNumber(estimate.high);
}

QString counted(std::int64_t count, const QString &one, const QString &many)
{
    return u"%1 %2"_s.arg(count).arg(count == 1 ? one : many);
}

QString ageWords(std::int64_t seconds)
{
    constexpr std::int64_t minute = 60, hour = 60 * minute, day = 24 * hour;
    if (seconds >= day)
        return u"%1 d"_s.arg(seconds / day);
    if (seconds >= hour)
        return u"%1 h"_s.arg(seconds / hour);
    return seconds >= minute ? u"%1 min"_s.arg(seconds / minute) : u"%1 s"_s.arg(std::max<std::int64_t>(0, seconds));
}

QString verdictWord(core::Verdict verdict)
{
    switch (verdict) {
    case core::Verdict::Fits: return u"fits"_s;
    case core::Verdict::Tight: return u"tight"_s;
    case core::Verdict::No: return u"no"_s;
    case core::Verdict::Unknown: break;
    }
    return u"unknown"_s;
}

QString blockWord(core::BlockKind kind)
{
    switch (kind) {
    case core::BlockKind::Weights: return u"weights"_s;
    case core::BlockKind::KvCache: return u"KV cache"_s;
    case core::BlockKind::Activations: return u"activations"_s;
    case core::BlockKind::Runtime: return u"runtime"_s;
    case core::BlockKind::Reserve: break;
    }
    return u"reserve"_s;
}

QString sentence(const core::Error &error)
{
    return text(core::describe(error));
}

QString requirementLine(const core::Requirement &requirement)
{
    const auto context = requirement.context % 1024 == 0 ? QString::number(requirement.context / 1024) + u'k'
                                                         : QString::number(requirement.context);
    return u"%1 · TP %2 · %3 × %4"_s.arg(text(requirement.weights).toUpper())
        .arg(requirement.tensorParallel)
        .arg(context)
        .arg(requirement.concurrency);
}

QString pinSentence(const core::Target &target)
{
    if (core::enforceableLevel(target) == core::TargetLevel::Sku)
        return u"pins the SKU; the scheduler chooses the node, the kubelet the cards"_s;
    if (target.card)
        return u"card %1 is meant; pins the node %2, the kubelet chooses the card"_s.arg(*target.card)
            .arg(text(target.node));
    return u"pins the node %1; the kubelet chooses the cards"_s.arg(text(target.node));
}

QString needSentence(const core::Requirement &requirement, const core::Ledger *ledger)
{
    const auto devices =
        requirement.tensorParallel == 1 ? u"1 GPU"_s : u"%1 equal GPUs on one node"_s.arg(requirement.tensorParallel);
    if (!ledger)
        return u"needs %1; its memory is not known"_s.arg(devices);
    return u"needs %1, %2 each (%3)"_s.arg(devices, gib(ledger->total.likely), gibRange(ledger->total));
}

} // namespace ui
