#include "app/cli/ProgressLines.h"

#include <QTest>

using namespace packmule;
using namespace packmule::literals;

namespace {

ProgressRow row(const char *name, ByteCount sent, ByteCount size)
{
    ProgressRow out;
    out.name = QString::fromUtf8(name);
    out.sent = sent;
    out.size = size;
    return out;
}

}  // namespace

class TestProgressLines : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRowTellsPartsRateAndTimeLeft()
    {
        ProgressRow r = row("holiday.mov", 42_MiB, 100_MiB);
        r.confirmedParts = 2;
        r.parts = 7;
        r.rate = 3.0 * 1024 * 1024;
        r.eta = std::chrono::seconds(65);
        QCOMPARE(progressLines({r}, {}, 100, 8), QStringList{QStringLiteral("holiday.mov  42 %  2/7 parts  3.0 MiB/s  1 min 05 s left")});
    }

    void neverAHundredBeforeTheEnd_data()
    {
        QTest::addColumn<qint64>("sent");
        QTest::addColumn<qint64>("size");
        QTest::newRow("all sent") << qint64(100) << qint64(100);
        QTest::newRow("more than all, by re-sending") << qint64(150) << qint64(100);
        QTest::newRow("nearly all of much") << (qint64(1) << 50) - 1 << (qint64(1) << 50);
        QTest::newRow("an empty file") << qint64(0) << qint64(0);
    }
    void neverAHundredBeforeTheEnd()
    {
        QFETCH(qint64, sent);
        QFETCH(qint64, size);
        ProgressRow moving = row("f", ByteCount(sent), ByteCount(size));
        ProgressRow verifying = moving;
        verifying.isVerifying = true;
        ProgressTotals totals;
        totals.files = 2;
        totals.sent = ByteCount(sent);
        totals.size = ByteCount(size);
        const QString all = progressLines({moving, verifying}, totals, 100, 8).join(QLatin1Char('\n'));
        QVERIFY2(!all.contains(QStringLiteral("100 %")), qPrintable(all));
        QVERIFY(all.contains(QStringLiteral(" %")));
    }

    void waitingTakesThePlaceOfTheRate()
    {
        ProgressRow r = row("f", 1_MiB, 2_MiB);
        r.rate = 1000;
        r.waiting = QStringLiteral("waiting for the network");
        const QString line = progressLines({r}, {}, 100, 8).first();
        QVERIFY(line.contains(QStringLiteral("waiting for the network")));
        QVERIFY(!line.contains(QStringLiteral("/s")));
    }

    void linesFitTheTerminal_data()
    {
        QTest::addColumn<int>("width");
        for (const int width : {20, 24, 40, 60, 80, 200})
            QTest::addRow("%d columns", width) << width;
    }
    void linesFitTheTerminal()
    {
        QFETCH(int, width);
        ProgressRow r = row("a-very-long-name-that-goes-on-and-on-until-nobody-wants-to-read-it-any-more.tar.gz", 1_GiB, 3_GiB);
        r.parts = 10000;
        r.confirmedParts = 3333;
        r.rate = 1.0e9;
        r.eta = std::chrono::hours(100);
        ProgressRow wide = row("写真写真写真写真写真写真写真写真写真写真写真写真写真.jpg", 1_MiB, 3_MiB);
        ProgressTotals totals;
        totals.files = 100'000;
        totals.failed = 3;
        for (const QString &line : progressLines({r, wide}, totals, width, 1))
            QVERIFY2(columnCount(line) < std::max(width, 21), qPrintable(line));
    }

    void theNameIsCutInTheMiddle()
    {
        QCOMPARE(elidedMiddle(QStringLiteral("abcdefghij.txt"), 9), QStringLiteral("abcd….txt"));
        QCOMPARE(elidedMiddle(QStringLiteral("short"), 9), QStringLiteral("short"));
        QCOMPARE(columnCount(elidedMiddle(QStringLiteral("写真写真写真写真"), 7)) <= 7, true);
    }
    void moreFilesThanRowsAreCounted()
    {
        QList<ProgressRow> rows;
        for (int i = 0; i < 11; ++i)
            rows.append(row("f", 1_B, 10_B));
        ProgressTotals totals;
        totals.files = 20;
        totals.ended = 9;
        const QStringList lines = progressLines(rows, totals, 80, 8);
        QCOMPARE(lines.size(), 10);
        QCOMPARE(lines.at(8), QStringLiteral("and 3 more"));
        QVERIFY(lines.last().startsWith(QStringLiteral("Total  9 of 20 files")));
    }
    void oneFileNeedsNoTotal()
    {
        ProgressTotals totals;
        totals.files = 1;
        QCOMPARE(progressLines({row("f", 1_B, 2_B)}, totals, 80, 8).size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestProgressLines)
#include "test_progress_lines.moc"
