// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/scenario_probes.h"

#include "app/demo_cluster/scenario_yaml.h"

#include <fmt/chrono.h>

#include <array>
#include <ctime>

namespace app {

using nlohmann::json;
using namespace scenario_yaml;

namespace {

/// The first line of every log here.
constexpr std::string_view madeUp = "# a demo log: written for Berth's demo cluster, not measured\n";

/// How a figure is counted, as berth-probe says it.
struct Figure {
    const char *probe, *metric, *unit, *counts;
};
constexpr Figure figures[] = {{"launch", "roundtrip", "us", "launch and wait"},
                              {"membw", "triad", "GB/s", "read+write"},
                              {"membw", "copy", "GB/s", "read+write"},
                              {"membw", "read", "GB/s", "read"},
                              {"library", "bf16", "TFLOP/s", "2 a multiply-add, dense, random integers -15..15"},
                              {"link", "h2d_pinned", "GB/s", "one way"},
                              {"link", "d2h_pinned", "GB/s", "one way"},
                              {"memtest", "bad_words", "words", "words that were not as written"}};

/// What a card measured in a run: a list says it, a number varies by up to 0.4 % as real ones do.
double valueOf(const YAML::Node &written, std::size_t run)
{
    constexpr std::array spread{0.0, 0.003, -0.004, 0.001, -0.002, 0.004, -0.001};
    if (!written.IsSequence())
        return written.as<double>() * (1 + spread.at(run % spread.size()));
    if (run >= written.size())
        refuse(written, "a figure is needed for each run");
    return written[run].as<double>();
}

/// Generation and lanes, newest run first; runs beyond the list had all that the card can.
json linkOf(const YAML::Node &written, std::size_t run)
{
    const bool known = written && run < written.size();
    return {{"gen", known ? written[run][0].as<int>() : 5},
            {"width", known ? written[run][1].as<int>() : 16},
            {"max_gen", 5},
            {"max_width", 16}};
}

/// The report of one run, line after line.
class Log {
public:
    void add(json line)
    {
        line["v"] = 1;
        line["t"] = m_seconds;
        m_seconds += 0.125;
        m_text += line.dump() + "\n";
    }
    void addCard(const std::string &device, const YAML::Node &card, std::size_t run)
    {
        int count = 0;
        for (const auto &figure : figures)
            if (const auto written = card[fmt::format("{}.{}", figure.probe, figure.metric)]) {
                add({{"ev", "metric"},
                     {"device", device},
                     {"probe", figure.probe},
                     {"metric", figure.metric},
                     {"value", valueOf(written, run)},
                     {"unit", figure.unit},
                     {"counts", figure.counts},
                     {"valid", true}});
                ++count;
            }
        add({{"ev", "done"}, {"device", device}, {"metrics", count}, {"wrong", 0}, {"data_ok", true}});
    }
    std::string text() const { return m_text; }

private:
    std::string m_text{madeUp};
    double m_seconds = 0;
};

std::string logOf(const YAML::Node &entry, std::size_t run, std::int64_t time)
{
    Log log;
    const auto backend = text(entry, "backend");
    log.add({{"ev", "hello"},
             {"tool", "berth-probe"},
             {"version", "0.1.0"},
             {"kernels", "pk-3"},
             {"host", text(entry, "on")},
             {"profile", "quick"},
             {"time", time}});
    log.add({{"ev", "backend"}, {"backend", backend}, {"ok", true}});
    std::vector<std::string> devices;
    for (const auto &card : entry["cards"]) {
        devices.push_back(fmt::format("{}:{}", backend, devices.size()));
        auto device = strings(entry["card"]);
        device.update({{"ev", "device"},
                       {"device", devices.back()},
                       {"backend", backend},
                       {"type", "gpu"},
                       {"pci", text(card, "pci")},
                       {"uuid", text(card, "uuid")},
                       {"link", linkOf(card["link"], run)}});
        log.add(std::move(device));
    }
    log.add({{"ev", "plan"}, {"devices", devices}});
    for (std::size_t i = 0; i < devices.size(); ++i)
        log.addCard(devices[i], entry["cards"][i], run);
    log.add({{"ev", "bye"}, {"exit", 0}});
    return log.text();
}

/// A finished pod of a measuring Job on the entry's node.
json measuringPod(const YAML::Node &entry, const std::string &name, const char *kind, std::size_t devices)
{
    PodParts pod;
    pod.name = pod.owner = name;
    pod.node = text(entry, "on");
    pod.phase = "Succeeded";
    pod.image = "registry.example/measure:0.1.0";
    pod.ownerKind = "Job";
    pod.labels = {{"app.kubernetes.io/managed-by", "berth"}, {"berth.dev/job", kind}};
    pod.resources[text(entry, "resource")] = std::to_string(devices);
    return makePod(pod);
}

/// The document that `vllm bench serve --save-result` writes for one load point.
json loadPoint(const YAML::Node &entry, const YAML::Node &point, std::int64_t time)
{
    const auto number = [&point](const char *name) { return point[name].as<double>(); };
    const auto tokens = number("tokensPerSecond");
    const double outputs = 256, inputs = 1024, requests = 512; // of a request, of a request, of the run
    json out{{"date", fmt::format("{:%Y%m%d-%H%M%S}", fmt::gmtime(static_cast<std::time_t>(time)))},
             {"model_id", text(entry, "model")},
             {"completed", requests},
             {"failed", 0},
             {"total_input_tokens", requests * inputs},
             {"total_output_tokens", requests * outputs},
             {"request_rate", "inf"},
             {"max_concurrency", number("concurrency")},
             {"request_throughput", tokens / outputs},
             {"output_throughput", tokens},
             {"total_token_throughput", tokens * (inputs + outputs) / outputs}};
    for (const auto *name : {"ttft", "itl"})
        for (const auto &[kind, factor] : {std::pair{"mean", 1.0}, {"median", 0.96}, {"p99", 1.9}})
            out[fmt::format("{}_{}_ms", kind, name)] = number(name) * factor;
    return out;
}

} // namespace

void addProbeRuns(const YAML::Node &entry, std::int64_t now, Scenario &scenario)
{
    allowOnly(entry, {"on", "resource", "backend", "card", "hoursAgo", "cards"});
    needNode(entry["on"], text(entry, "on"), scenario);
    std::size_t run = 0;
    for (const auto &hours : entry["hoursAgo"]) {
        const auto name = fmt::format("probe-{}-{}", text(entry, "on"), run);
        scenario.pods.push_back(measuringPod(entry, name, "probe", entry["cards"].size()));
        scenario.logs["default/" + name] =
            logOf(entry, run, now - static_cast<std::int64_t>(hours.as<double>() * 3600));
        ++run;
    }
}

void addServingBenchmark(const YAML::Node &entry, std::int64_t now, Scenario &scenario)
{
    allowOnly(entry, {"name", "on", "resource", "model", "sku", "gpus", "hoursAgo", "points"});
    needNode(entry["on"], text(entry, "on"), scenario);
    const auto time = now - static_cast<std::int64_t>(entry["hoursAgo"].as<double>() * 3600);
    std::size_t number = 0;
    for (const auto &point : entry["points"]) {
        allowOnly(point, {"concurrency", "tokensPerSecond", "ttft", "itl"});
        const auto name = fmt::format("{}-{}", text(entry, "name"), number++);
        auto pod = measuringPod(entry, name, "serving-benchmark", entry["gpus"].as<std::size_t>());
        pod["metadata"]["annotations"] = {{"berth.dev/model", text(entry, "model")},
                                          {"berth.dev/sku", text(entry, "sku")},
                                          {"berth.dev/gpus", text(entry, "gpus")}};
        scenario.pods.push_back(std::move(pod));
        scenario.logs["default/" + name] = fmt::format("{}{}\n", madeUp, loadPoint(entry, point, time).dump());
    }
}

} // namespace app
