// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <limits>

namespace core::engine {

/// Reads typed fields of one JSON object and remembers the first thing that is wrong, so that a reader can take all its
/// fields and ask once. Every value read after a fault is the fallback and means nothing.
class JsonFields {
public:
    JsonFields(const nlohmann::json &object, std::string place) : m_object(object), m_place(std::move(place))
    {
        if (!object.is_object())
            wrong("is not an object");
    }

    /// A whole number between `least` and `most`.
    std::int64_t whole(const char *key, std::int64_t least = 0, std::int64_t most = MostWhole);
    /// A finite number of at least `least`.
    double number(const char *key, double least = 0);
    std::string text(const char *key);
    bool flag(const char *key);
    std::vector<std::string> texts(const char *key);
    /// A list, or an empty one and a fault.
    const nlohmann::json &list(const char *key);
    const nlohmann::json &object(const char *key);
    bool has(const char *key) const { return m_object.is_object() && m_object.contains(key); }

    bool good() const { return !m_fault; }
    /// The first thing that is wrong; asked only when not good().
    std::unexpected<Error> fault() const { return std::unexpected(m_fault.value_or(Error{})); }
    const std::string &place() const { return m_place; }

    /// Far above any capacity, far below where sums of it overflow.
    static constexpr std::int64_t MostWhole = std::int64_t{1} << 52;

private:
    const nlohmann::json *find(const char *key);
    void wrong(const std::string &what, const char *key = nullptr);

    const nlohmann::json &m_object;
    std::string m_place;
    std::optional<Error> m_fault;
};

/// Parses text as JSON; `place` is named in the error.
Result<nlohmann::json> parseJson(std::string_view text, const std::string &place);

} // namespace core::engine
