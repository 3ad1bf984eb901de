// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/report/reporter.h"

#include "probes/drivers/images.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace probe {
namespace {

using Json = nlohmann::ordered_json;

double rounded(double value, double unit)
{
    return std::round(value / unit) * unit;
}
// Six significant digits: more is noise, and lines stay readable.
double significant(double value)
{
    if (value == 0 || !std::isfinite(value))
        return 0;
    const double unit = std::pow(10.0, std::floor(std::log10(std::fabs(value))) - 5);
    return unit < 1 ? std::round(value / unit) / std::round(1 / unit) : rounded(value, unit);
}

// What a reader of its figures must know; to be taken back when it is no longer true (docs/probes.md keeps the record).
std::string whereItHasRun(const std::string &backend)
{
    if (backend == "opencl")
        return "run on the CPU (PoCL) only, on no GPU yet";
    return std::string("not yet run on a real ") + (backend == "hip" ? "AMD" : "NVIDIA")
        + " GPU: checked against a stand-in driver only";
}

std::string hex(std::uint64_t value)
{
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "%08llx", static_cast<unsigned long long>(value));
    return text.data();
}

template <typename T>
void put(Json &json, const char *key, const std::optional<T> &value)
{
    if (value)
        json[key] = *value;
}
void put(Json &json, const char *key, const std::string &value)
{
    if (!value.empty())
        json[key] = value;
}

Json describe(const Finding &finding)
{
    Json json = {{"pattern", finding.pattern}, {"byte", finding.byte}};
    if (finding.address != 0)
        json["address"] = "0x" + hex(finding.address);
    json["want"] = hex(finding.want);
    json["got"] = hex(finding.got);
    json["bits"] = finding.wrongBits();
    put(json, "unit", finding.unit);
    if (finding.secondRead)
        json["second_read"] = hex(*finding.secondRead);
    return json;
}

} // namespace

double secondsNow()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Reporter::Reporter(int file, double startedAt) : m_file(file), m_startedAt(startedAt) {}

Json Reporter::line(const char *event) const
{
    Json json = {{"v", schemaVersion}, {"t", rounded(secondsNow() - m_startedAt, 0.0001)}, {"ev", event}};
    json["t"] = std::round((secondsNow() - m_startedAt) * 1e4) / 1e4;
    put(json, "device", m_device);
    return json;
}

void Reporter::write(const Json &json) const
{
    // A driver's text may hold anything: replace what is not UTF-8 instead of failing.
    const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    std::size_t sent = 0;
    while (sent < text.size()) {
        const ssize_t n = ::write(m_file, text.data() + sent, text.size() - sent);
        if (n > 0)
            sent += static_cast<std::size_t>(n);
        else if (errno != EINTR)
            return; // the reader is gone; SIGPIPE is ignored and the measurement ends by itself
    }
}

void Reporter::hello(const std::string &profile)
{
    Json json = line("hello");
    json["tool"] = "berth-probe";
    json["version"] = BERTH_VERSION;
    json["kernels"] = kernelVersion;
    std::array<char, 256> host{};
    if (gethostname(host.data(), host.size() - 1) == 0)
        json["host"] = host.data();
    json["pid"] = static_cast<int>(getpid());
    json["profile"] = profile;
    json["time"] =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    put(json, "lacks", std::string(whatThisBuildLacks()));
    write(json);
}

void Reporter::backend(const std::string &name, const std::string &why)
{
    Json json = line("backend");
    json["name"] = name;
    json["ok"] = why.empty();
    put(json, "why", why);
    json["note"] = whereItHasRun(name);
    write(json);
}

void Reporter::device(const DeviceDescription &d, const CardSetting &setting)
{
    Json json = line("device");
    json["device"] = d.id();
    json["backend"] = d.backend;
    json["index"] = d.index;
    json["name"] = d.name;
    json["type"] = d.type;
    put(json, "vendor", d.vendor);
    put(json, "arch", d.architecture);
    put(json, "pci", d.pciAddress);
    put(json, "uuid", d.uuid);
    put(json, "driver", d.driver);
    put(json, "units", d.computeUnits);
    put(json, "lanes", d.lanes);
    put(json, "clock_mhz", d.clockMHz);
    put(json, "mem", d.memoryBytes);
    put(json, "l2", d.l2Bytes);
    put(json, "ecc", d.ecc);
    json["mig"] = d.migSlice;
    put(json, "partition", setting.partition);
    put(json, "power_limit_w", setting.powerLimitW);
    put(json, "numa", setting.numaNode);
    put(json, "ecc_uncorrected", setting.eccUncorrected);
    Json link = Json::object();
    put(link, "gen", setting.linkGeneration);
    put(link, "width", setting.linkWidth);
    put(link, "max_gen", setting.linkGenerationMax);
    put(link, "max_width", setting.linkWidthMax);
    if (!link.empty())
        json["link"] = link;
    if (!setting.otherProcesses.empty())
        json["busy"] = {{"pids", setting.otherProcesses}};
    write(json);
}

void Reporter::plan(const std::vector<std::string> &devices)
{
    Json json = line("plan");
    json["devices"] = devices;
    write(json);
}

void Reporter::ready(double openedInSeconds, const std::string &image)
{
    Json json = line("ready");
    json["open_s"] = std::round(openedInSeconds * 1e4) / 1e4;
    json["image"] = image;
    write(json);
}

void Reporter::start(const std::string &probe)
{
    Json json = line("start");
    json["probe"] = probe;
    write(json);
}

void Reporter::progress(const std::string &probe, int done, int of, const std::string &what)
{
    Json json = line("progress");
    json["probe"] = probe;
    json["done"] = done;
    json["of"] = of;
    put(json, "what", what);
    write(json);
}

void Reporter::metric(const Metric &metric)
{
    Json json = line("metric");
    json["probe"] = metric.probe;
    json["metric"] = metric.name;
    json["value"] = significant(metric.value);
    json["unit"] = metric.unit;
    json["counts"] = metric.counts;
    if (metric.timing.repetitions > 0) {
        json["best_ms"] = significant(metric.timing.bestMs);
        json["median_ms"] = significant(metric.timing.medianMs);
        json["p95_ms"] = significant(metric.timing.p95Ms);
        json["cv"] = std::round(metric.timing.variation * 1e4) / 1e4;
        json["reps"] = metric.timing.repetitions;
    }
    for (const auto &[key, value] : metric.numbers)
        json[key] = std::floor(value) == value && std::fabs(value) < 9e15 ? Json(static_cast<std::int64_t>(value))
                                                                          : Json(significant(value));
    for (const auto &[key, value] : metric.words)
        json[key] = value;
    json["valid"] = metric.wrong == 0;
    if (metric.wrong > 0) {
        json["wrong"] = metric.wrong;
        for (const Finding &finding : metric.findings)
            json["findings"].push_back(describe(finding));
    }
    write(json);
}

void Reporter::skip(const std::string &probe, const std::string &why)
{
    Json json = line("skip");
    json["probe"] = probe;
    json["why"] = why;
    write(json);
}

void Reporter::inconclusive(const std::string &probe, const std::string &why)
{
    Json json = line("inconclusive");
    put(json, "probe", probe);
    json["why"] = why;
    write(json);
}

void Reporter::error(const std::string &probe, const Failure &failure)
{
    Json json = line("error");
    put(json, "probe", probe);
    json["code"] = failure.code;
    json["name"] = failure.name;
    json["what"] = failure.what;
    write(json);
}

void Reporter::stopped(const std::string &why)
{
    Json json = line("stopped");
    json["why"] = why;
    write(json);
}

void Reporter::done(int metrics, std::uint64_t wrong)
{
    Json json = line("done");
    json["metrics"] = metrics;
    json["wrong"] = wrong;
    json["data_ok"] = wrong == 0;
    write(json);
}

void Reporter::verdict(const Json &judgement)
{
    Json json = line("verdict");
    json.update(judgement);
    write(json);
}

void Reporter::bye(int exitCode)
{
    Json json = line("bye");
    json["seconds"] = json["t"];
    json["exit"] = exitCode;
    write(json);
}

} // namespace probe
