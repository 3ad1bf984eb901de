// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/catalog/catalog.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>

namespace core {

namespace {

/// Thrown inside this file only: where in the YAML a value is not what it should be.
struct Broken {
    int line;
    std::string message;
};

[[noreturn]] void broken(const YAML::Node &node, std::string message)
{
    throw Broken{node.Mark().line + 1, std::move(message)};
}

bool has(const YAML::Node &object, const char *key)
{
    return object[key].IsDefined() && !object[key].IsNull();
}

template <class T>
std::optional<T> optional(const YAML::Node &object, const char *key)
{
    if (!has(object, key))
        return std::nullopt;
    try {
        return object[key].as<T>();
    } catch (const YAML::Exception &) {
        broken(object[key], fmt::format("{} has the wrong type", key));
    }
}

std::string text(const YAML::Node &object, const char *key)
{
    return optional<std::string>(object, key).value_or("");
}

std::string required(const YAML::Node &object, const char *key)
{
    auto value = optional<std::string>(object, key);
    if (!value || value->empty())
        broken(object, fmt::format("{} is missing", key));
    return *value;
}

/// A figure of a data sheet: positive and of a size some card could have.
std::optional<double> figure(const YAML::Node &object, const char *key, double most = 1e9)
{
    const auto value = optional<double>(object, key);
    const bool possible = !value || (*value > 0 && *value <= most); // false for NaN, too
    if (!possible)
        broken(object[key], fmt::format("{} must be positive and at most {:g}", key, most));
    return value;
}

/// Mebibytes as bytes.
std::optional<std::int64_t> mebibytes(const YAML::Node &object, const char *key)
{
    constexpr std::int64_t most = 16LL << 20; // 16 TiB
    const auto value = optional<std::int64_t>(object, key);
    if (value && (*value <= 0 || *value > most))
        broken(object[key], fmt::format("{} must be positive and at most {}", key, most));
    return value ? std::optional(*value << 20) : std::nullopt;
}

std::vector<std::string> texts(const YAML::Node &object, const char *key)
{
    return optional<std::vector<std::string>>(object, key).value_or(std::vector<std::string>{});
}

std::string shortVendorless(std::string name)
{
    for (const std::string_view word :
         {"NVIDIA ", "AMD Instinct ", "AMD Radeon ", "AMD ", "Intel Data Center GPU ", "Intel ", "Tesla ", "GeForce "})
        if (name.starts_with(word))
            name.erase(0, word.size());
    return name;
}

/// "H100 SXM 80 GB": the product's own word, its form where a product comes in several, and the vendor's capacity.
std::string displayName(const Sku &sku)
{
    auto name = shortVendorless(sku.name);
    // "H100 80GB HBM3" and "A100-SXM4-80GB" carry the capacity themselves: the first word is the product.
    const auto capacity = name.find("GB");
    if (sku.vendor == "nvidia" && capacity != std::string::npos)
        name = name.substr(0, name.find_first_of(" -"));
    for (const std::string_view form : {"SXM", "PCIe", "NVL"})
        if (sku.vendor == "nvidia" && sku.form.starts_with(form) && (form == "SXM" || capacity != std::string::npos)
            && !name.contains(form))
            name += " " + std::string(form);
    return fmt::format("{} {:g} GB", name, sku.memorySize / sku.devices);
}

/// A count; "32 enc + 32 dec" and lists (families in one row) are not counts.
template <class T>
std::optional<T> count(const YAML::Node &node, const char *key)
{
    if (!has(node, key) || !node[key].IsScalar())
        return std::nullopt;
    const auto &scalar = node[key].Scalar();
    if (scalar.find_first_not_of("-0123456789") != std::string::npos)
        return std::nullopt;
    const auto value = optional<T>(node, key);
    if (value && *value < 0)
        broken(node[key], fmt::format("{} must not be negative", key));
    return value;
}

void readMemory(const YAML::Node &memory, Sku &sku)
{
    if (!memory.IsMap())
        broken(memory, "memory is missing");
    const auto size = figure(memory, "size", 16384);
    if (!size)
        broken(memory, "memory.size is missing");
    sku.memorySize = *size;
    sku.memoryUnit = text(memory, "unit");
    const auto dies = count<int>(memory, "dies").value_or(1);
    if (dies < 1 || dies > 64)
        broken(memory["dies"], "dies must be between 1 and 64");
    // Dies show as devices of their own, but for Intel's Max series: its two tiles are one PCI device, one /dev/dri
    // node and one unit of gpu.intel.com/i915.
    sku.devices = sku.id.starts_with("intel-max") ? 1 : dies;
    sku.bandwidthGBs = figure(memory, "bandwidth_gbs");
    sku.reportedBytes = mebibytes(memory, "reported_mib");
}

/// The mapping at `key`; undefined when it is missing.
YAML::Node mapping(const YAML::Node &object, const char *key)
{
    if (!has(object, key))
        return YAML::Node(YAML::NodeType::Undefined);
    if (!object[key].IsMap())
        broken(object[key], fmt::format("{} must be a mapping", key));
    return object[key];
}

/// A whole number from `least` to `most`; `otherwise` when it is not there.
int wholeNumber(const YAML::Node &object, const char *key, int least, int most, int otherwise)
{
    const auto value = optional<int>(object, key).value_or(otherwise);
    if (value < least || value > most)
        broken(has(object, key) ? object[key] : object, fmt::format("{} must be between {} and {}", key, least, most));
    return value;
}

/// Where an instance may be: `at` of a MIG profile.
void readStarts(const YAML::Node &at, int slices, Sku::PartitionProfile &profile)
{
    profile.size = wholeNumber(at, "size", 1, slices, 0);
    for (const auto &start : at["starts"]) {
        const auto value = start.as<int>();
        if (value < 0 || value + profile.size > slices)
            broken(at, fmt::format("{} at slice {} does not lie on the card", profile.name, value));
        profile.starts.push_back(value);
    }
}

/// "CPX/NPS4", of as many instances as `instances` says for CPX.
Sku::PartitionMode readMode(const YAML::Node &node, const YAML::Node &instances)
{
    const auto name = node.as<std::string>();
    const auto slash = name.find('/');
    if (slash == std::string::npos)
        broken(node, fmt::format("\"{}\" is no pair of modes like CPX/NPS4", name));
    const auto compute = name.substr(0, slash);
    if (!instances.IsMap() || !has(instances, compute.c_str()))
        broken(node, fmt::format("instances does not say how many {} gives", compute));
    return {compute, name.substr(slash + 1), wholeNumber(instances, compute.c_str(), 1, 64, 0)};
}

void readPartitions(const YAML::Node &parts, Sku &sku)
{
    sku.partitionKind = text(parts, "kind");
    sku.partitionRule = text(parts, "rule");
    sku.partitionSlices = wholeNumber(parts, "slices", 1, 64, 1);
    for (const auto &mode : parts["modes"]) {
        sku.partitionModes.push_back(readMode(mode, parts["instances"]));
        sku.partitionSlices = std::max(sku.partitionSlices, sku.partitionModes.back().instances);
    }
    if (has(parts, "profiles") && !parts["profiles"].IsSequence())
        broken(parts["profiles"], "profiles must be a list");
    for (const auto &profile : parts["profiles"]) {
        if (!profile.IsMap())
            broken(profile, "a profile must be a mapping");
        const auto instances = wholeNumber(profile, "max_instances", 0, 1000, 0);
        sku.profiles.push_back({required(profile, "name"), mebibytes(profile, "memory_mib"), instances, 0, {}});
        if (const auto at = mapping(profile, "at"); at.IsMap())
            readStarts(at, sku.partitionSlices, sku.profiles.back());
    }
}

Sku readSku(const YAML::Node &node)
{
    Sku sku;
    sku.id = required(node, "id");
    sku.vendor = required(node, "vendor");
    if (sku.vendor != "nvidia" && sku.vendor != "amd" && sku.vendor != "intel")
        broken(node["vendor"], fmt::format("vendor \"{}\" is not nvidia, amd or intel", sku.vendor));
    sku.name = required(node, "name");
    sku.labels = texts(node, "labels");
    sku.aka = texts(node, "aka");
    sku.pciIds = texts(node, "pci_ids");
    sku.architecture = text(node, "arch");
    sku.target = text(node, "target");
    sku.form = text(node, "form");
    readMemory(node["memory"], sku);
    for (const auto &rate : mapping(node, "tflops")) {
        const auto precision = rate.first.as<std::string>();
        if (const auto value = figure(node["tflops"], precision.c_str()))
            sku.tflops[precision] = *value;
    }
    if (const auto link = mapping(node, "interconnect"); link.IsMap()) {
        sku.interconnect = text(link, "kind");
        sku.interconnectGBs = figure(link, "gbs");
    }
    sku.pcie = text(node, "pcie");
    if (const auto watts = figure(node, "tdp_w", 1e5))
        sku.tdpWatts = static_cast<int>(*watts);
    if (const auto parts = mapping(node, "partitions"); parts.IsMap())
        readPartitions(parts, sku);
    sku.source = text(node, "src");
    sku.note = text(node, "note");
    sku.unverified = texts(node, "unverified");
    sku.displayName = displayName(sku);
    return sku;
}

std::string shortName(const std::string &id)
{
    auto name = id.substr(id.rfind('/') + 1);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

/// Gated DeltaNet layers of a hybrid decoder: all but `full_layers` of them.
void readLinearAttention(const YAML::Node &linear, Model &model)
{
    const auto dim = [&](const char *key) {
        const auto value = count<int>(linear, key);
        if (!value || *value < 1 || *value > 65536)
            broken(linear, fmt::format("linear_attention.{} must be between 1 and 65536", key));
        return std::int64_t{*value};
    };
    const auto keyHeads = dim("key_heads"), valueHeads = dim("value_heads"), keyDim = dim("key_dim");
    const auto valueDim = dim("value_dim"), full = dim("full_layers");
    if (!model.layers || full > *model.layers)
        broken(linear, "linear_attention.full_layers is more than the layers");
    model.layerMix = LayerMix{static_cast<int>(full), 0, *model.layers - static_cast<int>(full)};
    model.recurrent = RecurrentState{valueHeads * keyDim * valueDim,
                                     2 * keyHeads * keyDim + valueHeads * valueDim,
                                     static_cast<int>(dim("conv_kernel")),
                                     static_cast<int>(valueHeads),
                                     static_cast<int>(keyDim),
                                     4};
    model.gatedAttention = true;
}

Model readModel(const YAML::Node &node, bool isLlm)
{
    Model model;
    model.id = required(node, "id");
    model.shortName = shortName(model.id);
    model.architecture = text(node, "arch");
    model.kind = required(node, "kind");
    model.isLlm = isLlm;
    for (const auto &[key, field] : {std::pair{"layers", &model.layers},
                                     {"hidden", &model.hidden},
                                     {"heads", &model.heads},
                                     {"kv_heads", &model.kvHeads},
                                     {"head_dim", &model.headDim},
                                     {"vocab", &model.vocab},
                                     {"experts", &model.experts},
                                     {"experts_per_token", &model.expertsPerToken},
                                     {"moe_intermediate", &model.moeIntermediate},
                                     {"shared_experts", &model.sharedExperts},
                                     {"dense_layers", &model.denseLayers},
                                     {"context", &model.context},
                                     {"sliding_window", &model.slidingWindow}})
        *field = count<int>(node, key);
    model.intermediate = has(node, "intermediate") ? count<int>(node, "intermediate") : count<int>(node, "ffn");
    model.params = count<std::int64_t>(node, "params");
    model.activeParams = count<std::int64_t>(node, "active_params");
    model.tieEmbeddings = optional<bool>(node, "tie_embeddings").value_or(false);
    model.qkvBias = optional<bool>(node, "qkv_bias").value_or(false);
    model.qkNorm = optional<bool>(node, "qk_norm").value_or(false);
    if (mapping(node, "mla").IsMap()) {
        const auto dim = [&](const char *key) { return count<int>(node["mla"], key).value_or(0); };
        model.mla = Mla{dim("kv_lora_rank"), dim("qk_rope_head_dim"), dim("qk_nope_head_dim"), dim("v_head_dim"),
                        dim("q_lora_rank")};
    }
    if (const auto linear = mapping(node, "linear_attention"); linear.IsMap())
        readLinearAttention(linear, model);
    model.nativeWeights = optional<std::string>(node, "weights").value_or("bf16");
    model.aka = texts(node, "aka");
    model.kvBytesPerToken16 = count<std::int64_t>(node, "kv_bytes_per_token_16bit");
    model.checkpointGiB = figure(node, "checkpoint_gib");
    model.source = text(node, "src");
    model.note = text(node, "note");
    model.unverified = texts(node, "unverified");
    return model;
}

template <class Read>
Result<void> readYaml(const std::filesystem::path &file, std::string_view schema, const Read &read)
{
    const auto content = readFile(file);
    if (!content)
        return std::unexpected(content.error());
    try {
        const auto document = YAML::Load(*content);
        if (!document.IsMap() || text(document, "schema") != schema)
            return fail(ErrorKind::Parse, fmt::format("schema must be {}", schema), file.string(),
                        "this catalogue is of another version of Berth");
        read(document);
        return {};
    } catch (const Broken &error) {
        return fail(ErrorKind::Parse, error.message, fmt::format("{} line {}", file.string(), error.line));
    } catch (const YAML::ParserException &error) {
        return fail(ErrorKind::Parse, "is not YAML: " + error.msg,
                    fmt::format("{} line {}", file.string(), error.mark.line + 1));
    } catch (const YAML::Exception &error) {
        return fail(ErrorKind::Parse, "holds a value of the wrong type: " + error.msg,
                    fmt::format("{} line {}", file.string(), error.mark.line + 1));
    }
}

/// The entries of a list that must be there.
std::vector<YAML::Node> entries(const YAML::Node &document, const char *key)
{
    if (!document[key].IsDefined() || !document[key].IsSequence())
        broken(document[key].IsDefined() ? document[key] : document, fmt::format("{} must be a list", key));
    std::vector<YAML::Node> out;
    for (const auto &node : document[key]) {
        if (!node.IsMap())
            broken(node, fmt::format("an entry of {} must be a mapping", key));
        out.push_back(node);
    }
    return out;
}

/// Entries must have names of their own, or a lookup would silently take the first.
template <class Item>
void addUnique(std::vector<Item> &items, Item item, const YAML::Node &node)
{
    if (std::ranges::any_of(items, [&](const Item &other) { return other.id == item.id; }))
        broken(node, fmt::format("{} stands twice", item.id));
    items.push_back(std::move(item));
}

} // namespace

Result<Catalog> loadCatalog(const std::filesystem::path &folder)
{
    Catalog catalog;
    const auto skus = readYaml(folder / "skus.yaml", "berth.dev/skus/v1", [&catalog](const YAML::Node &document) {
        for (const auto &source : document["sources"])
            catalog.skuSources[source.first.as<std::string>()] = source.second.as<std::string>();
        for (const auto &node : entries(document, "skus"))
            addUnique(catalog.skus, readSku(node), node);
    });
    if (!skus)
        return std::unexpected(skus.error());
    const auto models = readYaml(folder / "models.yaml", "berth.dev/models/v1", [&catalog](const YAML::Node &document) {
        for (const auto &node : entries(document, "models"))
            addUnique(catalog.models, readModel(node, true), node);
        if (document["other_models"].IsDefined())
            for (const auto &node : entries(document, "other_models"))
                addUnique(catalog.models, readModel(node, false), node);
    });
    if (!models)
        return std::unexpected(models.error());
    return catalog;
}

} // namespace core
