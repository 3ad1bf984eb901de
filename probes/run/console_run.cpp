// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/run/console_run.h"

#include "probes/measure/session.h"
#include "probes/run/measure_device.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <iostream>
#include <unistd.h>

namespace probe {
namespace {

std::atomic<bool> stopFlag = false;

bool stopRequested()
{
    return stopFlag;
}

void listenForStop()
{
    struct sigaction action = {};
    action.sa_handler = [](int) { stopFlag = true; };
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGINT, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

// When nobody reads any more there is nobody to measure for: stop, and leave the device idle.
void pass(const std::string &line)
{
    const std::string text = line + "\n";
    for (std::size_t sent = 0; sent < text.size();) {
        const ssize_t n = write(STDOUT_FILENO, text.data() + sent, text.size() - sent);
        if (n <= 0 && errno != EINTR) {
            stopFlag = true;
            return;
        }
        sent += n > 0 ? static_cast<std::size_t>(n) : 0;
    }
}

} // namespace

ConsoleRun::ConsoleRun(Options options)
    : m_options(std::move(options))
    , m_startedAt(secondsNow())
    , m_report(STDOUT_FILENO, m_startedAt)
{
}

Exit ConsoleRun::run()
{
    listenForStop();
    if (!m_options.expectFile.empty()) {
        auto expectations = readExpectations(m_options.expectFile);
        if (!expectations) {
            std::cerr << "--expect: " << expectations.error() << "\n";
            return Exit::Usage;
        }
        m_expectations = std::move(*expectations);
    }
    m_report.hello(std::string(m_options.profile->name));
    runChild(m_options, 0);
    for (std::size_t place = 1; place < m_plan.size() && !stopFlag; place++)
        runChild(m_options, place);
    if (m_options.list)
        listProbes();
    else if (!m_expectations.empty() && !stopFlag)
        judgeFigures();
    const Exit code = exitCode();
    m_report.setDevice("");
    m_report.bye(static_cast<int>(code));
    return code;
}

void ConsoleRun::runChild(const Options &options, std::size_t place)
{
    m_during.clear();
    m_childFinished = m_options.list;
    m_device = place < m_plan.size() ? m_plan[place] : "";
    const ChildEnd end = superviseChild([&](int file) { measureInChild(options, place, file, m_startedAt); },
                                        [this] { return stallSeconds(); },
                                        [this](const std::string &line) { take(line); }, stopRequested);
    explain(end);
}

// A host of many idle cards wakes each of them when its driver is opened, which takes seconds a card.
double ConsoleRun::stallSeconds() const
{
    constexpr double opening = 3;
    return m_during.empty() ? opening * m_options.stallSeconds : m_options.stallSeconds;
}

void ConsoleRun::take(const std::string &text)
{
    pass(text);
    const nlohmann::json line = nlohmann::json::parse(text, nullptr, false);
    if (!line.is_object())
        return;
    const std::string event = line.value("ev", "");
    if (event == "device") {
        m_deviceNames[line.value("device", "")] = line.value("name", "");
        m_deviceCount++;
        return;
    }
    m_device = line.value("device", m_device);
    m_childFinished = m_childFinished || event == "done" || event == "error" || event == "inconclusive";
    if (event == "plan")
        m_plan = line.value("devices", std::vector<std::string>());
    else if (event == "start")
        m_during = line.value("probe", "");
    else if (event == "error")
        m_errors++;
    else if (event == "inconclusive")
        m_inconclusive++;
    else if (event == "stopped")
        m_stopped = true;
    else if (event == "metric") {
        m_wrong = m_wrong || !line.value("valid", false);
        m_figures.push_back({m_device, line.value("probe", ""), line});
    }
}

void ConsoleRun::explain(const ChildEnd &end)
{
    if (!end.hung && !end.signal && m_childFinished && end.exitCode == 0)
        return;
    const std::string where = m_during.empty() ? "while opening the driver or the device" : "during " + m_during;
    m_report.setDevice(m_device);
    m_errors++;
    if (end.signal) {
        m_report.error(
            m_during,
            {*end.signal, "DIED_OF_SIGNAL", "the measuring process died of " + signalName(*end.signal) + " " + where});
        return;
    }
    if (!end.hung) {
        m_report.error(
            m_during,
            {end.exitCode, "ENDED_BY_DRIVER",
             "the driver ended the measuring process (exit code " + std::to_string(end.exitCode) + ") " + where});
        return;
    }
    std::string what = stopFlag
        ? "asked to stop, the driver did not return " + where + ": killed"
        : "no answer from the driver for " + std::to_string(stallSeconds()).substr(0, 4) + " s " + where + ": killed";
    if (end.unkillable)
        what += "; even that did not end it: it sleeps in the kernel driver, so start nothing else on this device";
    m_report.error(m_during, {0, "HANG", what});
}

nlohmann::ordered_json ConsoleRun::secondLook(const Figure &figure)
{
    const double until = secondsNow() + m_options.againAfterSeconds.value_or(m_options.profile->againAfterSeconds);
    while (secondsNow() < until && !stopFlag)
        usleep(20'000);
    Options again = m_options;
    again.device = figure.device;
    again.probes = {figure.probe};
    const std::size_t known = m_figures.size();
    again.again = true;
    const std::string name = m_deviceNames[figure.device];
    runChild(again, 0);
    nlohmann::ordered_json best;
    for (std::size_t i = known; i < m_figures.size(); i++)
        if (m_figures[i].line.value("metric", "") == figure.line.value("metric", ""))
            best = judge(m_expectations, name, m_figures[i].line);
    return best;
}

// Two strikes for speed: a figure that failed is measured once more, and only a second failure counts.
void ConsoleRun::judgeFigures()
{
    const std::vector<Figure> figures = m_figures;
    for (const Figure &figure : figures) {
        nlohmann::ordered_json verdict = judge(m_expectations, m_deviceNames[figure.device], figure.line);
        if (verdict["verdict"] == "fail" && !stopFlag) {
            const nlohmann::ordered_json again = secondLook(figure);
            verdict["runs"] = 2;
            if (!again.is_null()) {
                verdict["measured_again"] = again["measured"];
                if (again["verdict"] != "fail")
                    verdict["verdict"] = again["verdict"];
            }
        }
        m_slow = m_slow || verdict["verdict"] == "fail";
        m_report.setDevice(figure.device);
        m_report.verdict(verdict);
    }
}

void ConsoleRun::listProbes()
{
    for (const Probe &probe : allProbes())
        pass(nlohmann::ordered_json(
                 {{"v", schemaVersion}, {"ev", "probe"}, {"probe", probe.name}, {"measures", probe.measures}})
                 .dump());
    for (const Profile &profile : allProfiles())
        pass(nlohmann::ordered_json(
                 {{"v", schemaVersion}, {"ev", "profile"}, {"profile", profile.name}, {"purpose", profile.purpose}})
                 .dump());
}

Exit ConsoleRun::exitCode() const
{
    if (m_options.list)
        return m_errors > 0 ? Exit::DriverError : m_deviceCount > 0 ? Exit::Good : Exit::NotRun;
    if (m_wrong)
        return Exit::Bad;
    if (m_errors > 0)
        return Exit::DriverError;
    if (m_stopped || stopFlag)
        return Exit::Stopped;
    if (m_slow && m_inconclusive == 0)
        return Exit::Bad;
    if (m_plan.empty())
        return Exit::NotRun;
    if (m_inconclusive > 0)
        return Exit::Inconclusive;
    return m_figures.empty() ? Exit::NotRun : Exit::Good;
}

} // namespace probe
