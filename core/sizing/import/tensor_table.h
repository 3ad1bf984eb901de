// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/catalog/catalog.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// What the headers of weight files say is stored: bytes by the part of the model a tensor's name tells, and by type.
class TensorTable {
public:
    /// `elements` is 0 for tensors whose elements are packed in others (GPTQ's qweight).
    void add(std::string_view name, std::string_view type, std::int64_t bytes, std::int64_t elements);
    /// Of further files of the same model. False, and nothing added, when they are more than any model.
    bool add(const TensorTable &other);

    std::int64_t tensors() const { return m_tensors; }
    std::int64_t bytes() const { return m_parts.total(); }
    /// Parameters are 0 when packed tensors hide how many there are.
    StoredWeights stored() const;

private:
    WeightParts<std::int64_t> m_parts;
    std::map<std::string, std::int64_t, std::less<>> m_byType;
    std::int64_t m_tensors = 0, m_elements = 0;
    bool m_packed = false;
};

/// No checkpoint is larger; keeps sums far from overflow.
inline constexpr std::int64_t mostTensorBytes = 1LL << 50;

/// Elements of a tensor; -1 when it has more than any model (2^50).
std::int64_t elementsOf(const std::vector<std::int64_t> &shape);

/// A tensor's place in its file, for checks.
struct Extent {
    std::string name;
    std::uint64_t begin = 0, end = 0;
};

/// Names two tensors that share bytes, as "a and b"; empty when none do. Sorts.
std::string overlapping(std::vector<Extent> &extents);

} // namespace core
