// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/fit/verdict.h"
#include "core/placement/plan.h"

#include <QStringList>

#include <optional>

namespace ui {

/// "56.7 GiB", or "-" as an em dash when it is not known.
QString gib(std::optional<std::int64_t> bytes);
/// Formats of weights that can be chosen, as Requirement::weights names them.
QStringList weightFormats();

/// "56.7", for columns whose head carries the unit.
QString gibNumber(std::int64_t bytes);
/// "52.2 - 59.8" with an en dash.
QString gibRange(const core::Estimate &estimate);
QString verdictWord(core::Verdict verdict); ///< fits, tight, no, unknown
QString blockWord(core::BlockKind kind);    ///< weights, KV cache, ...
/// An error as a sentence a person can act on: place, what is, what to do.
QString sentence(const core::Error &error);
/// "FP8 · TP 2 · 32k × 16": a requirement in one line.
QString requirementLine(const core::Requirement &requirement);
/// What Kubernetes will hold of a drop: "pins the node gpu-01; the kubelet chooses the cards".
QString pinSentence(const core::Target &target);
/// What a replica needs, for the status bar: "needs 2 equal GPUs on one node, 56.7 GiB each (52.2 - 59.8)".
QString needSentence(const core::Requirement &requirement, const core::Ledger *ledger);
/// "1 node", "3 nodes".
QString counted(std::int64_t count, const QString &one, const QString &many);
/// "3 s", "12 min", "6 h", "2 d": an age in the largest unit that is full. Negative counts as 0: clocks differ.
QString ageWords(std::int64_t seconds);
QString text(std::string_view utf8);
std::string plain(const QString &text);

} // namespace ui
