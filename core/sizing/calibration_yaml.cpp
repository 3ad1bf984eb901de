// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/yaml_fields.h"
#include "core/base/yaml_writer.h"
#include "core/sizing/calibration.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

constexpr std::string_view schema = "berth.dev/calibrations/v1";
constexpr std::int64_t mostBytes = 1LL << 50;

std::optional<Estimate> readBytes(const YAML::Node &node, const char *key)
{
    if (!node[key])
        return std::nullopt;
    yaml::checkKeys(node[key], key, {"low", "likely", "high"});
    const auto end = [&](const char *name) {
        const auto bytes = yaml::whole(node[key], name, 0, mostBytes);
        if (!bytes)
            yaml::broken(node[key], fmt::format("{}.{} is missing", key, name));
        return *bytes;
    };
    const Estimate out{end("low"), end("likely"), end("high")};
    if (out.low > out.likely || out.likely > out.high)
        yaml::broken(node[key], fmt::format("{} must have low <= likely <= high", key));
    return out;
}

Calibration readEntry(const YAML::Node &node)
{
    yaml::checkKeys(node, "a calibration",
                    {"id", "model", "sku", "engineVersion", "weights", "kvCache", "tensorParallel", "log", "date",
                     "weightBytes", "activationBytes", "runtimeBytes", "kvFactor", "notes"});
    Calibration out;
    out.id = yaml::required(node, "id");
    out.modelId = yaml::required(node, "model");
    out.skuId = yaml::required(node, "sku");
    out.engineVersion = yaml::required(node, "engineVersion");
    out.weights = yaml::required(node, "weights");
    out.kvCache = yaml::required(node, "kvCache");
    out.tensorParallel = static_cast<int>(yaml::whole(node, "tensorParallel", 1, 1024).value_or(1));
    out.log = yaml::required(node, "log");
    out.date = yaml::required(node, "date");
    out.weightBytes = readBytes(node, "weightBytes");
    out.activationBytes = readBytes(node, "activationBytes");
    out.runtimeBytes = readBytes(node, "runtimeBytes");
    out.kvFactor = yaml::number(node, "kvFactor", 0.1, 10);
    for (const auto &note : yaml::list(node, "notes"))
        out.notes.push_back(note.as<std::string>());
    return out;
}

std::string bytesLine(const char *key, const std::optional<Estimate> &bytes)
{
    return bytes
        ? fmt::format("    {}: {{low: {}, likely: {}, high: {}}}\n", key, bytes->low, bytes->likely, bytes->high)
        : std::string();
}

} // namespace

Result<Calibrations> parseCalibrations(const std::string &yaml, const std::string &place)
{
    Calibrations all;
    const auto read = yaml::readDocument(yaml, place, schema, [&all](const YAML::Node &document) {
        yaml::checkKeys(document, "a calibration file", {"schema", "calibrations"});
        for (const auto &node : yaml::list(document, "calibrations")) {
            auto entry = readEntry(node);
            if (std::ranges::find(all, entry.id, &Calibration::id) != all.end())
                yaml::broken(node, fmt::format("{} stands twice", entry.id));
            all.push_back(std::move(entry));
        }
    });
    return read ? Result<Calibrations>(std::move(all)) : std::unexpected(read.error());
}

std::string writeCalibrations(const Calibrations &all)
{
    std::string out = fmt::format("schema: {}\n", schema);
    out += all.empty() ? "calibrations: []\n" : "calibrations:\n";
    for (const auto &one : all) {
        out += fmt::format(
            "  - id: {}\n    model: {}\n    sku: {}\n    engineVersion: {}\n    weights: {}\n    kvCache: {}\n"
            "    tensorParallel: {}\n    log: {}\n    date: {}\n",
            yamlScalar(one.id), yamlScalar(one.modelId), yamlScalar(one.skuId), yamlScalar(one.engineVersion),
            yamlScalar(one.weights), yamlScalar(one.kvCache), one.tensorParallel, yamlScalar(one.log),
            yamlScalar(one.date));
        out += bytesLine("weightBytes", one.weightBytes) + bytesLine("activationBytes", one.activationBytes)
            + bytesLine("runtimeBytes", one.runtimeBytes);
        if (one.kvFactor)
            out += fmt::format("    kvFactor: {}\n", *one.kvFactor);
        out += one.notes.empty() ? "    notes: []\n" : "    notes:\n";
        for (const auto &note : one.notes)
            out += fmt::format("      - {}\n", yamlScalar(note));
    }
    return out;
}

} // namespace core
