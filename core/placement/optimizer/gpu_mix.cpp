// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/gpu_mix.h"

#include "core/placement/optimizer/mix_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace core::optimizer {

namespace {

constexpr double MostNumber = 1e9;
constexpr std::size_t MostTypes = 16;
constexpr int MostSlices = 100'000;

std::unexpected<Error> wrong(std::string place, std::string message)
{
    return fail(ErrorKind::Parse, std::move(message), std::move(place));
}

bool isAmount(double value)
{
    return std::isfinite(value) && value >= 0 && value <= MostNumber;
}

Result<void> checkTypes(const MixProblem &problem)
{
    std::set<std::string> names;
    if (problem.types.size() > MostTypes)
        return wrong("types", fmt::format("are more than {}", MostTypes));
    for (const auto &type : problem.types) {
        if (!names.insert(type.name).second)
            return wrong(type.name, "is there twice");
        if (!isAmount(type.usdPerHour))
            return wrong(fmt::format("{}.cost", type.name), "is not a price of at least 0");
        if (type.limit && *type.limit < 0)
            return wrong(fmt::format("{}.limit", type.name), "is below 0");
    }
    return {};
}

Result<void> check(const MixProblem &problem)
{
    if (auto good = checkTypes(problem); !good)
        return good;
    if (problem.slices < 1 || problem.slices > MostSlices)
        return wrong("slice_factor", fmt::format("is not a whole number from 1 to {}", MostSlices));
    for (std::size_t b = 0; b < problem.buckets.size(); ++b) {
        const auto &bucket = problem.buckets[b];
        if (bucket.throughput.size() != problem.types.size())
            return wrong(fmt::format("bucket {}", b), "has not one throughput for each type");
        if (!isAmount(bucket.rate) || !std::ranges::all_of(bucket.throughput, isAmount))
            return wrong(fmt::format("bucket {}", b), "has a rate or a throughput that is not a number of at least 0");
    }
    return {};
}

} // namespace

Result<std::optional<GpuMix>> cheapestMix(const MixProblem &problem, int nodeLimit)
{
    if (auto good = check(problem); !good)
        return std::unexpected(good.error());
    auto busy = problem;
    std::erase_if(busy.buckets, [](const MixBucket &bucket) { return bucket.rate <= 0; });
    for (const auto &bucket : busy.buckets)
        if (std::ranges::none_of(bucket.throughput, [](double throughput) { return throughput > 0; }))
            return std::nullopt;
    return searchMix(busy, nodeLimit);
}

} // namespace core::optimizer
