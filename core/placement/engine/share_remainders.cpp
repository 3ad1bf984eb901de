// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/engine/share_remainders.h"

#include <algorithm>
#include <map>

namespace core::engine {

namespace {

std::vector<int> commonShares(const DemandMix &mix)
{
    std::map<int, double> byMilli;
    double all = 0;
    for (const auto &[demand, share] : mix.classes)
        if (demand.isShare() && demand.milli > 0) {
            byMilli[demand.milli] += share;
            all += share;
        }
    std::vector<int> common;
    for (const auto &[milli, share] : byMilli)
        if (share >= ShareRemainders::CommonShare * all)
            common.push_back(milli);
    return common;
}

} // namespace

ShareRemainders::ShareRemainders(const DemandMix &mix)
{
    const auto common = commonShares(mix);
    for (int free = 0; free <= WholeGpu; ++free) {
        int lost = free == 0 ? 0 : m_lost[static_cast<std::size_t>(free - 1)] + 1;
        for (const int milli : common)
            if (milli <= free)
                lost = std::min(lost, m_lost[static_cast<std::size_t>(free - milli)]);
        m_lost[static_cast<std::size_t>(free)] = lost;
    }
}

} // namespace core::engine
