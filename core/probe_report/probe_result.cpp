// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/probe_result.h"

#include "core/probe_report/probe_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

namespace {

constexpr const char *documentKind = "probe-result/1";
constexpr std::array eventNames{"skip", "inconclusive", "error", "stopped"};

std::string lower(std::string text)
{
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(c < 0x80 ? std::tolower(c) : c); });
    return text;
}

/// The product's name without the slice the driver adds: "NVIDIA A100-SXM4-40GB MIG 1g.5gb".
std::pair<std::string, std::string> productAndSlice(const ProbeDevice &device)
{
    const auto at = device.name.find(" MIG ");
    if (at == std::string::npos)
        return {device.name, ""};
    return {device.name.substr(0, at), device.name.substr(at + 5)};
}

std::string vendorOf(const ProbeDevice &device)
{
    const auto vendor = lower(device.vendor);
    for (const auto *known : {"nvidia", "amd", "intel"})
        if (vendor.starts_with(known))
            return known;
    return vendor.starts_with("advanced micro devices") ? "amd" : vendor;
}

std::string partitionOf(const ProbeDevice &device, const std::string &slice)
{
    if (!device.migSlice && slice.empty())
        return lower(device.partition) == "spx" ? "" : lower(device.partition);
    if (!slice.empty())
        return "mig " + slice;
    // The driver did not name the profile: its size tells it from other profiles.
    return fmt::format("mig {} units {} MiB", device.units.value_or(0), device.memoryBytes.value_or(0) >> 20);
}

OrderedJson eventJson(const ProbeEvent &event)
{
    OrderedJson json{{"ev", eventNames.at(static_cast<std::size_t>(event.kind))}, {"what", event.what}};
    if (!event.probe.empty())
        json["probe"] = event.probe;
    if (event.kind == ProbeEvent::Kind::Error) {
        json["code"] = event.code;
        json["name"] = event.name;
    }
    return json;
}

void readEvent(const Json &json, ProbeFields &of, ProbeResult &result)
{
    ProbeFields fields(json);
    const auto *const kind = std::ranges::find(eventNames, fields.text("ev"));
    if (kind == eventNames.end())
        return; // of a later version: nothing this one could say about it
    result.events.push_back({static_cast<ProbeEvent::Kind>(kind - eventNames.begin()), result.device.id,
                             fields.text("probe"), static_cast<int>(fields.whole("code").value_or(0)),
                             fields.text("name"), fields.text("what")});
    if (!fields.good())
        of.wrong("events: " + fields.fault());
}

void readParts(ProbeFields &fields, ProbeResult &result)
{
    if (const auto *device = fields.object("device")) {
        ProbeFields parts(*device);
        result.device = readProbeDevice(parts);
        if (!parts.good())
            fields.wrong("device: " + parts.fault());
    } else {
        fields.wrong("device is missing");
    }
    const auto *metrics = fields.list("metrics");
    for (const auto &metric : metrics == nullptr ? Json::array() : *metrics) {
        if (!metric.is_object()) {
            fields.wrong("metrics holds something that is no object");
            continue;
        }
        ProbeFields parts(metric);
        result.metrics.push_back(readProbeMetric(parts));
        if (!parts.good())
            fields.wrong("metrics: " + parts.fault());
    }
    const auto *events = fields.list("events");
    for (const auto &event : events == nullptr ? Json::array() : *events)
        if (event.is_object())
            readEvent(event, fields, result);
}

} // namespace

std::string cardOf(const ProbeResult &result)
{
    const auto &device = result.device;
    const bool hasUuid = std::ranges::any_of(device.uuid, [](char c) { return c >= '1' && c <= '9'; })
        || std::ranges::any_of(device.uuid.substr(std::min<std::size_t>(4, device.uuid.size())),
                               [](char c) { return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
    if (hasUuid)
        return device.uuid;
    return result.host + "/" + (device.pci.empty() ? device.id : device.pci);
}

const Sku *skuOf(const ProbeDevice &device, const Catalog &catalog)
{
    return catalog.findByProduct(vendorOf(device), productAndSlice(device).first);
}

BaselineKey baselineKey(const ProbeResult &result, const Catalog &catalog)
{
    const auto [product, slice] = productAndSlice(result.device);
    const auto *sku = skuOf(result.device, catalog);
    return {sku == nullptr ? product : sku->id, result.kernels, result.device.backend,
            partitionOf(result.device, slice)};
}

std::vector<ProbeResult> resultsOf(const ProbeReport &report, const std::string &source, std::int64_t receivedAt,
                                   const std::string &host)
{
    std::vector<ProbeResult> results;
    for (const auto &device : report.devices) {
        ProbeResult result{.host = host.empty() ? report.host : host,
                           .source = source,
                           .time = report.time.value_or(receivedAt),
                           .version = report.version,
                           .kernels = report.kernels,
                           .profile = report.profile,
                           .device = device,
                           .metrics = {},
                           .events = {},
                           .finished = std::ranges::find(report.finished, device.id) != report.finished.end()};
        for (const auto &figure : report.figures)
            if (figure.device == device.id)
                result.metrics.push_back(figure.metric);
        std::ranges::copy_if(report.events, std::back_inserter(result.events),
                             [&device](const ProbeEvent &event) { return event.device == device.id; });
        const bool planned = std::ranges::find(report.planned, device.id) != report.planned.end();
        if (planned || !result.metrics.empty() || !result.events.empty())
            results.push_back(std::move(result));
    }
    return results;
}

std::string writeProbeResult(const ProbeResult &result)
{
    OrderedJson json{
        {"berth", documentKind},     {"host", result.host},         {"source", result.source},
        {"time", result.time},       {"version", result.version},   {"kernels", result.kernels},
        {"profile", result.profile}, {"finished", result.finished}, {"device", probeDeviceJson(result.device)}};
    json["metrics"] = OrderedJson::array();
    for (const auto &metric : result.metrics)
        json["metrics"].push_back(probeMetricJson(metric));
    json["events"] = OrderedJson::array();
    for (const auto &event : result.events)
        json["events"].push_back(eventJson(event));
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

Result<ProbeResult> readProbeResult(std::string_view line, const std::string &place)
{
    const auto json = Json::parse(line, nullptr, false);
    if (!json.is_object())
        return fail(ErrorKind::Parse, "is not a JSON object", place);
    ProbeFields fields(json);
    if (const auto kind = fields.text("berth"); kind != documentKind)
        return fail(ErrorKind::Parse, fmt::format("is \"{}\", not a \"{}\"", kind, documentKind), place,
                    kind.starts_with("probe-result/") ? "use a Berth as new as the one that wrote it" : "");
    ProbeResult result{.host = fields.text("host"),
                       .source = fields.text("source"),
                       .time = fields.whole("time").value_or(-1),
                       .version = fields.text("version"),
                       .kernels = fields.text("kernels"),
                       .profile = fields.text("profile"),
                       .device = {},
                       .metrics = {},
                       .events = {},
                       .finished = fields.flag("finished")};
    readParts(fields, result);
    if (result.time < 0)
        fields.wrong("time is missing");
    if (!fields.good())
        return fail(ErrorKind::Parse, fields.fault(), place);
    return result;
}

} // namespace core
