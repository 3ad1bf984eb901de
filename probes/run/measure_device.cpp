// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/run/measure_device.h"

#include "probes/drivers/topology.h"
#include "probes/measure/session.h"
#include "probes/run/selection.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <random>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace probe {
namespace {

std::atomic<bool> stopFlag = false;

// One probe at a time on a card. An abstract socket's name is the lock: the kernel frees it when its owner dies.
bool claim(const DeviceDescription &device)
{
    const std::string name = "berth-probe/"
        + (device.pciAddress.empty() ? device.id() + device.name : device.pciAddress)
        + (device.migSlice ? device.uuid : "");
    sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
    const std::size_t length = std::min(name.size(), sizeof(address.sun_path) - 1);
    std::copy_n(name.begin(), length, address.sun_path + 1);
    const int lock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0); // kept open until this process ends
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + length);
    return lock < 0 || bind(lock, reinterpret_cast<const sockaddr *>(&address), size) == 0;
}

std::vector<const Probe *> probesFor(const Options &options)
{
    std::vector<const Probe *> chosen;
    for (const Probe &probe : allProbes()) {
        const bool wanted = options.probes.empty()
            ? std::ranges::find(options.profile->probes, probe.name) != options.profile->probes.end()
            : std::ranges::find(options.probes, probe.name) != options.probes.end();
        if (wanted)
            chosen.push_back(&probe);
    }
    return chosen;
}

void runProbes(Session &session, const std::vector<const Probe *> &probes)
{
    for (const Probe *probe : probes) {
        if (!session.goesOn())
            break;
        if (const auto why = probe->whyNot ? probe->whyNot(session) : std::nullopt) {
            session.report.skip(probe->name, *why);
            continue;
        }
        session.report.start(probe->name);
        probe->run(session);
        if (session.device.failure()) {
            session.report.error(probe->name, *session.device.failure());
            break;
        }
    }
}

// Soak: after one full run, load and memory test in turns until the time is over.
void soak(Session &session, const Options &options, double startedAt)
{
    std::vector<const Probe *> turns = probesFor(options);
    std::erase_if(turns, [](const Probe *probe) {
        const std::string_view name = probe->name;
        return name != "load" && name != "memtest";
    });
    while (!turns.empty() && session.goesOn() && secondsNow() - startedAt < options.minutes * 60)
        runProbes(session, turns);
}

void sayWhatMakesItDoubtful(const CardSetting &setting, Reporter &report)
{
    if (setting.otherProcesses.empty())
        return;
    std::string pids;
    for (const int pid : setting.otherProcesses)
        pids += (pids.empty() ? "" : ", ") + std::to_string(pid);
    report.inconclusive("",
                        "device busy: other processes compute on it (pid " + pids + "); stop them, or wait for them");
}

// What ECC met while the probes ran: corrected errors leave every result right, so nothing else shows them.
void publishEcc(Session &session, const EccCounts &before, const EccCounts &after)
{
    const auto publish = [&session](const char *name, auto from, auto to, const char *counts, bool isWrong) {
        if (!from || !to)
            return;
        const std::uint64_t rose = *to > *from ? *to - *from : 0;
        session.publish({.probe = "ecc",
                         .name = name,
                         .value = static_cast<double>(rose),
                         .unit = "errors",
                         .counts = counts,
                         .wrong = isWrong ? rose : 0});
    };
    publish("corrected", before.corrected, after.corrected, "memory errors that were corrected during the run", false);
    publish("uncorrected", before.uncorrected, after.uncorrected, "memory errors of the run", true);
}

void measure(const Options &options, const Survey::Found &found, Reporter &report, double startedAt)
{
    const double from = secondsNow();
    if (!claim(found.description)) {
        report.inconclusive("", "another berth-probe is measuring this device: wait until it ends");
        return;
    }
    const auto monitor = Monitor::of(found.description);
    const CardSetting setting = monitor->setting();
    sayWhatMakesItDoubtful(setting, report);
    if (setting.numaNode)
        stayOnNode(*setting.numaNode);
    auto device = found.driver->open(found.description.index);
    if (!device) {
        const Failure &failure = device.error();
        if (failure.name == "OUT_OF_MEMORY" || failure.name == "DEVICE_UNAVAILABLE")
            report.inconclusive("", "device busy: " + failure.what);
        else
            report.error("", failure);
        return;
    }
    report.ready(secondsNow() - from, (*device)->image());
    Profile profile = *options.profile;
    if (!options.probes.empty())
        profile.formats.clear(); // who names a probe wants all of it
    Session session = {.device = **device,
                       .driver = *found.driver,
                       .profile = profile,
                       .report = report,
                       .monitor = *monitor,
                       .seed = options.seed.value_or(std::random_device()()),
                       .stopRequested = [] { return stopFlag.load(); }};
    const EccCounts before = monitor->ecc();
    runProbes(session, probesFor(options));
    if (options.profile->repeats)
        soak(session, options, startedAt);
    if (session.metrics > 0) // counters alone are no measurement
        publishEcc(session, before, monitor->ecc());
    (*device)->finish();
    if (session.device.failure())
        return; // already said, by the probe that met it
    if (stopFlag)
        report.stopped("stopped by a signal; nothing runs on the device any more");
    report.done(session.metrics, session.wrong);
}

} // namespace

void measureInChild(const Options &options, std::size_t place, int file, double startedAt)
{
    std::signal(SIGTERM, [](int) { stopFlag = true; });
    std::signal(SIGINT, SIG_IGN); // the parent passes it on as SIGTERM
    std::signal(SIGPIPE, SIG_IGN);
    Reporter report(file, startedAt);
    const bool isFirst = place == 0 && !options.again;
    const Survey survey = surveyMachine(options, isFirst ? &report : nullptr);
    if (options.list)
        return;
    const auto chosen = chooseDevices(options, survey);
    if (!chosen) {
        report.inconclusive("device", chosen.error());
        return;
    }
    if (isFirst) {
        std::vector<std::string> ids;
        for (const std::size_t i : *chosen)
            ids.push_back(survey.devices[i].description.id());
        report.plan(ids);
    }
    if (place >= chosen->size())
        return;
    const Survey::Found &found = survey.devices[(*chosen)[place]];
    report.setDevice(found.description.id());
    measure(options, found, report, startedAt);
}

} // namespace probe
