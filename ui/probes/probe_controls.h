// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/probe_report.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>

namespace ui {

/// What this machine has to measure, the buttons that measure it or take results in, and what became of the last one.
class ProbeControls final : public QWidget {
    Q_OBJECT

public:
    explicit ProbeControls(QWidget *parent = nullptr);

    void setLocal(const core::ProbeReport &list, const QString &problem);
    QString reach() const { return m_reach; } ///< what can be measured here, in words
    void setRunning(bool running);
    void setProgress(const core::ProbeProgress &progress);
    void setProblem(const QString &words);
    bool startWithKey();  ///< false: there is nothing to run now
    bool cancelWithKey(); ///< false: nothing runs

Q_SIGNALS:
    void runRequested(const QString &profile, const QString &device);
    void cancelRequested();
    void jobRequested();
    void collectRequested();
    void importRequested();

private:
    void start();
    void layOut();
    QPushButton *button(const QString &words, const QString &name, const QString &tip);

    QComboBox *m_profile, *m_device;
    QPushButton *m_run, *m_cancel;
    QLabel *m_local, *m_state;
    QString m_reach;
};

} // namespace ui
