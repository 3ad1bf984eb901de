// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/engine/scarcity.h"

#include <algorithm>
#include <cmath>

namespace core::engine {

namespace {

// Score points: one point is one thousandth of a GPU left unusable.
constexpr double SkuWeight = 300;    // a kind whose whole free capacity is spoken for
constexpr double MaxSkuPressure = 5; // beyond it the kind is as good as gone
constexpr double ShortCpu = 0.6;     // CPU is as short as GPUs from here on
constexpr double CpuExponent = 3;
constexpr double GroupWeight = 300;  // a device of a group when all groups are spoken for
constexpr double GroupExponent = 10; // groups cost next to nothing until most are spoken for
constexpr double MaxGroupPressure = 3;
constexpr double LastStretch = 0.05; // pods go on coming after the fleet should be full

} // namespace

Scarcity::Scarcity(const Fleet &fleet, DemandMix mix) : m_mix(std::move(mix)), m_sku(fleet.skuCount(), 0.0)
{
    const double perPod = m_mix.gpuMilliPerPod();
    m_horizonPods = perPod > 0 ? static_cast<double>(fleet.idleMilli()) / perPod : 0;
    refresh(fleet);
}

double Scarcity::expectedPods() const
{
    return std::max(m_horizonPods - m_arrived, LastStretch * m_horizonPods);
}

void Scarcity::refresh(const Fleet &fleet)
{
    refreshCpu(fleet);
    refreshSkus(fleet);
    refreshGroups(fleet);
}

void Scarcity::refreshCpu(const Fleet &fleet)
{
    if (m_horizonPods <= 0)
        return;
    double free = 0;
    for (const auto &node : fleet.nodes())
        free += node.closed || node.idleMilli == 0 ? 0 : static_cast<double>(node.cpuFree);
    const double pressure = free > 0 ? expectedPods() * m_mix.cpuMilliPerPod() / free : 1;
    m_cpu = std::pow(std::min(1.0, pressure / ShortCpu), CpuExponent);
}

void Scarcity::refreshSkus(const Fleet &fleet)
{
    std::vector<double> free(fleet.skuCount(), 0.0), pressure(fleet.skuCount(), 0.0);
    for (const auto &node : fleet.nodes())
        free[node.sku] += node.closed ? 0 : node.idleMilli;
    const double pods = expectedPods();
    for (const auto &[demand, share] : m_mix.classes) {
        if (demand.gpus == 0 || !demand.skus)
            continue;
        const auto &skus = *demand.skus;
        double room = 0;
        for (const auto sku : skus)
            room += free[sku];
        if (room < WholeGpu / 2.0)
            continue;
        for (const auto sku : skus)
            pressure[sku] += pods * share * static_cast<double>(demand.gpuMilli()) / room;
    }
    for (std::size_t sku = 0; sku < pressure.size(); ++sku)
        m_sku[sku] = SkuWeight * std::min(MaxSkuPressure, pressure[sku]);
}

void Scarcity::refreshGroups(const Fleet &fleet)
{
    const double pods = expectedPods();
    for (std::size_t index = 0; index < GroupSizes.size(); ++index) {
        const int size = GroupSizes[index];
        double have = 0, want = 0;
        for (const auto &node : fleet.nodes())
            have += node.closed ? 0 : node.wholeFree / size;
        for (const auto &[demand, share] : m_mix.classes)
            if (const int groups = demand.gpus / size; groups > 0)
                want += pods * share * groups;
        const double pressure = have > 0.5 ? std::min(MaxGroupPressure, want / have) : 0;
        m_group[index] = GroupWeight * size * std::pow(pressure, GroupExponent);
    }
}

double Scarcity::ofGroups(int whole, int left, int useful) const
{
    double price = 0;
    for (std::size_t index = 0; index < GroupSizes.size(); ++index) {
        const int size = GroupSizes[index];
        const int lost = whole / size - left / size - useful / size;
        price += lost > 0 ? lost * m_group[index] : 0;
    }
    return price;
}

} // namespace core::engine
