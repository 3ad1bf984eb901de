// SPDX-License-Identifier: GPL-3.0-or-later
// Plans as files: what is refused with a line and a field, and what survives a disk that is full or a killed program.
#include "core/base/file.h"
#include "core/placement/plan.h"

#include <QTemporaryDir>
#include <QtTest>

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace core;

namespace {

/// A plan with everything a plan can hold, `models` times.
Plan samplePlan(int models, const std::string &name = "sample")
{
    Plan plan;
    plan.name = name;
    for (int i = 0; i < models; ++i) {
        Requirement wanted;
        wanted.name = "model-" + std::to_string(i);
        wanted.modelId = "llama-3.1-8b";
        plan.requirements.push_back(wanted);
        plan.placements.push_back(
            {wanted.name, {TargetLevel::Card, "nvidia.com/gpu", {}, "gpu-" + std::to_string(i), 3}, 2, i % 2 == 0});
        plan.placements.push_back(
            {wanted.name,
             {TargetLevel::Sku, "amd.com/gpu", "mi300x", {}, {}, DeviceKind::Partition, "cpx_nps4"},
             1,
             false});
        plan.placements.push_back(
            {wanted.name, {TargetLevel::Sku, "nvidia.com/gpu", "t4", {}, {}, DeviceKind::Share, {}, 4}, 1, false});
    }
    return plan;
}

QString said(const Result<Plan> &plan)
{
    return plan ? QStringLiteral("accepted") : QString::fromStdString(describe(plan.error()));
}

/// No file of this process may grow beyond `bytes` while this lives: the kernel refuses in the middle of a write, as it
/// does when a disk is full.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{bytes, m_before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &m_before); }
    FileSizeLimit(const FileSizeLimit &) = delete;
    FileSizeLimit &operator=(const FileSizeLimit &) = delete;

private:
    rlimit m_before{};
};

} // namespace

class PlanFileTest : public QObject {
    Q_OBJECT

private slots:
    void aPlanReadsBackAsItWasWritten()
    {
        const auto plan = samplePlan(3);
        const auto read = parsePlan(writePlan(plan), "plan.yaml");
        QVERIFY2(read, qPrintable(said(read)));
        QVERIFY(*read == plan);
        QCOMPARE(writePlan(*read), writePlan(plan));
    }

    void aNameThatYamlWouldReinterpretReadsBackAsItWas_data()
    {
        QTest::addColumn<QString>("name");
        for (const auto *name :
             {"no",  "1e3",   "../x",        "a\"b",      "<b>x</b>", "~",      "null",   "0x1", "12:30:45", "- a",
              "# x", " lead", "line\nbreak", "tab\there", "ü€😀",     "{a: b}", "*alias", "%x",  "'",        "\\"})
            QTest::newRow(name) << QString::fromUtf8(name);
        QTest::newRow("300 characters") << QString(300, u'a');
    }
    void aNameThatYamlWouldReinterpretReadsBackAsItWas()
    {
        QFETCH(QString, name);
        Plan plan;
        plan.name = name.toStdString();
        Requirement wanted;
        wanted.name = wanted.modelId = wanted.engine = plan.name;
        plan.requirements = {wanted};
        plan.placements = {{plan.name, {TargetLevel::Node, plan.name, plan.name, plan.name, {}}, 1, false}};
        const auto read = parsePlan(writePlan(plan), "plan.yaml");
        QVERIFY2(read, qPrintable(said(read)));
        QVERIFY(*read == plan);
    }

    void targetsAreKeptAndTheirAbsenceIs()
    {
        auto plan = samplePlan(2);
        plan.requirements[0].minTokensPerSecond = 1500.5;
        plan.requirements[0].maxFirstTokenSeconds = 0.25;
        plan.requirements[1].maxCostPerMillionTokens = 3;
        const auto read = parsePlan(writePlan(plan), "plan.yaml");
        QVERIFY2(read, qPrintable(said(read)));
        QVERIFY(*read == plan);
    }

    void aTargetThatNothingCanMeetIsRefused_data()
    {
        QTest::addColumn<QString>("value");
        for (const char *value : {"0", "-1", ".nan", ".inf", "fast"})
            QTest::newRow(value) << value;
    }
    void aTargetThatNothingCanMeetIsRefused()
    {
        QFETCH(QString, value);
        for (const char *key : {"minTokensPerSecond", "maxFirstTokenSeconds", "maxCostPerMillionTokens"}) {
            const auto plan =
                parsePlan("schema: berth.dev/plan/v1\nname: p\nrequirements:\n  - name: r\n    model: m\n    "
                              + std::string(key) + ": " + value.toStdString() + "\n",
                          "plan.yaml");
            QVERIFY(!plan);
            QVERIFY2(plan.error().message.contains(key), qPrintable(said(plan)));
        }
    }

    void oneChangedPlacementChangesOneLine()
    {
        auto plan = samplePlan(5);
        const auto before = QString::fromStdString(writePlan(plan)).split(u'\n');
        plan.placements[4].replicas = 7;
        const auto after = QString::fromStdString(writePlan(plan)).split(u'\n');
        QCOMPARE(after.size(), before.size());
        int changed = 0;
        for (qsizetype i = 0; i < after.size(); ++i)
            changed += after[i] != before[i] ? 1 : 0;
        QCOMPARE(changed, 1);
    }

    void aBrokenPlanIsRefusedWithLineAndReason_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char *name, const char *body, const char *line, const char *reason) {
            QTest::newRow(name) << QStringLiteral("schema: berth.dev/plan/v1\nname: p\n") + QString::fromUtf8(body)
                                << QString::fromUtf8(line) << QString::fromUtf8(reason);
        };
        QTest::newRow("empty") << ""
                               << "line 1"
                               << "must be a mapping";
        QTest::newRow("a list") << "- 1\n"
                                << "line 1"
                                << "must be a mapping";
        QTest::newRow("not YAML") << "a: [1\n"
                                  << "line 2"
                                  << "is not YAML";
        QTest::newRow("bytes") << QString::fromLatin1("\x01\x02\xff") << "line 1"
                               << "";
        QTest::newRow("no version") << "name: p\n"
                                    << "line 1"
                                    << "schema is \"\"";
        QTest::newRow("unknown version") << "schema: berth.dev/plan/v9\nname: p\n"
                                         << "line 1"
                                         << "berth.dev/plan/v9";
        QTest::newRow("no name") << "schema: berth.dev/plan/v1\n"
                                 << "line 1"
                                 << "name is missing";
        row("duplicate key", "name: q\n", "line 3", "\"name\" stands twice");
        row("duplicate key in a requirement", "requirements:\n  - name: a\n    model: m\n    model: n\n", "line 6",
            "\"model\" stands twice");
        row("duplicate requirement", "requirements:\n  - {name: a, model: m}\n  - {name: a, model: m}\n", "line 5",
            "stands twice");
        row("mistyped key", "requirements:\n  - name: a\n    model: m\n    replica: 2\n", "line 6",
            "no field \"replica\"");
        row("requirements is text", "requirements: many\n", "line 3", "must be a list");
        row("wrong type", "requirements:\n  - name: a\n    model: m\n    replicas: two\n", "line 6",
            "replicas must be a whole number");
        row("zero replicas", "requirements:\n  - {name: a, model: m, replicas: 0}\n", "line 4", "at least 1");
        row("negative context", "requirements:\n  - {name: a, model: m, context: -1}\n", "line 4", "at least 1");
        row("utilization above 1", "requirements:\n  - {name: a, model: m, utilization: 1.1}\n", "line 4",
            "utilization");
        row("utilization no number", "requirements:\n  - {name: a, model: m, utilization: .nan}\n", "line 4",
            "utilization");
        row("count too large", "requirements:\n  - {name: a, model: m, replicas: 99999999999999}\n", "line 4",
            "whole number");
        row("placement of nothing", "placements:\n  - {requirement: x, level: node, resource: r, node: n}\n", "line 4",
            "which the plan does not have");
        row("level unknown",
            "requirements:\n  - {name: a, model: m}\nplacements:\n  - {requirement: a, level: rack, resource: r}\n",
            "line 6", "level must be sku, node or card");
        row("node level without node",
            "requirements:\n  - {name: a, model: m}\nplacements:\n  - {requirement: a, level: node, resource: r}\n",
            "line 6", "node is missing");
        row("kind unknown",
            "requirements:\n  - {name: a, model: m}\nplacements:\n"
            "  - {requirement: a, level: sku, resource: r, sku: s, kind: half}\n",
            "line 6", "kind must be one of card, mig-slice, partition, share");
        row("no replicas placed",
            "requirements:\n  - {name: a, model: m}\nplacements:\n"
            "  - {requirement: a, level: node, resource: r, node: n, replicas: 0}\n",
            "line 6", "at least 1");
    }
    void aBrokenPlanIsRefusedWithLineAndReason()
    {
        QFETCH(QString, text);
        QFETCH(QString, line);
        QFETCH(QString, reason);
        const auto read = parsePlan(text.toStdString(), "plan.yaml");
        QVERIFY(!read);
        QVERIFY2(said(read).contains(QStringLiteral("plan.yaml ") + line), qPrintable(said(read)));
        QVERIFY2(said(read).contains(reason), qPrintable(said(read)));
    }

    void aFileThatIsMissingOrAFolderIsNamed()
    {
        QVERIFY(said(loadPlan("/nowhere/plan.yaml")).contains(QStringLiteral("/nowhere/plan.yaml")));
        QCOMPARE(loadPlan("/").error().kind, ErrorKind::Io);
    }

    void aPlanThatCannotBeWrittenIsSaidWithItsPath()
    {
        const auto saved = savePlan(samplePlan(1), "/proc/plan.yaml"); // refused even to root
        QVERIFY(!saved);
        QCOMPARE(saved.error().kind, ErrorKind::Io);
        QCOMPARE(saved.error().place, std::string("/proc/plan.yaml"));
    }

    void aReadOnlyFolderKeepsTheOldPlan()
    {
        if (geteuid() == 0)
            QSKIP("root may write everywhere; /proc/plan.yaml above stands for it");
        QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "plan.yaml";
        QVERIFY(savePlan(samplePlan(1), file));
        std::filesystem::permissions(file.parent_path(), std::filesystem::perms{0500});
        const auto saved = savePlan(samplePlan(2), file);
        std::filesystem::permissions(file.parent_path(), std::filesystem::perms{0700});
        QVERIFY(!saved);
        QCOMPARE(saved.error().remedy, std::string("choose a place you may write to"));
        QVERIFY(loadPlan(file) == samplePlan(1));
    }

    void aDiskThatFillsUpWhileSavingKeepsTheOldPlan()
    {
        QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "plan.yaml";
        QVERIFY(savePlan(samplePlan(1), file));
        {
            const FileSizeLimit limit(1000);
            const auto saved = savePlan(samplePlan(100), file);
            QVERIFY(!saved);
            QCOMPARE(saved.error().kind, ErrorKind::Io);
        }
        QVERIFY(loadPlan(file) == samplePlan(1));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).size(), 1); // nothing half written stays
    }

    void aProgramKilledWhileSavingLeavesAWholePlan()
    {
        QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "plan.yaml";
        const auto small = samplePlan(1), large = samplePlan(400);
        QVERIFY(savePlan(small, file));
        for (int round = 0; round < 20; ++round) {
            const auto child = fork();
            QVERIFY(child >= 0);
            if (child == 0) {
                for (;;)
                    if (!savePlan(large, file) || !savePlan(small, file))
                        _exit(1);
            }
            QTest::qSleep(3 + round);
            kill(child, SIGKILL);
            int status = 0;
            waitpid(child, &status, 0);
            QVERIFY(WIFSIGNALED(status)); // it was still saving
            const auto left = loadPlan(file);
            QVERIFY2(left, qPrintable(said(left)));
            QVERIFY(*left == small || *left == large);
        }
    }

    void aSavedPlanKeepsThePermissionsOfTheOld()
    {
        QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "plan.yaml";
        QVERIFY(savePlan(samplePlan(1), file));
        std::filesystem::permissions(file, std::filesystem::perms{0640});
        QVERIFY(savePlan(samplePlan(2), file));
        QCOMPARE(static_cast<int>(std::filesystem::status(file).permissions()), 0640);
    }
};

QTEST_APPLESS_MAIN(PlanFileTest)
#include "plan_file_test.moc"
