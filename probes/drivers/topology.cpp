// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/topology.h"

#include "probes/drivers/absence.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sched.h>
#include <sstream>

namespace probe {
namespace {

std::map<std::string, long> propertiesIn(const std::filesystem::path &file)
{
    std::map<std::string, long> properties;
    std::ifstream stream(file);
    std::string name;
    for (long value = 0; stream >> name >> value;)
        properties[name] = value;
    return properties;
}

} // namespace

std::string amdProcessorName(int version)
{
    if (version <= 0)
        return {};
    char text[32];
    std::snprintf(text, sizeof(text), "gfx%d%x%x", version / 10000, static_cast<unsigned>(version / 100 % 100),
                  static_cast<unsigned>(version % 100));
    return text;
}

std::string amdProcessorAt(const std::string &pciAddress)
{
    unsigned domain = 0, bus = 0, device = 0, function = 0;
    if (std::sscanf(pciAddress.c_str(), "%x:%x:%x.%x", &domain, &bus, &device, &function) != 4)
        return {};
    const long location = static_cast<long>(bus << 8 | device << 3 | function);
    std::error_code error;
    for (const auto &node :
         std::filesystem::directory_iterator(machinePath("/sys/class/kfd/kfd/topology/nodes"), error)) {
        auto properties = propertiesIn(node.path() / "properties");
        if (properties["gfx_target_version"] > 0 && properties["location_id"] == location
            && properties["domain"] == static_cast<long>(domain))
            return amdProcessorName(static_cast<int>(properties["gfx_target_version"]));
    }
    return {};
}

std::vector<int> parseCpuList(const std::string &text)
{
    std::vector<int> cpus;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
        int first = 0, last = 0;
        const int read = std::sscanf(part.c_str(), "%d-%d", &first, &last);
        for (int cpu = first; read > 0 && cpu <= (read == 2 ? last : first) && cpu < CPU_SETSIZE; cpu++)
            cpus.push_back(cpu);
    }
    return cpus;
}

std::vector<int> cpusOfNode(int node)
{
    return parseCpuList(machineLine("/sys/devices/system/node/node" + std::to_string(node) + "/cpulist"));
}

void stayOnNode(int node)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int cpu : cpusOfNode(node))
        CPU_SET(cpu, &set);
    if (CPU_COUNT(&set) > 0 && sched_setaffinity(0, sizeof(set), &set) != 0)
        return;
}

} // namespace probe
