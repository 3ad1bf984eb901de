// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/bench_mix.h"

#include "core/base/file.h"
#include "core/placement/optimizer/mix_cases.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>

namespace app::ctl {

namespace {

using Clock = std::chrono::steady_clock;
using core::optimizer::GpuMix;
using core::optimizer::MixCase;

nlohmann::ordered_json documentOf(const MixCase &mixCase, const std::optional<GpuMix> &mix)
{
    nlohmann::ordered_json document{
        {"id", mixCase.id}, {"feasible", mix.has_value()}, {"cost", nullptr}, {"counts", nullptr}};
    if (!mix)
        return document;
    document["cost"] = mix->usdPerHour;
    document["counts"] = nlohmann::ordered_json::object();
    for (std::size_t j = 0; j < mix->counts.size(); ++j)
        document["counts"][mixCase.problem.types[j].name] = mix->counts[j];
    document["bound"] = mix->bound;
    return document;
}

} // namespace

core::Result<ExitCode> runBenchMix(const std::filesystem::path &file)
{
    const auto text = core::readFile(file);
    if (!text)
        return std::unexpected(text.error());
    const auto cases = core::optimizer::readMixCases(*text);
    if (!cases)
        return core::fail(cases.error().kind, cases.error().message,
                          fmt::format("{}: {}", file.string(), cases.error().place));
    for (const auto &mixCase : *cases) {
        const auto start = Clock::now();
        const auto mix = core::optimizer::cheapestMix(mixCase.problem);
        if (!mix)
            return core::fail(mix.error().kind, mix.error().message,
                              fmt::format("{}: {}", mixCase.id, mix.error().place));
        auto document = documentOf(mixCase, *mix);
        document["seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
        const auto line = document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
        std::fputs(line.c_str(), stdout);
        std::fflush(stdout);
    }
    return Yes;
}

} // namespace app::ctl
