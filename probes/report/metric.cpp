// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/report/metric.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace probe {

Timing timingOf(std::vector<double> ms)
{
    if (ms.empty())
        return {};
    std::ranges::sort(ms);
    const auto count = static_cast<double>(ms.size());
    const double mean = std::accumulate(ms.begin(), ms.end(), 0.0) / count;
    double squares = 0;
    for (const double one : ms)
        squares += (one - mean) * (one - mean);
    const std::size_t middle = ms.size() / 2;
    const double median = ms.size() % 2 ? ms[middle] : (ms[middle - 1] + ms[middle]) / 2;
    const auto late = static_cast<std::size_t>(std::ceil(0.95 * count)) - 1;
    return {ms.front(), median, ms[late], mean > 0 ? std::sqrt(squares / count) / mean : 0,
            static_cast<int>(ms.size())};
}

} // namespace probe
