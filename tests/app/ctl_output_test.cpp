// SPDX-License-Identifier: GPL-3.0-or-later
// What berthctl prints of names that strangers chose.
#include "app/ctl/output.h"

#include <QtTest>

using namespace app::ctl;

class CtlOutputTest final : public QObject {
    Q_OBJECT

private slots:
    void whatDrivesATerminalOrDeceivesIsShownAsAQuestionMark_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("shown");
        QTest::newRow("escape") << QByteArray("\x1b[2A") << QByteArray("?[2A");
        QTest::newRow("line feed") << QByteArray("a\nb") << QByteArray("a?b");
        QTest::newRow("delete") << QByteArray("a\x7f") << QByteArray("a?");
        QTest::newRow("C1: one mark for the two bytes") << QByteArray("\xc2\x9b"
                                                                      "2A")
                                                        << QByteArray("?2A");
        QTest::newRow("no-break space stays") << QByteArray("a\xc2\xa0"
                                                            "b")
                                              << QByteArray("a\xc2\xa0"
                                                            "b");
        QTest::newRow("right to left override") << QByteArray("demo\u202e"
                                                              "dorp")
                                                << QByteArray("demo?dorp");
        QTest::newRow("isolates") << QByteArray("\u2066a\u2069") << QByteArray("?a?");
        QTest::newRow("right to left mark") << QByteArray("\u200f") << QByteArray("?");
        QTest::newRow("line separator") << QByteArray("a\u2028b") << QByteArray("a?b");
        QTest::newRow("letters of any script stay") << QByteArray("ü∫€ עב") << QByteArray("ü∫€ עב");
        QTest::newRow("cut short") << QByteArray("\xe2\x80") << QByteArray("\xe2\x80");
        QTest::newRow("a lone lead byte") << QByteArray("\xc2") << QByteArray("\xc2");
        QTest::newRow("nothing") << QByteArray("") << QByteArray("");
    }
    void whatDrivesATerminalOrDeceivesIsShownAsAQuestionMark()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, shown);
        QCOMPARE(QByteArray::fromStdString(printable(text.toStdString())), shown);
    }

    void columnsOfATableAreAsWideAsWhatIsShown()
    {
        Table table({"NAME", "GPUS"});
        table.add({"ü\u202e", "8"});
        table.add({"gpu-01", "4"});
        QCOMPARE(QByteArray::fromStdString(table.text()), QByteArray("NAME    GPUS\nü?      8\ngpu-01  4\n"));
    }
};

QTEST_APPLESS_MAIN(CtlOutputTest)
#include "ctl_output_test.moc"
