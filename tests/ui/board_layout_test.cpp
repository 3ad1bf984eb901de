// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/sample_cluster.h"
#include "ui/placement/board_layout.h"

#include <QtTest>

namespace {

std::vector<ui::BoardGroup> groupsOf(const sample::Cluster &cluster)
{
    return ui::boardGroups(cluster.snapshot, cluster.usage, cluster.rows, cluster.plan, cluster.planned);
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

} // namespace

class BoardLayoutTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPoolHasItsPlaceInItsRow();
    void sharesOfDifferentDegreeAreDifferentRows();
    void chipsTellTakenPlannedWithdrawnAndFree();
    void nothingOverlapsAndNothingIsCut_data();
    void nothingOverlapsAndNothingIsCut();
    void hitTestFindsWhatWasLaidOut();
    void aNodeOfManySharesIsShownInRows();
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

void BoardLayoutTest::aNodeOfManySharesIsShownInRows()
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
    QCOMPARE(many->chips(), std::int64_t(64));
    QVERIFY(many->box.right() < 640);
}

QTEST_APPLESS_MAIN(BoardLayoutTest)
#include "board_layout_test.moc"
