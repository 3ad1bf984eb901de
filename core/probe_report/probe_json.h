// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/probe_report.h"

#include <nlohmann/json.hpp>

namespace core {

/// Reads typed fields of one JSON object and remembers the first one of a wrong type. A missing field is no fault for
/// the readers of optional ones.
class ProbeFields {
public:
    explicit ProbeFields(const nlohmann::json &object) : m_object(object) {}

    std::string text(const char *key); ///< empty when missing
    bool flag(const char *key);        ///< false when missing
    std::optional<std::int64_t> whole(const char *key);
    std::optional<double> number(const char *key); ///< finite
    std::vector<std::string> texts(const char *key);
    std::vector<int> wholes(const char *key);
    const nlohmann::json *object(const char *key); ///< nullptr when missing
    const nlohmann::json *list(const char *key);
    const nlohmann::json &json() const { return m_object; }

    void wrong(const std::string &what);
    bool good() const { return m_fault.empty(); }
    const std::string &fault() const { return m_fault; }

private:
    const nlohmann::json *find(const char *key);
    const nlohmann::json &m_object;
    std::string m_fault;
};

// The same shapes as on berth-probe's lines; used for the lines, for the history and for its export.

ProbeDevice readProbeDevice(ProbeFields &fields);
ProbeMetric readProbeMetric(ProbeFields &fields);
nlohmann::ordered_json probeDeviceJson(const ProbeDevice &device);
nlohmann::ordered_json probeMetricJson(const ProbeMetric &metric);

} // namespace core
