// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QChart>
#include <QChartView>

namespace ui {

/// A chart in Berth's own colours: no animation, no shadow, no rounded frame; follows light and dark. Its name and the
/// newest figures are what a screen reader hears; the same figures stand in words beside it.
class ChartFrame final : public QChartView {
    Q_OBJECT

public:
    explicit ChartFrame(const QString &accessibleName, QWidget *parent = nullptr);

    /// Dresses axes, legend and ground; call it after series were added.
    void dress();

Q_SIGNALS:
    void themeChanged(); ///< dressed anew; who coloured series of its own colours them again

protected:
    void changeEvent(QEvent *event) override;
};

} // namespace ui
