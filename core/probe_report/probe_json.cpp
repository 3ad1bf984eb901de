// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/probe_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace core {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

namespace {

constexpr std::size_t mostFindings = 100;

/// Keys of a metric that have a member of their own; the others are facts of its probe.
constexpr std::array ownKeys{"v",    "t",      "ev", "device", "probe", "metric", "value",
                             "unit", "counts", "cv", "reps",   "valid", "wrong",  "findings"};

WrongValue readWrongValue(ProbeFields &fields)
{
    return {fields.text("pattern"),    fields.whole("byte").value_or(0),
            fields.text("address"),    fields.text("want"),
            fields.text("got"),        fields.text("unit"),
            fields.text("second_read")};
}

OrderedJson wrongValueJson(const WrongValue &value)
{
    OrderedJson json{{"pattern", value.pattern}, {"byte", value.byte}, {"want", value.want}, {"got", value.got}};
    for (const auto &[key, text] :
         {std::pair{"address", &value.address}, {"unit", &value.unit}, {"second_read", &value.secondRead}})
        if (!text->empty())
            json[key] = *text;
    return json;
}

std::optional<ProbeLink> readLink(ProbeFields &fields)
{
    const auto *link = fields.object("link");
    if (link == nullptr)
        return {};
    ProbeFields parts(*link);
    const auto part = [&parts](const char *key) { return static_cast<int>(parts.whole(key).value_or(0)); };
    const ProbeLink read{part("gen"), part("width"), part("max_gen"), part("max_width")};
    if (!parts.good())
        fields.wrong("link: " + parts.fault());
    return read;
}

void readFacts(ProbeFields &fields, ProbeMetric &metric)
{
    for (const auto &[key, value] : fields.json().items()) {
        if (std::ranges::find(ownKeys, key) != ownKeys.end())
            continue;
        if (value.is_number())
            metric.numbers[key] = value.get<double>();
        else if (value.is_string())
            metric.words[key] = value.get<std::string>();
    }
}

} // namespace

void ProbeFields::wrong(const std::string &what)
{
    if (m_fault.empty())
        m_fault = what;
}

const Json *ProbeFields::find(const char *key)
{
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

std::string ProbeFields::text(const char *key)
{
    const auto *value = find(key);
    if (value == nullptr)
        return {};
    if (!value->is_string()) {
        wrong(fmt::format("{} is not a text", key));
        return {};
    }
    return value->get<std::string>();
}

bool ProbeFields::flag(const char *key)
{
    const auto *value = find(key);
    if (value != nullptr && !value->is_boolean())
        wrong(fmt::format("{} is neither true nor false", key));
    return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::optional<std::int64_t> ProbeFields::whole(const char *key)
{
    const auto *value = find(key);
    if (value == nullptr)
        return {};
    // Far above any count of bytes, far below where a conversion would overflow.
    constexpr double most = 9e15;
    if (!value->is_number() || std::fabs(value->get<double>()) > most
        || std::trunc(value->get<double>()) != value->get<double>()) {
        wrong(fmt::format("{} is not a whole number", key));
        return {};
    }
    return static_cast<std::int64_t>(value->get<double>());
}

std::optional<double> ProbeFields::number(const char *key)
{
    const auto *value = find(key);
    if (value == nullptr)
        return {};
    if (!value->is_number() || !std::isfinite(value->get<double>())) {
        wrong(fmt::format("{} is not a number", key));
        return {};
    }
    return value->get<double>();
}

const Json *ProbeFields::object(const char *key)
{
    const auto *value = find(key);
    if (value != nullptr && !value->is_object())
        wrong(fmt::format("{} is not an object", key));
    return value != nullptr && value->is_object() ? value : nullptr;
}

const Json *ProbeFields::list(const char *key)
{
    const auto *value = find(key);
    if (value != nullptr && !value->is_array())
        wrong(fmt::format("{} is not a list", key));
    return value != nullptr && value->is_array() ? value : nullptr;
}

std::vector<std::string> ProbeFields::texts(const char *key)
{
    std::vector<std::string> out;
    const auto *values = list(key);
    for (const auto &value : values == nullptr ? Json::array() : *values) {
        if (!value.is_string()) {
            wrong(fmt::format("{} holds something that is not a text", key));
            return {};
        }
        out.push_back(value.get<std::string>());
    }
    return out;
}

std::vector<int> ProbeFields::wholes(const char *key)
{
    std::vector<int> out;
    const auto *values = list(key);
    for (const auto &value : values == nullptr ? Json::array() : *values) {
        if (!value.is_number_integer()) {
            wrong(fmt::format("{} holds something that is not a whole number", key));
            return {};
        }
        out.push_back(static_cast<int>(value.get<std::int64_t>()));
    }
    return out;
}

ProbeDevice readProbeDevice(ProbeFields &fields)
{
    ProbeDevice device{.id = fields.text("device"),
                       .backend = fields.text("backend"),
                       .name = fields.text("name"),
                       .type = fields.text("type"),
                       .vendor = fields.text("vendor"),
                       .architecture = fields.text("arch"),
                       .pci = fields.text("pci"),
                       .uuid = fields.text("uuid"),
                       .driver = fields.text("driver"),
                       .units = {},
                       .memoryBytes = fields.whole("mem"),
                       .migSlice = fields.flag("mig"),
                       .partition = fields.text("partition"),
                       .powerLimitW = fields.number("power_limit_w"),
                       .link = readLink(fields),
                       .eccUncorrected = fields.whole("ecc_uncorrected"),
                       .otherPids = {}};
    if (const auto units = fields.whole("units"))
        device.units = static_cast<int>(*units);
    if (const auto *busy = fields.object("busy"))
        device.otherPids = ProbeFields(*busy).wholes("pids");
    if (device.id.empty() || device.name.empty())
        fields.wrong("a device without id or name");
    return device;
}

ProbeMetric readProbeMetric(ProbeFields &fields)
{
    ProbeMetric metric{.probe = fields.text("probe"),
                       .name = fields.text("metric"),
                       .unit = fields.text("unit"),
                       .counts = fields.text("counts"),
                       .variation = fields.number("cv"),
                       .valid = fields.flag("valid"),
                       .wrong = fields.whole("wrong").value_or(0),
                       .findings = {},
                       .numbers = {},
                       .words = {}};
    const auto value = fields.number("value");
    metric.value = value.value_or(0);
    if (metric.probe.empty() || metric.name.empty() || !value || metric.value < 0)
        fields.wrong("a figure without name, or without a value of at least 0");
    const auto *findings = fields.list("findings");
    for (const auto &finding : findings == nullptr ? Json::array() : *findings) {
        if (!finding.is_object() || metric.findings.size() == mostFindings)
            continue;
        ProbeFields parts(finding);
        metric.findings.push_back(readWrongValue(parts));
        if (!parts.good())
            fields.wrong("findings: " + parts.fault());
    }
    readFacts(fields, metric);
    return metric;
}

OrderedJson probeDeviceJson(const ProbeDevice &device)
{
    OrderedJson json{{"device", device.id}, {"backend", device.backend}, {"name", device.name}, {"type", device.type}};
    for (const auto &[key, text] : {std::pair{"vendor", &device.vendor},
                                    {"arch", &device.architecture},
                                    {"pci", &device.pci},
                                    {"uuid", &device.uuid},
                                    {"driver", &device.driver},
                                    {"partition", &device.partition}})
        if (!text->empty())
            json[key] = *text;
    if (device.units)
        json["units"] = *device.units;
    if (device.memoryBytes)
        json["mem"] = *device.memoryBytes;
    json["mig"] = device.migSlice;
    if (device.powerLimitW)
        json["power_limit_w"] = *device.powerLimitW;
    if (device.link)
        json["link"] = {{"gen", device.link->gen},
                        {"width", device.link->width},
                        {"max_gen", device.link->maxGen},
                        {"max_width", device.link->maxWidth}};
    if (device.eccUncorrected)
        json["ecc_uncorrected"] = *device.eccUncorrected;
    if (!device.otherPids.empty())
        json["busy"] = {{"pids", device.otherPids}};
    return json;
}

OrderedJson probeMetricJson(const ProbeMetric &metric)
{
    OrderedJson json{{"probe", metric.probe}, {"metric", metric.name},   {"value", metric.value},
                     {"unit", metric.unit},   {"counts", metric.counts}, {"valid", metric.valid}};
    if (metric.variation)
        json["cv"] = *metric.variation;
    if (metric.wrong > 0)
        json["wrong"] = metric.wrong;
    for (const auto &finding : metric.findings)
        json["findings"].push_back(wrongValueJson(finding));
    for (const auto &[key, value] : metric.numbers)
        json[key] = value;
    for (const auto &[key, value] : metric.words)
        json[key] = value;
    return json;
}

} // namespace core
