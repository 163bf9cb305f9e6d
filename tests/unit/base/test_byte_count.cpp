#include "core/base/ByteCount.h"

#include <QTest>

using namespace packmule;
using namespace packmule::literals;

class TestByteCount : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsSizesAsPeopleWriteThem_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("bytes");
        const auto row = [](const char *text, qint64 bytes) { QTest::newRow(text) << QString::fromUtf8(text) << bytes; };
        row("0", 0);
        row("8388608", 8'388'608);
        row("8M", 8'388'608);
        row("8m", 8'388'608);
        row("8MB", 8'388'608);
        row("8MiB", 8'388'608);
        row("8 MiB", 8'388'608);
        row(" 8 MiB ", 8'388'608);
        row("17B", 17);
        row("1.5GiB", 1'610'612'736);
        row("16K", 16'384);
        row("50TiB", (50_TiB).value());
        row("1P", qint64(1) << 50);
        row("9007199254740993", 9'007'199'254'740'993);  // 2^53 + 1: whole numbers are never rounded
    }
    void readsSizesAsPeopleWriteThem()
    {
        QFETCH(QString, text);
        QFETCH(qint64, bytes);
        const auto count = byteCountFromText(text);
        QVERIFY(count);
        QCOMPARE(count->value(), bytes);
    }

    void refusesEverythingElse_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", " ", "M", "-1", "+1", "1e3", "0x10", "8 X", "8MM", "8iB", "1.2.3M", ".", "8,5M", "1_000", "99999999999P",
                                 "9223372036854775808", "\u0661\u0662"})
            QTest::newRow(*text ? text : "nothing") << QString::fromUtf8(text);
    }
    void refusesEverythingElse()
    {
        QFETCH(QString, text);
        QVERIFY2(!byteCountFromText(text), qPrintable(text));
    }

    void showsSizesInBinaryUnits_data()
    {
        QTest::addColumn<qint64>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("nothing") << qint64(0) << QStringLiteral("0 B");
        QTest::newRow("bytes") << qint64(1023) << QStringLiteral("1023 B");
        QTest::newRow("a kibibyte") << qint64(1024) << QStringLiteral("1.0 KiB");
        QTest::newRow("a part") << (16_MiB).value() << QStringLiteral("16.0 MiB");
        QTest::newRow("the largest object") << (50_TiB).value() << QStringLiteral("50.0 TiB");
        QTest::newRow("just below the next unit") << (1_MiB).value() - 1 << QStringLiteral("1.0 MiB");
        QTest::newRow("still far enough below") << (1023_KiB).value() << QStringLiteral("1023.0 KiB");
    }
    void showsSizesInBinaryUnits()
    {
        QFETCH(qint64, bytes);
        QFETCH(QString, text);
        QCOMPARE(byteCountText(ByteCount(bytes)), text);
    }

    void calculates()
    {
        QCOMPARE(1_KiB + 1_B, 1025_B);
        QCOMPARE(1_KiB - 1_B, 1023_B);
        QCOMPARE(5_MiB * 3, 15_MiB);
        QVERIFY(5_MiB < 5_GiB);
    }
};

QTEST_APPLESS_MAIN(TestByteCount)
#include "test_byte_count.moc"
