// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace core {

namespace {

constexpr std::uint64_t mostHeader = 100'000'000; // the format's own limit
constexpr std::int64_t most = mostTensorBytes;

struct Type {
    std::string_view name, shown;
    int bits;
};

constexpr std::array types{Type{"F64", "fp64", 64},    Type{"F32", "fp32", 32},      Type{"F16", "fp16", 16},
                           Type{"BF16", "bf16", 16},   Type{"F8_E4M3", "fp8", 8},    Type{"F8_E5M2", "fp8", 8},
                           Type{"F8_E8M0", "e8m0", 8}, Type{"F6_E2M3", "fp6", 6},    Type{"F6_E3M2", "fp6", 6},
                           Type{"F4", "fp4", 4},       Type{"I64", "int64", 64},     Type{"U64", "uint64", 64},
                           Type{"I32", "int32", 32},   Type{"U32", "uint32", 32},    Type{"I16", "int16", 16},
                           Type{"U16", "uint16", 16},  Type{"I8", "int8", 8},        Type{"U8", "uint8", 8},
                           Type{"BOOL", "bool", 8},    Type{"C64", "complex64", 64}, Type{"F8_E4M3FNUZ", "fp8", 8}};

const Type &typeOf(const JsonSection &tensor)
{
    const auto name = tensor.text({"dtype"});
    if (!name)
        throw BrokenDocument{tensor.pathOf("dtype"), "is missing"};
    const auto found = std::ranges::find(types, *name, &Type::name);
    if (found == types.end())
        throw BrokenDocument{tensor.pathOf("dtype"), fmt::format("\"{}\" is not a type of the format", *name)};
    return *found;
}

std::vector<std::int64_t> numbers(const JsonSection &tensor, const char *key)
{
    const auto at = tensor.value().find(key);
    if (at == tensor.value().end() || !at->is_array())
        throw BrokenDocument{tensor.pathOf(key), "is not a list"};
    std::vector<std::int64_t> out;
    for (const auto &item : *at) {
        if (!item.is_number_unsigned() || item.get<std::uint64_t>() > static_cast<std::uint64_t>(most))
            throw BrokenDocument{fmt::format("{}[{}]", tensor.pathOf(key), out.size()),
                                 fmt::format("{} is not a whole number that can be right", item.dump())};
        out.push_back(item.get<std::int64_t>());
    }
    return out;
}

/// Packed integers hide how many weights they hold.
bool packs(std::string_view name, const Type &type)
{
    return type.shown.starts_with("int32") || name.ends_with("qweight") || name.ends_with("weight_packed")
        || name.ends_with("_blocks") || (type.shown == "uint8" && name.ends_with("weight"));
}

Extent addTensor(const std::string &name, const nlohmann::json &value, TensorTable &table)
{
    const JsonSection tensor(value, fmt::format("\"{}\"", name));
    const auto &type = typeOf(tensor);
    const auto elements = elementsOf(numbers(tensor, "shape"));
    const auto offsets = numbers(tensor, "data_offsets");
    if (offsets.size() != 2 || offsets[0] > offsets[1])
        throw BrokenDocument{tensor.pathOf("data_offsets"), "is not a begin and an end"};
    if (elements < 0)
        throw BrokenDocument{tensor.pathOf("shape"), "multiplies to more elements than any model has"};
    const auto bytes = offsets[1] - offsets[0];
    if (elements > most / 8 || elements * type.bits != bytes * 8)
        throw BrokenDocument{
            tensor.pathOf("data_offsets"),
            fmt::format("span {} bytes, {} elements of {} do not take that", bytes, elements, type.name)};
    table.add(name, type.shown, bytes, packs(name, type) ? 0 : elements);
    return {name, static_cast<std::uint64_t>(offsets[0]), static_cast<std::uint64_t>(offsets[1])};
}

/// Tensors must cover the rest of the file, each byte once.
void checkExtents(std::vector<Extent> &extents, std::uint64_t dataBytes)
{
    if (const auto both = overlapping(extents); !both.empty())
        throw BrokenDocument{both, "take the same bytes"};
    std::uint64_t at = 0;
    for (const auto &extent : extents) {
        if (extent.begin != at)
            throw BrokenDocument{
                fmt::format("\"{}\".data_offsets", extent.name),
                fmt::format("begin at {}, {} bytes after the tensor before", extent.begin, extent.begin - at)};
        at = extent.end;
    }
    if (at > dataBytes)
        throw BrokenDocument{"data",
                             fmt::format("{} bytes of tensors, but the file holds {}: it is cut short", at, dataBytes)};
    if (at < dataBytes)
        throw BrokenDocument{"data", fmt::format("{} bytes after the last tensor belong to none", dataBytes - at)};
}

/// JSON as a library reads it keeps the last of two equal keys, so names are watched while it is parsed.
nlohmann::json parseHeader(const std::string &text)
{
    std::set<std::string> names;
    std::string twice;
    try {
        auto header =
            nlohmann::json::parse(text, [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json &key) {
                if (event == nlohmann::json::parse_event_t::key && depth == 1 && key.is_string()
                    && !names.insert(key.get<std::string>()).second)
                    twice = key.get<std::string>();
                return true;
            });
        if (!twice.empty())
            throw BrokenDocument{fmt::format("\"{}\"", twice), "stands twice"};
        return header;
    } catch (const nlohmann::json::parse_error &error) {
        throw BrokenDocument{fmt::format("offset {}", 8 + error.byte), "the header is not JSON from here on"};
    } catch (const nlohmann::json::exception &) { // a number beyond a double
        throw BrokenDocument{"header", "holds a number that cannot be right"};
    }
}

TensorTable readHeader(ByteSource &source)
{
    ByteReader reader(source);
    const auto length = reader.word64();
    if (length > mostHeader)
        ByteReader::brokenAt(
            0, fmt::format("a header of {} bytes is more than the format allows ({})", length, mostHeader));
    if (length > reader.left())
        ByteReader::brokenAt(0, fmt::format("a header of {} bytes, but only {} follow", length, reader.left()));
    const auto header = parseHeader(reader.text(length, mostHeader));
    const JsonSection tensors(header, "header");
    TensorTable table;
    std::vector<Extent> extents;
    for (const auto &[name, value] : header.items())
        if (name != "__metadata__")
            extents.push_back(addTensor(name, value, table));
    if (extents.empty())
        throw BrokenDocument{"header", "names no tensor"};
    checkExtents(extents, reader.left());
    return table;
}

SafetensorsIndex readIndex(const JsonSection &index)
{
    const auto map = index.section("weight_map");
    if (!map)
        throw BrokenDocument{"weight_map", "is missing"};
    std::set<std::string> files;
    for (const auto &[tensor, file] : map->value().items()) {
        const auto path = fmt::format("weight_map.\"{}\"", tensor);
        if (!file.is_string())
            throw BrokenDocument{path, fmt::format("is {}, not a file name", file.type_name())};
        const auto name = file.get<std::string>();
        if (name.empty() || name.contains('/') || name.contains('\\') || name.contains('\0') || name == "..")
            throw BrokenDocument{path, "is not the name of a file beside the index"};
        files.insert(name);
    }
    if (files.empty())
        throw BrokenDocument{"weight_map", "names no file"};
    SafetensorsIndex out{{files.begin(), files.end()}, {}};
    if (const auto metadata = index.section("metadata"))
        out.totalBytes = metadata->count({"total_size"}, most);
    return out;
}

} // namespace

Result<TensorTable> readSafetensors(ByteSource &source)
{
    try {
        return readHeader(source);
    } catch (const BrokenDocument &broken) {
        return fail(ErrorKind::Parse, broken.message, broken.place);
    }
}

Result<SafetensorsIndex> readSafetensorsIndex(std::string_view text)
{
    const auto document = parseJson(text);
    if (!document)
        return std::unexpected(document.error());
    try {
        return readIndex(JsonSection(*document, ""));
    } catch (const BrokenDocument &broken) {
        return fail(ErrorKind::Parse, broken.message, broken.place);
    }
}

} // namespace core
