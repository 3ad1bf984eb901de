// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/run/options.h"

#include "probes/measure/session.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

namespace probe {
namespace {

std::string checkProbe(const std::string &name)
{
    if (std::ranges::any_of(allProbes(), [&](const Probe &probe) { return name == probe.name; }))
        return {};
    std::string known;
    for (const Probe &probe : allProbes())
        known += std::string(known.empty() ? "" : ", ") + probe.name;
    return "no probe \"" + name + "\"; there are " + known;
}

std::string footer()
{
    std::string text = "Profiles:\n";
    for (const Profile &profile : allProfiles())
        text += "  " + std::string(profile.name) + ": " + std::string(profile.purpose) + "\n";
    text += "Probes:\n";
    for (const Probe &probe : allProbes())
        text += "  " + std::string(probe.name) + ": " + probe.measures + "\n";
    return text
        + "Prints one JSON object a line. Exit codes: 0 measured and good, 1 wrong data or below --expect, 2 driver "
          "error "
          "or hang,\n3 nothing measured, 4 usage, 5 inconclusive, 6 stopped. No backend has run on a real GPU yet "
          "(docs/probes.md).";
}

} // namespace

ParsedOptions parseOptions(int argc, char **argv)
{
    Options options;
    std::string profile = "quick";
    CLI::App app{"Measures what a GPU really does: bandwidth, arithmetic, links, memory. Every result is checked.",
                 "berth-probe"};
    app.set_version_flag("--version", BERTH_VERSION);
    app.footer(footer());
    app.add_flag("--list", options.list, "List devices, probes and profiles; measure nothing");
    app.add_option("--profile", profile, "quick, standard, soak or ci");
    app.add_option("--device", options.device, "cuda:0, hip:1, opencl:0, an index, a PCI address, a UUID, or all");
    app.add_option("--backend", options.backend, "Only this one")->check(CLI::IsMember({"cuda", "hip", "opencl"}));
    app.add_option("--probe", options.probes, "Only these probes, in the profile's sizes")
        ->delimiter(',')
        ->check(CLI::Validator(std::function<std::string(std::string &)>(checkProbe), "PROBE"));
    app.add_option("--expect", options.expectFile, "Judge against the figures of this file");
    app.add_option("--again-after", options.againAfterSeconds, "Seconds before a failed speed check is repeated");
    app.add_option("--stall", options.stallSeconds,
                   "Seconds of silence after which a driver counts as hung; three times that while it is opened")
        ->check(CLI::Range(0.2, 3600.0));
    app.add_option("--minutes", options.minutes, "How long soak lasts")->check(CLI::Range(0.01, 100'000.0));
    app.add_option("--seed", options.seed, "Operands of an earlier run");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return {std::nullopt, app.exit(error) == 0 ? 0 : static_cast<int>(Exit::Usage)};
    }
    options.profile = profileNamed(profile);
    if (!options.profile) {
        std::cerr << "--profile: no profile \"" << profile << "\"; there are quick, standard, soak and ci\n";
        return {std::nullopt, static_cast<int>(Exit::Usage)};
    }
    return {options, 0};
}

} // namespace probe
