// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/gguf.h"

#include "core/sizing/import/gguf_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace core {

namespace {

constexpr std::int64_t mostLayers = 10000, mostDimension = 1 << 20, mostVocab = 1 << 26, mostContext = 1 << 26;

/// ggml.h: elements and bytes of a block. Numbers that are missing were removed from the format.
struct GgmlType {
    std::uint32_t id;
    std::string_view name;
    std::int64_t elements, bytes;
};

constexpr std::array ggmlTypes{
    GgmlType{0, "F32", 1, 4},         GgmlType{1, "F16", 1, 2},         GgmlType{2, "Q4_0", 32, 18},
    GgmlType{3, "Q4_1", 32, 20},      GgmlType{6, "Q5_0", 32, 22},      GgmlType{7, "Q5_1", 32, 24},
    GgmlType{8, "Q8_0", 32, 34},      GgmlType{9, "Q8_1", 32, 36},      GgmlType{10, "Q2_K", 256, 84},
    GgmlType{11, "Q3_K", 256, 110},   GgmlType{12, "Q4_K", 256, 144},   GgmlType{13, "Q5_K", 256, 176},
    GgmlType{14, "Q6_K", 256, 210},   GgmlType{15, "Q8_K", 256, 292},   GgmlType{16, "IQ2_XXS", 256, 66},
    GgmlType{17, "IQ2_XS", 256, 74},  GgmlType{18, "IQ3_XXS", 256, 98}, GgmlType{19, "IQ1_S", 256, 50},
    GgmlType{20, "IQ4_NL", 32, 18},   GgmlType{21, "IQ3_S", 256, 110},  GgmlType{22, "IQ2_S", 256, 82},
    GgmlType{23, "IQ4_XS", 256, 136}, GgmlType{24, "I8", 1, 1},         GgmlType{25, "I16", 1, 2},
    GgmlType{26, "I32", 1, 4},        GgmlType{27, "I64", 1, 8},        GgmlType{28, "F64", 1, 8},
    GgmlType{29, "IQ1_M", 256, 56},   GgmlType{30, "BF16", 1, 2},       GgmlType{34, "TQ1_0", 256, 54},
    GgmlType{35, "TQ2_0", 256, 66},   GgmlType{39, "MXFP4", 32, 17}};

const GgmlType &typeOf(ByteReader &reader)
{
    const auto at = reader.offset();
    const auto id = reader.word32();
    const auto found = std::ranges::find(ggmlTypes, id, &GgmlType::id);
    if (found == ggmlTypes.end())
        ByteReader::brokenAt(at, fmt::format("{} is not a type of tensor", id));
    return *found;
}

std::vector<std::int64_t> readShape(ByteReader &reader)
{
    const auto at = reader.offset();
    const auto dimensions = reader.word32();
    if (dimensions > 4)
        ByteReader::brokenAt(at, fmt::format("a tensor of {} dimensions, at most 4 are allowed", dimensions));
    std::vector<std::int64_t> shape;
    shape.reserve(dimensions);
    for (std::uint32_t i = 0; i < dimensions; ++i)
        shape.push_back(static_cast<std::int64_t>(reader.word64()));
    if (elementsOf(shape) <= 0)
        ByteReader::brokenAt(at, "the dimensions of a tensor multiply to nothing, or to more than any model has");
    return shape;
}

Extent readTensor(ByteReader &reader, std::uint64_t alignment, TensorTable &table)
{
    const auto at = reader.offset();
    const auto name = reader.text(reader.word64(), 65535);
    const auto shape = readShape(reader);
    const auto &type = typeOf(reader);
    const auto row = shape.empty() ? 1 : shape.front();
    if (row % type.elements != 0)
        ByteReader::brokenAt(
            at, fmt::format("rows of {} do not divide into blocks of {} ({})", row, type.elements, type.name));
    const auto elements = elementsOf(shape);
    const auto bytes = elements / type.elements * type.bytes;
    const auto place = reader.offset();
    const auto begin = reader.word64();
    if (begin % alignment != 0 || begin > static_cast<std::uint64_t>(mostTensorBytes))
        ByteReader::brokenAt(
            place, fmt::format("tensor \"{}\" begins at {}, not at a multiple of {}", name, begin, alignment));
    table.add(name, type.name, bytes, elements);
    return {name, begin, begin + static_cast<std::uint64_t>(bytes)};
}

std::uint64_t alignmentOf(const GgufKeys &keys)
{
    const auto alignment = keys.number("general.alignment").value_or(32);
    if (alignment < 8 || alignment > 65536 || (alignment & (alignment - 1)) != 0)
        throw BrokenDocument{"key general.alignment",
                             fmt::format("{} is not a power of two from 8 to 65536", alignment)};
    return static_cast<std::uint64_t>(alignment);
}

TensorTable readTensors(ByteReader &reader, std::uint64_t count, std::uint64_t alignment)
{
    if (count > reader.left() / 24) // length of the name, dimensions, type and offset
        reader.broken(fmt::format("claims {} tensors, but only {} bytes are left", count, reader.left()));
    TensorTable table;
    std::vector<Extent> extents;
    for (std::uint64_t i = 0; i < count; ++i)
        // NOLINTNEXTLINE(performance-inefficient-vector-operation): a claim of the file must not allocate
        extents.push_back(readTensor(reader, alignment, table));
    if (const auto both = overlapping(extents); !both.empty())
        throw BrokenDocument{"tensors " + both, "take the same bytes"};
    const auto padding = (alignment - reader.offset() % alignment) % alignment;
    const auto needed = extents.empty() ? 0 : padding + extents.back().end;
    if (needed > reader.left())
        reader.broken(
            fmt::format("{} bytes of tensors, but the file holds {}: it is cut short", needed, reader.left()));
    return table;
}

/// A dimension of `arch.key`; larger than any model or negative is broken.
class Dimensions {
public:
    Dimensions(const GgufKeys &keys, std::string architecture) : m_keys(keys), m_prefix(std::move(architecture) + ".")
    {
    }
    std::optional<int> operator()(const char *key, std::int64_t most) const
    {
        const auto value = m_keys.largest(m_prefix + key);
        if (!value || *value == 0)
            return std::nullopt;
        if (*value < 0 || *value > most)
            throw BrokenDocument{"key " + m_prefix + key, fmt::format("is {}, not between 0 and {}", *value, most)};
        return static_cast<int>(*value);
    }

private:
    const GgufKeys &m_keys;
    std::string m_prefix;
};

/// Hybrid models give layers without attention 0 KV heads.
std::optional<LayerMix> mixOf(const GgufKeys &keys, const std::string &architecture, int layers)
{
    const auto *heads = keys.list(architecture + ".attention.head_count_kv");
    if (!heads || static_cast<int>(heads->size()) < layers)
        return std::nullopt;
    const auto none = static_cast<int>(std::count(heads->begin(), heads->begin() + layers, 0));
    return none > 0 ? std::optional(LayerMix{layers - none, 0, none}) : std::nullopt;
}

/// GGUF states the window, not which layers slide; that belongs to the architecture. Others are taken to keep all.
void readWindow(Model &model)
{
    if (!model.slidingWindow || !model.layers || model.layerMix)
        return;
    const int layers = *model.layers;
    const std::string_view name = model.architecture;
    const int every = name == "gpt-oss" || name == "gemma2" ? 2
        : name.starts_with("gemma3")                        ? 6
        : name == "cohere2"                                 ? 4
                                                            : 0;
    if (every == 0)
        model.slidingWindow.reset();
    else
        model.layerMix = LayerMix{layers / every, layers - layers / every, 0};
}

void readLatent(const Dimensions &of, Model &model)
{
    const auto rank = of("attention.kv_lora_rank", mostDimension);
    const auto rope = of("rope.dimension_count", 65536);
    // Files converted before llama.cpp kept the latent cache have as many KV heads as heads, and cache them all.
    if (!rank || !rope || model.kvHeads.value_or(0) != 1)
        return;
    model.mla = Mla{*rank, *rope, 0, of("attention.value_length_mla", 65536).value_or(0),
                    of("attention.q_lora_rank", mostDimension).value_or(0)};
}

Model readArchitecture(const GgufKeys &keys, const std::string &id)
{
    Model model;
    model.id = model.shortName = id;
    std::ranges::transform(model.shortName, model.shortName.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto architecture = keys.text("general.architecture");
    if (!architecture)
        throw BrokenDocument{"key general.architecture", "is missing or not a text"};
    model.architecture = *architecture;
    model.source = "GGUF header";
    const Dimensions of(keys, *architecture);
    model.layers = of("block_count", mostLayers);
    model.hidden = of("embedding_length", mostDimension);
    model.heads = of("attention.head_count", mostDimension);
    model.kvHeads = of("attention.head_count_kv", mostDimension);
    if (!model.kvHeads)
        model.kvHeads = model.heads;
    model.headDim = of("attention.key_length", 65536);
    model.valueHeadDim = of("attention.value_length", 65536);
    model.intermediate = of("feed_forward_length", mostDimension * 4);
    model.experts = of("expert_count", 65536);
    model.expertsPerToken = of("expert_used_count", 65536);
    model.moeIntermediate = of("expert_feed_forward_length", mostDimension * 4);
    model.context = of("context_length", mostContext);
    model.slidingWindow = of("attention.sliding_window", mostContext);
    model.vocab = of("vocab_size", mostVocab);
    if (!model.vocab)
        if (const auto tokens = keys.length("tokenizer.ggml.tokens"); tokens && *tokens <= mostVocab && *tokens > 0)
            model.vocab = static_cast<int>(*tokens);
    model.kind = model.experts ? "moe" : "dense";
    if (model.layers)
        model.layerMix = mixOf(keys, *architecture, *model.layers);
    readWindow(model);
    readLatent(of, model);
    for (const std::string_view encoder : {"bert", "nomic-bert", "jina-bert-v2", "t5encoder", "clip"})
        if (*architecture == encoder) {
            model.isLlm = false;
            model.kind = "embedding encoder";
        }
    return model;
}

GgufFile readFile(ByteSource &source, const std::string &id)
{
    ByteReader reader(source);
    if (reader.text(4, 4) != "GGUF")
        ByteReader::brokenAt(0, "does not begin with GGUF");
    const auto version = reader.word32();
    if (version != 2 && version != 3)
        ByteReader::brokenAt(4,
                             fmt::format("version {} is not 2 or 3 (a big-endian file reads as a huge one)", version));
    const auto tensors = reader.word64(), pairs = reader.word64();
    GgufKeys keys;
    keys.read(reader, pairs);
    GgufFile file;
    file.tensors = readTensors(reader, tensors, alignmentOf(keys));
    const auto parts = keys.number("split.count").value_or(1);
    if (parts < 0 || parts > 100000)
        throw BrokenDocument{"key split.count", fmt::format("{} files cannot be right", parts)};
    file.files = std::max(1, static_cast<int>(parts));
    // Only the first file of a split model carries the architecture.
    if (keys.number("split.no").value_or(0) == 0)
        file.model = readArchitecture(keys, id);
    return file;
}

} // namespace

Result<GgufFile> readGguf(ByteSource &source, const std::string &id)
{
    try {
        return readFile(source, id);
    } catch (const BrokenDocument &broken) {
        return fail(ErrorKind::Parse, broken.message, broken.place);
    }
}

} // namespace core
