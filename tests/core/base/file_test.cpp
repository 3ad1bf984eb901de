// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"

#include <QTemporaryDir>
#include <QTest>

using namespace core;

class FileTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsRead()
    {
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("plan.yaml").toStdString();
        const std::string text("a\0b\r\n\xff", 6);
        QVERIFY(writeFileAtomically(file, text));
        QCOMPARE(readFile(file).value(), text);
        QVERIFY(writeFileAtomically(file, ""));
        QCOMPARE(readFile(file).value(), std::string());
    }

    void aFileThatIsLongerThanThePieceItIsReadByIsWhole()
    {
        const QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("long").toStdString();
        const std::string text(200'001, 'x');
        QVERIFY(writeFileAtomically(file, text));
        QVERIFY(readFile(file).value() == text);
    }

    void whatCannotBeReadSaysWhy_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<int>("kind");
        QTest::newRow("missing") << QByteArray("/nowhere/at-all") << static_cast<int>(ErrorKind::NotFound);
        QTest::newRow("a folder") << QByteArray("/tmp") << static_cast<int>(ErrorKind::Io);
        QTest::newRow("without end") << QByteArray("/dev/zero") << static_cast<int>(ErrorKind::Io);
    }
    void whatCannotBeReadSaysWhy()
    {
        QFETCH(QByteArray, file);
        QFETCH(int, kind);
        const auto read = readFile(file.toStdString());
        QVERIFY(!read);
        QCOMPARE(static_cast<int>(read.error().kind), kind);
        QCOMPARE(read.error().place, file.toStdString());
        QVERIFY(!read.error().message.empty());
    }
};

QTEST_GUILESS_MAIN(FileTest)
#include "file_test.moc"
