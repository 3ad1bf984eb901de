// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/catalog/catalog.h"
#include "core/probe_report/probe_report.h"

#include <compare>

namespace core {

/// What one run said of one card: what the history keeps. A value.
struct ProbeResult {
    std::string host;      ///< the machine; for a run in a pod the node
    std::string source;    ///< "local", "job berth/probe-gpu-01", "import"
    std::int64_t time = 0; ///< seconds since 1970
    std::string version, kernels, profile;
    ProbeDevice device;
    std::vector<ProbeMetric> metrics;
    std::vector<ProbeEvent> events;
    bool finished = false; ///< its measuring ended by itself
    bool operator==(const ProbeResult &) const = default;
};

/// Names one card for good: its UUID, else host and PCI address, else host and the run's own id. Zero UUIDs, which some
/// drivers give, are none.
std::string cardOf(const ProbeResult &result);

/// What figures must share to be compared. A MIG slice, an AMD partition and a whole card are never compared with each
/// other, nor figures of two versions of the kernels or of two drivers' interfaces.
struct BaselineKey {
    std::string sku; ///< catalogue id, or the device's own name where the catalogue does not know it
    std::string kernels, backend;
    std::string partition; ///< "" for a whole card, "mig 1g.10gb", "cpx"
    auto operator<=>(const BaselineKey &) const = default;
};
BaselineKey baselineKey(const ProbeResult &result, const Catalog &catalog);
/// The catalogue's entry of a device; nullptr when it has none.
const Sku *skuOf(const ProbeDevice &device, const Catalog &catalog);

/// One result a device, in the report's order; a device that was found and not measured has none. `receivedAt` stands
/// in for a report without a time; `host`, when given, for the name the probe saw (a pod's).
std::vector<ProbeResult> resultsOf(const ProbeReport &report, const std::string &source, std::int64_t receivedAt,
                                   const std::string &host = {});

/// The document the history keeps and exports, one line without its end: {"berth": "probe-result/1", ...}.
std::string writeProbeResult(const ProbeResult &result);
/// Parse error with `place`: not JSON, another version, a missing or wrongly typed field.
Result<ProbeResult> readProbeResult(std::string_view line, const std::string &place);

} // namespace core
