// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/schema.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// The PCIe link of a card as its driver states it, at the moment of asking: an idle card may have lowered `gen`.
struct ProbeLink {
    int gen = 0, width = 0, maxGen = 0, maxWidth = 0;
    bool operator==(const ProbeLink &) const = default;
};

/// A device as berth-probe describes it before it measures. Absent means the driver did not say.
struct ProbeDevice {
    std::string id;      ///< "cuda:0", of one run only
    std::string backend; ///< "cuda", "hip", "opencl"
    std::string name;    ///< "NVIDIA H200", "AMD Instinct MI300X"
    std::string type;    ///< "gpu", "cpu", "accelerator"
    std::string vendor, architecture, pci, uuid;
    std::string driver;       ///< of the backend: for cuda the highest CUDA version the driver takes
    std::optional<int> units; ///< SMs or CUs
    std::optional<std::int64_t> memoryBytes;
    bool migSlice = false;
    std::string partition; ///< AMD compute partition
    std::optional<double> powerLimitW;
    std::optional<ProbeLink> link;
    std::optional<std::int64_t> eccUncorrected;
    std::vector<int> otherPids; ///< processes that computed on it when it was asked
    bool operator==(const ProbeDevice &) const = default;
};

/// One value that was not what it had to be.
struct WrongValue {
    std::string pattern; ///< what was tested
    std::int64_t byte = 0;
    std::string address, want, got, unit;
    std::string secondRead; ///< the same word read again; equal to `got`: the cell holds it
    bool operator==(const WrongValue &) const = default;
};

/// One figure with its counting rule: like is compared with like only.
struct ProbeMetric {
    std::string probe, name; ///< "membw", "triad"
    double value = 0;
    std::string unit, counts;
    std::optional<double> variation; ///< standard deviation over mean of its repetitions
    bool valid = false;              ///< every value checked was right
    std::int64_t wrong = 0;
    std::vector<WrongValue> findings;
    std::map<std::string, double> numbers; ///< other named facts: bytes, units_seen, slowest_mhz
    std::map<std::string, std::string> words;

    std::string fullName() const { return probe + "." + name; }
    bool operator==(const ProbeMetric &) const = default;
};

/// Something that is no figure.
struct ProbeEvent {
    enum class Kind { Skip, Inconclusive, Error, Stopped };
    Kind kind{};
    std::string device, probe;
    int code = 0;
    std::string name; ///< of an error: ECC_UNCORRECTABLE, HANG, DIED_OF_SIGNAL, ...
    std::string what;
    bool operator==(const ProbeEvent &) const = default;
};

/// Where a run is, for a progress line.
struct ProbeProgress {
    std::string device, probe;
    int done = 0, of = 0; ///< steps of this probe; 0 of 0 when it does not say
    std::string what;
    int devicesDone = 0, devices = 0; ///< of the run
    bool operator==(const ProbeProgress &) const = default;
};

/// Everything one run of berth-probe said.
struct ProbeReport {
    bool begun = false; ///< the hello line was there; without it no figure can be compared
    std::string version, kernels, host, profile, lacks;
    std::optional<std::int64_t> time; ///< seconds since 1970
    struct Backend {
        std::string name;
        bool ok = false;
        std::string why, note; ///< why it has no device; what the reader must know of it
        bool operator==(const Backend &) const = default;
    };
    std::vector<Backend> backends;
    std::vector<ProbeDevice> devices;
    std::vector<std::string> planned;  ///< ids of the devices to be measured
    std::vector<std::string> finished; ///< those whose measuring ended by itself
    struct Figure {
        std::string device;
        ProbeMetric metric;
        bool operator==(const Figure &) const = default;
    };
    std::vector<Figure> figures;
    std::vector<ProbeEvent> events;
    std::optional<int> exitCode; ///< absent: the report was cut short
    double seconds = 0;
    std::vector<std::string> log;      ///< lines that are no JSON: what a driver or a shell printed; the first 200
    std::vector<std::string> problems; ///< what could not be read, "line 7: ..."; the first 50
    bool operator==(const ProbeReport &) const = default;
};

class ProbeFields;

/// Reads berth-probe's lines as they come. Nothing it is given can make it fail: a line that is no JSON is log, one of
/// another schema version or with fields of a wrong type is a problem that names its line, events and keys it does not
/// know are passed over (the schema's rule). One thread.
class ProbeReader {
public:
    /// One line, with or without its end. Returns the new progress when the line changed it.
    std::optional<ProbeProgress> line(std::string_view text);
    const ProbeReport &report() const { return m_report; }

private:
    void problem(std::string what);
    void noEvent(std::string_view text);
    std::optional<ProbeProgress> progress(const std::string &event, ProbeFields &fields);
    ProbeReport m_report;
    ProbeProgress m_progress;
    int m_number = 0;
    bool m_otherVersion = false; ///< said once
};

/// A whole report, such as a file or a pod's log.
ProbeReport readProbeReport(std::string_view text);

} // namespace core
