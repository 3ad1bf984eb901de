// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/probes/probe_controls.h"

#include "ui/text/words.h"

#include <QAbstractItemView>
#include <QHBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

/// "cuda: no driver here"; empty when every way to a GPU has one.
QString whyNone(const core::ProbeReport &list)
{
    QStringList words;
    for (const auto &backend : list.backends)
        if (!backend.ok)
            words << text(backend.name) + u": "_s + text(backend.why);
    return words.join(u"; "_s);
}

} // namespace

ProbeControls::ProbeControls(QWidget *parent)
    : QWidget(parent)
    , m_profile(new QComboBox(this))
    , m_device(new QComboBox(this))
    , m_run(button(tr("Run"), u"probeRun"_s, tr("Measures this machine's GPUs")))
    , m_cancel(button(tr("Stop"), u"probeCancel"_s, tr("Stops the run; the GPU is left idle")))
    , m_local(new QLabel(tr("looking for GPUs of this machine …"), this))
    , m_state(new QLabel(this))
{
    m_profile->setObjectName(u"probeProfile"_s);
    m_profile->setAccessibleName(tr("Profile"));
    m_profile->addItems({u"quick"_s, u"standard"_s, u"soak"_s});
    m_device->setObjectName(u"probeDevice"_s);
    m_device->setAccessibleName(tr("Device of this machine"));
    // A device's name can be long, and must not push the panel wide.
    m_device->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_device->view()->setTextElideMode(Qt::ElideMiddle);
    m_device->hide();
    for (auto *label : {m_local, m_state}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    m_local->setObjectName(u"probeLocal"_s);
    m_state->setObjectName(u"probeState"_s);
    m_local->setForegroundRole(QPalette::PlaceholderText);
    connect(m_run, &QPushButton::clicked, this, &ProbeControls::start);
    connect(m_cancel, &QPushButton::clicked, this, &ProbeControls::cancelRequested);
    layOut();
    setRunning(false);
}

QPushButton *ProbeControls::button(const QString &words, const QString &name, const QString &tip)
{
    auto *made = new QPushButton(words, this);
    made->setObjectName(name);
    made->setToolTip(tip);
    return made;
}

void ProbeControls::layOut()
{
    auto *import = button(tr("Import…"), u"probeImport"_s,
                          tr("Takes in what was exported, what berth-probe printed, or a serving benchmark"));
    auto *job = button(tr("Run on nodes…"), u"probeJob"_s,
                       tr("Writes the manifests of a Job that measures the cluster's GPUs"));
    auto *collect = button(tr("Collect"), u"probeCollect"_s, tr("Reads the logs of Berth's measuring pods"));
    connect(collect, &QPushButton::clicked, this, &ProbeControls::collectRequested);
    connect(import, &QPushButton::clicked, this, &ProbeControls::importRequested);
    connect(job, &QPushButton::clicked, this, &ProbeControls::jobRequested);
    auto *lines = new QVBoxLayout(this);
    lines->setContentsMargins(12, 8, 12, 12);
    lines->setSpacing(6);
    const auto pair = [lines](QWidget *left, QWidget *right) {
        auto *line = new QHBoxLayout;
        line->addWidget(left, 1);
        line->addWidget(right, 1);
        lines->addLayout(line);
    };
    lines->addWidget(m_local);
    lines->addWidget(m_device);
    lines->addWidget(m_profile);
    pair(m_run, m_cancel);
    lines->addWidget(m_state);
    pair(job, collect);
    lines->addWidget(import);
}

void ProbeControls::start()
{
    Q_EMIT runRequested(m_profile->currentText(), m_device->currentData().toString());
}

bool ProbeControls::startWithKey()
{
    const bool can = m_run->isEnabled();
    if (can)
        start();
    return can;
}

bool ProbeControls::cancelWithKey()
{
    const bool can = m_cancel->isEnabled();
    if (can)
        Q_EMIT cancelRequested();
    return can;
}

void ProbeControls::setLocal(const core::ProbeReport &list, const QString &problem)
{
    m_device->clear();
    m_device->addItem(tr("every GPU of this machine"), QString());
    for (const auto &device : list.devices) {
        const auto words = text(device.name) + u" · "_s + text(device.id);
        m_device->addItem(words, text(device.id));
        m_device->setItemData(m_device->count() - 1, words, Qt::ToolTipRole);
    }
    const bool any = !list.devices.empty();
    m_device->setVisible(any);
    m_run->setEnabled(any);
    m_reach = !problem.isEmpty()   ? problem
        : list.devices.size() == 1 ? tr("1 device to measure here")
        : any                      ? tr("%1 devices to measure here").arg(list.devices.size())
                                   : tr("No GPU to measure here. %1").arg(whyNone(list));
    m_local->setText(m_reach);
}

void ProbeControls::setRunning(bool running)
{
    m_run->setEnabled(!running && m_device->count() > 1);
    m_profile->setEnabled(!running);
    m_device->setEnabled(!running);
    m_cancel->setEnabled(running);
    m_state->setVisible(running || !m_state->text().isEmpty());
    if (running)
        m_state->setText(tr("starting …"));
}

void ProbeControls::setProgress(const core::ProbeProgress &progress)
{
    const auto step = progress.of > 0 ? tr(", %1 of %2").arg(progress.done).arg(progress.of) : QString();
    if (progress.devices > 0 && progress.devicesDone >= progress.devices)
        return m_state->setText(tr("all measured; what was slow is looked at once more"));
    m_state->setText(tr("device %1 of %2: %3%4")
                         .arg(progress.devicesDone + 1)
                         .arg(std::max(1, progress.devices))
                         .arg(text(progress.probe), step));
    m_state->show();
}

void ProbeControls::setProblem(const QString &words)
{
    m_state->setText(words);
    m_state->setVisible(!words.isEmpty());
}

} // namespace ui
