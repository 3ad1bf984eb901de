// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/import/byte_source.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace core {

/// The key-value part of a GGUF header. Whole numbers and texts are kept, lists of whole numbers up to 10 000, of any
/// list the length; the rest is passed over.
class GgufKeys {
public:
    /// Reads `count` pairs. Throws BrokenDocument.
    void read(ByteReader &reader, std::uint64_t count);

    std::optional<std::int64_t> number(const std::string &key) const;
    /// A number, or the largest of a list with one for each layer.
    std::optional<std::int64_t> largest(const std::string &key) const;
    std::optional<std::string> text(const std::string &key) const;
    std::optional<std::uint64_t> length(const std::string &key) const; ///< of a list
    const std::vector<std::int64_t> *list(const std::string &key) const;

private:
    struct List {
        std::uint64_t length = 0;
        std::vector<std::int64_t> numbers;
    };
    using Value = std::variant<std::monostate, std::int64_t, std::string, List>;
    static Value readValue(ByteReader &reader, std::uint32_t type);
    static List readList(ByteReader &reader);
    std::map<std::string, Value> m_values;
};

} // namespace core
