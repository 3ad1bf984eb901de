// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace core {

namespace {

constexpr std::int64_t unlimitedContext = 1LL << 26; // models without a limit of their own

std::string gib(std::int64_t bytes)
{
    return fmt::format("{:.2f} GiB", static_cast<double>(bytes) / 0x1p30);
}

Result<void> checkDevice(const Requirement &requirement, const SizingDevice &device)
{
    const bool isShare = requirement.utilization > 0 && requirement.utilization <= 1; // false for NaN, too
    if (!isShare)
        return fail(ErrorKind::Usage,
                    fmt::format("utilization {:g} is not above 0 and at most 1", requirement.utilization),
                    "utilization");
    if (device.total < 0 || (device.total == 0 && !device.kvPool))
        return fail(ErrorKind::Usage, "a card needs memory", "memory");
    if (device.free && (*device.free < 0 || *device.free > device.total))
        return fail(ErrorKind::Usage,
                    fmt::format("{} free of {} is not possible", gib(*device.free), gib(device.total)), "free");
    if (device.kvPool && *device.kvPool <= 0)
        return fail(ErrorKind::Usage, "a KV cache needs more than 0 bytes", "kvPool");
    if (device.kvPool && device.total > 0 && *device.kvPool > device.total)
        return fail(ErrorKind::Usage,
                    fmt::format("a KV cache of {} is {} larger than the card's {}", gib(*device.kvPool),
                                gib(*device.kvPool - device.total), gib(device.total)),
                    "kvPool", fmt::format("less than {}", gib(device.total)));
    return {};
}

Estimate without(const Ledger &ledger, BlockKind left)
{
    Estimate sum = ledger.total;
    for (const auto &block : ledger.blocks)
        if (block.kind == left)
            sum = {sum.low - block.bytes.low, sum.likely - block.bytes.likely, sum.high - block.bytes.high};
    return sum;
}

/// What the cache may take of a card when the other blocks need `others`.
std::int64_t poolOf(const SizingDevice &card, double utilization, MemoryRule rule, std::int64_t others)
{
    const auto free = card.free.value_or(card.total);
    if (rule == MemoryRule::ShareOfFree)
        return std::max<std::int64_t>(0, usableMemory(free - others, utilization));
    return std::max<std::int64_t>(0, usableMemory(card.total, utilization) - others);
}

/// vLLM refuses to start when its share of the total is not free, however little the model needs.
bool shareIsFree(const SizingDevice &card, double utilization, MemoryRule rule)
{
    return rule == MemoryRule::ShareOfFree || !card.free || usableMemory(card.total, utilization) <= *card.free;
}

void judge(SizingAnswer &answer, const Ledger &ledger, const Requirement &requirement, const SizingDevice &card)
{
    const auto rule = memoryRule(requirement.engine);
    const auto budget = rule == MemoryRule::ShareOfTotal ? usableMemory(card.total, requirement.utilization)
                                                         : card.free.value_or(card.total);
    const auto cache = without(ledger, BlockKind::KvCache);
    const auto needed =
        Estimate{ledger.total.low - cache.low, ledger.total.likely - cache.likely, ledger.total.high - cache.high};
    const auto pool = Estimate{poolOf(card, requirement.utilization, rule, cache.high),
                               poolOf(card, requirement.utilization, rule, cache.likely),
                               poolOf(card, requirement.utilization, rule, cache.low)};
    answer.budget = budget;
    answer.headroom = rule == MemoryRule::ShareOfTotal
        ? Estimate{budget - ledger.total.high, budget - ledger.total.likely, budget - ledger.total.low}
        : Estimate{pool.low - needed.high, pool.likely - needed.likely, pool.high - needed.low};
    if (!card.kvPool)
        answer.kvPool = pool;
    const auto words = fmt::format("needs {} ({} to {}), {} usable of {}", gib(ledger.total.likely),
                                   gib(ledger.total.low), gib(ledger.total.high), gib(budget), gib(card.total));
    if (!shareIsFree(card, requirement.utilization, rule)) {
        answer.answer = FitAnswer::No;
        answer.reason = fmt::format("{} wants {} of {} free at start, {} are", requirement.engine, gib(budget),
                                    gib(card.total), gib(card.free.value_or(0)));
        return;
    }
    answer.reason = words;
    answer.answer = answer.headroom->likely < 0 ? FitAnswer::No
        : answer.headroom->low < 0              ? FitAnswer::Tight
                                                : FitAnswer::Fits;
}

/// A pool in bytes of the layout's formula: where a token was measured to take less, it holds more.
std::int64_t byFormula(std::int64_t pool, const KvLayout &layout, const Ledger &ledger)
{
    if (ledger.calibration.empty() || ledger.kvBytesPerToken <= 0)
        return pool;
    return std::llround(static_cast<double>(pool) * static_cast<double>(layout.bytesPerToken())
                        / static_cast<double>(ledger.kvBytesPerToken));
}

/// Answers by the pool alone when no card is named.
void judgePool(SizingAnswer &answer, const KvCapacity &held, const Requirement &requirement, std::int64_t pool)
{
    answer.answer = held.maxConcurrency >= requirement.concurrency ? FitAnswer::Fits : FitAnswer::No;
    answer.reason = fmt::format("{} of KV cache hold {:.2f} requests of {} tokens; {} are wanted", gib(pool),
                                held.maxConcurrency, requirement.context, requirement.concurrency);
}

} // namespace

MemoryRule memoryRule(std::string_view engine)
{
    const bool ofFree = engine == "trtllm" || engine == "tensorrt-llm" || engine == "trt-llm";
    return ofFree ? MemoryRule::ShareOfFree : MemoryRule::ShareOfTotal;
}

std::int64_t largestContext(const KvLayout &layout, std::int64_t poolBytes, int concurrency, std::int64_t limit)
{
    const auto block = layout.blockBytes();
    if (block <= 0 || poolBytes <= 0 || concurrency < 1)
        return 0;
    const auto share = poolBytes / block / concurrency; // blocks of one request
    std::int64_t fits = 0, beyond = limit + 1;
    while (beyond - fits > 1) {
        const auto middle = fits + (beyond - fits) / 2;
        (layout.blocksPerRequest(middle) <= share ? fits : beyond) = middle;
    }
    return fits;
}

Result<SizingAnswer> sizeOn(const Model &model, const Requirement &requirement, const GroupShape &shape,
                            const Ledger &ledger, const std::optional<SizingDevice> &device)
{
    SizingAnswer answer;
    answer.reason = "no device named";
    if (!device)
        return answer;
    if (auto checked = checkDevice(requirement, *device); !checked)
        return std::unexpected(checked.error());
    if (device->kvPool)
        answer.kvPool = Estimate{*device->kvPool, *device->kvPool, *device->kvPool};
    if (device->total > 0)
        judge(answer, ledger, requirement, *device);
    if (!model.isLlm || !answer.kvPool)
        return answer;
    const auto layout = kvLayout(model, requirement.kvCache, shape);
    if (!layout)
        return std::unexpected(layout.error());
    const auto pool = byFormula(answer.kvPool->likely, *layout, ledger);
    answer.held = kvCapacity(*layout, pool, requirement.context);
    answer.largestConcurrency = static_cast<int>(std::min(answer.held->maxConcurrency, 1e9));
    answer.largestContext =
        largestContext(*layout, pool, requirement.concurrency, model.context.value_or(unlimitedContext));
    if (device->kvPool)
        judgePool(answer, *answer.held, requirement, *device->kvPool);
    return answer;
}

} // namespace core
