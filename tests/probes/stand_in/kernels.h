// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace standin {

// One kernel of the image: the real text, compiled for the CPU, and what it costs on the stand-in's clock.
struct KernelEntry {
    std::string name;
    std::function<void(void **arguments)> run; // one work-item
    std::function<double(void **arguments, std::uint64_t items)>
        nanoseconds; // a model, so no test depends on its machine
};

const std::map<std::string, KernelEntry> &kernels();

// Runs every work-item of a launch, one after another.
void runKernel(const KernelEntry &kernel, std::uint32_t groups, std::uint32_t perGroup, void **arguments);

} // namespace standin
