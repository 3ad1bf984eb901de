// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/topology.h"

#include "probes/drivers/absence.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
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

// Domain, bus, device and function of "0000:c1:00.1".
std::optional<std::array<unsigned, 4>> parsePciAddress(const std::string &text)
{
    std::array<unsigned, 4> parts{};
    const char *at = text.data(), *end = at + text.size();
    for (std::size_t i = 0; i < parts.size(); i++) {
        const auto [next, error] = std::from_chars(at, end, parts.at(i), 16);
        const bool isLast = i == parts.size() - 1;
        if (error != std::errc() || (!isLast && (next == end || *next != (i < 2 ? ':' : '.'))))
            return std::nullopt;
        at = next + (isLast ? 0 : 1);
    }
    return parts;
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
    const auto place = parsePciAddress(pciAddress);
    if (!place)
        return {};
    const long location = static_cast<long>(place->at(1) << 8 | place->at(2) << 3 | place->at(3));
    std::error_code error;
    for (const auto &node :
         std::filesystem::directory_iterator(machinePath("/sys/class/kfd/kfd/topology/nodes"), error)) {
        auto properties = propertiesIn(node.path() / "properties");
        if (properties["gfx_target_version"] > 0 && properties["location_id"] == location
            && properties["domain"] == static_cast<long>(place->at(0)))
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
        const char *end = part.data() + part.size();
        const auto [dash, error] = std::from_chars(part.data(), end, first);
        if (error != std::errc() || first < 0)
            continue;
        const bool isRange = dash != end && *dash == '-' && std::from_chars(dash + 1, end, last).ec == std::errc();
        for (int cpu = first; cpu <= (isRange ? last : first) && cpu < CPU_SETSIZE; cpu++)
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
