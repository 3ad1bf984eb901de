// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/program.h"

int main(int argc, char **argv)
{
    return app::ctl::runProgram(argc, argv);
}
