// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/run/console_run.h"
#include "probes/run/options.h"

int main(int argc, char **argv)
{
    const probe::ParsedOptions parsed = probe::parseOptions(argc, argv);
    if (!parsed.options)
        return parsed.exitCode;
    return static_cast<int>(probe::ConsoleRun(*parsed.options).run());
}
