#include "core/transfer/ProgressMeter.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

/// Counts never fall and never pass the size; the rate is smooth; the time left is honest.
class TestProgressMeter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSteadyLineGivesItsRateAndTheTimeLeft();
    void bytesTakenBackNeverShow();
    void neverMoreThanTheSize();
    void whatWasStoredBeforeIsNoRate();
    void aStandstillHasNoTimeLeft();
};

void TestProgressMeter::aSteadyLineGivesItsRateAndTheTimeLeft()
{
    MonotonicTime now{1000ms};
    ProgressMeter meter(ByteCount(10'000), {}, now);
    QVERIFY(!meter.timeLeft());
    for (int i = 1; i <= 50; ++i)
        meter.update(ByteCount(i * 100), {}, now += 100ms);
    QVERIFY(std::abs(meter.bytesPerSecond() - 1000) < 1);
    QCOMPARE(meter.timeLeft().value(), 5s);
}

void TestProgressMeter::bytesTakenBackNeverShow()
{
    MonotonicTime now{1000ms};
    ProgressMeter meter(ByteCount(1000), {}, now);
    meter.update(ByteCount(800), {}, now += 100ms);
    meter.update(ByteCount(200), {}, now += 100ms);
    QCOMPARE(meter.sent().value(), 800);
    QVERIFY(meter.bytesPerSecond() >= 0);
}

void TestProgressMeter::neverMoreThanTheSize()
{
    MonotonicTime now{1000ms};
    ProgressMeter meter(ByteCount(1000), {}, now);
    meter.update(ByteCount(5000), ByteCount(4000), now += 100ms);
    QCOMPARE(meter.sent().value(), 1000);
    QCOMPARE(meter.confirmed().value(), 1000);
}

void TestProgressMeter::whatWasStoredBeforeIsNoRate()
{
    MonotonicTime now{1000ms};
    ProgressMeter meter(ByteCount(1'000'000), ByteCount(900'000), now);
    meter.update(ByteCount(900'100), ByteCount(900'000), now += 100ms);
    QVERIFY(meter.bytesPerSecond() < 1'100);
}

void TestProgressMeter::aStandstillHasNoTimeLeft()
{
    MonotonicTime now{1000ms};
    ProgressMeter meter(ByteCount(1'000'000), {}, now);
    for (int i = 1; i <= 20; ++i)
        meter.update(ByteCount(i * 100), {}, now += 100ms);
    for (int i = 0; i < 1000; ++i)
        meter.update(ByteCount(2000), {}, now += 100ms);
    QVERIFY(!meter.timeLeft());
}

QTEST_GUILESS_MAIN(TestProgressMeter)
#include "test_progress_meter.moc"
