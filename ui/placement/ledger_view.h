// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/ledger.h"

#include <QWidget>

#include <optional>

namespace ui {

/// The memory of one device as blocks in proportion, a whisker from low to high, a dashed line where a device's usable
/// memory ends, and the table of it.
class LedgerView final : public QWidget {
    Q_OBJECT

public:
    explicit LedgerView(QWidget *parent = nullptr);

    void setLedger(std::optional<core::Ledger> ledger, int devices);
    /// The usable memory to draw the line at, and whose it is; nullopt = no line.
    void setUsable(std::optional<std::int64_t> bytes, const QString &device);
    void setProblem(const QString &sentence); ///< shown instead of the ledger

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void describe();
    void paintBar(QPainter &painter, const core::Ledger &ledger) const;
    void paintTable(QPainter &painter, const core::Ledger &ledger) const;

    std::optional<core::Ledger> m_ledger;
    int m_devices = 1;
    std::optional<std::int64_t> m_usable;
    QString m_device, m_problem;
};

} // namespace ui
