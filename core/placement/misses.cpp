// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/misses.h"

#include <algorithm>

namespace core {

namespace {

std::optional<std::int64_t> lackOf(const Candidate &candidate, Link link)
{
    if (link == Link::Device)
        return std::max<std::int64_t>(0, candidate.needed - candidate.freeDevices);
    if (link == Link::Memory && candidate.headroomBytes)
        return std::max<std::int64_t>(0, -*candidate.headroomBytes);
    return std::nullopt;
}

bool isNearer(const std::optional<std::int64_t> &lack, const Miss &than)
{
    return lack && (!than.lacking || *lack < *than.lacking);
}

} // namespace

bool isUsable(const Candidate &candidate)
{
    return candidate.verdict == Verdict::Fits || candidate.verdict == Verdict::Tight;
}

std::vector<Miss> missesOf(const std::vector<Candidate> &candidates)
{
    std::vector<Miss> misses;
    for (const auto &candidate : candidates) {
        if (isUsable(candidate))
            continue;
        const auto &reason = candidate.headline();
        const auto lack = lackOf(candidate, reason.link);
        auto found = std::ranges::find_if(
            misses, [&](const Miss &miss) { return miss.link == reason.link && miss.code == reason.code; });
        if (found == misses.end()) {
            found = misses.emplace(misses.end());
            found->link = reason.link;
            found->code = reason.code;
        }
        if (++found->places > 1 && !isNearer(lack, *found))
            continue;
        found->verdict = reason.verdict;
        found->nearest = candidate.node;
        found->detail = reason.detail;
        found->remedy = reason.remedy;
        found->lacking = lack;
    }
    std::ranges::stable_sort(misses, std::greater{}, &Miss::places);
    return misses;
}

} // namespace core
