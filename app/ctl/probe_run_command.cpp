// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/probe_commands.h"
#include "app/ctl/probe_document.h"
#include "app/probe_measuring.h"
#include "app/resource_paths.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <thread>
#include <unistd.h>

namespace app::ctl {

namespace {

using namespace std::chrono_literals;

/// While it lives, SIGINT and SIGTERM ask to stop instead of ending this program: the GPU is to be left idle.
class StopOnSignal {
public:
    StopOnSignal()
    {
        sigemptyset(&m_signals);
        sigaddset(&m_signals, SIGINT);
        sigaddset(&m_signals, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &m_signals, &m_before);
        m_thread = std::jthread([this](const std::stop_token &over) {
            const timespec moment{0, 100'000'000};
            while (!over.stop_requested() && !m_stop.stop_requested())
                if (sigtimedwait(&m_signals, nullptr, &moment) > 0)
                    m_stop.request_stop();
        });
    }
    ~StopOnSignal()
    {
        m_thread.request_stop();
        m_thread.join();
        pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }
    StopOnSignal(const StopOnSignal &) = delete;
    StopOnSignal &operator=(const StopOnSignal &) = delete;
    std::stop_token token() const { return m_stop.get_token(); }

private:
    sigset_t m_signals{}, m_before{};
    std::stop_source m_stop;
    std::jthread m_thread;
};

core::ProbeRunOptions runOptions(const ProbeOptions &options)
{
    core::ProbeRunOptions run;
    run.program = options.program.empty() ? probeProgram() : options.program;
    run.profile = options.profile;
    run.device = options.device;
    run.probes = options.probes;
    run.expectFile = options.expect;
    if (options.profile == "soak")
        run.timeLimit = 24h;
    return run;
}

void showProgress(const core::ProbeProgress &at)
{
    if (isatty(STDERR_FILENO) == 0) // progress is for a person, never for a log file
        return;
    const auto steps = at.of > 0 ? fmt::format(" {} of {} {}", at.done, at.of, at.what) : std::string();
    fmt::print(stderr, "\r\033[K{} of {} devices done, {} {}{}", at.devicesDone, at.devices, at.device, at.probe,
               steps);
}

void printCards(const GlobalOptions &global, const core::ProbeReport &report,
                const std::vector<core::CardVerdict> &cards)
{
    if (global.format == Format::Table) {
        for (const auto &backend : report.backends)
            if (!backend.ok && cards.empty())
                print(printable(backend.why) + "\n");
        for (const auto &card : cards)
            print(cardText(card, true));
        return;
    }
    nlohmann::ordered_json document{
        {"exit", report.exitCode ? nlohmann::ordered_json(*report.exitCode) : nlohmann::ordered_json()},
        {"host", report.host},
        {"problems", report.problems}};
    document["cards"] = nlohmann::ordered_json::array();
    for (const auto &card : cards)
        document["cards"].push_back(cardDocument(card));
    printDocument(document, global.format);
}

/// What is known so far; without a history the sheet is what is left.
std::vector<core::ProbeResult> knownResults(const ProbeOptions &options)
{
    const auto history = openHistory(options);
    auto known =
        history ? history->results() : core::Result<std::vector<core::ProbeResult>>(std::unexpected(history.error()));
    if (known)
        return *std::move(known);
    fmt::print(stderr, "berthctl: {}\n", printable(core::describe(known.error())));
    return {};
}

} // namespace

Answer runProbeRun(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto basis = loadProbeBasis();
    if (!basis)
        return std::unexpected(basis.error());
    const auto known = knownResults(options);
    const StopOnSignal signals;
    const auto measured = measureCards(runOptions(options), {basis->catalog, basis->shares, known},
                                       {.wanted = !options.noSecondLook}, showProgress, signals.token());
    if (isatty(STDERR_FILENO) != 0)
        fmt::print(stderr, "\r\033[K");
    const auto &end = measured.end;
    for (const auto &problem : end.report.problems)
        fmt::print(stderr, "berthctl: berth-probe, {}\n", printable(problem));
    printCards(global, end.report, measured.cards);
    const auto history = historyOf(options);
    if (const auto kept = keepResults(measured.fresh, history, stateFolder(), print); !kept)
        return std::unexpected(kept.error());
    if (end.error)
        return std::unexpected(*end.error);
    return exitCodeOf(measured.cards);
}

Answer runProbeList(const GlobalOptions &global, const ProbeOptions &options)
{
    auto run = runOptions(options);
    run.list = true;
    const auto end = core::runProbe(run, {}, {}, {});
    if (end.error)
        return std::unexpected(*end.error);
    nlohmann::ordered_json document{{"devices", nlohmann::ordered_json::array()},
                                    {"backends", nlohmann::ordered_json::array()}};
    Table table({"DEVICE", "NAME", "ARCH", "PCI", "DRIVER", "LINK"});
    for (const auto &device : end.report.devices) {
        const auto link = device.link ? fmt::format("gen {} x{} of gen {} x{}", device.link->gen, device.link->width,
                                                    device.link->maxGen, device.link->maxWidth)
                                      : std::string("-");
        table.add({device.id, device.name, device.architecture, device.pci, device.driver, link});
        document["devices"].push_back({{"device", device.id},
                                       {"name", device.name},
                                       {"arch", device.architecture},
                                       {"pci", device.pci},
                                       {"uuid", device.uuid},
                                       {"driver", device.driver}});
    }
    for (const auto &backend : end.report.backends)
        document["backends"].push_back(
            {{"name", backend.name}, {"ok", backend.ok}, {"why", backend.why}, {"note", backend.note}});
    if (global.format != Format::Table) {
        printDocument(document, global.format);
        return end.report.devices.empty() ? BadInput : Yes;
    }
    print(table.text());
    for (const auto &backend : end.report.backends)
        print(printable(fmt::format("{}: {} ({})", backend.name, backend.ok ? "works" : backend.why, backend.note))
              + "\n");
    return end.report.devices.empty() ? BadInput : Yes;
}

} // namespace app::ctl
