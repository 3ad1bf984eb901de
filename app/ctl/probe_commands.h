// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/commands.h"
#include "core/history/history.h"

#include <CLI/CLI.hpp>

#include <functional>

namespace app::ctl {

/// What the commands of `probe` and `bench` take.
struct ProbeOptions {
    std::filesystem::path history; ///< empty: historyFile()
    std::string program;           ///< empty: probeProgram()
    std::string profile = "quick", device, expect;
    std::vector<std::string> probes;
    bool noSecondLook = false;
    std::string host, card, reason;
    std::size_t most = 50;
    std::filesystem::path file; ///< import, export
    std::filesystem::path out;  ///< manifests
    std::vector<std::string> nodes, skus;
    std::vector<std::string> images; ///< "vendor=reference", or one reference
    std::string nameSpace = "default", schedule, devices = "free";
    std::string model, sku, service, weights, engineVersion;
    int gpus = 1;
    int requests = 200, concurrency = 16, inputTokens = 1024, outputTokens = 128;
};

/// The file of --history, else the user's own.
std::filesystem::path historyOf(const ProbeOptions &options);
/// That history, made when there is none.
core::Result<core::History> openHistory(const ProbeOptions &options);

Answer runProbeRun(const GlobalOptions &global, const ProbeOptions &options);
Answer runProbeList(const GlobalOptions &global, const ProbeOptions &options);
Answer runProbeHistory(const GlobalOptions &global, const ProbeOptions &options);
Answer runProbeShow(const GlobalOptions &global, const ProbeOptions &options);
Answer runProbeVerdict(const GlobalOptions &global, const ProbeOptions &options);
Answer runProbeExport(const GlobalOptions &global, const ProbeOptions &options);
Answer runProbeImport(const GlobalOptions &global, const ProbeOptions &options);
Answer runProbeVoid(const GlobalOptions &global, const ProbeOptions &options);
Answer runProbeJob(const GlobalOptions &global, const ProbeOptions &options);
Answer runProbeCollect(const GlobalOptions &global, const ProbeOptions &options);
Answer runBenchJob(const GlobalOptions &global, const ProbeOptions &options);
Answer runBenchImport(const GlobalOptions &global, const ProbeOptions &options);
Answer runBenchShow(const GlobalOptions &global, const ProbeOptions &options);
Answer runBenchList(const GlobalOptions &global, const ProbeOptions &options);

/// Adds `probe` and `bench` to the program. A command that was chosen is put into `command`; `global` must outlive it.
void addProbeCommands(CLI::App &program, const GlobalOptions &global, std::function<Answer()> &command);

} // namespace app::ctl
