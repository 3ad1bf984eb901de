// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/hf_config.h"

#include "core/sizing/import/hf_encoders.h"
#include "core/sizing/import/hf_layers.h"
#include "core/sizing/import/hf_quantization.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace core {

namespace {

constexpr std::int64_t mostLayers = 10000, mostDimension = 1 << 20, mostVocab = 1 << 26, mostContext = 1 << 26;

std::optional<int> small(std::optional<std::int64_t> value)
{
    return value ? std::optional(static_cast<int>(*value)) : std::nullopt; // bounded where it was read
}

bool oneOf(std::string_view text, std::initializer_list<std::string_view> prefixes)
{
    return std::ranges::any_of(prefixes, [text](auto prefix) { return text.starts_with(prefix); });
}

/// The decoder's part of a multimodal config.
JsonSection decoderOf(const JsonSection &config)
{
    for (const char *key : {"text_config", "llm_config", "language_config", "thinker_config"})
        if (auto inner = config.section(key))
            return key == std::string_view("thinker_config") ? decoderOf(*inner) : *inner;
    return config;
}

/// What Gemma3TextConfig takes when the file is silent, as Google's files are.
void fillGemma3(Model &model)
{
    model.heads = model.heads.value_or(8);
    model.kvHeads = model.kvHeads.value_or(4);
    model.headDim = model.headDim.value_or(256);
    model.vocab = model.vocab.value_or(262208);
    model.context = model.context.value_or(131072);
}

/// Positions the model was made for; YaRN and linear scaling stretch them, as vLLM's _get_and_verify_max_len does.
std::optional<int> contextOf(const JsonSection &config)
{
    const auto plain = config.count({"max_position_embeddings", "n_positions", "max_sequence_length", "seq_length",
                                     "max_seq_len", "model_max_length"},
                                    mostContext);
    auto scaling = config.section("rope_scaling");
    if (!scaling)
        scaling = config.section("rope_parameters");
    if (!plain || !scaling)
        return small(plain);
    const auto type = scaling->text({"rope_type", "type"}).value_or("default");
    const double factor = scaling->real("factor").value_or(1);
    const auto original = scaling->count({"original_max_position_embeddings"}, mostContext);
    if (factor < 1 || (type != "yarn" && type != "linear" && type != "dynamic"))
        return small(plain);
    const auto from = static_cast<double>(type == "yarn" ? original.value_or(*plain) : *plain);
    const auto stretched = std::min(from * factor, static_cast<double>(mostContext));
    return static_cast<int>(std::max(stretched, type == "yarn" && original ? 1.0 : static_cast<double>(*plain)));
}

std::optional<int> kvHeadsOf(const JsonSection &config, const Model &model)
{
    if (config.flag("multi_query").value_or(false) && !config.flag("new_decoder_architecture").value_or(false))
        return 1;
    const auto stated = config.count(
        {"num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num", "n_kv_heads"}, mostDimension);
    return stated ? small(stated) : model.heads;
}

void readAttention(const JsonSection &config, Model &model)
{
    model.heads = small(config.count({"num_attention_heads", "n_head", "num_heads", "n_heads"}, mostDimension));
    model.kvHeads = kvHeadsOf(config, model);
    model.headDim = small(config.count({"head_dim", "kv_channels", "attention_head_dim"}, 65536));
    if (const auto rank = config.count({"kv_lora_rank"}, mostDimension)) {
        const auto dim = [&](const char *key) { return small(config.number({key}, mostDimension)).value_or(0); };
        model.mla = Mla{static_cast<int>(*rank), dim("qk_rope_head_dim"), dim("qk_nope_head_dim"), dim("v_head_dim"),
                        dim("q_lora_rank")};
        model.headDim.reset();
    }
    model.qkvBias = config.flag("attention_bias").value_or(false) || config.flag("add_qkv_bias").value_or(false)
        || config.flag("qkv_bias").value_or(false)
        || (oneOf(model.architecture, {"Qwen2"}) && !config.has("attention_bias"));
    model.qkNorm = config.flag("use_qk_norm").value_or(oneOf(model.architecture, {"Qwen3"}));
}

int denseLayersOf(const JsonSection &config, int layers)
{
    if (const auto first = config.number({"first_k_dense_replace", "num_dense_layers"}, mostLayers))
        return static_cast<int>(std::min<std::int64_t>(*first, layers));
    if (const auto step = config.count({"interleave_moe_layer_step", "decoder_sparse_step"}, mostLayers))
        return layers - layers / static_cast<int>(*step);
    const auto listed = config.value().find("mlp_only_layers");
    const auto named = listed != config.value().end() && listed->is_array() ? listed->size() : 0;
    return static_cast<int>(std::min<std::size_t>(named, static_cast<std::size_t>(layers)));
}

void readExperts(const JsonSection &config, Model &model)
{
    model.kind = "dense";
    model.intermediate = small(config.count(
        {"intermediate_size_mlp", "intermediate_size", "ffn_hidden_size", "ffn_dim", "n_inner"}, mostDimension * 4));
    const auto experts = config.number(
        {"num_local_experts", "n_routed_experts", "num_experts", "moe_num_experts", "num_moe_experts"}, 65536);
    if (experts.value_or(0) <= 1)
        return;
    model.kind = "moe";
    model.experts = small(experts);
    model.expertsPerToken =
        small(config.count({"num_experts_per_tok", "num_experts_per_token", "moe_topk", "top_k_experts"}, 65536));
    model.moeIntermediate = small(
        config.count({"moe_intermediate_size", "expert_ffn_hidden_size", "intermediate_size"}, mostDimension * 4));
    model.sharedExperts = small(config.number({"n_shared_experts", "num_shared_experts"}, 65536))
                              .value_or(oneOf(model.architecture, {"Llama4"}) ? 1 : 0);
    model.sharedIntermediate = small(config.number({"shared_expert_intermediate_size"}, mostDimension * 4));
    model.denseLayers = denseLayersOf(config, model.layers.value_or(0));
}

bool tiedByDefault(std::string_view type)
{
    return oneOf(type, {"gemma", "gpt2", "bloom", "falcon", "opt", "cohere", "gpt_bigcode", "starcoder2"});
}

/// A vision tower beside the decoder: blocks of attention and MLP, and a patch embedding.
std::optional<std::int64_t> visionParams(const JsonSection &config)
{
    const auto vision = config.section("vision_config");
    if (!vision)
        return std::nullopt;
    const auto hidden = vision->count({"embed_dim", "hidden_size", "width"}, 65536);
    const auto layers = vision->count({"num_hidden_layers", "depth", "layers"}, mostLayers);
    if (!hidden || !layers)
        return std::nullopt;
    const auto mlp = vision->count({"intermediate_size"}, mostDimension).value_or(4 * *hidden);
    const auto patch = vision->count({"patch_size"}, 1024).value_or(14);
    return *layers * (4 * *hidden * *hidden + 2 * *hidden * mlp) + 3 * patch * patch * *hidden;
}

/// So that no formula over the dimensions can overflow.
void checkPlausible(const Model &model)
{
    const auto d = [](std::optional<int> value) { return static_cast<double>(value.value_or(1)); };
    const double width =
        std::max({d(model.intermediate), d(model.moeIntermediate) * (d(model.experts) + d(model.sharedExperts)),
                  d(model.heads) * d(model.headDim), d(model.hidden)});
    const std::int64_t state =
        !model.recurrent ? 0 : model.recurrent->convChannels + model.recurrent->elements / model.recurrent->keyDim;
    const double recurrent = d(model.layers) * d(model.hidden) * static_cast<double>(state);
    const double latent = !model.mla ? 0
                                     : d(model.layers) * d(model.heads)
            * (static_cast<double>(model.mla->qkNopeHeadDim) + model.mla->qkRopeHeadDim + model.mla->vHeadDim)
            * (static_cast<double>(model.mla->qLoraRank) + model.mla->kvLoraRank + d(model.hidden));
    const double parameters =
        recurrent + latent + d(model.layers) * d(model.hidden) * width + d(model.vocab) * d(model.hidden);
    const double cache = d(model.layers) * d(model.kvHeads) * d(model.headDim);
    if (parameters > 1e14 || cache > 1e10)
        throw BrokenDocument{
            "num_hidden_layers",
            fmt::format("its dimensions multiply to {:.2g} parameters: no model is that large", parameters)};
}

void readDecoder(const JsonSection &config, const JsonSection &outer, Model &model)
{
    const auto layers = config.count({"num_hidden_layers", "n_layer", "num_layers", "n_layers"}, mostLayers);
    if (!layers)
        throw BrokenDocument{config.pathOf("num_hidden_layers"), "is missing"};
    model.layers = small(layers);
    model.hidden = small(config.count({"hidden_size", "n_embd", "d_model", "dim"}, mostDimension));
    if (!model.hidden)
        throw BrokenDocument{config.pathOf("hidden_size"), "is missing"};
    model.vocab = small(config.count({"padded_vocab_size", "vocab_size"}, mostVocab));
    if (!model.vocab)
        model.vocab = small(outer.count({"vocab_size"}, mostVocab));
    model.context = contextOf(config);
    readAttention(config, model);
    const auto type = config.text({"model_type"}).value_or("");
    if (oneOf(type, {"gemma3"}))
        fillGemma3(model);
    if (!model.heads)
        throw BrokenDocument{config.pathOf("num_attention_heads"), "is missing"};
    readExperts(config, model);
    if (!model.intermediate && !model.experts)
        model.intermediate = *model.hidden * 4; // GPT-2 and Falcon leave it out
    const auto outerTie = outer.flag("tie_word_embeddings");
    model.tieEmbeddings = config.flag("tie_word_embeddings").value_or(outerTie.value_or(tiedByDefault(type)));
    readLayers(config, model);
    model.visionParams = visionParams(outer);
    checkPlausible(model);
}

std::string storedType(const JsonSection &config, const JsonSection &outer)
{
    auto type = config.text({"torch_dtype", "dtype"});
    if (!type)
        type = outer.text({"torch_dtype", "dtype"});
    return type.value_or("bfloat16");
}

void addNotes(const JsonSection &config, ImportedModel &imported)
{
    if (imported.model.visionParams)
        imported.notes.push_back(fmt::format("a vision tower of about {:.2f} B parameters is counted at 16 bit",
                                             static_cast<double>(*imported.model.visionParams) / 1e9));
    if (config.number({"num_nextn_predict_layers", "mtp_num_hidden_layers"}, mostLayers).value_or(0) > 0)
        imported.notes.emplace_back(
            "the checkpoint's multi-token prediction layers are loaded with speculation only and not counted");
    if (config.has("index_head_dim"))
        imported.notes.emplace_back("the cache of its sparse-attention indexer is not counted");
}

Result<void> addQuantization(const JsonSection &config, const JsonSection &outer, ImportedModel &imported)
{
    auto quantization = outer.section("quantization_config");
    if (!quantization)
        quantization = config.section("quantization_config");
    if (!quantization)
        quantization = config.section("compression_config");
    if (!quantization)
        return {};
    const auto read = readQuantization(*quantization, imported.model.layers.value_or(1));
    if (!read)
        return std::unexpected(read.error());
    const auto count = countParameters(imported.model);
    if (!count) {
        imported.notes.push_back("quantised as " + read->format + ", but not counted: " + count.error().message);
        return {};
    }
    const auto parts = partBytes(*count, read->bits, read->kept);
    const auto whole = [](double bytes) { return std::llround(bytes); };
    imported.model.stored =
        StoredWeights{{whole(parts.embedding), whole(parts.head), whole(parts.attention), whole(parts.kvProjection),
                       whole(parts.replicated), whole(parts.mlp), whole(parts.experts), whole(parts.small)},
                      count->total(),
                      read->format};
    imported.weights = "stored";
    imported.kvCache = read->kvCacheFp8 ? "fp8" : "auto";
    return {};
}

std::string lastPart(const std::string &id)
{
    auto name = id.substr(id.rfind('/') + 1);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

Result<ImportedModel> readDocument(const JsonSection &outer, const std::string &id)
{
    ImportedModel imported;
    auto &model = imported.model;
    model.id = id;
    model.shortName = lastPart(id);
    const auto architectures = outer.texts({"architectures"});
    model.architecture = architectures.empty() ? std::string() : architectures.front();
    model.source = "config.json";
    if (readEncoder(outer, imported))
        return imported;
    const auto config = decoderOf(outer);
    readDecoder(config, outer, model);
    if (storedType(config, outer) == "float32")
        imported.notes.emplace_back("the checkpoint is stored as float32; engines load it as 16 bit");
    addNotes(config, imported);
    if (const auto added = addQuantization(config, outer, imported); !added)
        return std::unexpected(added.error());
    return imported;
}

} // namespace

Result<ImportedModel> readHfConfig(std::string_view text, const std::string &id)
{
    const auto document = parseJson(text);
    if (!document)
        return std::unexpected(document.error());
    try {
        return readDocument(JsonSection(*document, ""), id);
    } catch (const BrokenDocument &broken) {
        return fail(ErrorKind::Parse, broken.message, broken.place);
    }
}

Result<void> readGenerationConfig(std::string_view text, ImportedModel &imported)
{
    const auto document = parseJson(text);
    if (!document)
        return std::unexpected(document.error());
    try {
        const JsonSection config(*document, "");
        if (const auto most = config.count({"max_new_tokens", "max_length"}, mostContext))
            imported.notes.push_back(fmt::format("its publisher generates at most {} tokens by default", *most));
        return {};
    } catch (const BrokenDocument &broken) {
        return fail(ErrorKind::Parse, broken.message, broken.place);
    }
}

} // namespace core
