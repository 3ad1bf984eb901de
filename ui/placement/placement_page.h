// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/placement/inspector.h"
#include "ui/placement/models_panel.h"
#include "ui/placement/placement_board.h"
#include "ui/widgets/key_help.h"

#include <QLabel>

namespace ui {

/// Models at the left, the board in the middle, the inspector at the right; the first line answers where the model can
/// go.
class PlacementPage final : public QWidget {
    Q_OBJECT

public:
    explicit PlacementPage(QWidget *parent = nullptr);

    static std::vector<KeyHelp> keys(); ///< what its keys do, for the panel behind `?`

    ModelsPanel *models() const { return m_models; }
    PlacementBoard *board() const { return m_board; }
    Inspector *inspector() const { return m_inspector; }
    /// Counts of devices by verdict while something is picked up; the free devices otherwise.
    void setHeadline(const std::vector<core::Candidate> &candidates, bool pickedUp, std::int64_t free,
                     std::int64_t capacity);

    void setInspectorVisible(bool visible);
    bool isInspectorVisible() const;

private:
    ModelsPanel *m_models;
    PlacementBoard *m_board;
    Inspector *m_inspector;
    PanelHead *m_head;
    QLabel *m_hint;
};

} // namespace ui
