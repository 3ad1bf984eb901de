// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/benchmarks_model.h"

#include "ui/text/words.h"

#include <QDateTime>

#include <algorithm>
#include <tuple>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

bool sameLine(const BenchmarkRow &a, const BenchmarkRow &b)
{
    const auto key = [](const BenchmarkRow &row) {
        return std::tie(row.figures.model, row.figures.sku, row.figures.devices);
    };
    return key(a) == key(b);
}

bool isFigure(BenchmarksModel::Column column)
{
    return column >= BenchmarksModel::Column::Throughput && column <= BenchmarksModel::Column::BetweenTokens;
}

/// Four digits at most: what is beyond is noise.
QString figure(double value)
{
    return value >= 1000 ? QString::number(value, 'f', 0) : QString::number(value, 'g', 4);
}

QString dayOf(std::int64_t seconds)
{
    return QDateTime::fromSecsSinceEpoch(seconds).toString(u"yyyy-MM-dd"_s);
}

} // namespace

void BenchmarksModel::setRows(std::vector<BenchmarkRow> rows)
{
    if (std::ranges::equal(rows, m_rows, sameLine)) {
        m_rows = std::move(rows);
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int BenchmarksModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int BenchmarksModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(Column::Count);
}

std::optional<double> BenchmarksModel::number(const BenchmarkRow &row, Column column)
{
    switch (column) {
    case Column::Throughput: return row.figures.outputTokensPerSecond;
    case Column::PerGpu: return row.figures.tokensPerSecondPerDevice;
    case Column::Price: return row.pricePerMillion;
    case Column::FirstToken: return row.figures.ttftMs;
    case Column::BetweenTokens: return row.figures.itlMs;
    case Column::Date: return static_cast<double>(row.figures.date);
    default: return std::nullopt;
    }
}

QString BenchmarksModel::words(const BenchmarkRow &row, Column column)
{
    switch (column) {
    case Column::Model: return text(row.figures.model).section(u'/', -1); // the tooltip has all of it
    case Column::Sku: return u"%1 × %2"_s.arg(row.figures.devices).arg(text(row.skuName));
    case Column::Date: return dayOf(row.figures.date);
    case Column::Source: return text(row.figures.source);
    default: break;
    }
    const auto value = number(row, column);
    return value ? figure(*value) : u"—"_s;
}

/// What stands behind a cell, for its tooltip: where a price comes from, why a figure is not known.
QString BenchmarksModel::reason(const BenchmarkRow &row, Column column)
{
    switch (column) {
    case Column::Model: return text(row.figures.model);
    case Column::Throughput:
        return row.figures.concurrency ? tr("%1 requests at once, the fastest of %2 load points")
                                             .arg(*row.figures.concurrency)
                                             .arg(row.figures.points)
                                       : tr("the fastest of %1 load points").arg(row.figures.points);
    case Column::Price:
        return row.price
            ? tr("a million answer tokens, at %1 %2 an hour and GPU: %3 %4")
                  .arg(text(row.currency), figure(row.price->perHour), text(row.price->source), text(row.price->date))
            : tr("no price of this SKU is known: name one in prices.yaml of Berth's settings folder");
    case Column::FirstToken:
    case Column::BetweenTokens:
        return number(row, column) ? tr("median, else mean, at the fastest load point")
                                   : tr("the file does not say it");
    case Column::Date:
        return row.figures.dateIsOfImport ? tr("when it was imported: the file does not say when it ran")
                                          : tr("when it ran");
    default: return words(row, column);
    }
}

QVariant BenchmarksModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const auto &row = m_rows[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole: return words(row, column);
    case Qt::ToolTipRole: return reason(row, column);
    case Qt::TextAlignmentRole: return ((isFigure(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter).toInt();
    case SortRole: {
        const auto value = number(row, column);
        return value ? QVariant(*value) : isFigure(column) ? QVariant() : QVariant(words(row, column));
    }
    default: return {};
    }
}

QVariant BenchmarksModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    const auto column = static_cast<Column>(section);
    if (role == Qt::TextAlignmentRole)
        return ((isFigure(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter).toInt();
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Column::Model: return tr("Model");
    case Column::Sku: return tr("SKU");
    case Column::Throughput: return tr("Tokens/s");
    case Column::PerGpu: return tr("per GPU");
    case Column::Price: return tr("%1/M").arg(m_rows.empty() ? tr("price") : text(m_rows.front().currency));
    case Column::FirstToken: return tr("TTFT ms");
    case Column::BetweenTokens: return tr("ITL ms");
    case Column::Date: return tr("Date");
    case Column::Source: return tr("Source");
    case Column::Count: break;
    }
    return {};
}

} // namespace ui
