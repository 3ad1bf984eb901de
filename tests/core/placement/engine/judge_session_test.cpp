// SPDX-License-Identifier: GPL-3.0-or-later
// A judge that plays by the rules, and one that sends garbage.
#include "core/placement/engine/judge_session.h"

#include <QElapsedTimer>
#include <QtTest>

using namespace core;
using engine::JudgeSession;

namespace {

constexpr auto twoNodes =
    R"("nodes":[{"name":"n1","cpu_milli":8000,"memory_mib":8192,"gpus":2,"gpu_model":"T4"},)"
    R"({"name":"n2","cpu_milli":8000,"memory_mib":8192,"gpus":2,"gpu_model":"A10"}],"typical_pods":[])";

std::string init(const std::string &mode)
{
    return R"({"type":"init","mode":")" + mode + "\"," + twoNodes + "}";
}

std::string pod(int gpus, int milli, const std::string &spec = {}, int cpu = 1000)
{
    return R"({"type":"pod","id":0,"cpu_milli":)" + std::to_string(cpu) + R"(,"memory_mib":1024,"num_gpu":)"
        + std::to_string(gpus) + R"(,"gpu_milli":)" + std::to_string(milli) + R"(,"gpu_spec":")" + spec + "\"}";
}

std::string said(const Result<std::string> &answer)
{
    return answer ? *answer : "error " + describe(answer.error());
}

} // namespace

class JudgeSessionTest : public QObject {
    Q_OBJECT

private slots:
    void aRunAnswersEveryPodOnce()
    {
        JudgeSession session;
        QCOMPARE(said(session.answer(init("online"))), std::string("ready"));
        QCOMPARE(said(session.answer(pod(2, 1000, "A10"))), std::string("n2 0,1"));
        QCOMPARE(said(session.answer(pod(1, 400, "A10|T4"))), std::string("n1 0"));
        QCOMPARE(said(session.answer(pod(1, 600))), std::string("n1 0")); // the share that is left
        QCOMPARE(said(session.answer(pod(1, 1000, "A10"))), std::string("none"));
        QCOMPARE(said(session.answer(pod(1, 1000, "H100"))), std::string("none"));
        QCOMPARE(said(session.answer(pod(0, 0))), std::string("n2")); // no idle GPU is left without CPU
        QVERIFY(!session.over());
        QCOMPARE(said(session.answer(R"({"type":"end"})")), std::string());
        QVERIFY(session.over());
    }

    void aPlanHasOneLineAPodAndABoundThatHolds()
    {
        JudgeSession session;
        QCOMPARE(said(session.answer(init("plan"))), std::string("ready"));
        for (int count = 0; count < 5; ++count)
            QCOMPARE(said(session.answer(pod(1, 1000))), std::string());
        const auto lines = QString::fromStdString(said(session.answer(R"({"type":"solve"})"))).split('\n');
        QCOMPARE(lines.size(), qsizetype(6));
        QCOMPARE(lines.count("none"), qsizetype(1));
        QVERIFY(lines.last().startsWith("bound "));
        QVERIFY(lines.last().mid(6).toDouble() >= 4000);
    }

    void garbageIsAnErrorThatNamesThePlace_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<bool>("started");
        QTest::addColumn<QByteArray>("place");
        const auto row = [](const char *name, const std::string &line, bool started, const char *place) {
            QTest::newRow(name) << QByteArray::fromStdString(line) << started << QByteArray(place);
        };
        row("empty", "", true, "line");
        row("not JSON", "GET / HTTP/1.1", true, "line");
        row("cut short", pod(1, 1000).substr(0, 40), true, "line");
        row("bytes", std::string("\xff\xfe\0\x01", 4), true, "line");
        row("a number", "42", true, "line");
        row("a list", "[]", true, "line");
        row("null", "null", true, "line");
        row("no type", "{}", true, "type");
        row("type that is none", R"({"type":"dance"})", true, "type");
        row("type of the wrong type", R"({"type":7})", true, "type");
        row("pod before init", pod(1, 1000), false, "type");
        row("solve before init", R"({"type":"solve"})", false, "type");
        row("second init", init("online"), true, "type");
        row("solve in online mode", R"({"type":"solve"})", true, "type");
        row("unknown mode", init("dream"), false, "mode");
        row("no nodes", R"({"type":"init","mode":"online"})", false, "nodes");
        row("nodes are no list", R"({"type":"init","nodes":{}})", false, "nodes");
        row("a node without a name",
            R"({"type":"init","nodes":[{"cpu_milli":1,"memory_mib":1,"gpus":1,"gpu_model":""}]})", false, "name");
        row("a node twice",
            R"({"type":"init","nodes":[{"name":"n","cpu_milli":1,"memory_mib":1,"gpus":1,"gpu_model":"T4"},)"
            R"({"name":"n","cpu_milli":1,"memory_mib":1,"gpus":1,"gpu_model":"T4"}]})",
            false, "n");
        row("a billion GPUs",
            R"({"type":"init","nodes":[{"name":"n","cpu_milli":1,"memory_mib":1,"gpus":1000000000,"gpu_model":"T4"}]})",
            false, "gpus");
        row("negative GPUs", pod(-1, 1000), true, "num_gpu");
        row("more than a whole GPU", pod(1, 1001), true, "gpu_milli");
        row("no share of a GPU", pod(1, 0), true, "gpu_milli");
        row("half a GPU", R"({"type":"pod","cpu_milli":1,"memory_mib":1,"num_gpu":0.5,"gpu_milli":1,"gpu_spec":""})",
            true, "num_gpu");
        row("CPU beyond all numbers",
            R"({"type":"pod","cpu_milli":1e300,"memory_mib":1,"num_gpu":0,"gpu_milli":0,"gpu_spec":""})", true,
            "cpu_milli");
        row("spec is no text", R"({"type":"pod","cpu_milli":1,"memory_mib":1,"num_gpu":1,"gpu_milli":1,"gpu_spec":3})",
            true, "gpu_spec");
        row("negative share",
            R"({"type":"init","nodes":[],"typical_pods":[{"cpu_milli":1,"num_gpu":1,"gpu_milli":1,"gpu_spec":"","share":-1}]})",
            false, "share");
    }

    void garbageIsAnErrorThatNamesThePlace()
    {
        QFETCH(QByteArray, line);
        QFETCH(bool, started);
        QFETCH(QByteArray, place);
        JudgeSession session;
        if (started)
            QVERIFY(session.answer(init("online")));
        const auto answer = session.answer(line.toStdString());
        QVERIFY2(!answer, said(answer).c_str());
        QCOMPARE(int(answer.error().kind), int(ErrorKind::Parse));
        QVERIFY2(QByteArray::fromStdString(answer.error().place).contains(place), said(answer).c_str());
        QVERIFY(!session.over());
        // Nothing has changed: the run can go on.
        if (started)
            QCOMPARE(said(session.answer(pod(2, 1000, "A10"))), std::string("n2 0,1"));
        else
            QCOMPARE(said(session.answer(init("online"))), std::string("ready"));
    }

    void deepNestingAndLongLinesEndInTime()
    {
        QElapsedTimer timer;
        timer.start();
        JudgeSession session;
        QVERIFY(!session.answer(std::string(2'000'000, '[')));
        QVERIFY(!session.answer(std::string(20'000'000, 'x')));
        QVERIFY(timer.elapsed() < 60'000);
    }

    void aTimeLimitBeyondAllNumbersIsNoTrap()
    {
        JudgeSession session;
        const auto line = R"({"type":"init","mode":"plan","time_limit_s":1e300,)" + std::string(twoNodes) + "}";
        QCOMPARE(said(session.answer(line)), std::string("ready"));
        QCOMPARE(said(session.answer(pod(1, 1000))), std::string());
        QVERIFY(session.answer(R"({"type":"solve"})"));
    }
};

QTEST_APPLESS_MAIN(JudgeSessionTest)
#include "judge_session_test.moc"
