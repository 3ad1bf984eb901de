// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// Thrown inside this folder only, and caught by the function that began to read: where a document is not what it
/// should be.
struct BrokenDocument {
    std::string place, message;
};

/// An object of an untrusted JSON document that knows its own path. A key that is missing or null has no value; one of
/// the wrong type or out of range is BrokenDocument. Of several spellings of a key the first that is there counts.
class JsonSection {
public:
    using Keys = std::initializer_list<const char *>;

    /// BrokenDocument when `value` is no object.
    JsonSection(const nlohmann::json &value, std::string path);

    bool has(const char *key) const;
    /// 1 to `most`.
    std::optional<std::int64_t> count(Keys keys, std::int64_t most) const;
    /// `count` with 0 allowed.
    std::optional<std::int64_t> number(Keys keys, std::int64_t most) const;
    std::optional<double> real(const char *key) const; ///< finite
    std::optional<bool> flag(const char *key) const;
    std::optional<std::string> text(Keys keys) const;
    std::vector<std::string> texts(Keys keys) const; ///< empty when missing
    std::optional<JsonSection> section(const char *key) const;

    const nlohmann::json &value() const { return *m_value; }
    const std::string &path() const { return m_path; }
    std::string pathOf(const std::string &key) const { return m_path.empty() ? key : m_path + "." + key; }

private:
    const nlohmann::json *find(Keys keys, const char *&found) const;
    std::optional<std::int64_t> whole(Keys keys, std::int64_t least, std::int64_t most) const;
    const nlohmann::json *m_value;
    std::string m_path;
};

/// The whole text as JSON. Parse error with the byte at which it stops being JSON.
Result<nlohmann::json> parseJson(std::string_view text);

} // namespace core
