// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/bench_place.h"

#include "core/placement/engine/judge_session.h"

#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <string>

namespace app::ctl {

core::Result<ExitCode> runBenchPlace()
{
    std::ios::sync_with_stdio(false);
    core::engine::JudgeSession session;
    std::string line;
    for (std::size_t number = 1; !session.over() && std::getline(std::cin, line); ++number) {
        auto answer = session.answer(line);
        if (!answer) {
            answer.error().place = fmt::format("line {}: {}", number, answer.error().place);
            return std::unexpected(answer.error());
        }
        if (answer->empty())
            continue;
        std::fwrite((*answer + '\n').data(), 1, answer->size() + 1, stdout);
        if (std::fflush(stdout) != 0)
            return core::fail(core::ErrorKind::Io, "standard output is closed");
    }
    return Yes;
}

} // namespace app::ctl
