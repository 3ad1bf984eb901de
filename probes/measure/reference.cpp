// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/reference.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <set>

#define PK_HOST
#include "probes/kernels/language.h"

#include "probes/kernels/memory.inc"

#include "probes/kernels/compute.inc"

#include "probes/kernels/packed.inc"

#include "probes/kernels/matrix.inc"

thread_local HostWorkItem hostWorkItem = {0, 1, 1};

namespace probe {
namespace {

// What a step adds, so that the result also depends on how many steps were done: 2^-22, at most 1 in 4 million steps.
constexpr double drift = 0x1p-22;

// Runs a kernel of the compute family for 32 work-items.
template <typename Kernel>
std::vector<std::uint32_t> lanes(Kernel kernel)
{
    std::vector<std::uint32_t> out(laneCount), where(laneCount);
    for (std::uint32_t lane = 0; lane < laneCount; lane++) {
        hostWorkItem = {lane, laneCount, laneCount};
        kernel(out.data(), where.data());
    }
    return out;
}

double valueOf(PackedReference::Format format, std::uint32_t bits)
{
    return format == PackedReference::Format::Fp16 ? pk_value_fp16(bits) : pk_value_bf16(bits);
}
std::uint32_t bitsOf(PackedReference::Format format, double value)
{
    return format == PackedReference::Format::Fp16 ? pk_round_fp16(value) : pk_round_bf16(value);
}

} // namespace

ChainOperands chainOperands32(std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> factor(1.25F, 1.75F), term(0.25F, 0.5F);
    const float m1 = factor(random), c1 = term(random), m2 = 1.0F / m1;
    return {m1, c1, m2, -c1 * m2 + static_cast<float>(drift)};
}

ChainOperands chainOperands64(std::uint32_t seed)
{
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> factor(1.25, 1.75), term(0.25, 0.5);
    const double m1 = factor(random), c1 = term(random), m2 = 1.0 / m1;
    return {m1, c1, m2, -c1 * m2 + drift};
}

std::vector<std::uint32_t> expectedFp32(std::uint32_t steps, std::uint32_t seed, const ChainOperands &o)
{
    return lanes([&](std::uint32_t *out, std::uint32_t *where) {
        pk_fp32(out, where, steps, seed, static_cast<float>(o.m1), static_cast<float>(o.c1), static_cast<float>(o.m2),
                static_cast<float>(o.c2));
    });
}

std::vector<std::uint32_t> expectedFp64(std::uint32_t steps, std::uint32_t seed, const ChainOperands &o)
{
    return lanes(
        [&](std::uint32_t *out, std::uint32_t *where) { pk_fp64(out, where, steps, seed, o.m1, o.c1, o.m2, o.c2); });
}

WordOperands integerOperands(std::uint32_t seed)
{
    std::mt19937 random(seed);
    const auto word = [&random] { return static_cast<std::uint32_t>(random()); };
    return {word() | 1U, word(), word() | 1U, word()};
}

std::vector<std::uint32_t> expectedInt32(std::uint32_t steps, std::uint32_t seed, const WordOperands &o)
{
    return lanes(
        [&](std::uint32_t *out, std::uint32_t *where) { pk_int32(out, where, steps, seed, o.m1, o.c1, o.m2, o.c2); });
}

std::vector<std::uint32_t> expectedInt8(std::uint32_t steps, std::uint32_t seed, const WordOperands &o)
{
    return lanes(
        [&](std::uint32_t *out, std::uint32_t *where) { pk_int8(out, where, steps, seed, o.m1, o.c1, o.m2, o.c2); });
}

PackedReference::PackedReference(Format format, std::uint32_t seed) : m_format(format), m_seed(seed), m_step(65536)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> factor(1.25, 1.75), term(0.25, 0.5);
    // m2 is rounded down: a composite factor just below 1 keeps values bounded for ever, and rounding stops it from
    // drawing them together. About one try in three holds; 200 have never failed (tests try 1,000 seeds).
    for (int attempt = 0; attempt < 200; attempt++) {
        const std::uint32_t m1 = bitsOf(format, factor(random)), c1 = bitsOf(format, term(random));
        std::uint32_t m2 = bitsOf(format, 1 / valueOf(format, m1));
        if (valueOf(format, m1) * valueOf(format, m2) > 1)
            m2--;
        const double lambda = valueOf(format, m1) * valueOf(format, m2);
        const std::uint32_t c2 = bitsOf(format, 1.5 * (1 - lambda) - valueOf(format, c1) * valueOf(format, m2));
        m_operands = {m1 | m1 << 16, c1 | c1 << 16, m2 | m2 << 16, c2 | c2 << 16};
        for (std::uint32_t x = 0; x < 65536; x++) {
            const double once =
                valueOf(format, bitsOf(format, valueOf(format, x) * valueOf(format, m1) + valueOf(format, c1)));
            m_step[x] = static_cast<std::uint16_t>(bitsOf(format, once * valueOf(format, m2) + valueOf(format, c2)));
        }
        if (stays(4095) && stays(1U << 22))
            return;
    }
}

bool PackedReference::stays(std::uint32_t steps) const
{
    const std::vector<std::uint16_t> map = power(steps);
    const std::uint32_t first = m_format == Format::Fp16 ? 0x3C00 : 0x3F80;
    const std::uint32_t count = m_format == Format::Fp16 ? 1024 : 128;
    std::set<std::uint16_t> ends;
    for (std::uint32_t i = 0; i < count; i++) {
        const double end = valueOf(m_format, map[first + i]);
        const bool isInside = end > 0.25 && end < 8; // false for NaN
        if (!isInside)
            return false;
        ends.insert(map[first + i]);
    }
    return ends.size() >= count / 32;
}

std::vector<std::uint16_t> PackedReference::power(std::uint32_t steps) const
{
    std::vector<std::uint16_t> result(65536), base = m_step;
    for (std::uint32_t i = 0; i < 65536; i++)
        result[i] = static_cast<std::uint16_t>(i);
    for (; steps > 0; steps >>= 1) {
        if (steps & 1)
            for (std::uint16_t &value : result)
                value = base[value];
        std::vector<std::uint16_t> squared(65536);
        for (std::uint32_t i = 0; i < 65536; i++)
            squared[i] = base[base[i]];
        base = std::move(squared);
    }
    return result;
}

std::vector<std::uint32_t> PackedReference::expected(std::uint32_t steps) const
{
    const std::vector<std::uint16_t> map = power(steps);
    const std::uint32_t base = m_format == Format::Fp16 ? 0x3C003C00U : 0x3F803F80U;
    const std::uint32_t mask = m_format == Format::Fp16 ? 0x03FF03FFU : 0x007F007FU;
    std::vector<std::uint32_t> out(laneCount);
    for (std::uint32_t lane = 0; lane < laneCount; lane++) {
        std::array<std::uint32_t, 8> x{};
        for (std::uint32_t chain = 0; chain < 8; chain++) {
            const std::uint32_t start = base | (pk_start(lane, chain, m_seed) & mask);
            x[chain] = map[start & 0xFFFF] | static_cast<std::uint32_t>(map[start >> 16]) << 16;
        }
        out[lane] = pk_digest(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]);
    }
    return out;
}

std::uint32_t patternWord(std::uint64_t index, std::uint32_t seed, std::uint32_t pattern)
{
    return pk_word(index, seed, pattern);
}

std::int32_t matrixOperand(std::uint32_t row, std::uint32_t k, std::uint32_t seed)
{
    return pk_operand(row, k, seed);
}

void fillPattern(std::uint32_t *words, std::uint64_t count, std::uint32_t seed, std::uint32_t pattern)
{
    for (std::uint64_t i = 0; i < count; i++)
        words[i] = pk_word(i, seed, pattern);
}

std::uint64_t countDifferences(const std::uint32_t *got, std::uint64_t count, std::uint32_t seed, std::uint32_t pattern,
                               std::vector<std::uint64_t> &places)
{
    std::uint64_t differences = 0;
    for (std::uint64_t i = 0; i < count; i++) {
        if (got[i] == pk_word(i, seed, pattern))
            continue;
        if (differences++ < 8)
            places.push_back(i);
    }
    return differences;
}

std::uint32_t linearSum(std::uint64_t words, std::uint32_t seed)
{
    // Sum of i for i < n is n (n - 1) / 2; halve whichever is even before the product wraps.
    const std::uint64_t half = words % 2 ? (words - 1) / 2 * words : words / 2 * (words - 1);
    return static_cast<std::uint32_t>(half) * 2654435761U + static_cast<std::uint32_t>(words) * seed;
}

std::uint32_t chaseEnd(std::uint64_t lines, std::uint32_t a, std::uint32_t c, std::uint32_t hops)
{
    // Affine maps compose to affine maps: follow 2^k hops at once.
    std::uint64_t factor = a, term = c, atTerm = 0;
    for (; hops > 0; hops >>= 1) {
        if (hops & 1)
            atTerm = atTerm * factor + term;
        term = term * factor + term;
        factor *= factor;
    }
    return static_cast<std::uint32_t>(atTerm & (lines - 1));
}

} // namespace probe
