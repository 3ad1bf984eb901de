// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/placement/shapes_model.h"

#include "ui/text/words.h"

using namespace Qt::StringLiterals;

namespace ui {

namespace {

bool sameLine(const core::SkuShapes &a, const core::SkuShapes &b)
{
    return a.row.displayName == b.row.displayName && a.row.resource == b.row.resource;
}

int of(ShapesModel::Column column)
{
    return static_cast<int>(column);
}

} // namespace

void ShapesModel::setShapes(std::vector<core::SkuShapes> shapes)
{
    if (std::ranges::equal(shapes, m_rows, sameLine)) {
        m_rows = std::move(shapes);
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    beginResetModel();
    m_rows = std::move(shapes);
    endResetModel();
}

int ShapesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ShapesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : of(Column::Count);
}

QString ShapesModel::cell(const core::SkuShapes &row, int column) const
{
    if (column == of(Column::Name))
        return text(row.row.displayName);
    if (column == of(Column::Free))
        return tr("%1 of %2").arg(row.free).arg(row.row.capacity);
    if (column == of(Column::Nodes))
        return {};
    const auto at =
        column == of(Column::Stranded) ? row.shapes.size() - 1 : static_cast<std::size_t>(column - of(Column::Places));
    if (row.shapes.empty() || at >= row.shapes.size())
        return u"—"_s; // slices and shares form no group
    return QString::number(column == of(Column::Stranded) ? row.shapes[at].stranded : row.shapes[at].places);
}

QVariant ShapesModel::data(const QModelIndex &index, int role) const
{
    const auto &row = at(index.row());
    const bool figure = index.column() >= of(Column::Free);
    if (role == Qt::DisplayRole)
        return cell(row, index.column());
    if (role == Qt::TextAlignmentRole)
        return (figure ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter).toInt();
    if (role == Qt::AccessibleTextRole && index.column() == of(Column::Nodes))
        return tr("%1 nodes, at most %2 free on one").arg(row.nodes.size()).arg(row.largest);
    if (role == Qt::ToolTipRole && index.column() == of(Column::Stranded))
        return tr("free devices that no group of the largest size can use");
    return {};
}

QVariant ShapesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    if (section >= of(Column::Places) && section <= of(Column::Last))
        return tr("TP %1").arg(core::usualShapes[static_cast<std::size_t>(section - of(Column::Places))]);
    return section == of(Column::Name)    ? tr("SKU")
        : section == of(Column::Nodes)    ? tr("Nodes, most free first")
        : section == of(Column::Free)     ? tr("Free")
        : section == of(Column::Stranded) ? tr("Stranded")
                                          : QString();
}

} // namespace ui
