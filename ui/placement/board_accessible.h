// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace ui {

/// Makes every node of a PlacementBoard an accessible child with name, role and place. Safe to call for every board.
void installBoardAccessibility();
/// Tells assistive technology that the keyboard is now at node `index` of the board with the focus.
void announceFocus(int index);

} // namespace ui
