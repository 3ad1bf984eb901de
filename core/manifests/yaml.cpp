// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/yaml_writer.h"
#include "core/manifests/manifest.h"

#include <fmt/format.h>

namespace core {

namespace {

using Json = nlohmann::ordered_json;

std::string scalar(const Json &value)
{
    return value.is_string() ? yamlScalar(value.get_ref<const std::string &>()) : value.dump();
}

void write(std::string &out, const Json &value, int indent);

/// What follows "key:" or "-": a scalar on the same line, or a block below.
void writeMember(std::string &out, const Json &value, int indent)
{
    if (value.is_structured() && !value.empty()) {
        out += '\n';
        write(out, value, indent);
    } else {
        out += " " + (value.is_object() ? "{}" : value.is_array() ? "[]" : scalar(value)) + "\n";
    }
}

void write(std::string &out, const Json &value, int indent)
{
    const std::string blank(static_cast<std::size_t>(indent), ' ');
    if (value.is_object()) {
        for (const auto &[key, member] : value.items()) {
            out += blank + yamlScalar(key) + ":";
            // Lists stand at their key's own column, as kubectl writes them.
            writeMember(out, member, member.is_array() ? indent : indent + 2);
        }
        return;
    }
    for (const auto &item : value) {
        if (!item.is_object() || item.empty()) {
            out += blank + "-";
            writeMember(out, item, indent + 2);
            continue;
        }
        std::string block;
        write(block, item, indent + 2);
        block[static_cast<std::size_t>(indent)] = '-'; // the first key shares the line of its dash
        out += block;
    }
}

} // namespace

std::string toYaml(const nlohmann::ordered_json &document)
{
    std::string out;
    if (document.is_structured() && !document.empty())
        write(out, document, 0);
    else
        out = (document.is_object() ? "{}" : document.is_array() ? "[]" : scalar(document)) + "\n";
    return out;
}

} // namespace core
