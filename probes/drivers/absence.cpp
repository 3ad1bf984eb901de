// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/absence.h"

#include "probes/drivers/monitor.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace probe {
namespace {

// 0 when the device file opens for reading and writing, else errno.
int tryToOpen(const std::string &path)
{
    const int file = ::open(machinePath(path).c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0)
        return errno;
    ::close(file);
    return 0;
}

std::string whyNoAmdDevice()
{
    const int error = tryToOpen("/dev/kfd");
    if (error == EACCES || error == EPERM)
        return "no AMD GPU: permission denied on /dev/kfd; add this user to the group render (in a pod: request the "
               "GPU, or let the pod see /dev/kfd and /dev/dri)";
    if (error == ENOENT)
        return "no AMD GPU: there is no /dev/kfd, so the amdgpu kernel driver is not loaded or not shared with this "
               "container";
    return "no AMD GPU: the ROCm runtime found none";
}

std::string whyNoNvidiaDevice()
{
    if (const auto parent = migParentWithoutSlice())
        return "no CUDA device: MIG is on for " + *parent
            + " and no slice is visible to this process; a parent cannot be measured, choose a slice (create one, or "
              "set CUDA_VISIBLE_DEVICES to a MIG uuid)";
    const int error = tryToOpen("/dev/nvidiactl");
    if (error == EACCES || error == EPERM)
        return "no CUDA device: permission denied on /dev/nvidiactl";
    if (const char *visible = std::getenv("CUDA_VISIBLE_DEVICES"); visible)
        return "no CUDA device: CUDA_VISIBLE_DEVICES is \"" + std::string(visible) + "\" and leaves none";
    return "no CUDA device: the NVIDIA driver found none";
}

} // namespace

std::string machinePath(const std::string &path)
{
    const char *root = std::getenv("BERTH_PROBE_ROOT");
    return (root ? root : "") + path;
}

std::string machineLine(const std::string &path)
{
    std::ifstream file(machinePath(path));
    std::string line;
    std::getline(file, line);
    return line;
}

std::string whyNoDevice(bool isHip)
{
    return isHip ? whyNoAmdDevice() : whyNoNvidiaDevice();
}

} // namespace probe
