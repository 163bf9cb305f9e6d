#include "app/cli/TextValues.h"

#include <QTest>

using namespace packmule;

class TestTextValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void durations_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("milliseconds");  // -1: refused
        QTest::newRow("bare is seconds") << QStringLiteral("30") << qint64(30'000);
        QTest::newRow("milliseconds") << QStringLiteral("500ms") << qint64(500);
        QTest::newRow("minutes") << QStringLiteral("15m") << qint64(900'000);
        QTest::newRow("hours") << QStringLiteral("1.5h") << qint64(5'400'000);
        QTest::newRow("days") << QStringLiteral("7d") << qint64(604'800'000);
        QTest::newRow("weeks") << QStringLiteral("2w") << qint64(1'209'600'000);
        QTest::newRow("empty") << QString() << qint64(-1);
        QTest::newRow("negative") << QStringLiteral("-1s") << qint64(-1);
        QTest::newRow("unknown unit") << QStringLiteral("3y") << qint64(-1);
        QTest::newRow("word") << QStringLiteral("soon") << qint64(-1);
        QTest::newRow("overflow") << QStringLiteral("999999999999w") << qint64(-1);
    }
    void durations()
    {
        QFETCH(QString, text);
        const auto duration = durationFromText(text);
        QTEST(duration ? qint64(duration->count()) : qint64(-1), "milliseconds");
    }

    void durationsForPeople()
    {
        QCOMPARE(durationText(std::chrono::seconds(59)), QStringLiteral("59 s"));
        QCOMPARE(durationText(std::chrono::seconds(65)), QStringLiteral("1 min 05 s"));
        QCOMPARE(durationText(std::chrono::seconds(3900)), QStringLiteral("1 h 05 min"));
        QCOMPARE(durationText(std::chrono::seconds(100'000)), QStringLiteral("1 d 03 h"));
        QCOMPARE(durationText(std::chrono::seconds(-5)), QStringLiteral("0 s"));
    }

    void oneRateIsForAlways()
    {
        const auto schedule = bandwidthFromText(QStringLiteral("10M"));
        QVERIFY(schedule);
        QCOMPARE(schedule->entries.size(), 1);
        QCOMPARE(schedule->entries.first().perSecond.value(), qint64(10) << 20);
    }
    void offIsUnlimited()
    {
        QVERIFY(bandwidthFromText(QStringLiteral("off"))->isUnlimited());
        QVERIFY(bandwidthFromText(QStringLiteral("0"))->isUnlimited());
    }
    void aScheduleIsSortedByTime()
    {
        const auto schedule = bandwidthFromText(QStringLiteral("23:00,off 08:30,512k"));
        QVERIFY(schedule);
        QCOMPARE(schedule->entries.size(), 2);
        QCOMPARE(schedule->entries.first().minuteOfDay, 510);
        QCOMPARE(schedule->entries.first().perSecond.value(), qint64(512) << 10);
        QCOMPARE(schedule->entries.last().perSecond.value(), qint64(0));
    }
    void brokenRatesAreRefused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << QString();
        QTest::newRow("word") << QStringLiteral("fast");
        QTest::newRow("no rate") << QStringLiteral("08:00");
        QTest::newRow("no such hour") << QStringLiteral("25:00,1M");
        QTest::newRow("two commas") << QStringLiteral("08:00,1M,2M");
    }
    void brokenRatesAreRefused()
    {
        QFETCH(QString, text);
        QVERIFY(!bandwidthFromText(text));
    }

    void pairsKeepTheirOrderAndSigns()
    {
        const auto pairs = pairsFromText("a=1,b==x=,c=");
        QVERIFY(pairs);
        QCOMPARE(pairs->size(), 3);
        QCOMPARE(pairs->at(1).second, QByteArray("=x="));
        QVERIFY(!pairsFromText("novalue"));
        QVERIFY(!pairsFromText("=x"));
        QVERIFY(pairsFromText("")->isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestTextValues)
#include "test_text_values.moc"
