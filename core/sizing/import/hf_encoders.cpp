// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/hf_encoders.h"

#include <algorithm>
#include <array>

namespace core {

namespace {

constexpr std::int64_t mostLayers = 10000, mostDimension = 65536, mostVocab = 1 << 26;

std::int64_t required(const JsonSection &config, JsonSection::Keys keys, std::int64_t most)
{
    const auto value = config.count(keys, most);
    if (!value)
        throw BrokenDocument{config.pathOf(*keys.begin()), "is missing"};
    return *value;
}

/// A transformer layer with biases and two layer norms; `attentions` is 2 with cross attention, and a third norm then.
/// `biases` a block of attention has: BERT 4, Whisper 3 (none for K).
std::int64_t layerParams(std::int64_t hidden, std::int64_t mlp, std::int64_t attentions, std::int64_t biases)
{
    return attentions * (4 * hidden * hidden + biases * hidden) + 2 * hidden * mlp + mlp + hidden
        + (attentions + 1) * 2 * hidden;
}

/// BERT: bert-base-cased is 108 310 272 by this. RoBERTa, MPNet, ELECTRA and their kin differ by a few embeddings.
void readBert(const JsonSection &config, Model &model)
{
    const auto hidden = required(config, {"hidden_size", "dim", "n_embd"}, mostDimension);
    const auto layers = required(config, {"num_hidden_layers", "n_layers", "n_layer"}, mostLayers);
    const auto mlp =
        config.count({"intermediate_size", "hidden_dim", "n_inner"}, mostDimension * 4).value_or(4 * hidden);
    const auto vocab = required(config, {"vocab_size"}, mostVocab);
    const auto positions = config.count({"max_position_embeddings", "n_positions"}, 1 << 26).value_or(512);
    const auto types = config.number({"type_vocab_size"}, 65536).value_or(2);
    model.kind = "embedding encoder";
    model.layers = static_cast<int>(layers);
    model.hidden = static_cast<int>(hidden);
    model.heads = static_cast<int>(required(config, {"num_attention_heads", "n_heads", "n_head"}, mostDimension));
    model.intermediate = static_cast<int>(mlp);
    model.vocab = static_cast<int>(vocab);
    model.context = static_cast<int>(positions);
    model.params = (vocab + positions + types) * hidden + 2 * hidden + layers * layerParams(hidden, mlp, 1, 4)
        + hidden * hidden + hidden; // pooler
}

/// Whisper: large-v3 is 1.5435 B by this.
void readWhisper(const JsonSection &config, Model &model)
{
    const auto d = required(config, {"d_model"}, mostDimension);
    const auto encoders = required(config, {"encoder_layers"}, mostLayers);
    const auto decoders = required(config, {"decoder_layers"}, mostLayers);
    const auto encoderMlp = config.count({"encoder_ffn_dim"}, mostDimension * 4).value_or(4 * d);
    const auto decoderMlp = config.count({"decoder_ffn_dim"}, mostDimension * 4).value_or(4 * d);
    const auto vocab = required(config, {"vocab_size"}, mostVocab);
    const auto mels = config.count({"num_mel_bins"}, 65536).value_or(80);
    const auto audio = config.count({"max_source_positions"}, 1 << 20).value_or(1500);
    const auto text = config.count({"max_target_positions"}, 1 << 20).value_or(448);
    model.kind = "asr encoder-decoder";
    model.layers = static_cast<int>(decoders);
    model.hidden = static_cast<int>(d);
    model.heads = static_cast<int>(config.count({"decoder_attention_heads"}, mostDimension).value_or(16));
    model.vocab = static_cast<int>(vocab);
    model.context = static_cast<int>(text);
    const auto convolutions = 3 * mels * d + d + 3 * d * d + d;
    model.params = convolutions + (audio + text + vocab) * d + 4 * d + encoders * layerParams(d, encoderMlp, 1, 3)
        + decoders * layerParams(d, decoderMlp, 2, 3);
}

void readVision(const JsonSection &config, Model &model)
{
    const auto hidden = required(config, {"hidden_size"}, mostDimension);
    const auto layers = required(config, {"num_hidden_layers"}, mostLayers);
    const auto mlp = config.count({"intermediate_size"}, mostDimension * 4).value_or(4 * hidden);
    const auto patch = config.count({"patch_size"}, 1024).value_or(16);
    const auto image = config.count({"image_size"}, 65536).value_or(224);
    const auto patches = (image / patch) * (image / patch) + 1;
    model.kind = "vision encoder";
    model.layers = static_cast<int>(layers);
    model.hidden = static_cast<int>(hidden);
    model.heads = static_cast<int>(config.count({"num_attention_heads"}, mostDimension).value_or(12));
    model.context = static_cast<int>(std::min<std::int64_t>(patches, 1 << 26));
    model.params =
        3 * patch * patch * hidden + (patches + 2) * hidden + 2 * hidden + layers * layerParams(hidden, mlp, 1, 4);
}

} // namespace

bool readEncoder(const JsonSection &config, ImportedModel &imported)
{
    static constexpr std::array berts{"bert",       "roberta",   "xlm-roberta", "mpnet",      "electra",
                                      "distilbert", "camembert", "albert",      "nomic_bert", "deberta-v2",
                                      "new",        "ernie",     "modernbert"};
    static constexpr std::array views{"vit", "deit", "dinov2", "beit", "siglip_vision_model", "clip_vision_model"};
    const auto type = config.text({"model_type"}).value_or("");
    auto &model = imported.model;
    if (type == "whisper")
        readWhisper(config, model);
    else if (std::ranges::find(views, type) != views.end())
        readVision(config, model);
    else if (std::ranges::find(berts, type) != berts.end())
        readBert(config, model);
    else
        return false;
    model.isLlm = false;
    const auto stored = config.text({"torch_dtype", "dtype"}).value_or("float32");
    imported.weights = stored == "float32" ? "fp32" : stored == "float16" ? "fp16" : "bf16";
    imported.notes.emplace_back("parameters are counted from the config by the formula of its family");
    return true;
}

} // namespace core
