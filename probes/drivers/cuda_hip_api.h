// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "probes/drivers/device.h"
#include "probes/drivers/library.h"

#include <optional>
#include <string>

namespace probe {

// The CUDA driver API and the HIP module API have one shape, so one table serves both. Our own declarations: signatures
// from NVIDIA's "CUDA Driver API" reference (13.0) and AMD's "HIP Runtime API" reference (6.2); every entry used here
// exists in libcuda since 11.0 and in libamdhip64 from .so.5 to .so.7. Numbers of attributes are at attribute().
struct CudaHipApi {
    bool isHip;
    Library library;

    int (*init)(unsigned);
    int (*driverVersion)(int *);
    int (*deviceCount)(int *);
    int (*deviceName)(char *, int, int);
    int (*deviceAttribute)(int *, int, int);
    int (*deviceMemory)(std::size_t *, int);
    int (*devicePciAddress)(char *, int, int);
    int (*deviceUuid)(unsigned char *, int); // optional
    int (*allocate)(DevicePointer *, std::size_t);
    int (*release)(DevicePointer);
    int (*allocatePinned)(void **, std::size_t, unsigned);
    int (*releasePinned)(void *);
    int (*upload)(DevicePointer, const void *, std::size_t, void *);
    int (*download)(void *, DevicePointer, std::size_t, void *);
    int (*clear)(DevicePointer, unsigned char, std::size_t);
    int (*memoryInfo)(std::size_t *, std::size_t *);
    int (*loadImage)(void **, const void *);
    int (*unloadImage)(void *);
    int (*function)(void **, void *, const char *);
    int (*launch)(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void *, void **,
                  void **);
    int (*createStream)(void **, unsigned);
    int (*destroyStream)(void *);
    int (*createEvent)(void **, unsigned);
    int (*destroyEvent)(void *);
    int (*recordEvent)(void *, void *);
    int (*waitForEvent)(void *);
    int (*elapsed)(float *, void *, void *);
    int (*finish)();
    int (*canAccessPeer)(int *, int, int);
    // CUDA only
    int (*retainContext)(void **, int);
    int (*releaseContext)(int);
    int (*currentContext)(void *);
    int (*enablePeerCuda)(void *, unsigned);
    int (*copyPeerCuda)(DevicePointer, void *, DevicePointer, void *, std::size_t, void *);
    int (*errorTextCuda)(int, const char **);
    // HIP only
    int (*setDevice)(int);
    int (*enablePeerHip)(int, unsigned);
    int (*copyPeerHip)(DevicePointer, int, DevicePointer, int, std::size_t, void *);
    const char *(*errorTextHip)(int);

    enum class Attribute { ComputeUnits, Lanes, ClockKHz, L2Bytes, Ecc, Major, Minor };
    [[nodiscard]] std::optional<int> attribute(Attribute attribute, int device) const;
    // The failure for an error number both APIs share, with the driver's own text.
    [[nodiscard]] Failure failure(int code, const char *call) const;
    [[nodiscard]] int version() const;
};

// Opens the library, finds every entry and initialises the driver.
Result<CudaHipApi> loadCudaHipApi(bool isHip);

// What the driver says of a device without opening it.
DeviceDescription describeDevice(const CudaHipApi &api, int device);

// "13.0" of 13000, "6.2" of 60200000.
std::string versionText(bool isHip, int version);

} // namespace probe
