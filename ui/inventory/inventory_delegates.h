// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QTreeView;

namespace ui {

/// Gives the inventory's table what text alone does not show: the vendor's letter, the bar of use, what needs attention
/// in the colour and with the glyph of its verdict. The delegates are the view's.
void dressInventory(QTreeView &view);

} // namespace ui
