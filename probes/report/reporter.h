// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/schema.h"
#include "probes/drivers/device.h"
#include "probes/drivers/monitor.h"
#include "probes/report/metric.h"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace probe {

constexpr int schemaVersion = core::probeSchemaVersion;
// Part of every baseline's key: a figure measured by other kernels is not compared with these.
constexpr const char *kernelVersion = "pk-3";

// Writes one JSON object a line to a file descriptor. Every line has v (schema), t (seconds since the program started)
// and ev; what belongs to one device also has `device`. Each line is one write, so a reader never sees half of one
// unless it is longer than the pipe's atomic size, and a killed probe never leaves a torn line behind.
class Reporter {
public:
    Reporter(int file, double startedAt);

    void setDevice(std::string id) { m_device = std::move(id); }
    void hello(const std::string &profile);
    void backend(const std::string &name, const std::string &why); // empty `why`: it works
    void device(const DeviceDescription &device, const CardSetting &setting);
    void plan(const std::vector<std::string> &devices);
    void ready(double openedInSeconds, const std::string &image);
    void start(const std::string &probe);
    void progress(const std::string &probe, int done, int of, const std::string &what);
    void metric(const Metric &metric);
    void skip(const std::string &probe, const std::string &why);
    // The measurement says nothing about the card (busy, too little memory): exit code 5 rather than a verdict.
    void inconclusive(const std::string &probe, const std::string &why);
    void error(const std::string &probe, const Failure &failure);
    void stopped(const std::string &why);
    void done(int metrics, std::uint64_t wrong);
    void verdict(const nlohmann::ordered_json &judgement);
    void bye(int exitCode);

private:
    nlohmann::ordered_json line(const char *event) const;
    void write(const nlohmann::ordered_json &json) const;

    int m_file;
    double m_startedAt;
    std::string m_device;
};

// Seconds of the monotonic clock.
double secondsNow();

} // namespace probe
