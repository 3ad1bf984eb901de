// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/free_shapes.h"

#include <QAbstractTableModel>

namespace ui {

/// The free-shape map, one SKU a row. Rows stay where they are while the SKUs are the same.
class ShapesModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum class Column { Name = 0, Nodes = 1, Free = 2, Places = 3, Last = 6, Stranded = 7, Count = 8 };
    using QAbstractTableModel::QAbstractTableModel;

    void setShapes(std::vector<core::SkuShapes> shapes);
    const core::SkuShapes &at(int row) const { return m_rows[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QString cell(const core::SkuShapes &row, int column) const;

    std::vector<core::SkuShapes> m_rows;
};

} // namespace ui
