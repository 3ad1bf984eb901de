// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/plan.h"

#include <QMimeData>
#include <QWidget>

#include <optional>

namespace ui {

/// The MIME type of a model on its way: the requirement's name in UTF-8.
extern const char *const requirementMime;

/// How far a press must move before it is a drag, in pixels.
inline constexpr int dragDistance = 8;

/// Drags a requirement from `source` until it is dropped or put back; `from` when a placed replica is on its way.
/// Runs Qt's own loop for drags: there is no other way to drag.
void dragRequirement(QWidget &source, const QString &requirement, const std::optional<core::Target> &from);

/// The name on its way; empty when the data is something else.
QString requirementOf(const QMimeData &data);
/// Where it was picked up; nullopt when it came from the list of models.
std::optional<core::Target> originOf(const QMimeData &data);

} // namespace ui
