// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/names.h"

#include <QtTest>

using namespace core;

class NamesTest : public QObject {
    Q_OBJECT

private slots:
    void a_name_kubernetes_refuses_is_refused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("label");
        QTest::addColumn<bool>("subdomain");
        QTest::addColumn<bool>("service");
        const auto row = [](const QString &name, bool label, bool subdomain, bool service) {
            QTest::newRow(qPrintable(name.left(24) + QString::number(name.size())))
                << name << label << subdomain << service;
        };
        row("vllm", true, true, true);
        row("no", true, true, true);
        row("1e3", true, true, false);
        row("gpu-a.example", false, true, false);
        row(QString(63, 'a'), true, true, true);
        row(QString(64, 'a'), false, true, false);
        row(QString(253, 'a'), false, true, false);
        row(QString(254, 'a'), false, false, false);
        for (const auto *bad : {"", "../x", "a\"b", "<b>x</b>", "Vllm", "-a", "a-", "a..b", "a b", "a\n", "ü"})
            row(QString::fromUtf8(bad), false, false, false);
    }
    void a_name_kubernetes_refuses_is_refused()
    {
        QFETCH(QString, name);
        const std::string bytes = name.toStdString();
        QTEST(dns1123LabelProblems(bytes).empty(), "label");
        QTEST(dns1123SubdomainProblems(bytes).empty(), "subdomain");
        QTEST(dns1035LabelProblems(bytes).empty(), "service");
    }

    void a_label_key_has_at_most_one_prefix_and_a_name()
    {
        QVERIFY(labelKeyProblems("nvidia.com/gpu.product").empty());
        QVERIFY(labelKeyProblems("gpu.intel.com/i915").empty());
        for (const auto *bad : {"", "/a", "a/", "a/b/c", "A.com/x", "nvidia.com/-x"})
            QVERIFY2(!labelKeyProblems(bad).empty(), bad);
        QVERIFY(!domainPrefixedKeyProblems("gpu").empty());
    }
    void a_label_value_may_be_empty_but_not_marked_up()
    {
        QVERIFY(labelValueProblems("").empty());
        QVERIFY(labelValueProblems("NVIDIA-H100-80GB-HBM3").empty());
        QVERIFY(!labelValueProblems("<b>H100</b>").empty());
        QVERIFY(!labelValueProblems(std::string(64, 'a')).empty());
    }
    void a_name_in_a_url_cannot_leave_its_folder()
    {
        for (const auto *bad : {".", "..", "a/b", "a%2fb"})
            QVERIFY2(!pathSegmentNameProblems(bad).empty(), bad);
    }
};

QTEST_APPLESS_MAIN(NamesTest)
#include "names_test.moc"
