// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line.h"

#include "app/log.h"

#include <CLI/CLI.hpp>

#include <sstream>

namespace app {

std::variant<CommandLine, Exit> parseCommandLine(int argc, const char *const *argv)
{
    CommandLine line;
    CLI::App cli{"Berth: places models on the GPUs of your Kubernetes clusters", "berth"};
    cli.set_version_flag("--version", "berth " BERTH_VERSION);
    cli.add_option("plan", line.plan, "Plan file to open");
    cli.add_option("--kubeconfig", line.kubeconfig, "Kubeconfig file (default: KUBECONFIG, then ~/.kube/config)");
    cli.add_option("--context", line.context, "Context (default: the file's current-context)");
    cli.add_flag("--demo", line.demo, "Open the built-in demo cluster");
    cli.add_option("--log-level", line.logLevel, "What the log in the XDG state folder keeps (default: info)")
        ->check(CLI::IsMember(std::vector<std::string>(logLevels.begin(), logLevels.end())));
    cli.add_option("--export-to", line.exportTo, "Folder that Export writes to, without asking");
    cli.add_option("--screenshots", line.screenshots, "Write a picture of every page to this folder, and end");
    cli.add_option("--screenshot-suffix", line.screenshotSuffix, "Added to the names of the pictures");
    cli.add_option("--window-size", line.windowSize, "Width and height of the window in those pictures")
        ->delimiter('x');
    cli.add_option("--geometry", line.geometry,
                   "Keep the screen places of named parts in this file, for UI automation");
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        std::ostringstream out, err;
        const int code = cli.exit(error, out, err);
        return Exit{code == 0 ? 0 : 2, out.str() + err.str()};
    }
    return line;
}

} // namespace app
