// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/run/expectations.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace probe {
namespace {

using Json = nlohmann::json;

bool contains(const std::string &text, const std::string &part)
{
    return !std::ranges::search(text, part,
                                [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); })
                .empty()
        || part.empty();
}

std::expected<Expectation, std::string> entryOf(const Json &json)
{
    Expectation e;
    const auto text = [&](const char *key, std::string &into) {
        if (json.contains(key) && json[key].is_string())
            into = json[key].get<std::string>();
    };
    if (!json.is_object())
        return std::unexpected("is not an object");
    text("device", e.device);
    text("metric", e.metric);
    text("unit", e.unit);
    text("source", e.source);
    if (!e.metric.contains('.'))
        return std::unexpected("metric must be written as probe.metric, such as membw.triad");
    if (!json.contains("value") || !json["value"].is_number() || json["value"].get<double>() <= 0)
        return std::unexpected("value must be a number above 0");
    e.value = json["value"].get<double>();
    for (const auto &[key, into] : {std::pair{"pass", &e.pass}, {"fail", &e.fail}}) {
        if (!json.contains(key))
            continue;
        if (!json[key].is_number())
            return std::unexpected(std::string(key) + " must be a number");
        *into = json[key].get<double>();
    }
    const bool isOrdered = e.fail > 0 && e.fail <= e.pass; // false for NaN
    if (!isOrdered)
        return std::unexpected("fail must be above 0 and not above pass");
    e.lowerIsBetter = json.value("lower_is_better", Json(false)) == Json(true);
    return e;
}

std::expected<Json, std::string> documentOf(const std::string &path)
{
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown))
        return std::unexpected(path + ": is a folder; name the file in it that holds the figures");
    errno = 0;
    std::ifstream file(path);
    if (!file)
        return std::unexpected(path + ": cannot be read: " + std::strerror(errno)
                               + "; name a file that is there and may be read");
    Json json = Json::parse(file, nullptr, false);
    if (json.is_discarded())
        return std::unexpected(path + ": not JSON");
    return json;
}

} // namespace

std::expected<std::vector<Expectation>, std::string> readExpectations(const std::string &path)
{
    const auto document = documentOf(path);
    if (!document)
        return std::unexpected(document.error());
    const Json &json = *document;
    if (!json.is_object() || json.value("v", Json()) != Json(1))
        return std::unexpected(path + ": must be an object with \"v\": 1");
    if (!json.contains("entries") || !json["entries"].is_array() || json["entries"].empty())
        return std::unexpected(path + ": has no entries");
    std::vector<Expectation> all;
    for (const Json &entry : json["entries"]) {
        auto one = entryOf(entry);
        if (!one)
            return std::unexpected(path + ": entry " + std::to_string(all.size() + 1) + ": " + one.error());
        all.push_back(std::move(*one));
    }
    return all;
}

nlohmann::ordered_json judge(const std::vector<Expectation> &expectations, const std::string &deviceName,
                             const Json &line)
{
    const std::string metric = line.value("probe", "") + "." + line.value("metric", "");
    const double measured = line.value("value", 0.0);
    nlohmann::ordered_json result = {{"metric", metric}, {"measured", measured}, {"unit", line.value("unit", "")}};
    const auto found = std::ranges::find_if(expectations, [&](const Expectation &e) {
        return e.metric == metric && contains(deviceName, e.device)
            && (e.unit.empty() || e.unit == line.value("unit", ""));
    });
    if (found == expectations.end()) {
        result["verdict"] = "no reference";
        return result;
    }
    const double ratio = core::speedRatio(measured, found->value, found->lowerIsBetter);
    result["expected"] = found->value;
    result["ratio"] = std::round(ratio * 1e4) / 1e4;
    result["verdict"] = ratio >= found->pass ? "pass" : ratio >= found->fail ? "warn" : "fail";
    if (!found->source.empty())
        result["source"] = found->source;
    return result;
}

} // namespace probe
