// SPDX-License-Identifier: GPL-3.0-or-later
// Whole-plan instance files: what is read, and what is refused with its place.
#include "core/placement/optimizer/plan_instance.h"

#include <QtTest>

using namespace core;
using namespace core::optimizer;

namespace {

const std::string Good = R"({"skus":{"A":{"mem_gib":80,"usd_per_gpu_hour":4,"precisions":["fp16","fp8"]},
  "B":{"mem_gib":24,"usd_per_gpu_hour":1,"precisions":["fp16"]}},
 "usable_memory":0.9,"unmet_usd_per_tps":1.0,"missing_replica_usd":100.0,
 "nodes":[{"name":"n0","sku":"A","zone":"z1","taint":"","gpus_free":[1000,250]},{"name":"n1","sku":"B","zone":"z1","taint":"team","gpus_free":[0]}],
 "models":[{"name":"m0","precision":"fp16","mem_gib":18.0,"tp":1,"shareable":true,"min_replicas":1,"demand_tps":10.5,"tps":{"A":5,"B":3},"tolerates":["team"],"zones":[]},
  {"name":"m1","precision":"fp8","mem_gib":100,"tp":2,"shareable":false,"min_replicas":2,"demand_tps":3,"tps":{"A":9,"B":4},"tolerates":[],"zones":["z1"]}]})";

std::string changed(const std::string &from, const std::string &to)
{
    auto text = Good;
    const auto at = text.find(from);
    return at == std::string::npos ? std::string() : text.replace(at, from.size(), to);
}

QString said(const std::string &text)
{
    const auto problem = readPlanInstance(text);
    return problem ? QStringLiteral("accepted") : QString::fromStdString(describe(problem.error()));
}

} // namespace

class PlanInstanceTest final : public QObject {
    Q_OBJECT

private slots:
    void offersOnlyWhatFitsMemoryAndPrecision()
    {
        const auto problem = readPlanInstance(Good);
        QVERIFY(problem);
        const auto &shared = problem->models[0].offers;
        QCOMPARE(shared.size(), 2u);
        QCOMPARE(shared[0].milli, 250); // 18 of 72 GiB
        QCOMPARE(shared[1].milli, 834); // 18 of 21.6 GiB, rounded up
        const auto &group = problem->models[1].offers;
        QCOMPARE(group.size(), 1u); // B has no fp8, and too little memory
        QCOMPARE(group[0].gpus, 2);
        QCOMPARE(group[0].milli, 1000);
        QCOMPARE(problem->nodes[1].taints, std::vector<std::string>{"team"});
        QVERIFY(problem->nodes[0].taints.empty());
    }

    void aPlanIsWrittenOneReplicaALine()
    {
        const auto problem = readPlanInstance(Good);
        QVERIFY(problem);
        QCOMPARE(writePlanLines(*problem, {{0, 0, {1}, 0}, {0, 1, {0}, 1}}),
                 std::string("[\"m0\",\"n0\",[1]]\n[\"m0\",\"n1\",[0]]\n"));
    }

    void anInstanceCutShortAnywhereIsRefused()
    {
        for (std::size_t length = 0; length < Good.size(); ++length)
            QVERIFY2(said(Good.substr(0, length)).startsWith("instance: is not JSON"),
                     qPrintable(QString::number(length)));
    }

    void brokenInstancesAreRefusedWithTheirPlace_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<QString>("error");
        const auto row = [](const char *name, const std::string &text, const char *error) {
            QTest::newRow(name) << text << QString(error);
        };
        row("not an object", "[]", "instance: is not an object");
        row("no nodes", changed("\"nodes\"", "\"knots\""), "instance.nodes: is missing");
        row("nodes of a wrong type", changed("\"nodes\":[", "\"nodes\":3,\"x\":["), "instance.nodes: is not a list");
        row("a node that is a number", changed("{\"name\":\"n0\",", "7,{\"name\":\"n0\","),
            "nodes[0]: is not an object");
        row("zero replicas", changed("\"min_replicas\":1", "\"min_replicas\":0"),
            "models[0] \"m0\".min_replicas: is not a whole number from 1");
        row("half a replica", changed("\"min_replicas\":1", "\"min_replicas\":1.5"),
            "models[0] \"m0\".min_replicas: is not a whole number");
        row("negative price", changed("\"usd_per_gpu_hour\":4", "\"usd_per_gpu_hour\":-4"),
            "skus.A.usd_per_gpu_hour: is not a number of at least 0");
        row("missing price", changed("\"usd_per_gpu_hour\":4,", ""), "skus.A.usd_per_gpu_hour: is missing");
        row("price as text", changed("\"usd_per_gpu_hour\":4", "\"usd_per_gpu_hour\":\"4\""),
            "skus.A.usd_per_gpu_hour: is not a number");
        row("no memory", changed("\"mem_gib\":80", "\"mem_gib\":0"), "skus.A.mem_gib: is not above 0");
        row("unknown SKU of a node", changed("\"sku\":\"B\"", "\"sku\":\"C\""),
            "nodes[1] \"n1\".sku: \"C\" is not a SKU of this instance");
        row("unknown SKU of a model", changed("\"B\":4}", "\"C\":4}"),
            "models[1] \"m1\".tps.C: is not a SKU of this instance");
        row("double SKU", changed("\"B\":{\"mem_gib\"", "\"A\":{\"mem_gib\""), "instance: \"A\" is there twice");
        row("double node", changed("\"n1\"", "\"n0\""), "nodes[1].name: \"n0\" is there twice");
        row("double model", changed("\"m1\"", "\"m0\""), "models[1].name: \"m0\" is there twice");
        row("negative demand", changed("10.5", "-1"), "models[0] \"m0\".demand_tps: is not a number of at least 0");
        row("negative speed", changed("\"A\":9", "\"A\":-9"), "models[1] \"m1\".tps.A: is not a number of at least 0");
        row("tensor parallel 0", changed("\"tp\":2", "\"tp\":0"), "models[1] \"m1\".tp: is not a whole number from 1");
        row("a GPU above whole", changed("250", "1001"),
            "nodes[0] \"n0\".gpus_free: holds something that is not a whole number from 0 to 1000");
        row("a GPU that is text", changed("250", "\"x\""), "nodes[0] \"n0\".gpus_free: holds something");
        row("more memory than there is", changed("0.9", "1.1"), "instance.usable_memory: is not above 0 and at most 1");
        row("a taint that is a list", changed("\"taint\":\"\"", "\"taint\":[]"),
            "nodes[0] \"n0\".taint: is not a text");
        row("junk behind", Good + "x", "instance: is not JSON");
        row("a huge number", changed("10.5", "1e400"), "instance: is not JSON");
    }

    void brokenInstancesAreRefusedWithTheirPlace()
    {
        QFETCH(std::string, text);
        QFETCH(QString, error);
        QVERIFY(!text.empty());
        QVERIFY2(said(text).contains(error), qPrintable(said(text)));
    }
};

QTEST_APPLESS_MAIN(PlanInstanceTest)
#include "plan_instance_test.moc"
