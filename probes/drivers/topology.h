// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace probe {

// What the kernel knows of the machine around a card. Paths are below BERTH_PROBE_ROOT when that is set.

// The name of an AMD processor ("gfx942") at a PCI address, from the amdgpu driver's topology
// (/sys/class/kfd/kfd/topology/nodes/*/properties: gfx_target_version, location_id, domain); "" when it is not there.
std::string amdProcessorAt(const std::string &pciAddress);
// "gfx90a" of 90010: major * 10000 + minor * 100 + stepping, the last two as hexadecimal digits.
std::string amdProcessorName(int targetVersion);

// The CPUs of a NUMA node ("0-15,64-79" in /sys/devices/system/node/node0/cpulist).
std::vector<int> cpusOfNode(int node);
std::vector<int> parseCpuList(const std::string &text);
// Keeps this process on those CPUs, so pinned memory lies beside the card. Not being allowed to changes nothing.
void stayOnNode(int node);

} // namespace probe
