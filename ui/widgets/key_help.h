// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace ui {

/// One key (or a few that belong together) and what it does, as a page tells them.
struct KeyHelp {
    QString keys, does;
};

} // namespace ui
