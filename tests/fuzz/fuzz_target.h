// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <fmt/format.h>
#include <stdexcept>
#include <string_view>

// A parser's entry for hostile input: FUZZ_TARGET(name) { ... uses `input` ... } in <name>_fuzz.cpp. libFuzzer drives
// it
// (./dev fuzz), and so does fuzz_regression_test with the corpus and mutations of it, in every ./dev test.

/// What every input must keep. Thrown through, so libFuzzer sees a crash and the test a failure.
inline void mustHold(bool condition, std::string_view rule, std::string_view input)
{
    if (!condition)
        throw std::logic_error(fmt::format("{}: \"{}\"", rule, input));
}

#ifdef BERTH_LIBFUZZER
#define BERTH_FUZZ_DRIVER(name)                                                                                        \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)                                  \
    {                                                                                                                  \
        fuzz_##name({reinterpret_cast<const char *>(data), size});                                                     \
        return 0;                                                                                                      \
    }
#else
#define BERTH_FUZZ_DRIVER(name)
#endif

#define FUZZ_TARGET(name)                                                                                              \
    void fuzz_##name(std::string_view input);                                                                          \
    BERTH_FUZZ_DRIVER(name)                                                                                            \
    void fuzz_##name(std::string_view input)
