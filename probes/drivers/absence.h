// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace probe {

// Why a driver that is installed shows no device, in words and with the next step, from what the machine says: AMD's
// /dev/kfd and /dev/dri (permissions), NVIDIA's device files and MIG mode. BERTH_PROBE_ROOT replaces "/" (tests do).
std::string whyNoDevice(bool isHip);

// A path of this machine, below BERTH_PROBE_ROOT when that is set.
std::string machinePath(const std::string &path);
// The first line of such a file, without its newline; empty when it cannot be read.
std::string machineLine(const std::string &path);

} // namespace probe
