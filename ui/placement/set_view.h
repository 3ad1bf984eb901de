// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/edit_set.h"
#include "ui/widgets/panel.h"

#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>

namespace ui {

/// The placement set of the selected model: its SKUs in the order they are tried, how many replicas each holds now,
/// and everything that can be changed about them. Without a set only the way to make one.
class SetView final : public QWidget {
    Q_OBJECT

public:
    explicit SetView(QWidget *parent = nullptr);

    /// `now`: how the plan's sets resolve, empty while that is not known. `rows`: the SKUs to choose from.
    void setPlan(const core::Plan &plan, const std::string &requirement, const std::vector<core::SetResolution> &now,
                 const std::vector<core::SkuRow> &rows);
    bool eventFilter(QObject *watched, QEvent *event) override;

Q_SIGNALS:
    void editRequested(const core::SetEdit &edit);

private:
    void layOut();
    void connectParts();
    void showMembers(const core::SetResolution *now);
    QListWidgetItem *memberItem(const core::PlacementSet &set, std::size_t member,
                                const core::SetResolution *now) const;
    void showMember();
    void showReplicas();
    void changeMember();
    void moveMember(int step);
    void removeMember();
    void fillMenu();
    QString nameOf(const core::Alternative &alternative) const;
    std::optional<std::size_t> current() const;

    std::string m_requirement;
    std::optional<core::PlacementSet> m_set;
    std::optional<core::SetResolution> m_now;
    std::vector<core::SkuRow> m_rows;
    bool m_filling = false;
    QLabel *m_title;
    QListWidget *m_members;
    QWidget *m_editor; ///< everything that only a set has
    QSpinBox *m_devices, *m_atMost, *m_replicas;
    QToolButton *m_up, *m_down, *m_remove;
    QPushButton *m_also, *m_dissolve;
};

} // namespace ui
