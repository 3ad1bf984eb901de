// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>

namespace differential {

/// The same seed gives the same numbers on every machine: only the generator's raw numbers are used, not the library's
/// distributions.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : m_random(seed) {}

    std::uint64_t below(std::uint64_t n) { return m_random() % n; }
    bool percent(unsigned chance) { return below(100) < chance; }
    template <class T>
    T oneOf(std::initializer_list<T> values)
    {
        return *(values.begin() + below(values.size()));
    }
    std::string pick(std::initializer_list<const char *> values) { return oneOf<const char *>(values); }

private:
    std::mt19937_64 m_random;
};

} // namespace differential
