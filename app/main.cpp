// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/application.h"
#include "ui/theme/style.h"

#include <QApplication>

#include <cstdio>
#include <exception>

int main(int argc, char **argv)
try {
    const auto parsed = app::parseCommandLine(argc, argv);
    if (const auto *exit = std::get_if<app::Exit>(&parsed)) {
        std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
        return exit->code;
    }
    const QApplication qt(argc, argv);
    QApplication::setStyle(new ui::Style); // Qt takes it over
    QApplication::setApplicationName(QStringLiteral("berth"));
    const auto application = app::Application::make(std::get<app::CommandLine>(parsed));
    if (!application) {
        std::fprintf(stderr, "berth: %s\n", core::describe(application.error()).c_str());
        return 4;
    }
    (*application)->start();
    return QApplication::exec();
} catch (const std::exception &error) {
    std::fprintf(stderr, "berth: %s\n", error.what());
    return 4;
}
