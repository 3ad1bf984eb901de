// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/report/reporter.h"
#include "probes/run/expectations.h"
#include "probes/run/options.h"
#include "probes/run/supervisor.h"

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace probe {

// One run of the program: starts a child a device, passes its lines on, watches it, judges its figures, and decides the
// exit code. This process never loads a driver, so nothing a driver does can end it or silence it.
class ConsoleRun {
public:
    explicit ConsoleRun(Options options);
    Exit run();

private:
    struct Figure {
        std::string device;
        std::string probe;
        nlohmann::json line;
    };

    void runChild(const Options &options, std::size_t place);
    [[nodiscard]] double stallSeconds() const; // of silence that are a hang, by what the child does
    void take(const std::string &text);
    void explain(const ChildEnd &end);
    void judgeFigures();
    // Measures one probe of one device once more, after a pause, and returns the new verdict of the metric.
    nlohmann::ordered_json secondLook(const Figure &figure);
    void listProbes();
    Exit exitCode() const;

    Options m_options;
    double m_startedAt;
    Reporter m_report;
    std::vector<Expectation> m_expectations;
    std::vector<std::string> m_plan;
    std::map<std::string, std::string> m_deviceNames; // "cuda:0" to "NVIDIA H200"
    std::vector<Figure> m_figures;
    bool m_childFinished = false; // it said how its work ended
    std::string m_during;         // the probe that runs, for what a dead child cannot say any more
    std::string m_device;
    int m_errors = 0, m_inconclusive = 0;
    std::size_t m_deviceCount = 0;
    bool m_wrong = false, m_slow = false, m_stopped = false;
};

} // namespace probe
