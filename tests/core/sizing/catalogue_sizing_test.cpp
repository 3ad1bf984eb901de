// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/kv_cache.h"
#include "core/sizing/ledger.h"
#include "core/sizing/weights.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace core;

/// The catalogue that ships, sized as it is.
class CatalogueSizingTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        auto loaded = loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
        QVERIFY2(loaded.has_value(), loaded ? "" : describe(loaded.error()).c_str());
        m_catalog = std::move(*loaded);
        QVERIFY(m_catalog.models.size() > 30);
    }

    void countsOfDecodersAgreeWithTheirPublishers()
    {
        for (const auto &model : m_catalog.models) {
            const auto count = model.isLlm && model.params ? countParameters(model) : fail(ErrorKind::Unsupported, "");
            if (!count)
                continue;
            // Some checkpoints store a tied head a second time (Falcon) and are published so.
            const auto stored =
                model.tieEmbeddings && count->total() < *model.params - count->embedding / 2 ? count->embedding : 0;
            const auto difference = std::abs(static_cast<double>(count->total() + stored - *model.params))
                / static_cast<double>(*model.params);
            QVERIFY2(difference < 0.005,
                     qPrintable(QString("%1: %2 counted, %3 published")
                                    .arg(model.id.c_str())
                                    .arg(count->total())
                                    .arg(*model.params)));
        }
    }

    void cacheBytesOfDecodersAgreeWithTheirPublishers()
    {
        for (const auto &model : m_catalog.models) {
            const auto layout =
                model.isLlm && model.kvBytesPerToken16 ? kvLayout(model, "auto", 1) : fail(ErrorKind::Unsupported, "");
            if (layout)
                QVERIFY2(layout->bytesPerToken() == *model.kvBytesPerToken16, model.id.c_str());
        }
    }

    void sixteenBitCheckpointsAreWithinTwoPercent()
    {
        for (const auto &model : m_catalog.models) {
            const bool quantised = model.source.find("fp8") != std::string::npos
                || model.source.find("int4") != std::string::npos || model.architecture == "GptOssForCausalLM";
            const auto weights = model.isLlm && model.checkpointGiB && model.params && !quantised
                ? weightBytes(model, "bf16")
                : fail(ErrorKind::Unsupported, "");
            if (!weights)
                continue;
            const auto bytes = static_cast<double>(weights->total), published = *model.checkpointGiB * 1073741824.0;
            // Checkpoints of multimodal models carry a vision tower that the text's architecture does not count.
            const double tolerance = model.architecture.find("Conditional") != std::string::npos ? 0.12 : 0.02;
            QVERIFY2(std::abs(bytes - published) <= tolerance * published,
                     qPrintable(QString("%1: %2 GiB sized, %3 published")
                                    .arg(model.id.c_str())
                                    .arg(bytes / 1073741824.0)
                                    .arg(*model.checkpointGiB)));
        }
    }

    void everyModelIsSizedOrSaysWhatIsMissing()
    {
        Requirement wanted;
        wanted.context = 256;
        wanted.concurrency = 1;
        int sized = 0;
        for (const auto &model : m_catalog.models) {
            const auto ledger = buildLedger(model, wanted);
            if (!ledger) {
                QCOMPARE(ledger.error().kind, ErrorKind::Unsupported);
                qInfo("%s", describe(ledger.error()).c_str());
                continue;
            }
            ++sized;
            QVERIFY2(ledger->total.low > 0 && ledger->total.low <= ledger->total.likely
                         && ledger->total.likely <= ledger->total.high,
                     model.id.c_str());
        }
        qInfo("%d of %zu models sized", sized, m_catalog.models.size());
        QVERIFY(sized >= static_cast<int>(m_catalog.models.size()) * 9 / 10);
    }

private:
    Catalog m_catalog;
};

QTEST_APPLESS_MAIN(CatalogueSizingTest)
#include "catalogue_sizing_test.moc"
