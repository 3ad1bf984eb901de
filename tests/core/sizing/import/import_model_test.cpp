// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/import/import_model.h"

#include "core/sizing/import/gguf.h"
#include "core/sizing/import/safetensors.h"
#include "core/sizing/kv_cache.h"
#include "core/sizing/weights.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <unistd.h>

using namespace core;

Q_DECLARE_METATYPE(core::ErrorKind)

namespace {

std::string little(std::uint64_t value, int bytes)
{
    std::string out;
    for (int i = 0; i < bytes; ++i)
        out += static_cast<char>(value >> static_cast<unsigned>(8 * i) & 0xffU);
    return out;
}

/// A safetensors file with this header and so many bytes of data.
std::string safetensors(const std::string &header, std::size_t data)
{
    return little(header.size(), 8) + header + std::string(data, '\0');
}

constexpr auto twoTensors =
    R"({"model.embed_tokens.weight": {"dtype": "BF16", "shape": [8, 4], "data_offsets": [0, 64]},
    "model.layers.0.mlp.up_proj.weight": {"dtype": "F32", "shape": [2, 2], "data_offsets": [64, 80]}})";

std::string ggufText(const std::string &text)
{
    return little(text.size(), 8) + text;
}

std::string ggufNumber(const std::string &key, std::uint32_t value)
{
    return ggufText(key) + little(4, 4) + little(value, 4);
}

/// One key of a llama with 2 layers of 8 heads, 2 KV heads and a width of 256, and one Q4_K tensor of 256 x 2.
std::string gguf(std::size_t data = 288, std::uint64_t tensors = 1, std::uint64_t offset = 0)
{
    const auto keys = ggufText("general.architecture") + little(8, 4) + ggufText("llama")
        + ggufNumber("llama.block_count", 2) + ggufNumber("llama.embedding_length", 256)
        + ggufNumber("llama.attention.head_count", 8) + ggufNumber("llama.attention.head_count_kv", 2)
        + ggufNumber("llama.context_length", 2048);
    auto file = "GGUF" + little(3, 4) + little(tensors, 8) + little(6, 8) + keys;
    file += ggufText("blk.0.attn_k.weight") + little(2, 4) + little(256, 8) + little(2, 8) + little(12, 4)
        + little(offset, 8);
    file += std::string((32 - file.size() % 32) % 32, '\0');
    return file + std::string(data, '\0');
}

} // namespace

class ImportModelTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void safetensorsTellBytesByPart()
    {
        put("model.safetensors", safetensors(twoTensors, 80));
        const auto imported = importModel(path("model.safetensors"));
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        QCOMPARE(qint64(imported->model.stored->bytes.embedding), qint64(64));
        QCOMPARE(qint64(imported->model.stored->bytes.mlp), qint64(16));
        QCOMPARE(qint64(imported->model.params.value_or(0)), qint64(36));
        QVERIFY(!imported->model.isLlm);
        QVERIFY(!imported->notes.empty());
    }

    void brokenSafetensorsSayWhere_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const std::string &bytes, const char *place, const char *words) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << place << words;
        };
        const auto one = [](const char *tensor) { return std::string("{\"a\": ") + tensor + "}"; };
        row("empty", "", "offset 0", "ends here");
        row("four bytes", "\1\0\0\0", "offset", "ends here");
        row("a gigabyte in a hundred bytes", little(1U << 30U, 8) + std::string(92, ' '), "offset 0", "more than");
        row("a header beyond the file", little(1000, 8) + "{}", "offset 0", "only 2 follow");
        row("no JSON", safetensors("{\"a\": ", 0), "offset", "not JSON");
        row("a list", safetensors("[]", 0), "header", "not an object");
        row("no tensor", safetensors("{}", 0), "header", "no tensor");
        row("cut short", safetensors(twoTensors, 79), "data", "cut short");
        row("more than its tensors", safetensors(twoTensors, 81), "data", "belong to none");
        row("overlap",
            safetensors(R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
            "b": {"dtype": "U8", "shape": [4], "data_offsets": [2, 6]}})",
                        6),
            "a and b", "same bytes");
        row("hole",
            safetensors(R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
            "b": {"dtype": "U8", "shape": [4], "data_offsets": [6, 10]}})",
                        10),
            "b", "2 bytes after");
        row("twice",
            safetensors(R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]},
            "a": {"dtype": "U8", "shape": [4], "data_offsets": [4, 8]}})",
                        8),
            "a", "twice");
        row("type", safetensors(one(R"({"dtype": "F99", "shape": [4], "data_offsets": [0, 4]})"), 4), "dtype", "F99");
        row("negative", safetensors(one(R"({"dtype": "U8", "shape": [-4], "data_offsets": [0, 4]})"), 4), "shape[0]",
            "-4");
        row("shape overflows",
            safetensors(one(R"({"dtype": "U8", "shape": [1099511627776, 1099511627776],
            "data_offsets": [0, 4]})"),
                        4),
            "shape", "more elements");
        row("bytes do not match", safetensors(one(R"({"dtype": "F32", "shape": [4], "data_offsets": [0, 4]})"), 4),
            "data_offsets", "do not take that");
        row("backwards", safetensors(one(R"({"dtype": "U8", "shape": [4], "data_offsets": [4, 0]})"), 4),
            "data_offsets", "begin and an end");
        row("not an object", safetensors(one("7"), 4), "a", "not an object");
    }
    void brokenSafetensorsSayWhere()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, place);
        QFETCH(QString, words);
        put("model.safetensors", bytes.toStdString());
        expectError(path("model.safetensors"), ErrorKind::Parse, place, words);
    }

    void ggufTellsArchitectureAndWeights()
    {
        put("small-q4_k.gguf", gguf());
        const auto imported = importModel(path("small-q4_k.gguf"));
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        QCOMPARE(qint64(imported->model.stored->bytes.kvProjection), qint64(288));
        QCOMPARE(imported->model.context.value_or(0), 2048);
        QCOMPARE(qint64(kvLayout(imported->model, "auto", 1)->bytesPerToken()), qint64(2 * 2 * 2 * 32 * 2));
    }

    void brokenGgufSaysWhere_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const std::string &bytes, const char *place, const char *words) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << place << words;
        };
        const auto whole = gguf();
        row("empty", "", "offset 0", "only 0 are left");
        row("magic", "GGML" + whole.substr(4), "offset 0", "GGUF");
        row("version", "GGUF" + little(1, 4) + whole.substr(8), "offset 4", "version 1");
        row("big-endian", "GGUF" + std::string("\0\0\0\3", 4) + whole.substr(8), "offset 4", "big-endian");
        row("cut in the keys", whole.substr(0, 100), "offset", "");
        row("cut in the data", gguf(100), "offset", "cut short");
        row("more tensors than bytes", gguf(288, 1ULL << 60U), "offset", "claims");
        row("more keys than bytes", whole.substr(0, 16) + little(1ULL << 60U, 8) + whole.substr(24), "offset 24",
            "claims");
        row("not aligned", gguf(288, 1, 8), "offset", "multiple of 32");
        row("a list of a million million",
            "GGUF" + little(3, 4) + little(0, 8) + little(1, 8) + ggufText("a") + little(9, 4) + little(4, 4)
                + little(1ULL << 40U, 8),
            "offset", "a list of");
    }
    void brokenGgufSaysWhere()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, place);
        QFETCH(QString, words);
        put("model.gguf", bytes.toStdString());
        expectError(path("model.gguf"), ErrorKind::Parse, place, words);
    }

    void aFolderIsOneModel()
    {
        put("config.json", R"({"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 1, "hidden_size": 4,
            "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 2, "vocab_size": 8})");
        put("generation_config.json", R"({"max_new_tokens": 512})");
        put("model-00001-of-00002.safetensors", safetensors(twoTensors, 80));
        put("model-00002-of-00002.safetensors",
            safetensors(R"({"lm_head.weight": {"dtype": "BF16", "shape": [8, 4], "data_offsets": [0, 64]}})", 64));
        put("model.safetensors.index.json", R"({"metadata": {"total_size": 144}, "weight_map": {
            "a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}})");
        const auto imported = importModel(path(""));
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        QCOMPARE(qint64(imported->model.stored->bytes.total()), qint64(144));
        QCOMPARE(qint64(weightBytes(imported->model, "stored", 2)->perDevice), qint64(72));
        QCOMPARE(imported->notes.size(), std::size_t(1)); // what generation_config.json says
    }

    void anIndexAloneGivesTheTotal()
    {
        put("model.safetensors.index.json",
            R"({"metadata": {"total_size": 5000}, "weight_map": {"a": "model-00001-of-00001.safetensors"}})");
        const auto imported = importModel(path("model.safetensors.index.json"));
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        QCOMPARE(qint64(imported->model.stored->bytes.total()), qint64(5000));
    }

    void anIndexCannotLeadOutOfItsFolder()
    {
        put("model.safetensors.index.json", R"({"weight_map": {"a": "../../etc/passwd"}})");
        expectError(path("model.safetensors.index.json"), ErrorKind::Parse, "weight_map", "beside the index");
    }

    void missingShardsAreNamed()
    {
        put("model-00001-of-00002.safetensors", safetensors(twoTensors, 80));
        put("model.safetensors.index.json", R"({"weight_map": {"a": "model-00001-of-00002.safetensors",
            "b": "model-00002-of-00002.safetensors"}})");
        expectError(path("model.safetensors.index.json"), ErrorKind::NotFound, "index", "1 of its 2 files");
    }

    void foldersThatAreNotOneModelAreRefused_data()
    {
        QTest::addColumn<QStringList>("files");
        QTest::addColumn<QString>("words");
        QTest::newRow("two GGUF models") << QStringList{"a-q4.gguf", "a-q8.gguf"} << "2 models: a-q4.gguf, a-q8.gguf";
        QTest::newRow("safetensors and GGUF") << QStringList{"model.safetensors", "m.gguf"} << "2 models";
        QTest::newRow("two of safetensors") << QStringList{"a.safetensors", "b.safetensors"} << "2 models";
        QTest::newRow("models below") << QStringList{"x/config.json", "y/config.json"} << "2 models: x, y";
        QTest::newRow("nothing") << QStringList{"README.md"} << "no config.json";
    }
    void foldersThatAreNotOneModelAreRefused()
    {
        QFETCH(QStringList, files);
        QFETCH(QString, words);
        for (const auto &file : files) {
            std::filesystem::create_directories(path(file.toStdString()).parent_path());
            put(file.toStdString(), "{}");
        }
        const auto imported = importModel(path(""));
        QVERIFY(!imported.has_value());
        QVERIFY2(QString::fromStdString(imported.error().message).contains(words), imported.error().message.c_str());
    }

    void whatIsNotThereOrNotReadableSaysSo()
    {
        expectError(path("none"), ErrorKind::NotFound, "none", "no such");
        if (geteuid() == 0)
            QSKIP("root may read everything");
        std::filesystem::create_directory(path("closed"));
        std::filesystem::permissions(path("closed"), std::filesystem::perms::none);
        expectError(path("closed"), ErrorKind::Io, "closed", "");
    }

    void aPipelineIsTheSumOfItsParts()
    {
        putPipeline(R"({"_class_name": "FluxPipeline", "transformer": ["diffusers", "T"], "text_encoder":
            ["transformers", "E"], "vae": ["diffusers", "V"], "scheduler": ["diffusers", "S"],
            "safety_checker": [null, null], "force_zeros": true})");
        const auto imported = importModel(path(""));
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        QCOMPARE(imported->model.kind, std::string("diffusion pipeline"));
        QCOMPARE(qint64(imported->model.stored->bytes.total()), qint64(80 + 80 + 5000));
        QCOMPARE(qint64(imported->model.params.value_or(0)), qint64(36 + 36));
        QVERIFY(!imported->model.isLlm);
        QCOMPARE(imported->notes.size(), std::size_t(2)); // all parts on the device, and the text encoder by its index
        QVERIFY2(imported->notes.back().starts_with("text_encoder: "), imported->notes.back().c_str());
    }

    void aPipelineWithABrokenPartIsRefused_data()
    {
        QTest::addColumn<QString>("index");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const char *index, ErrorKind kind, const char *place, const char *words) {
            QTest::newRow(name) << index << kind << place << words;
        };
        const auto *index = "model_index.json";
        row("a part is missing", R"({"unet": ["diffusers", "U"]})", ErrorKind::NotFound, index, "\"unet\"");
        row("weights of another format", R"({"pickled": ["t", "E"]})", ErrorKind::NotFound, "model.bin", "safetensors");
        row("two models in a part", R"({"two": ["t", "E"]})", ErrorKind::Usage, "two", "2 models");
        row("a part of junk", R"({"junk": ["t", "E"]})", ErrorKind::Parse, "junk", "");
        row("no weights", R"({"scheduler": ["diffusers", "S"]})", ErrorKind::NotFound, "", "hold no safetensors");
        row("nothing", "{}", ErrorKind::NotFound, "", "hold no safetensors");
        row("no JSON", "{", ErrorKind::Parse, index, "");
        row("a list", "[]", ErrorKind::Parse, index, "not an object");
        row("out of the folder", R"({"../vae": ["diffusers", "V"]})", ErrorKind::Parse, index, "no folder beside it");
    }
    void aPipelineWithABrokenPartIsRefused()
    {
        QFETCH(QString, index);
        QFETCH(ErrorKind, kind);
        QFETCH(QString, place);
        QFETCH(QString, words);
        putPipeline(index.toStdString());
        expectError(path(""), kind, place, words);
    }

    void variantsOfAModelAreNotModelsOfTheirOwn()
    {
        put("model.safetensors", safetensors(twoTensors, 80));
        put("model.fp16.safetensors", "unread");
        const auto imported = importModel(path(""));
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        QCOMPARE(qint64(imported->model.stored->bytes.total()), qint64(80));
    }

    void onnxIsItsInitialisers()
    {
        std::ifstream seed(BERTH_TEST_DATA "/fuzz/onnx/small.onnx", std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(seed), {}};
        put("m.onnx", bytes);
        const auto imported = importModel(path("m.onnx"));
        QVERIFY2(imported.has_value(), imported ? "" : describe(imported.error()).c_str());
        QCOMPARE(qint64(imported->model.stored->bytes.total()), qint64(4 * 3 * 4 + 5 * 2));
        for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
            put("m.onnx", bytes.substr(0, cut));
            const auto broken = importModel(path("m.onnx"));
            QVERIFY2(broken || !broken.error().place.empty(), qPrintable(QString::number(cut)));
        }
    }

private:
    std::filesystem::path path(const std::string &name) const { return m_folder->path().toStdString() + "/" + name; }
    void put(const std::string &name, const std::string &bytes) const
    {
        std::ofstream(path(name), std::ios::binary) << bytes;
    }
    /// Parts of every kind; the index says which are loaded.
    void putPipeline(const std::string &index) const
    {
        for (const char *part :
             {"transformer", "text_encoder", "vae", "vae_1_0", "scheduler", "pickled", "two", "junk"})
            std::filesystem::create_directory(path(part));
        put("model_index.json", index);
        put("transformer/diffusion_pytorch_model.safetensors", safetensors(twoTensors, 80));
        put("transformer/diffusion_pytorch_model.fp16.safetensors", "unread");
        put("transformer/model.onnx", "unread");
        put("text_encoder/model.safetensors.index.json",
            R"({"metadata": {"total_size": 5000}, "weight_map": {"a": "model-00001-of-00001.safetensors"}})");
        put("vae/diffusion_pytorch_model.safetensors", safetensors(twoTensors, 80));
        put("vae_1_0/diffusion_pytorch_model.safetensors", safetensors(twoTensors, 80));
        put("scheduler/scheduler_config.json", "{}");
        put("pickled/model.bin", "unread");
        put("two/a.safetensors", safetensors(twoTensors, 80));
        put("two/b.safetensors", safetensors(twoTensors, 80));
        put("junk/model.safetensors", "junk");
    }
    static void expectError(const std::filesystem::path &file, ErrorKind kind, const QString &place,
                            const QString &words)
    {
        const auto imported = importModel(file);
        QVERIFY(!imported.has_value());
        QCOMPARE(imported.error().kind, kind);
        QVERIFY2(QString::fromStdString(imported.error().place).contains(place), imported.error().place.c_str());
        QVERIFY2(QString::fromStdString(imported.error().message).contains(words), imported.error().message.c_str());
    }
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_APPLESS_MAIN(ImportModelTest)
#include "import_model_test.moc"
