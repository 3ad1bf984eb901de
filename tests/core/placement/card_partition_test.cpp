// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/card_partition.h"

#include <QtTest>

#include <algorithm>

using namespace core;

namespace {

const Catalog &catalog()
{
    static const auto loaded = loadCatalog(BERTH_TEST_DATA "/../../resources/catalog");
    return *loaded;
}

const Sku &card(const std::string &id)
{
    return *catalog().findSku(id);
}

QString drawn(const CardPartition &cut)
{
    QString text;
    for (const auto &part : cut.parts)
        text += QStringLiteral("%1@%2+%3 ").arg(QString::fromStdString(part.profile)).arg(part.start).arg(part.size);
    return text.trimmed();
}

/// Does it lie on the card? By trying all starts of all instances, in no clever order.
bool lies(const std::vector<const Sku::PartitionProfile *> &instances, std::size_t at = 0, unsigned taken = 0)
{
    if (at == instances.size())
        return true;
    const auto &profile = *instances[at];
    return std::ranges::any_of(profile.starts, [&](int start) {
        const auto slices = ((1U << profile.size) - 1) << start;
        return (taken & slices) == 0 && lies(instances, at + 1, taken | slices);
    });
}

/// No card holds more slices than it has; without this the trial takes minutes.
bool lies(const Sku &sku, const std::vector<const Sku::PartitionProfile *> &instances)
{
    int size = 0;
    for (const auto *profile : instances)
        size += profile->size;
    return size <= sku.partitionSlices && lies(instances);
}

} // namespace

class CardPartitionTest : public QObject {
    Q_OBJECT

private slots:
    void instancesLieWhereTheyMayStart_data()
    {
        QTest::addColumn<QString>("sku");
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<QString>("layout");
        const auto row = [](const char *name, const char *sku, const char *wanted, const char *layout) {
            QTest::newRow(name) << QString(sku) << QString(wanted) << QString(layout);
        };
        row("two halves fill a card of seven", "nvidia-a100-sxm4-80", "3g.40gb,3g.40gb", "3g.40gb@0+4 3g.40gb@4+4");
        row("a count", "nvidia-h100-sxm-80", "3g.40gb:2", "3g.40gb@0+4 3g.40gb@4+4");
        row("4g needs the first half, so 3g goes behind it", "nvidia-h100-sxm-80", "3g.40gb,4g.40gb",
            "4g.40gb@0+4 3g.40gb@4+4");
        row("3g moves to the second half to make room for two 1g", "nvidia-a100-sxm4-40", "1g.5gb:2,2g.10gb:1,3g.20gb",
            "2g.10gb@0+2 1g.5gb@2+1 1g.5gb@3+1 3g.20gb@4+4");
        row("as many as there may be", "nvidia-a30", "all-1g.6gb", "1g.6gb@0+1 1g.6gb@1+1 1g.6gb@2+1 1g.6gb@3+1");
        row("twelve slices", "nvidia-rtx-pro-6000-se", "2g.48gb,1g.24gb:2", "2g.48gb@0+6 1g.24gb@6+3 1g.24gb@9+3");
        row("media engines as a resource spells it", "nvidia-a100-sxm4-80", "1g.10gb.me", "1g.10gb+me@0+1");
        row("whole", "nvidia-a100-sxm4-80", "whole", "@0+8");
        row("four quarters", "amd-mi300x", "QPX/NPS1", "qpx_nps1@0+2 qpx_nps1@2+2 qpx_nps1@4+2 qpx_nps1@6+2");
        row("as a resource spells it", "amd-mi325x", "dpx_nps1", "dpx_nps1@0+4 dpx_nps1@4+4");
        row("SPX is the whole card", "amd-mi300x", "SPX/NPS1", "@0+8");
        row("three of an APU", "amd-mi300a", "tpx/nps1", "tpx_nps1@0+2 tpx_nps1@2+2 tpx_nps1@4+2");
        row("a card without partitions is whole", "nvidia-l40s", "whole", "@0+1");
    }

    void instancesLieWhereTheyMayStart()
    {
        QFETCH(QString, sku);
        QFETCH(QString, wanted);
        QFETCH(QString, layout);
        const auto cut = cutCard(card(sku.toStdString()), wanted.toStdString());
        QVERIFY2(cut.has_value(), cut ? "" : describe(cut.error()).c_str());
        QCOMPARE(drawn(*cut), layout);
        QVERIFY(cutCard(card(sku.toStdString()), cut->mode) == cut); // what it calls itself, it reads
    }

    void whatIsNotLegalNamesItsRule_data()
    {
        QTest::addColumn<QString>("sku");
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *sku, const char *wanted, ErrorKind kind, const char *says) {
            QTest::newRow(name) << QString(sku) << QString(wanted) << static_cast<int>(kind) << QString(says);
        };
        row("no words", "nvidia-a30", "", ErrorKind::Usage, "no partition is named");
        row("no partitions", "nvidia-l40s", "1g.10gb", ErrorKind::Unsupported, "L40S 48 GB cannot be cut");
        row("no partitions of Intel", "intel-max-1550", "cpx_nps1", ErrorKind::Unsupported, "cannot be cut");
        row("unknown profile", "nvidia-a100-sxm4-80", "5g.50gb", ErrorKind::Invalid, "has no MIG profile \"5g.50gb\"");
        row("profile of the smaller card", "nvidia-a100-sxm4-80", "1g.5gb", ErrorKind::Invalid, "it offers 1g.10gb");
        row("AMD's mode on NVIDIA", "nvidia-a100-sxm4-80", "cpx_nps4", ErrorKind::Invalid, "no MIG profile");
        row("three halves", "nvidia-h100-sxm-80", "3g.40gb:3", ErrorKind::Invalid, "at most 2 of 3g.40gb, not 3");
        row("two halves and a slice", "nvidia-h100-sxm-80", "3g.40gb:2,1g.10gb", ErrorKind::Invalid,
            "3g.40gb takes 4 of the 8 memory slices and may start at 0, 4; 1g.10gb takes 1");
        row("4g and four slices", "nvidia-h100-sxm-80", "4g.40gb,1g.10gb:4", ErrorKind::Invalid,
            "4g.40gb takes 4 of the 8 memory slices and may start at 0; 1g.10gb");
        row("seven and one", "nvidia-h100-sxm-80", "7g.80gb,1g.10gb", ErrorKind::Invalid, "do not lie on one");
        row("media engines twice", "nvidia-a30", "1g.6gb+me,2g.12gb+me", ErrorKind::Invalid, "media engines (+me)");
        row("none of a profile", "nvidia-a30", "1g.6gb:0", ErrorKind::Usage, "\"0\" is no number");
        row("a count in words", "nvidia-a30", "1g.6gb:two", ErrorKind::Usage, "\"two\" is no number");
        row("an endless count", "nvidia-a30", "1g.6gb:99999999999", ErrorKind::Usage, "is no number");
        row("very many", "nvidia-a30", "1g.6gb:1000,1g.6gb:1000", ErrorKind::Invalid, "at most 4");
        row("a comma too many", "nvidia-a30", "1g.6gb,", ErrorKind::Invalid, "has no MIG profile \"\"");
        row("SPX with NPS4", "amd-mi300x", "SPX/NPS4", ErrorKind::Invalid, "NPS4 only together with CPX");
        row("a compute mode alone", "amd-mi300x", "CPX", ErrorKind::Invalid, "it offers SPX/NPS1");
        row("TPX on eight dies", "amd-mi300x", "TPX/NPS1", ErrorKind::Invalid, "does not go into \"TPX/NPS1\"");
        row("QPX on four dies", "amd-mi308x", "QPX/NPS1", ErrorKind::Invalid, "four dies");
        row("NPS4 on MI355X", "amd-mi355x", "CPX/NPS4", ErrorKind::Invalid, "NPS2 only together with");
        row("a profile on AMD", "amd-mi300x", "1g.10gb", ErrorKind::Invalid, "does not go into");
    }

    void whatIsNotLegalNamesItsRule()
    {
        QFETCH(QString, sku);
        QFETCH(QString, wanted);
        QFETCH(int, kind);
        QFETCH(QString, says);
        const auto cut = cutCard(card(sku.toStdString()), wanted.toStdString());
        QVERIFY(!cut);
        QCOMPARE(static_cast<int>(cut.error().kind), kind);
        const auto text = QString::fromStdString(describe(cut.error()));
        QVERIFY2(text.contains(says), qPrintable(text));
    }

    void aProfileWithoutKnownStartsIsNotGuessed()
    {
        auto sku = card("nvidia-a30");
        for (auto &profile : sku.profiles)
            profile.starts.clear();
        QCOMPARE(cutCard(sku, "1g.6gb").error().kind, ErrorKind::Unsupported);
        QCOMPARE(legalPartitions(sku).size(), std::size_t(1));
    }

    void everyCombinationIsJudgedAsTryingAllStartsJudgesIt_data()
    {
        QTest::addColumn<QString>("sku");
        for (const char *sku : {"nvidia-a100-sxm4-40", "nvidia-a30", "nvidia-h200-sxm", "nvidia-rtx-pro-6000-se"})
            QTest::newRow(sku) << QString(sku);
    }

    /// Every multiset of the base profiles: legal or not, and in the list of alternatives when nothing more fits in.
    void everyCombinationIsJudgedAsTryingAllStartsJudgesIt()
    {
        QFETCH(QString, sku);
        const auto &its = card(sku.toStdString());
        std::vector<const Sku::PartitionProfile *> base;
        for (const auto &profile : its.profiles)
            if (profile.name.find('+') == std::string::npos)
                base.push_back(&profile);
        std::size_t legal = 0, full = 0;
        std::vector<int> counts(base.size());
        const auto instances = [&] {
            std::vector<const Sku::PartitionProfile *> all;
            for (std::size_t i = 0; i < base.size(); ++i)
                all.insert(all.end(), static_cast<std::size_t>(counts[i]), base[i]);
            return all;
        };
        const auto judge = [&] {
            const auto all = instances();
            if (all.empty())
                return;
            std::string wanted;
            for (std::size_t i = 0; i < base.size(); ++i)
                if (counts[i] > 0)
                    wanted += (wanted.empty() ? "" : ",") + base[i]->name + ":" + std::to_string(counts[i]);
            const bool fits = lies(its, all);
            QVERIFY2(cutCard(its, wanted).has_value() == fits, wanted.c_str());
            legal += fits;
            const bool more = std::ranges::any_of(base, [&](const auto *profile) {
                auto next = all;
                next.push_back(profile);
                return std::ranges::count(next, profile) <= profile->maxInstances && lies(its, next);
            });
            full += fits && !more;
        };
        const auto count = [&](auto &&self, std::size_t at) -> void {
            if (at == base.size())
                return judge();
            for (counts[at] = 0; counts[at] <= base[at]->maxInstances; ++counts[at])
                self(self, at + 1);
            counts[at] = 0;
        };
        count(count, 0);
        QVERIFY(legal > full && full > 1);
        QCOMPARE(legalPartitions(its).size(), full + 1); // and "whole"
    }

    void everyAlternativeOfTheCatalogueIsLegal()
    {
        for (const auto &sku : catalog().skus) {
            const auto all = legalPartitions(sku);
            QCOMPARE(all.front().mode, std::string("whole"));
            QVERIFY(all.size() == 1 || !sku.partitionKind.empty());
            for (const auto &one : all) {
                const auto cut = cutCard(sku, one.mode);
                QVERIFY2(cut && *cut == one, (sku.id + " " + one.mode).c_str());
                int end = 0;
                for (const auto &part : one.parts) {
                    QVERIFY2(part.start >= end && part.size > 0, one.mode.c_str());
                    end = part.start + part.size;
                }
                QVERIFY2(end <= one.slices, one.mode.c_str());
            }
        }
    }

    void aSliceHasTheMemoryOfTheCatalogueOrNone()
    {
        QCOMPARE(cutCard(card("nvidia-h100-sxm-80"), "3g.40gb")->parts[0].memoryBytes, std::int64_t(40448) << 20);
        QVERIFY(!cutCard(card("nvidia-b300"), "3g.135gb")->parts[0].memoryBytes);
    }

    void partitionsOfOneMemoryDomainShareIt()
    {
        const auto &sku = card("amd-mi300x");
        for (const char *mode : {"cpx_nps1", "cpx_nps4"}) {
            const auto cut = cutCard(sku, mode);
            QCOMPARE(cut->parts.size(), std::size_t(8));
            QCOMPARE(cut->parts[7].memoryBytes, sku.usableBytes() / 8);
            QVERIFY(cut->parts[7].memoryShared); // NPS4: two of the eight in each quarter
        }
        QVERIFY(!cutCard(card("amd-mi355x"), "DPX/NPS2")->parts[0].memoryShared);
    }
};

QTEST_APPLESS_MAIN(CardPartitionTest)
#include "card_partition_test.moc"
