// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/prices.h"
#include "core/history/serving_benchmark.h"

#include <QAbstractTableModel>

namespace ui {

/// What a model did on GPUs of one SKU, and what that costs.
struct BenchmarkRow {
    core::ServingFigures figures;
    std::string skuName;                   ///< for people
    std::optional<core::Price> price;      ///< of an hour of one GPU; absent: nobody named one
    std::optional<double> pricePerMillion; ///< answer tokens, at the fastest load point
    std::string currency;
};

/// Serving benchmarks, one model × SKU × number of GPUs a row. Rows stay where they are while those are the same.
class BenchmarksModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum class Column { Model, Sku, Throughput, PerGpu, Price, FirstToken, BetweenTokens, Date, Source, Count };
    enum Role { SortRole = Qt::UserRole }; ///< a number where the cell shows one
    using QAbstractTableModel::QAbstractTableModel;

    void setRows(std::vector<BenchmarkRow> rows);
    const std::vector<BenchmarkRow> &rows() const { return m_rows; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    static std::optional<double> number(const BenchmarkRow &row, Column column);
    static QString words(const BenchmarkRow &row, Column column);
    static QString reason(const BenchmarkRow &row, Column column);

    std::vector<BenchmarkRow> m_rows;
};

} // namespace ui
