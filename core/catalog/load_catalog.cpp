// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/catalog/catalog.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <cmath>

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
            && name.find(form) == std::string::npos)
            name += " " + std::string(form);
    return fmt::format("{} {:g} GB", name, sku.memorySize);
}

void readMemory(const YAML::Node &memory, Sku &sku)
{
    if (!memory.IsMap())
        broken(memory, "memory is missing");
    sku.memorySize = optional<double>(memory, "size").value_or(0);
    if (!(sku.memorySize > 0) || !std::isfinite(sku.memorySize))
        broken(memory, "memory.size must be positive");
    sku.memoryUnit = text(memory, "unit");
    sku.bandwidthGBs = optional<double>(memory, "bandwidth_gbs");
    if (const auto mib = optional<std::int64_t>(memory, "reported_mib"))
        sku.reportedBytes = *mib << 20;
}

Sku readSku(const YAML::Node &node)
{
    Sku sku;
    sku.id = required(node, "id");
    sku.vendor = required(node, "vendor");
    sku.name = required(node, "name");
    sku.labels = texts(node, "labels");
    sku.aka = texts(node, "aka");
    sku.pciIds = texts(node, "pci_ids");
    sku.architecture = text(node, "arch");
    sku.target = text(node, "target");
    sku.form = text(node, "form");
    readMemory(node["memory"], sku);
    if (node["tflops"].IsMap())
        for (const auto &rate : node["tflops"])
            if (!rate.second.IsNull())
                sku.tflops[rate.first.as<std::string>()] = rate.second.as<double>();
    if (node["interconnect"].IsMap()) {
        sku.interconnect = text(node["interconnect"], "kind");
        sku.interconnectGBs = optional<double>(node["interconnect"], "gbs");
    }
    sku.tdpWatts = optional<int>(node, "tdp_w");
    if (node["partitions"].IsMap()) {
        sku.partitionKind = text(node["partitions"], "kind");
        for (const auto &profile : node["partitions"]["profiles"]) {
            const auto mib = optional<std::int64_t>(profile, "memory_mib");
            sku.profiles.push_back({required(profile, "name"), mib ? std::optional(*mib << 20) : std::nullopt,
                                    optional<int>(profile, "max_instances").value_or(0)});
        }
    }
    sku.source = text(node, "src");
    sku.note = text(node, "note");
    sku.unverified = texts(node, "unverified");
    sku.displayName = displayName(sku);
    return sku;
}

std::string shortName(const std::string &id)
{
    auto name = id.substr(id.rfind('/') + 1);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

/// A count; "32 enc + 32 dec" and lists (families in one row) are not counts.
template <class T>
std::optional<T> count(const YAML::Node &node, const char *key)
{
    if (!has(node, key) || !node[key].IsScalar())
        return std::nullopt;
    const auto &scalar = node[key].Scalar();
    return scalar.find_first_not_of("-0123456789") == std::string::npos ? optional<T>(node, key) : std::nullopt;
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
    if (has(node, "mla")) {
        const auto dim = [&](const char *key) { return optional<int>(node["mla"], key).value_or(0); };
        model.mla = Mla{dim("kv_lora_rank"), dim("qk_rope_head_dim"), dim("qk_nope_head_dim"), dim("v_head_dim"),
                        dim("q_lora_rank")};
    }
    model.kvBytesPerToken16 = count<std::int64_t>(node, "kv_bytes_per_token_16bit");
    model.checkpointGiB = optional<double>(node, "checkpoint_gib");
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
    } catch (const YAML::Exception &error) {
        return fail(ErrorKind::Parse, "is not YAML: " + error.msg,
                    fmt::format("{} line {}", file.string(), error.mark.line + 1));
    }
}

/// Entries must have names of their own, or a lookup would silently take the first.
template <class Item>
void addUnique(std::vector<Item> &items, Item item, const YAML::Node &node)
{
    if (std::any_of(items.begin(), items.end(), [&](const Item &other) { return other.id == item.id; }))
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
        for (const auto &node : document["skus"])
            addUnique(catalog.skus, readSku(node), node);
    });
    if (!skus)
        return std::unexpected(skus.error());
    const auto models = readYaml(folder / "models.yaml", "berth.dev/models/v1", [&catalog](const YAML::Node &document) {
        for (const auto &node : document["models"])
            addUnique(catalog.models, readModel(node, true), node);
        for (const auto &node : document["other_models"])
            addUnique(catalog.models, readModel(node, false), node);
    });
    if (!models)
        return std::unexpected(models.error());
    return catalog;
}

} // namespace core
