// SPDX-License-Identifier: GPL-3.0-or-later
// Changes of slices and claims, one after the other, against all of it read at once.
#include "tests/core/cluster/sample_devices.h"

#include <QtTest>

#include <map>
#include <random>

using namespace core;
using namespace sample;

namespace {

/// A cluster of four nodes whose drivers and claims change at random; keeps what the server would have.
class RandomDevices {
public:
    explicit RandomDevices(unsigned seed) : m_random(seed)
    {
        for (const auto *node : {"n0", "n1", "n2", "n3"})
            nodes.push_back(shared(bare(node)));
        for (int i = 0; i < 6; ++i)
            pods.push_back(shared(pod("p" + std::to_string(i), "n" + std::to_string(i % 4), 0)));
        put(classes, nvidiaClass());
    }

    /// The next one to three changes, as a watch would bring them.
    std::vector<WatchEvent> changes()
    {
        std::vector<WatchEvent> events;
        for (int count = 1 + below(3); count > 0; --count)
            events.push_back(change());
        return events;
    }

    /// What a cluster shows that is read at once.
    SnapshotPtr readAtOnce() const
    {
        return afterAll(
            nullptr,
            {listed(all(classes)), listed(all(slices)), listed(all(claims)), NodesListed{nodes}, PodsListed{pods}});
    }

    std::vector<NodePtr> nodes;
    std::vector<PodPtr> pods;
    std::map<std::string, dra::SlicePtr> slices;
    std::map<std::string, dra::DeviceClassPtr> classes;
    std::map<std::string, dra::ClaimPtr> claims;

private:
    int below(int limit) { return static_cast<int>(m_random() % static_cast<unsigned>(limit)); }
    bool oneIn(int many) { return below(many) == 0; }
    static std::string keyOf(const dra::Claim &one) { return one.key(); }
    template <class T>
    static std::string keyOf(const T &one)
    {
        return one.name;
    }
    template <class T>
    static std::vector<T> all(const std::map<std::string, T> &from)
    {
        std::vector<T> out;
        for (const auto &[key, one] : from)
            out.push_back(one);
        return out;
    }
    template <class T>
    static WatchEvent put(std::map<std::string, T> &into, T one)
    {
        into[keyOf(*one)] = one;
        return DraChanged{std::move(one)};
    }
    template <class T>
    WatchEvent removeAny(std::map<std::string, T> &from)
    {
        const auto at = std::next(from.begin(), below(static_cast<int>(from.size())));
        const auto gone = at->second;
        from.erase(at);
        return DraDeleted{gone};
    }

    WatchEvent change()
    {
        const int what = below(20);
        if (what < 4)
            return slices.size() < 2 || !oneIn(4) ? put(slices, anySlice()) : removeAny(slices);
        if (what == 4)
            return listed(all(slices));
        if (what == 5)
            return listed(all(claims));
        if (what == 6)
            return classes.empty() || oneIn(2) ? put(classes, deviceClass("any", "true")) : removeAny(classes);
        if (what == 7)
            return PodChanged{pods[static_cast<std::size_t>(below(6))]};
        if (what == 8)
            return NodeChanged{nodes[static_cast<std::size_t>(below(4))]};
        return claims.empty() || !oneIn(3) ? put(claims, anyClaim()) : removeAny(claims);
    }

    dra::SlicePtr anySlice()
    {
        const auto node = "n" + std::to_string(below(4));
        const std::string counters =
            R"(,"consumesCounters": [{"counterSet": "card-0", "counters": {"memory": {"value": "40Gi"}}}])";
        std::string devices = R"({"name": "mig", "attributes": {"type": {"string": "mig"}})" + counters + "}";
        for (int i = 0, count = 1 + below(3); i < count; ++i)
            devices += ","
                + cardJson("gpu-" + std::to_string(i),
                           oneIn(5)     ? R"(,"taints": [{"key": "xid", "effect": "NoSchedule"}])"
                               : i == 0 ? counters
                                        : std::string());
        return slice(node, devices, 1 + below(2), oneIn(4) ? 2 : 1, "gpu.nvidia.com", node + (oneIn(3) ? "-b" : "-a"));
    }

    dra::ClaimPtr anyClaim()
    {
        std::vector<std::string> devices;
        for (int count = below(3); count > 0; --count)
            devices.push_back(oneIn(6) ? "mig" : "gpu-" + std::to_string(below(3)));
        auto made = *claim("p" + std::to_string(below(6)), devices, "n" + std::to_string(below(4)));
        if (oneIn(4))
            made.name += "-more";
        if (oneIn(5))
            made.reservedFor.clear();
        if (oneIn(8))
            made.allocation.reset();
        else if (oneIn(8)) // of another node besides
            made.allocation->devices.push_back(
                {"r", "gpu.nvidia.com", "n" + std::to_string(below(4)), "gpu-0", false, {}});
        return std::make_shared<const dra::Claim>(std::move(made));
    }

    std::mt19937 m_random;
};

template <class T>
QByteArray firstDifference(const std::vector<T> &one, const std::vector<T> &other)
{
    if (one.size() != other.size())
        return "another number of them";
    for (std::size_t i = 0; i < one.size(); ++i)
        if (*one[i] != *other[i])
            return QByteArray::number(qulonglong(i));
    return {};
}

std::map<std::string, Resources> requested(const SnapshotPtr &snapshot)
{
    std::map<std::string, Resources> out;
    for (const auto &[node, usage] : account(*snapshot))
        out.emplace(node, usage.requested);
    return out;
}

/// n0 and n1 with two cards each, a claim on one of n0.
SnapshotPtr twoNodes()
{
    const auto cards = cardJson("gpu-0") + "," + cardJson("gpu-1");
    const auto of = [&](const char *node) { return slice(node, cards, 1, 1, "gpu.nvidia.com", node); };
    return afterAll(nullptr,
                    {NodesListed{{shared(bare("n0")), shared(bare("n1"))}}, PodsListed{},
                     listed(std::vector{nvidiaClass()}), listed(std::vector{of("n0"), of("n1")}),
                     listed(std::vector{claim("p", {"gpu-0"}, "n0")})});
}

} // namespace

class DraChangesTest : public QObject {
    Q_OBJECT

private slots:
    void anySequenceOfChangesEndsWhereReadingAtOnceDoes_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= 8; ++seed)
            QTest::addRow("%d", seed) << seed;
    }
    void anySequenceOfChangesEndsWhereReadingAtOnceDoes()
    {
        QFETCH(int, seed);
        RandomDevices world(static_cast<unsigned>(seed));
        auto snapshot = world.readAtOnce();
        for (int step = 0; step < 40; ++step) {
            snapshot = afterAll(snapshot, world.changes());
            const auto whole = world.readAtOnce();
            QCOMPARE(firstDifference(snapshot->nodes, whole->nodes), QByteArray());
            QCOMPARE(firstDifference(snapshot->pods, whole->pods), QByteArray());
            QVERIFY(requested(snapshot) == requested(whole));
        }
    }

    void aClaimThatChangesCountsOnlyTheDevicesOfItsNode()
    {
        const auto before = twoNodes();
        const auto now = afterAll(before, {DraChanged{claim("q", {"gpu-1"}, "n0")}});
        QCOMPARE(now->draCards->published.get(), before->draCards->published.get());
        QVERIFY(now->draCards->nodes[0] != before->draCards->nodes[0]);
        QCOMPARE(now->draCards->nodes[1].get(), before->draCards->nodes[1].get());
        QCOMPARE(requestedOn(account(*now), "n0", h100), std::int64_t(2));
        // The snapshot before is as it was.
        QCOMPARE(requestedOn(account(*before), "n0", h100), std::int64_t(1));
        QCOMPARE(before->dra->claims.size(), std::size_t(1));
    }
    void aSliceThatChangesIsReadAndTheOthersAreNot()
    {
        const auto before = twoNodes();
        const auto now = afterAll(before, {DraChanged{slice("n1", cardJson("gpu-0"), 1, 1, "gpu.nvidia.com", "n1")}});
        QCOMPARE(now->draCards->nodes[0].get(), before->draCards->nodes[0].get());
        QCOMPARE(now->nodes[0].get(), before->nodes[0].get());
        QCOMPARE(now->nodes[1]->devices.front().capacity, std::int64_t(1));
    }
    void aClaimThatIsGivenBackFreesItsDevice()
    {
        const auto before = twoNodes();
        auto released = *before->dra->claims.front();
        released.allocation.reset();
        const auto now = afterAll(before, {DraChanged{std::make_shared<const dra::Claim>(released)}});
        QCOMPARE(requestedOn(account(*now), "n0", h100), std::int64_t(0));
        const auto gone = afterAll(before, {DraDeleted{before->dra->claims.front()}});
        QCOMPARE(requestedOn(account(*gone), "n0", h100), std::int64_t(0));
        QVERIFY(gone->dra->claims.empty());
    }
    void anEqualListKeepsEveryPointer()
    {
        const auto before = twoNodes();
        const auto again =
            afterAll(before, {listed(std::vector{std::make_shared<const dra::Claim>(*before->dra->claims.front())})});
        QCOMPARE(again->dra->claims.front().get(), before->dra->claims.front().get());
        QVERIFY(again->draCards->nodes == before->draCards->nodes);
        QVERIFY(again->nodes == before->nodes);
    }
};

QTEST_APPLESS_MAIN(DraChangesTest)
#include "dra_changes_test.moc"
