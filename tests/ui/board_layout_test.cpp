// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sample_cluster.h"
#include "ui/placement/board_layout.h"
#include "ui/text/sku_words.h"

#include <QtTest>

using namespace Qt::StringLiterals;

namespace {

std::vector<ui::BoardGroup> groupsOf(const sample::Cluster &cluster)
{
    return ui::boardGroups(cluster.input(), cluster.rows, cluster.plan);
}

/// The node of that name, or nullptr.
const ui::BoardNode *find(const std::vector<ui::BoardGroup> &groups, const std::string &name)
{
    for (const auto &group : groups)
        for (const auto &node : group.nodes)
            if (node.node->name == name)
                return &node;
    return nullptr;
}

/// A pool of parts of cards of that SKU.
core::DevicePool parts(const core::Catalog &catalog, const std::string &skuId, const std::string &resource,
                       std::int64_t count, core::DeviceKind kind, const std::string &profile)
{
    auto pool = sample::devices(catalog, skuId, resource, count);
    pool.kind = kind;
    pool.profile = profile;
    return pool;
}

/// The devices on each card of a node, "2 2" for two cards of two.
QString devicesByCard(const ui::BoardNode &node)
{
    QStringList counts;
    for (const auto &card : *node.cut)
        counts << QString::number(
            std::ranges::count_if(card.pieces, [](const auto &piece) { return piece.device.has_value(); }));
    return counts.join(u' ');
}

} // namespace

Q_DECLARE_METATYPE(core::DevicePool)

class BoardLayoutTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPoolHasItsPlaceInItsRow();
    void sharesOfDifferentDegreeAreDifferentRows();
    void chipsTellTakenPlannedWithdrawnAndFree();
    void nothingOverlapsAndNothingIsCut_data();
    void nothingOverlapsAndNothingIsCut();
    void hitTestFindsWhatWasLaidOut();
    void aNodeOfManySharesIsShownAsItsCards();
    void partsOfACardLieOnOneChip_data();
    void partsOfACardLieOnOneChip();
    void aSliceOfAnotherPoolIsNoDeviceHere();
    void whatNothingSettlesStaysOneChipADevice_data();
    void whatNothingSettlesStaysOneChipADevice();
    void aHeaderSaysWhatTheChipCanDo_data();
    void aHeaderSaysWhatTheChipCanDo();
    void onlyAWholeCardHasAPrice();
    void theDriverIsNamedAsPeopleDo_data();
    void theDriverIsNamedAsPeopleDo();
};

void BoardLayoutTest::everyPoolHasItsPlaceInItsRow()
{
    const sample::Cluster cluster;
    const auto groups = groupsOf(cluster);
    QCOMPARE(groups.size(), cluster.rows.size());
    std::size_t places = 0;
    for (const auto &group : groups) {
        QCOMPARE(group.nodes.size(), group.row.nodes.size());
        places += group.nodes.size();
    }
    QCOMPARE(places, cluster.snapshot.nodes.size());
}

void BoardLayoutTest::sharesOfDifferentDegreeAreDifferentRows()
{
    const sample::Cluster cluster;
    for (const auto &group : groupsOf(cluster))
        if (group.row.kind == core::DeviceKind::Share) {
            QCOMPARE(group.nodes.size(), std::size_t(1));
            QCOMPARE(group.nodes.front().node->name, group.row.nodes.front());
        }
}

void BoardLayoutTest::chipsTellTakenPlannedWithdrawnAndFree()
{
    const sample::Cluster cluster;
    const auto groups = groupsOf(cluster);
    const auto *taken = find(groups, "gpu-01");
    QVERIFY(taken);
    QCOMPARE(taken->chip(5), ui::ChipState::Requested);
    QCOMPARE(taken->chip(6), ui::ChipState::Free);
    const auto *sick = find(groups, "gpu-03");
    QVERIFY(sick);
    QCOMPARE(sick->chip(6), ui::ChipState::Requested);
    QCOMPARE(sick->chip(7), ui::ChipState::Withdrawn);
    const auto *planned = find(groups, "gpu-21");
    QVERIFY(planned);
    QCOMPARE(planned->chip(0), ui::ChipState::Planned);
    QCOMPARE(planned->chip(1), ui::ChipState::Free);
    QCOMPARE(planned->models, std::vector<std::string>{"qwen3-8b"});
}

void BoardLayoutTest::nothingOverlapsAndNothingIsCut_data()
{
    QTest::addColumn<int>("width");
    for (const int width : {520, 640, 900, 1800})
        QTest::addRow("%d px", width) << width;
}

void BoardLayoutTest::nothingOverlapsAndNothingIsCut()
{
    QFETCH(int, width);
    const sample::Cluster cluster;
    auto groups = groupsOf(cluster);
    const int height = ui::layOut(groups, width);
    const QRect board(0, 0, width, height);
    std::vector<QRect> boxes;
    for (const auto &group : groups) {
        boxes.push_back(group.header);
        for (const auto &node : group.nodes) {
            boxes.push_back(node.box);
            for (std::int64_t i = 0; i < node.chips(); ++i)
                QVERIFY(node.box.contains(node.chipRect(i)));
        }
    }
    for (std::size_t a = 0; a < boxes.size(); ++a) {
        QVERIFY(board.contains(boxes[a]));
        for (std::size_t b = a + 1; b < boxes.size(); ++b)
            QVERIFY(!boxes[a].intersects(boxes[b]));
    }
}

void BoardLayoutTest::hitTestFindsWhatWasLaidOut()
{
    const sample::Cluster cluster;
    auto groups = groupsOf(cluster);
    ui::layOut(groups, 900);
    for (const auto &group : groups) {
        const auto onHeader = ui::hitTest(groups, group.header.center());
        QCOMPARE(onHeader.group, &group);
        QVERIFY(!onHeader.node);
        for (const auto &node : group.nodes) {
            const auto onChip = ui::hitTest(groups, node.chipRect(1).center());
            QCOMPARE(onChip.node, &node);
            QCOMPARE(onChip.chip, std::optional<std::int64_t>(1));
        }
    }
    QVERIFY(!ui::hitTest(groups, {-5, -5}).group);
}

void BoardLayoutTest::aNodeOfManySharesIsShownAsItsCards()
{
    sample::Cluster cluster;
    auto pool = sample::devices(cluster.catalog, "nvidia-t4", "nvidia.com/gpu", 200);
    pool.kind = core::DeviceKind::Share;
    pool.replicas = 50;
    cluster.add(sample::machine("gpu-77", pool));
    cluster.account();
    auto groups = groupsOf(cluster);
    ui::layOut(groups, 640);
    const auto *many = find(groups, "gpu-77");
    QVERIFY(many);
    QCOMPARE(many->cards(), std::int64_t(4));
    QCOMPARE(many->chips(), std::int64_t(200));
    QVERIFY(many->box.right() < 640);
}

void BoardLayoutTest::partsOfACardLieOnOneChip_data()
{
    QTest::addColumn<core::DevicePool>("pool");
    QTest::addColumn<QString>("byCard");
    const sample::Cluster cluster;
    const auto &catalog = cluster.catalog;
    QTest::newRow("MIG, strategy single")
        << parts(catalog, "nvidia-h100-sxm-80", "nvidia.com/gpu", 16, core::DeviceKind::MigSlice, "1g.20gb")
        << u"4 4 4 4"_s;
    QTest::newRow("MIG, strategy mixed") << parts(catalog, "nvidia-a100-sxm4-80", "nvidia.com/mig-3g.40gb", 4,
                                                  core::DeviceKind::MigSlice, "3g.40gb")
                                         << u"2 2"_s;
    QTest::newRow("AMD partitions") << parts(catalog, "amd-mi300x", "amd.com/gpu", 16, core::DeviceKind::Partition,
                                             "cpx_nps4")
                                    << u"8 8"_s;
    auto shared = parts(catalog, "nvidia-t4", "nvidia.com/gpu", 8, core::DeviceKind::Share, "");
    shared.replicas = 4;
    QTest::newRow("time-slicing") << shared << u"4 4"_s;
    auto sharedSlices =
        parts(catalog, "nvidia-a100-sxm4-80", "nvidia.com/mig-3g.40gb", 8, core::DeviceKind::Share, "3g.40gb");
    sharedSlices.replicas = 2;
    QTest::newRow("shares of slices") << sharedSlices << u"4 4"_s;
    auto strange = parts(catalog, "", "nvidia.com/gpu", 12, core::DeviceKind::MigSlice, "9g.900gb");
    strange.physicalCards = 3;
    QTest::newRow("a SKU nobody knows, with its cards counted") << strange << u"4 4 4"_s;
}

void BoardLayoutTest::partsOfACardLieOnOneChip()
{
    QFETCH(core::DevicePool, pool);
    QFETCH(QString, byCard);
    sample::Cluster cluster;
    cluster.snapshot.nodes.clear();
    cluster.add(sample::machine("cut-01", pool));
    cluster.account();
    auto groups = groupsOf(cluster);
    ui::layOut(groups, 900);
    const auto *node = find(groups, "cut-01");
    QVERIFY(node && node->cut);
    QCOMPARE(devicesByCard(*node), byCard);
    QCOMPARE(node->chips(), pool.capacity);
    for (std::int64_t i = 0; i < node->chips(); ++i) {
        const auto piece = node->chipRect(i);
        QVERIFY(!piece.isEmpty());
        QCOMPARE(ui::hitTest(groups, piece.center()).chip, std::optional(i)); // every part can be pointed at
        for (std::int64_t other = 0; other < i; ++other)
            QVERIFY(!piece.intersects(node->chipRect(other)));
        int cards = 0; // and lies on exactly one card
        for (std::int64_t card = 0; card < node->cards(); ++card)
            cards += node->cardRect(card).contains(piece) ? 1 : 0;
        QCOMPARE(cards, 1);
    }
}

void BoardLayoutTest::aSliceOfAnotherPoolIsNoDeviceHere()
{
    sample::Cluster cluster;
    cluster.snapshot.nodes.clear();
    auto machine = sample::machine("mixed-01",
                                   parts(cluster.catalog, "nvidia-a100-sxm4-80", "nvidia.com/mig-3g.40gb", 1,
                                         core::DeviceKind::MigSlice, "3g.40gb"));
    machine.devices.push_back(parts(cluster.catalog, "nvidia-a100-sxm4-80", "nvidia.com/mig-1g.10gb", 4,
                                    core::DeviceKind::MigSlice, "1g.10gb"));
    cluster.add(machine);
    cluster.account();
    auto groups = groupsOf(cluster);
    ui::layOut(groups, 900);
    QCOMPARE(groups.size(), std::size_t(2));
    for (const auto &group : groups) {
        const auto &node = group.nodes.front();
        QVERIFY(node.cut);
        QCOMPARE(node.cards(), std::int64_t(1)); // one card, seen from two pools
        QCOMPARE(node.cut->front().pieces.size(), std::size_t(5));
        QCOMPARE(node.chips(), node.devices().capacity);
        for (const auto &piece : node.cut->front().pieces) {
            const auto hit = ui::hitTest(groups, node.pieceRect(0, piece).center());
            QCOMPARE(hit.node, &node);
            QCOMPARE(hit.chip, piece.device);
        }
    }
}

void BoardLayoutTest::whatNothingSettlesStaysOneChipADevice_data()
{
    QTest::addColumn<core::DevicePool>("pool");
    const sample::Cluster cluster;
    QTest::newRow("a profile the catalogue does not have, cards not counted")
        << parts(cluster.catalog, "nvidia-a100-sxm4-80", "nvidia.com/gpu", 6, core::DeviceKind::MigSlice, "9g.900gb");
    auto shares = parts(cluster.catalog, "nvidia-t4", "nvidia.com/gpu", 6, core::DeviceKind::Share, "");
    shares.replicas = 1'000'000;
    QTest::newRow("more shares than a chip has room for") << shares;
    auto uneven = parts(cluster.catalog, "", "nvidia.com/gpu", 7, core::DeviceKind::MigSlice, "");
    uneven.physicalCards = 2;
    QTest::newRow("a count of cards that does not divide the devices") << uneven;
    auto none = parts(cluster.catalog, "", "nvidia.com/gpu", 7, core::DeviceKind::MigSlice, "");
    none.physicalCards = 0;
    QTest::newRow("no cards") << none;
}

void BoardLayoutTest::whatNothingSettlesStaysOneChipADevice()
{
    QFETCH(core::DevicePool, pool);
    sample::Cluster cluster;
    cluster.snapshot.nodes.clear();
    cluster.add(sample::machine("odd-01", pool));
    cluster.account();
    auto groups = groupsOf(cluster);
    ui::layOut(groups, 900);
    const auto *node = find(groups, "odd-01");
    QVERIFY(node && !node->cut);
    QCOMPARE(node->cards(), pool.capacity);
}

void BoardLayoutTest::aHeaderSaysWhatTheChipCanDo_data()
{
    QTest::addColumn<QString>("sku");
    QTest::addColumn<QString>("words");
    QTest::newRow("Hopper") << u"nvidia-h100-sxm-80"_s << u"Hopper · sm_90 · FP8"_s;
    QTest::newRow("Ampere") << u"nvidia-a100-sxm4-80"_s << u"Ampere · sm_80 · no FP8"_s;
    QTest::newRow("CDNA3") << u"amd-mi300x"_s << u"CDNA3 · gfx942 · FP8 FNUZ"_s;
    QTest::newRow("not in the catalogue") << u"NVIDIA-FUTURE-9000"_s << QString();
}

void BoardLayoutTest::aHeaderSaysWhatTheChipCanDo()
{
    QFETCH(QString, sku);
    QFETCH(QString, words);
    const sample::Cluster cluster;
    for (const auto &group : groupsOf(cluster))
        if (group.row.sku == sku.toStdString()) {
            QCOMPARE(QString::fromStdString(group.chip), words);
            core::SkuRow other;
            other.architecture = "Xe-HPC";
            const auto *open = cluster.catalog.findSku("intel-max-1550"); // says nothing of FP8: nor does the header
            QVERIFY(open && !QString::fromStdString(ui::chipWords(other, open)).contains(u"FP8"_s));
            return;
        }
    QFAIL("no such group");
}

void BoardLayoutTest::onlyAWholeCardHasAPrice()
{
    core::Prices prices;
    prices.bySku["nvidia-h100-sxm-80"] = {.perHour = 2.49, .source = "test", .date = {}};
    core::SkuRow row;
    row.sku = "nvidia-h100-sxm-80";
    row.kind = core::DeviceKind::Card;
    QCOMPARE(ui::priceWords(row, &prices), std::string("$2.49/h"));
    QCOMPARE(ui::priceWords(row, nullptr), std::string("—"));
    row.kind = core::DeviceKind::MigSlice;
    QCOMPARE(ui::priceWords(row, &prices), std::string("—")); // nothing is derived from a whole card's price
    row.kind = core::DeviceKind::Card;
    row.sku = "nvidia-l40s";
    QCOMPARE(ui::priceWords(row, &prices), std::string("—"));
    QCOMPARE(ui::moneyWords(2.5, "EUR"), std::string("EUR 2.50"));
}

void BoardLayoutTest::theDriverIsNamedAsPeopleDo_data()
{
    QTest::addColumn<int>("vendor");
    QTest::addColumn<QString>("resource");
    QTest::addColumn<QString>("version");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *name, core::Vendor vendor, const QString &resource, const QString &version,
                        const QString &words) {
        QTest::newRow(name) << static_cast<int>(vendor) << resource << version << words;
    };
    row("NVIDIA's branch", core::Vendor::Nvidia, u"nvidia.com/gpu"_s, u"580.95.05"_s, u"R580"_s);
    row("not a number", core::Vendor::Nvidia, u"nvidia.com/gpu"_s, u"<b>new</b>"_s, u"<b>new</b>"_s);
    row("not labelled", core::Vendor::Nvidia, u"nvidia.com/gpu"_s, QString(), QString());
    row("AMD", core::Vendor::Amd, u"amd.com/gpu"_s, u"6.14.14"_s, u"amdgpu 6.14.14"_s);
    row("AMD, not labelled", core::Vendor::Amd, u"amd.com/gpu"_s, QString(), QString());
    row("Intel's driver is its resource", core::Vendor::Intel, u"gpu.intel.com/xe"_s, QString(), u"xe"_s);
    row("Intel's monitoring is no driver", core::Vendor::Intel, u"gpu.intel.com/other"_s, QString(), QString());
}

void BoardLayoutTest::theDriverIsNamedAsPeopleDo()
{
    QFETCH(int, vendor);
    QFETCH(QString, resource);
    QFETCH(QString, version);
    QFETCH(QString, words);
    core::DevicePool pool;
    pool.vendor = static_cast<core::Vendor>(vendor);
    pool.resource = resource.toStdString();
    pool.driverVersion = version.toStdString();
    QCOMPARE(QString::fromStdString(ui::driverWords(pool)), words);
}

QTEST_APPLESS_MAIN(BoardLayoutTest)
#include "board_layout_test.moc"
