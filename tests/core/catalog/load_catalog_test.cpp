// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/catalog/catalog.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <fstream>
#include <set>

using namespace core;

namespace {

const char *goodModels =
    "schema: berth.dev/models/v1\nmodels:\n  - {id: a/B-1b, kind: dense, layers: 16, hidden: 2048}\n";
const char *goodSkus = "schema: berth.dev/skus/v1\nskus:\n"
                       "  - {id: x, vendor: nvidia, name: NVIDIA X100 80GB HBM3, memory: {size: 80, unit: GB}}\n";

std::string sku(const std::string &fields)
{
    return "schema: berth.dev/skus/v1\nskus:\n  - {id: x, vendor: nvidia, name: X, " + fields + "}\n";
}

std::string model(const std::string &fields)
{
    return "schema: berth.dev/models/v1\nmodels:\n  - {id: a/b, kind: dense, " + fields + "}\n";
}

/// A folder with the two files of a catalogue.
class Folder {
public:
    Folder(const std::string &skus, const std::string &models)
    {
        std::ofstream((path() / "skus.yaml")) << skus;
        std::ofstream((path() / "models.yaml")) << models;
    }
    std::filesystem::path path() const { return m_folder.path().toStdString(); }

private:
    QTemporaryDir m_folder;
};

} // namespace

class LoadCatalogTest : public QObject {
    Q_OBJECT

private slots:
    void theShippedCatalogueIsWhole();
    void aCardOfSeveralGpusCountsEachOne_data();
    void aCardOfSeveralGpusCountsEachOne();
    void aProductIsFoundHoweverDriversSpellIt_data();
    void aProductIsFoundHoweverDriversSpellIt();
    void whatIsNotPublishedIsUnknownAndNotZero();
    void aBrokenFileIsNamedWithItsLine_data();
    void aBrokenFileIsNamedWithItsLine();
    void aMissingFileIsNamed();
};

void LoadCatalogTest::theShippedCatalogueIsWhole()
{
    const auto catalog = loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
    QVERIFY2(catalog.has_value(), catalog ? "" : describe(catalog.error()).c_str());
    QVERIFY(catalog->skus.size() > 80);
    QVERIFY(catalog->models.size() > 30);
    for (const auto &card : catalog->skus) {
        // What a driver reports is never much more than what is on the box, and never less than four fifths of it.
        const auto share = static_cast<double>(card.usableBytes()) / static_cast<double>(card.nominalBytes());
        QVERIFY2(share > 0.8 && share < 1.05, card.id.c_str());
        std::set<std::string> profiles;
        for (const auto &profile : card.profiles)
            QVERIFY2(profiles.insert(profile.name).second, card.id.c_str());
        for (const auto &profile : card.profiles) // every profile can be had as often as the reference says
            QVERIFY2(!profile.starts.empty() && std::ssize(profile.starts) >= profile.maxInstances, card.id.c_str());
        QCOMPARE(catalog->findSku(card.id), &card);
        for (const auto &label : card.labels)
            QVERIFY2(catalog->findByProduct(card.vendor, label) != nullptr, label.c_str());
    }
}

void LoadCatalogTest::aCardOfSeveralGpusCountsEachOne_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<int>("gib");
    QTest::newRow("one GPU") << QByteArray("nvidia-t4") << 16;
    QTest::newRow("four GPUs") << QByteArray("nvidia-a16") << 16;
    QTest::newRow("two GPUs") << QByteArray("nvidia-k80") << 12;
    QTest::newRow("two dies") << QByteArray("amd-mi250x") << 64;
    QTest::newRow("two GPUs of Intel") << QByteArray("intel-flex-140") << 6;
    QTest::newRow("two tiles behind one device") << QByteArray("intel-max-1550") << 128;
}

void LoadCatalogTest::aCardOfSeveralGpusCountsEachOne()
{
    QFETCH(QByteArray, id);
    QFETCH(int, gib);
    const auto catalog = loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
    const auto *card = catalog ? catalog->findSku(id.toStdString()) : nullptr;
    QVERIFY(card != nullptr);
    QCOMPARE(card->nominalBytes(), std::int64_t(gib) << 30);
}

void LoadCatalogTest::aProductIsFoundHoweverDriversSpellIt_data()
{
    QTest::addColumn<QByteArray>("vendor");
    QTest::addColumn<QByteArray>("label");
    QTest::addColumn<bool>("known");
    QTest::newRow("as labelled") << QByteArray("nvidia") << QByteArray("NVIDIA-H100-80GB-HBM3") << true;
    QTest::newRow("without the vendor") << QByteArray("nvidia") << QByteArray("H100-80GB-HBM3") << true;
    QTest::newRow("blanks") << QByteArray("nvidia") << QByteArray("NVIDIA H100 80GB HBM3") << true;
    QTest::newRow("another case") << QByteArray("nvidia") << QByteArray("nvidia-h100-80gb-hbm3") << true;
    QTest::newRow("underscores") << QByteArray("amd") << QByteArray("AMD_Instinct_MI300X_OAM") << true;
    QTest::newRow("another vendor") << QByteArray("amd") << QByteArray("NVIDIA-H100-80GB-HBM3") << false;
    QTest::newRow("nothing") << QByteArray("nvidia") << QByteArray("") << false;
    QTest::newRow("only the vendor") << QByteArray("nvidia") << QByteArray("NVIDIA-") << false;
    QTest::newRow("a part of a name") << QByteArray("nvidia") << QByteArray("NVIDIA-H100") << false;
    QTest::newRow("markup") << QByteArray("nvidia") << QByteArray("<b>H100</b>") << false;
}

void LoadCatalogTest::aProductIsFoundHoweverDriversSpellIt()
{
    QFETCH(QByteArray, vendor);
    QFETCH(QByteArray, label);
    const auto catalog = loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
    QVERIFY(catalog.has_value());
    QTEST(catalog->findByProduct(vendor.toStdString(), label.toStdString()) != nullptr, "known");
}

void LoadCatalogTest::whatIsNotPublishedIsUnknownAndNotZero()
{
    const Folder folder(goodSkus, goodModels);
    const auto catalog = loadCatalog(folder.path());
    QVERIFY2(catalog.has_value(), catalog ? "" : describe(catalog.error()).c_str());
    const auto &card = catalog->skus.front();
    QVERIFY(!card.reportedBytes && !card.bandwidthGBs && !card.tdpWatts && !card.interconnectGBs);
    QVERIFY(!card.supports("fp8"));
    QCOMPARE(card.usableBytes(), 80LL << 30);
    const auto &small = catalog->models.front();
    QVERIFY(!small.params && !small.kvHeads && !small.mla && !small.context);
    QCOMPARE(catalog->findModel("B-1B"), &small);
}

void LoadCatalogTest::aBrokenFileIsNamedWithItsLine_data()
{
    QTest::addColumn<std::string>("skus");
    QTest::addColumn<std::string>("models");
    QTest::addColumn<std::string>("says");
    const auto row = [](const char *name, const std::string &skus, const std::string &models, const char *says) {
        QTest::newRow(name) << skus << models << std::string(says);
    };
    const std::string memory = "memory: {size: 80, unit: GB}";
    row("empty", "", goodModels, "schema");
    row("no YAML", "schema: [", goodModels, "not YAML");
    row("no mapping", "- a\n- b\n", goodModels, "schema");
    row("another schema", "schema: berth.dev/skus/v2\nskus: []\n", goodModels, "schema");
    row("no list", "schema: berth.dev/skus/v1\n", goodModels, "skus must be a list");
    row("a text for the list", "schema: berth.dev/skus/v1\nskus: many\n", goodModels, "skus must be a list");
    row("a text for an entry", "schema: berth.dev/skus/v1\nskus: [x]\n", goodModels, "must be a mapping");
    row("no id", "schema: berth.dev/skus/v1\nskus:\n  - {vendor: amd, name: X, " + memory + "}\n", goodModels, "id");
    row("an id twice", std::string(goodSkus) + "  - {id: x, vendor: amd, name: Y, " + memory + "}\n", goodModels,
        "twice");
    row("an unknown vendor", "schema: berth.dev/skus/v1\nskus:\n  - {id: x, vendor: acme, name: X, " + memory + "}\n",
        goodModels, "acme");
    row("no memory", sku("form: SXM"), goodModels, "memory");
    row("memory without size", sku("memory: {unit: GB}"), goodModels, "size");
    row("negative memory", sku("memory: {size: -80}"), goodModels, "size");
    row("no memory at all", sku("memory: {size: 0}"), goodModels, "size");
    row("endless memory", sku("memory: {size: .inf}"), goodModels, "size");
    row("memory that is no number", sku("memory: {size: .nan}"), goodModels, "size");
    row("absurd memory", sku("memory: {size: 1e300}"), goodModels, "size");
    row("memory in words", sku("memory: {size: eighty}"), goodModels, "size");
    row("negative report", sku("memory: {size: 80, reported_mib: -1}"), goodModels, "reported_mib");
    row("absurd report", sku("memory: {size: 80, reported_mib: 99999999999999}"), goodModels, "reported_mib");
    row("report beyond 64 bits", sku("memory: {size: 80, reported_mib: 99999999999999999999999}"), goodModels,
        "reported_mib");
    row("a rate in words", sku(memory + ", tflops: {fp16: fast}"), goodModels, "fp16");
    row("a negative rate", sku(memory + ", tflops: {fp16: -1}"), goodModels, "fp16");
    row("rates as a list", sku(memory + ", tflops: [1]"), goodModels, "tflops");
    row("labels as a mapping", sku(memory + ", labels: {a: b}"), goodModels, "labels");
    row("profiles as a text", sku(memory + ", partitions: {kind: MIG, profiles: 1g.10gb}"), goodModels, "profiles");
    row("a profile as a text", sku(memory + ", partitions: {kind: MIG, profiles: [1g.10gb]}"), goodModels, "profile");
    row("a profile of no size", sku(memory + ", partitions: {kind: MIG, profiles: [{name: a, memory_mib: 0}]}"),
        goodModels, "memory_mib");
    row("profiles below none", sku(memory + ", partitions: {profiles: [{name: a, max_instances: -1}]}"), goodModels,
        "max_instances");
    row("an instance off the card",
        sku(memory + ", partitions: {slices: 8, profiles: [{name: a, at: {size: 4, starts: [6]}}]}"), goodModels,
        "slice 6");
    row("an instance of no size", sku(memory + ", partitions: {slices: 8, profiles: [{name: a, at: {size: 0}}]}"),
        goodModels, "size");
    row("a card of no slices", sku(memory + ", partitions: {slices: 0}"), goodModels, "slices");
    row("a mode that is no pair", sku(memory + ", partitions: {instances: {CPX: 8}, modes: [CPX]}"), goodModels, "CPX");
    row("a mode of unknown instances", sku(memory + ", partitions: {instances: {SPX: 1}, modes: [CPX/NPS1]}"),
        goodModels, "how many CPX");
    row("no models", goodSkus, "schema: berth.dev/models/v1\n", "models must be a list");
    row("a model without kind", goodSkus, "schema: berth.dev/models/v1\nmodels:\n  - {id: a}\n", "kind");
    row("negative layers", goodSkus, model("layers: -1"), "layers");
    row("layers beyond 32 bits", goodSkus, model("layers: 99999999999"), "layers");
    row("negative parameters", goodSkus, model("params: -7000000000"), "params");
    row("latent attention as a text", goodSkus, model("mla: yes"), "mla");
    row("a checkpoint of no size", goodSkus, model("checkpoint_gib: 0"), "checkpoint_gib");
    row("a flag that is none", goodSkus, model("tie_embeddings: maybe"), "tie_embeddings");
}

void LoadCatalogTest::aBrokenFileIsNamedWithItsLine()
{
    QFETCH(std::string, skus);
    QFETCH(std::string, models);
    QFETCH(std::string, says);
    const Folder folder(skus, models);
    const auto catalog = loadCatalog(folder.path());
    QVERIFY(!catalog.has_value());
    const auto text = describe(catalog.error());
    QVERIFY2(text.find(says) != std::string::npos, text.c_str());
    QVERIFY2(catalog.error().place.find(skus == goodSkus ? "models.yaml" : "skus.yaml") != std::string::npos,
             text.c_str());
    QCOMPARE(catalog.error().kind, ErrorKind::Parse);
}

void LoadCatalogTest::aMissingFileIsNamed()
{
    const auto catalog = loadCatalog("/no/such/folder");
    QVERIFY(!catalog.has_value());
    QCOMPARE(catalog.error().kind, ErrorKind::NotFound);
    QVERIFY(catalog.error().place.find("skus.yaml") != std::string::npos);
}

QTEST_APPLESS_MAIN(LoadCatalogTest)
#include "load_catalog_test.moc"
