// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace probe {

// What the kernels must answer, computed on the host from the same text with the same operands; exact, so every
// comparison is bit for bit. Pure; not cheap for many steps (about 30 ms for 20,000 fp32 steps).

constexpr std::uint32_t laneCount = 32; // results depend on (work-item mod 32) only

// Operands of one chain step x -> fma(x, m1, c1) -> fma(x, m2, c2), random by seed (see kernels/compute.inc).
struct ChainOperands {
    double m1, c1, m2, c2; // exact in the format they are for
};
ChainOperands chainOperands32(std::uint32_t seed);
ChainOperands chainOperands64(std::uint32_t seed);
std::vector<std::uint32_t> expectedFp32(std::uint32_t steps, std::uint32_t seed, const ChainOperands &operands);
std::vector<std::uint32_t> expectedFp64(std::uint32_t steps, std::uint32_t seed, const ChainOperands &operands);

struct WordOperands {
    std::uint32_t m1, c1, m2, c2;
};
WordOperands integerOperands(std::uint32_t seed); // odd factors
std::vector<std::uint32_t> expectedInt32(std::uint32_t steps, std::uint32_t seed, const WordOperands &operands);
std::vector<std::uint32_t> expectedInt8(std::uint32_t steps, std::uint32_t seed, const WordOperands &operands);

// Two values of a 16-bit format in each word. A step maps 65,536 values to 65,536 values, so the host follows any
// number of steps by squaring that map; operands are searched until no start leaves the format's comfortable range.
class PackedReference {
public:
    enum class Format { Fp16, Bf16 };
    PackedReference(Format format, std::uint32_t seed);
    [[nodiscard]] const WordOperands &operands() const { return m_operands; }
    [[nodiscard]] std::vector<std::uint32_t> expected(std::uint32_t steps) const;

private:
    bool stays(std::uint32_t steps) const;
    std::vector<std::uint16_t> power(std::uint32_t steps) const;

    Format m_format;
    std::uint32_t m_seed;
    WordOperands m_operands{};
    std::vector<std::uint16_t> m_step;
};

// Element of the matrix probes' operands: rows 0.. are of A, rows 64.. columns of B.
std::int32_t matrixOperand(std::uint32_t row, std::uint32_t k, std::uint32_t seed);

// Memory words and their sums, as kernels/memory.inc makes them.
std::uint32_t patternWord(std::uint64_t index, std::uint32_t seed, std::uint32_t pattern);
// Writes the pattern from index 0 on; and counts where `got` differs, with the first few places.
void fillPattern(std::uint32_t *words, std::uint64_t count, std::uint32_t seed, std::uint32_t pattern);
std::uint64_t countDifferences(const std::uint32_t *got, std::uint64_t count, std::uint32_t seed, std::uint32_t pattern,
                               std::vector<std::uint64_t> &places);
// Sum of the linear pattern's first n words, modulo 2^32.
std::uint32_t linearSum(std::uint64_t words, std::uint32_t seed);
// Where the chain j -> a j + c mod lines is after `hops` hops from 0.
std::uint32_t chaseEnd(std::uint64_t lines, std::uint32_t a, std::uint32_t c, std::uint32_t hops);

} // namespace probe
