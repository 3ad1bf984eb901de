// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/drivers/library.h"
#include "probes/drivers/monitor.h"

#include <optional>
#include <string>

namespace probe {

// The part of NVML that is used, in our own declarations (NVIDIA, "NVML API Reference Manual", r580): signatures, and
// the bits of nvmlClocksEventReasons. Entries a library lacks leave their fact absent.
class Nvml {
public:
    static std::optional<Nvml> load();

    [[nodiscard]] void *card(const DeviceDescription &device) const; // nullptr: NVML does not know it
    [[nodiscard]] CardState state(void *card) const;
    [[nodiscard]] CardSetting setting(void *card) const;
    [[nodiscard]] EccCounts ecc(void *card) const;
    [[nodiscard]] std::optional<std::string> firstMigParent() const;

private:
    explicit Nvml(Library library);

    struct ProcessInfo { // nvmlProcessInfo_t of the _v3 calls
        unsigned pid;
        unsigned long long memory;
        unsigned gpuInstance, computeInstance;
    };
    struct Utilisation {
        unsigned gpu, memory;
    };

    Library m_library;
    int (*m_init)();
    int (*m_count)(unsigned *);
    int (*m_byIndex)(unsigned, void **);
    int (*m_byPci)(const char *, void **);
    int (*m_byUuid)(const char *, void **);
    int (*m_name)(void *, char *, unsigned);
    int (*m_clock)(void *, int, unsigned *);
    int (*m_temperature)(void *, int, unsigned *);
    int (*m_power)(void *, unsigned *);
    int (*m_powerLimit)(void *, unsigned *);
    int (*m_utilisation)(void *, Utilisation *);
    int (*m_throttle)(void *, unsigned long long *);
    int (*m_migMode)(void *, unsigned *, unsigned *);
    int (*m_processes)(void *, unsigned *, ProcessInfo *);
    int (*m_linkGeneration)(void *, unsigned *);
    int (*m_linkGenerationMax)(void *, unsigned *);
    int (*m_linkWidth)(void *, unsigned *);
    int (*m_linkWidthMax)(void *, unsigned *);
    int (*m_ecc)(void *, int, int, unsigned long long *);
};

} // namespace probe
