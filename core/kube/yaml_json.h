// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace core {

/// One YAML document as JSON, with the scalars of YAML 1.1 as Kubernetes' own reader takes them: unquoted true/yes/on
/// are booleans, 433e40 is a number, ~ is null. Broken YAML, duplicate keys and keys that are no strings are errors
/// with their line.
Result<nlohmann::json> yamlToJson(std::string_view text, const std::string &place);

/// nullopt when `text` is not base64 (line breaks are allowed).
std::optional<std::string> decodeBase64(std::string_view text);
std::string encodeBase64(std::string_view bytes);

} // namespace core
