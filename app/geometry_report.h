// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <QWidget>

#include <filesystem>

namespace app {

/// Keeps a file with the screen places of every visible, named part of a window, for programs that drive it with a real
/// mouse: one "name<TAB>x<TAB>y<TAB>width<TAB>height<TAB>text" a line. Painted items come from their accessible
/// children, so what a screen reader can find, a test can too. Written anew, atomically, when something moved.
class GeometryReport final : public QObject {
    Q_OBJECT

public:
    GeometryReport(QWidget &window, std::filesystem::path file, QObject *parent = nullptr);

private:
    void refresh();

    QWidget &m_window;
    std::filesystem::path m_file;
    QTimer m_timer;
    QByteArray m_written;
};

} // namespace app
