// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace conformance {

/// The case's shorthands written out: {"$bytes_b64": "..."} as the bytes, {"repeat": ["x", 3]} as "xxx", at any depth.
nlohmann::json expanded(const nlohmann::json &value);

/// Where `got` falls short of `expected`, as a sentence with a path; nullopt when it does not. Every key of an expected
/// object must be there and equal (more keys are allowed), lists are equal element by element, numbers within 1e-9 of
/// each other relatively, null stands for an absent key, and the text of an expected "errorContains" need only be a
/// part.
std::optional<std::string> difference(const nlohmann::json &expected, const nlohmann::json &got);

} // namespace conformance
