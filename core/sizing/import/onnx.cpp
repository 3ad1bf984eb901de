// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/onnx.h"

#include <fmt/format.h>

#include <array>

namespace core {

namespace {

/// onnx.proto, TensorProto.DataType: bits of an element, by number; 0 where there is no fixed size.
struct Type {
    std::string_view name;
    int bits;
};

constexpr std::array<Type, 24> types{
    {{"", 0},        {"fp32", 32},   {"uint8", 8},      {"int8", 8},         {"uint16", 16}, {"int16", 16},
     {"int32", 32},  {"int64", 64},  {"", 0},           {"bool", 8},         {"fp16", 16},   {"fp64", 64},
     {"uint32", 32}, {"uint64", 64}, {"complex64", 64}, {"complex128", 128}, {"bf16", 16},   {"fp8", 8},
     {"fp8", 8},     {"fp8", 8},     {"fp8", 8},        {"uint4", 4},        {"int4", 4},    {"fp4", 4}}};

/// The wire format of protocol buffers.
struct Field {
    std::uint64_t number = 0;
    std::uint32_t wire = 0;
};

std::uint64_t readVarint(ByteReader &reader)
{
    std::uint64_t value = 0;
    const auto at = reader.offset();
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const auto byte = reader.byte();
        value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
        if ((byte & 0x80U) == 0)
            return value;
    }
    ByteReader::brokenAt(at, "a number of more than ten bytes");
}

Field readField(ByteReader &reader)
{
    const auto at = reader.offset();
    const auto key = readVarint(reader);
    const Field field{key >> 3U, static_cast<std::uint32_t>(key & 7U)};
    if (field.number == 0 || field.number > 0x1fffffff)
        ByteReader::brokenAt(at, fmt::format("{} is not the number of a field: this is not ONNX", field.number));
    return field;
}

/// The end of a field that is a length and as many bytes, which must lie inside `end`.
std::uint64_t readEnd(ByteReader &reader, std::uint64_t end)
{
    const auto at = reader.offset();
    const auto length = readVarint(reader);
    if (reader.offset() > end || length > end - reader.offset())
        ByteReader::brokenAt(at,
                             fmt::format("claims {} bytes, but only {} are left", length,
                                         end > reader.offset() ? end - reader.offset() : 0));
    return reader.offset() + length;
}

void skipField(ByteReader &reader, const Field &field, std::uint64_t end)
{
    switch (field.wire) {
    case 0: readVarint(reader); return;
    case 1: reader.skip(8); return;
    case 2: {
        const auto last = readEnd(reader, end);
        reader.skip(last - reader.offset());
        return;
    }
    case 5: reader.skip(4); return;
    default: reader.broken(fmt::format("wire type {} is not of ONNX", field.wire));
    }
}

void readDimensions(ByteReader &reader, const Field &field, std::uint64_t end, std::vector<std::int64_t> &shape)
{
    const auto last = field.wire == 2 ? readEnd(reader, end) : reader.offset() + 1;
    while (reader.offset() < last) {
        if (shape.size() == 64)
            reader.broken("a tensor of more than 64 dimensions");
        shape.push_back(static_cast<std::int64_t>(readVarint(reader)));
    }
}

void readTensor(ByteReader &reader, std::uint64_t end, TensorTable &table)
{
    const auto at = reader.offset();
    std::vector<std::int64_t> shape;
    std::uint64_t type = 0;
    while (reader.offset() < end) {
        const auto field = readField(reader);
        if (field.number == 1 && (field.wire == 0 || field.wire == 2))
            readDimensions(reader, field, end, shape);
        else if (field.number == 2 && field.wire == 0)
            type = readVarint(reader);
        else
            skipField(reader, field, end);
    }
    const auto elements = elementsOf(shape);
    if (type >= types.size() || types.at(type).bits == 0)
        ByteReader::brokenAt(at, fmt::format("a tensor of type {}, which has no fixed size", type));
    if (elements < 0 || elements > mostTensorBytes / 16)
        ByteReader::brokenAt(at, "the dimensions of a tensor multiply to more than any model has");
    const auto &known = types.at(type);
    table.add("mlp", known.name, (elements * known.bits + 7) / 8, elements);
}

void readGraph(ByteReader &reader, std::uint64_t end, TensorTable &table)
{
    constexpr std::uint64_t initializer = 5; // GraphProto
    while (reader.offset() < end) {
        const auto field = readField(reader);
        if (field.number == initializer && field.wire == 2)
            readTensor(reader, readEnd(reader, end), table);
        else
            skipField(reader, field, end);
    }
}

TensorTable readModel(ByteSource &source)
{
    constexpr std::uint64_t graph = 7; // ModelProto
    ByteReader reader(source);
    TensorTable table;
    bool any = false;
    while (reader.left() > 0) {
        const auto field = readField(reader);
        if (field.number == graph && field.wire == 2) {
            readGraph(reader, readEnd(reader, source.size()), table);
            any = true;
        } else
            skipField(reader, field, source.size());
    }
    if (!any)
        throw BrokenDocument{"offset 0", "holds no graph: this is not ONNX"};
    if (table.bytes() >= mostTensorBytes)
        throw BrokenDocument{"graph", "its tensors take more bytes than any model"};
    return table;
}

} // namespace

Result<TensorTable> readOnnx(ByteSource &source)
{
    try {
        return readModel(source);
    } catch (const BrokenDocument &broken) {
        return fail(ErrorKind::Parse, broken.message, broken.place);
    }
}

} // namespace core
