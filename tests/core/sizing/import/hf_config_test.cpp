// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/hf_config.h"

#include "core/sizing/kv_cache.h"
#include "core/sizing/weights.h"

#include <QtTest>

#include <cmath>

using namespace core;

namespace {

constexpr double gibibyte = 1073741824.0;

/// A dense decoder's config with `more` keys in place of the last brace.
QByteArray config(const char *dims, const char *more = "")
{
    return QByteArray("{\"torch_dtype\": \"bfloat16\", ") + dims + more + "}";
}

constexpr auto qwen3Eight =
    R"("architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "num_hidden_layers": 36, "hidden_size": 4096,
    "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 12288,
    "vocab_size": 151936, "max_position_embeddings": 40960, "tie_word_embeddings": false)";
constexpr auto qwen2Seven =
    R"("architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "num_hidden_layers": 28, "hidden_size": 3584,
    "num_attention_heads": 28, "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064,
    "max_position_embeddings": 32768, "sliding_window": 131072, "use_sliding_window": false,
    "tie_word_embeddings": false)";
constexpr auto gptOss =
    R"("architectures": ["GptOssForCausalLM"], "model_type": "gpt_oss", "num_hidden_layers": 24, "hidden_size": 2880,
    "num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 64, "intermediate_size": 2880,
    "num_local_experts": 32, "num_experts_per_tok": 4, "vocab_size": 201088, "max_position_embeddings": 131072,
    "sliding_window": 128, "tie_word_embeddings": false, "attention_bias": true)";
constexpr auto deepseekV3 =
    R"("architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "num_hidden_layers": 61,
    "hidden_size": 7168, "num_attention_heads": 128, "num_key_value_heads": 128, "kv_lora_rank": 512,
    "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128, "v_head_dim": 128, "n_routed_experts": 256,
    "n_shared_experts": 1, "num_experts_per_tok": 8, "moe_intermediate_size": 2048, "first_k_dense_replace": 3,
    "intermediate_size": 18432, "vocab_size": 129280, "max_position_embeddings": 163840,
    "num_nextn_predict_layers": 1, "tie_word_embeddings": false)";
constexpr auto hybrid =
    R"("architectures": ["Qwen3_5ForConditionalGeneration"], "text_config": {"model_type": "qwen3_5_text",
    "num_hidden_layers": 64, "hidden_size": 5120, "num_attention_heads": 24, "num_key_value_heads": 4,
    "head_dim": 256, "intermediate_size": 17408, "vocab_size": 248320, "max_position_embeddings": 262144,
    "full_attention_interval": 4, "linear_num_key_heads": 16, "linear_num_value_heads": 48,
    "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_conv_kernel_dim": 4,
    "tie_word_embeddings": false})";
/// As Google's file is: what the class defaults to is left out.
constexpr auto gemma3 =
    R"("architectures": ["Gemma3ForConditionalGeneration"], "text_config": {"model_type": "gemma3_text",
    "num_hidden_layers": 34, "hidden_size": 2560, "intermediate_size": 10240, "sliding_window": 1024})";

} // namespace

class HfConfigTest : public QObject {
    Q_OBJECT

private slots:
    void decodersAreCountedAsTheirPublishersDo_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("parameters");
        QTest::addColumn<qint64>("bytesPerToken");
        QTest::newRow("Qwen3-8B") << config(qwen3Eight) << qint64(8190735360) << qint64(147456);
        QTest::newRow("Qwen2.5-7B") << config(qwen2Seven) << qint64(7615616512) << qint64(57344);
        QTest::newRow("gpt-oss-20b") << config(gptOss) << qint64(20914757184) << qint64(49152);
        QTest::newRow("DeepSeek-V3") << config(deepseekV3) << qint64(671026419200) << qint64(70272);
        QTest::newRow("Gemma-3-4B, text part") << config(gemma3) << qint64(3880263168) << qint64(139264);
    }
    void decodersAreCountedAsTheirPublishersDo()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, parameters);
        QFETCH(qint64, bytesPerToken);
        const auto imported = readHfConfig(text.toStdString(), "model");
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        QCOMPARE(qint64(countParameters(imported->model)->total()), parameters);
        QCOMPARE(qint64(kvLayout(imported->model, "auto", 1)->bytesPerToken()), bytesPerToken);
    }

    void quantisedWeightsAreWithinTwoPercent_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<double>("published"); // GiB
        QTest::addColumn<double>("tolerance");
        QTest::newRow("Qwen3-8B AWQ") << config(
            qwen3Eight, R"(, "quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128})")
                                      << 5.68 << 0.002;
        QTest::newRow("Qwen3-8B FP8 dynamic")
            << config(qwen3Eight, R"(, "quantization_config": {"quant_method": "compressed-tensors",
                "config_groups": {"group_0": {"weights": {"num_bits": 8, "type": "float", "strategy": "channel"}}},
                "ignore": ["lm_head"]})")
            << 8.790292739868164 << 0.002;
        QTest::newRow("gpt-oss-20b MXFP4")
            << config(gptOss, R"(, "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert":
                ["model.layers.*.self_attn", "model.layers.*.mlp.router", "model.embed_tokens", "lm_head"]})")
            << 12.816176533699036 << 1e-6;
    }
    void quantisedWeightsAreWithinTwoPercent()
    {
        QFETCH(QByteArray, text);
        QFETCH(double, published);
        QFETCH(double, tolerance);
        const auto imported = readHfConfig(text.toStdString(), "model");
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        QCOMPARE(imported->weights, std::string("stored"));
        const auto gib = static_cast<double>(weightBytes(imported->model, "stored")->total) / gibibyte;
        QVERIFY2(std::abs(gib - published) <= tolerance * published, qPrintable(QString::number(gib, 'f', 6)));
    }

    void modulesLeftAloneStayAtSixteenBit()
    {
        const auto of = [](const char *ignored) {
            const auto text = config(qwen3Eight, "").chopped(1)
                + R"(, "quantization_config": {"quant_method": "fp8", "modules_to_not_convert": [)" + ignored + "]}}";
            return weightBytes(readHfConfig(text.toStdString(), "m")->model, "stored")->total;
        };
        const auto none = of(""), attention = of(R"("re:.*self_attn.*")");
        // 36 layers of 2·4096·4096 (Q, O) and 2·4096·1024 (K, V), a byte more each.
        QCOMPARE(qint64(attention - none), qint64(36) * (2 * 4096 * 4096 + 2 * 4096 * 1024));
        const auto oneLayer = of(R"("model.layers.7.self_attn.q_proj", "model.layers.7.self_attn.k_proj")");
        QVERIFY(std::abs((oneLayer - none) * 36 - (attention - none)) <= 36);
    }

    void aHybridKeepsStatesAndCachesItsFullLayers()
    {
        const auto imported = readHfConfig(config(hybrid).toStdString(), "m");
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        const auto layout = kvLayout(imported->model, "auto", 1);
        QCOMPARE(layout->fullLayers, 16);
        QCOMPARE(layout->recurrentLayers, 48);
        QCOMPARE(qint64(layout->blockTokens()), qint64(784));
        // The bf16 checkpoint of Qwen3.6-27B is 51.75 GiB with its vision tower (0.46 B) and MTP layer (0.43 B).
        const auto parameters = static_cast<double>(countParameters(imported->model)->total());
        QVERIFY2(std::abs(parameters + 0.89e9 - 51.75 * gibibyte / 2) < 0.01e9 * 10,
                 qPrintable(QString::number(parameters)));
    }

    void ropeScalingStretchesTheContext_data()
    {
        QTest::addColumn<QByteArray>("scaling");
        QTest::addColumn<int>("context");
        QTest::newRow("none") << QByteArray("") << 40960;
        QTest::newRow("yarn") << QByteArray(R"(, "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
            "original_max_position_embeddings": 32768})")
                              << 131072;
        QTest::newRow("llama3 has it in its positions") << QByteArray(R"(, "rope_scaling": {"rope_type": "llama3",
            "factor": 8.0, "original_max_position_embeddings": 8192})")
                                                        << 40960;
        QTest::newRow("linear") << QByteArray(R"(, "rope_scaling": {"type": "linear", "factor": 2})") << 81920;
    }
    void ropeScalingStretchesTheContext()
    {
        QFETCH(QByteArray, scaling);
        QFETCH(int, context);
        const auto imported = readHfConfig(config(qwen3Eight, scaling.constData()).toStdString(), "m");
        QCOMPARE(imported->model.context.value_or(0), context);
    }

    void modelsThatAreNoDecodersAreCountedByTheirFamily_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<qint64>("parameters");
        QTest::newRow("bert-base-cased") << QByteArray(
            R"({"model_type": "bert", "hidden_size": 768, "num_hidden_layers": 12,
                "num_attention_heads": 12, "intermediate_size": 3072, "vocab_size": 28996,
                "max_position_embeddings": 512, "type_vocab_size": 2})")
                                         << "embedding encoder" << qint64(108310272);
        QTest::newRow("whisper-large-v3")
            << QByteArray(R"({"model_type": "whisper", "d_model": 1280, "encoder_layers": 32, "decoder_layers": 32,
                "encoder_ffn_dim": 5120, "decoder_ffn_dim": 5120, "decoder_attention_heads": 20, "vocab_size": 51866,
                "num_mel_bins": 128, "max_source_positions": 1500, "max_target_positions": 448,
                "torch_dtype": "float16"})")
            << "asr encoder-decoder" << qint64(1543490560);
    }
    void modelsThatAreNoDecodersAreCountedByTheirFamily()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, kind);
        QFETCH(qint64, parameters);
        const auto imported = readHfConfig(text.toStdString(), "m");
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        QVERIFY(!imported->model.isLlm);
        QCOMPARE(QString::fromStdString(imported->model.kind), kind);
        QCOMPARE(qint64(imported->model.params.value_or(0)), parameters);
    }

    void brokenConfigsSayWhere_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("words");
        QTest::newRow("empty") << QByteArray("") << "byte" << "not JSON";
        QTest::newRow("cut") << config(qwen3Eight).left(60) << "byte" << "not JSON";
        QTest::newRow("a list") << QByteArray("[1]") << "" << "not an object";
        QTest::newRow("no layers") << QByteArray(R"({"hidden_size": 8})") << "num_hidden_layers" << "missing";
        QTest::newRow("text for a number")
            << QByteArray(R"({"num_hidden_layers": "36", "hidden_size": 8})") << "num_hidden_layers" << "string";
        QTest::newRow("a fraction") << QByteArray(R"({"num_hidden_layers": 3.5, "hidden_size": 8})")
                                    << "num_hidden_layers" << "whole";
        QTest::newRow("negative") << QByteArray(R"({"num_hidden_layers": -1, "hidden_size": 8})") << "num_hidden_layers"
                                  << "-1";
        QTest::newRow("zero") << QByteArray(R"({"num_hidden_layers": 2, "hidden_size": 0})") << "hidden_size" << "0";
        QTest::newRow("huge") << QByteArray(R"({"num_hidden_layers": 2, "hidden_size": 18446744073709551615})")
                              << "hidden_size" << "between";
        QTest::newRow("NaN") << QByteArray(R"({"num_hidden_layers": NaN})") << "byte" << "not JSON";
        QTest::newRow("nested") << QByteArray(R"({"text_config": {"num_hidden_layers": {}}})")
                                << "text_config.num_hidden_layers" << "object";
        QTest::newRow("no decoder is that large")
            << QByteArray(R"({"num_hidden_layers": 10000, "hidden_size": 1048576, "num_attention_heads": 8,
                "intermediate_size": 4000000, "vocab_size": 1000})")
            << "num_hidden_layers" << "no model is that large";
        QTest::newRow("unknown quantisation")
            << config(qwen3Eight, R"(, "quantization_config": {"quant_method": "aqlm"})")
            << "quantization_config.quant_method" << "aqlm";
        QTest::newRow("block of a quantisation")
            << config(qwen3Eight, R"(, "quantization_config": {"quant_method": "fp8", "weight_block_size": [0, 128]})")
            << "quantization_config.weight_block_size" << "pair";
        QTest::newRow("unknown layers") << QByteArray(
            R"({"num_hidden_layers": 1, "hidden_size": 8, "num_attention_heads": 2, "vocab_size": 9,
                "layer_types": ["quantum"]})")
                                        << "layer_types[0]" << "quantum";
    }
    void brokenConfigsSayWhere()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, place);
        QFETCH(QString, words);
        const auto imported = readHfConfig(text.toStdString(), "m");
        QVERIFY(!imported.has_value());
        QVERIFY2(QString::fromStdString(imported.error().place).contains(place), imported.error().place.c_str());
        QVERIFY2(QString::fromStdString(imported.error().message).contains(words), imported.error().message.c_str());
    }
};

QTEST_APPLESS_MAIN(HfConfigTest)
#include "hf_config_test.moc"
