// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/verdict.h"

#include <QtTest>

#include <fmt/format.h>

#include <algorithm>

using namespace core;

Q_DECLARE_METATYPE(core::Verdict)

namespace {

Vendor vendorOf(const Sku &sku)
{
    return sku.vendor == "nvidia" ? Vendor::Nvidia : sku.vendor == "amd" ? Vendor::Amd : Vendor::Intel;
}

/// A node with eight whole cards of a SKU, labelled as its vendor does.
Node nodeOf(const Sku &sku)
{
    DevicePool pool;
    pool.vendor = vendorOf(sku);
    pool.resource = pool.vendor == Vendor::Nvidia ? "nvidia.com/gpu"
        : pool.vendor == Vendor::Amd              ? "amd.com/gpu"
                                                  : "gpu.intel.com/xe";
    pool.skuId = sku.id;
    pool.computeTarget = sku.target;
    pool.driverVersion = pool.vendor == Vendor::Nvidia ? "580.95.05" : "";
    pool.capacity = pool.allocatable = 8;
    Node node;
    node.name = sku.id;
    node.ready = true;
    node.architecture = "amd64";
    node.allocatable = {{"cpu", 96000}, {"memory", 1LL << 40}, {"pods", 110}};
    node.devices = {pool};
    return node;
}

} // namespace

/// The catalogues that ship: every SKU against models people serve.
class CatalogueVerdictTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        auto catalog = loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
        auto images = loadImages(BERTH_TEST_DATA "/../../resources/catalog");
        QVERIFY2(catalog.has_value(), catalog ? "" : describe(catalog.error()).c_str());
        QVERIFY2(images.has_value(), images ? "" : describe(images.error()).c_str());
        m_catalog = std::move(*catalog);
        m_images = std::move(*images);
        m_snapshot.nodesSynced = m_snapshot.podsSynced = true;
        for (const auto &sku : m_catalog.skus)
            m_snapshot.nodes.push_back(std::make_shared<const Node>(nodeOf(sku)));
    }

    void everyLinkOfEveryPairSpeaks()
    {
        for (const auto &model : m_catalog.models) {
            for (const auto &candidate : judge(model.id, "bf16", 1)) {
                QCOMPARE(candidate.chain.size(), std::size_t(9));
                for (const auto &reason : candidate.chain)
                    QVERIFY2(!reason.code.empty() && !reason.detail.empty(), qPrintable(name(candidate, model.id)));
                if (candidate.verdict == Verdict::Fits)
                    QVERIFY2(candidate.headroomBytes.value_or(-1) >= 0, qPrintable(name(candidate, model.id)));
            }
        }
    }

    void knownAnswers_data()
    {
        QTest::addColumn<QString>("sku");
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("weights");
        QTest::addColumn<int>("tensorParallel");
        QTest::addColumn<Verdict>("verdict");
        QTest::addColumn<QString>("code");
        const auto row = [](const char *sku, const char *model, const char *weights, int degree, Verdict verdict,
                            const char *code) {
            QTest::addRow("%s on %s, %s x%d", model, sku, weights, degree)
                << sku << model << weights << degree << verdict << code;
        };
        row("nvidia-h100-sxm-80", "meta-llama/Llama-3.1-8B", "bf16", 1, Verdict::Fits, "memory-fits");
        row("nvidia-h100-sxm-80", "meta-llama/Llama-3.3-70B-Instruct", "bf16", 1, Verdict::No, "insufficient-memory");
        row("nvidia-h100-sxm-80", "meta-llama/Llama-3.3-70B-Instruct", "bf16", 4, Verdict::Fits, "memory-fits");
        row("nvidia-a100-sxm4-80", "meta-llama/Llama-3.1-8B", "fp8", 1, Verdict::Tight, "fp8-weight-only");
        row("nvidia-t4", "meta-llama/Llama-3.1-8B", "bf16", 1, Verdict::No, "no-bf16");
        row("nvidia-h100-sxm-80", "microsoft/phi-4", "bf16", 4, Verdict::No, "bad-tensor-parallel");
        row("amd-mi300x", "meta-llama/Llama-3.3-70B-Instruct", "bf16", 1, Verdict::Tight, "image-probable");
    }
    void knownAnswers()
    {
        QFETCH(QString, sku);
        QFETCH(QString, model);
        QFETCH(QString, weights);
        QFETCH(int, tensorParallel);
        QFETCH(Verdict, verdict);
        QFETCH(QString, code);
        const auto candidates = judge(model.toStdString(), weights.toStdString(), tensorParallel);
        const auto found = std::ranges::find(candidates, sku.toStdString(), &Candidate::skuId);
        QVERIFY2(found != candidates.end(), "no such SKU");
        QVERIFY2(found->verdict == verdict, found->headline().detail.c_str());
        QCOMPARE(QString::fromStdString(found->headline().code), code);
    }

private:
    std::vector<Candidate> judge(const std::string &model, const std::string &weights, int tensorParallel) const
    {
        Requirement wanted;
        wanted.modelId = model;
        wanted.weights = weights;
        wanted.tensorParallel = tensorParallel;
        wanted.context = 4096;
        return evaluate({m_snapshot, {}, m_catalog, m_images, {}}, wanted);
    }

    static QString name(const Candidate &candidate, const std::string &model)
    {
        return QString::fromStdString(fmt::format("{} on {}: {} {}", model, candidate.skuId, candidate.headline().code,
                                                  candidate.headline().detail));
    }

    Catalog m_catalog;
    ImageCatalog m_images;
    ClusterSnapshot m_snapshot;
};

QTEST_APPLESS_MAIN(CatalogueVerdictTest)
#include "catalogue_verdict_test.moc"
