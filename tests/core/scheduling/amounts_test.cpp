// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/resources.h"

#include <nlohmann/json.hpp>

#include <QtTest>

#include <map>
#include <random>

using namespace core;

namespace {

std::string told(const Resources &resources)
{
    std::string text;
    for (const auto &[name, amount] : resources)
        text += name + "=" + std::to_string(amount) + " ";
    return text;
}

} // namespace

class AmountsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theyAreOrderedByNameHoweverTheyCame()
    {
        const Resources listed{{"pods", 110}, {"cpu", 8000}, {"nvidia.com/gpu", 8}};
        Resources added;
        for (const auto *name : {"nvidia.com/gpu", "pods", "cpu"})
            added[name] = amountOf(listed, name);
        QCOMPARE(told(listed), std::string("cpu=8000 nvidia.com/gpu=8 pods=110 "));
        QVERIFY(listed == added);
    }

    void ofTwoUnderOneNameTheFirstCounts()
    {
        QCOMPARE(told({{"cpu", 1}, {"cpu", 2}}), std::string("cpu=1 "));
        Resources one{{"cpu", 1}};
        QVERIFY(!one.try_emplace("cpu", 2).second);
        QVERIFY(one.try_emplace("memory", 3).second);
        one.insert_or_assign("cpu", 4);
        QCOMPARE(told(one), std::string("cpu=4 memory=3 "));
    }

    void whatIsNotNamedIsNothing()
    {
        Resources none;
        QCOMPARE(amountOf(none, "cpu"), 0);
        QVERIFY(!none.contains("cpu") && none.find("") == none.end());
        none.erase("cpu");
        QVERIFY(none.empty());
        none["cpu"] += 5;
        QVERIFY(none.contains("cpu") && !none.contains("cp") && !none.contains("cpu2"));
    }

    void theyAreAnObjectInJson()
    {
        QCOMPARE(nlohmann::json(Resources{{"cpu", 1}, {"nvidia.com/gpu", 8}}).dump(),
                 std::string(R"({"cpu":1,"nvidia.com/gpu":8})"));
        QCOMPARE(nlohmann::json(Resources{}).dump(), std::string("{}"));
    }

    void theyBehaveAsAMap()
    {
        std::mt19937_64 random(7);
        Resources amounts;
        std::map<std::string, std::int64_t> map;
        for (int step = 0; step < 2000; ++step) {
            const auto name = std::string(1 + random() % 3, static_cast<char>('a' + random() % 3));
            const auto amount = static_cast<std::int64_t>(random() % 5);
            switch (random() % 4) {
            case 0: amounts[name] += amount, map[name] += amount; break;
            case 1: QCOMPARE(amounts.try_emplace(name, amount).second, map.try_emplace(name, amount).second); break;
            case 2: amounts.erase(name), map.erase(name); break;
            default:
                amounts.eraseIf([](const auto &one) { return one.second == 3; });
                std::erase_if(map, [](const auto &one) { return one.second == 3; });
            }
            QVERIFY(std::ranges::equal(
                amounts, map, [](const auto &a, const auto &b) { return a.first == b.first && a.second == b.second; }));
        }
    }
};

QTEST_APPLESS_MAIN(AmountsTest)
#include "amounts_test.moc"
