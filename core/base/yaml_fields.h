// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <yaml-cpp/yaml.h>

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace core::yaml {

/// Thrown by the functions here, and by readers for what they find themselves; only readDocument() catches it.
struct Broken {
    int line = 0;
    std::string message;
};
[[noreturn]] void broken(const YAML::Node &node, std::string message);

/// Throws unless `node` is a mapping whose keys are all known and stand once: a mistyped or repeated key must not
/// become a silent default.
void checkKeys(const YAML::Node &node, std::string_view what, std::initializer_list<std::string_view> known);

/// The list at `key`; throws when there is something else. A missing or null one is empty.
YAML::Node list(const YAML::Node &object, const char *key);

/// The field, or "" when it is missing.
std::string text(const YAML::Node &object, const char *key);
/// The field; throws when it is missing or empty.
std::string required(const YAML::Node &object, const char *key);
/// A finite number within [least, most], or nothing when the field is missing.
std::optional<double> number(const YAML::Node &object, const char *key, double least, double most);
/// A whole number within [least, most], or nothing when the field is missing.
std::optional<std::int64_t> whole(const YAML::Node &object, const char *key, std::int64_t least, std::int64_t most);

/// Parses `content` and hands the document to `read`. Errors are Parse with `place` and the line.
Result<void> readDocument(const std::string &content, const std::string &place, std::string_view schema,
                          const std::function<void(const YAML::Node &)> &read);

} // namespace core::yaml
