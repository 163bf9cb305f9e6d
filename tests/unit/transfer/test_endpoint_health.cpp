#include "core/transfer/EndpointHealth.h"
#include "tests/support/fakes/FakeJournal.h"

#include <QTest>

#include <vector>

using namespace packmule;

class TestEndpointHealth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void triesChecksumsFromTheBestDown();
    void signsPayloadsWhereNothingElseProtectsThem();
    void remembersWhatWasEchoed();
    void oneProbeSpeaksForAllThatWait();
    void probesFromFiveSecondsToFiveMinutes();
    void aCallThatWasOnItsWayIsNoProbe();
    void wakeProbesNow();
    void remembersThatTheHostHasAnswered();
    void remembersTheClock();
};

namespace {

struct Bench {
    FakeClock clock;
    FakeScheduler scheduler{clock};
    FakeJournal journal{scheduler};
    EndpointHealth health;
    std::vector<CallHandle> turns;
    int gone = 0;

    explicit Bench(bool isEncrypted = true, bool hasChecksums = true)
        : health({.endpointUrl = "https://s3", .hasAnswered = false, .checksum = {}, .unknownChecksums = {}}, isEncrypted, hasChecksums, journal, clock, scheduler) {}
    void wait(int count)
    {
        for (int i = 0; i < count; ++i)
            turns.push_back(health.network().awaitTurn([this] { ++gone; }));
    }
};

const Error kRefused = Error::make(ErrorKind::ConnectionRefused, QStringLiteral("refused"));

}  // namespace

void TestEndpointHealth::triesChecksumsFromTheBestDown()
{
    Bench bench;
    QList<ChecksumAlgorithm> tried;
    for (int i = 0; i < 6; ++i) {
        tried.append(bench.health.chooseIntegrity({}).algorithm);
        bench.health.noteChecksumUnknown(tried.last());
    }
    using enum ChecksumAlgorithm;
    QCOMPARE(tried, QList({Crc64Nvme, Crc32c, Crc32, Md5, None, None}));
    QCOMPARE(bench.health.chooseIntegrity(Crc32c).algorithm, Crc32c);  // the user's word
    QCOMPARE(Bench(true, false).health.chooseIntegrity({}).algorithm, Md5);
}

void TestEndpointHealth::signsPayloadsWhereNothingElseProtectsThem()
{
    QVERIFY(!Bench(true).health.chooseIntegrity({}).signPayload);
    QVERIFY(Bench(false).health.chooseIntegrity({}).signPayload);
    QVERIFY(Bench(true).health.chooseIntegrity(ChecksumAlgorithm::None).signPayload);
}

void TestEndpointHealth::remembersWhatWasEchoed()
{
    Bench bench;
    bench.health.noteChecksumUnknown(ChecksumAlgorithm::Crc64Nvme);
    bench.health.noteChecksumEchoed(ChecksumAlgorithm::Crc32c);
    QCOMPARE(bench.health.chooseIntegrity({}).algorithm, ChecksumAlgorithm::Crc32c);
    bench.scheduler.advance(Milliseconds{250});
    QCOMPARE(bench.journal.endpoints["https://s3"].checksum, ChecksumAlgorithm::Crc32c);
    QCOMPARE(bench.journal.endpoints["https://s3"].unknownChecksums, QList({ChecksumAlgorithm::Crc64Nvme}));
}

void TestEndpointHealth::oneProbeSpeaksForAllThatWait()
{
    Bench bench;
    bench.health.network().note(kRefused);
    bench.wait(1000);
    bench.scheduler.advance(std::chrono::seconds(4));
    QCOMPARE(bench.gone, 0);
    bench.scheduler.advance(std::chrono::seconds(2));
    QCOMPARE(bench.gone, 1);
    bench.health.noteAnswer();
    bench.scheduler.runDue();
    QCOMPARE(bench.gone, 1000);
    QVERIFY(bench.health.isReachable());
}

void TestEndpointHealth::probesFromFiveSecondsToFiveMinutes()
{
    Bench bench;
    bench.health.network().note(kRefused);
    QList<qint64> waits;
    for (int i = 0; i < 9; ++i) {
        bench.wait(1);
        const MonotonicTime before = bench.clock.now();
        QVERIFY(bench.scheduler.runUntil([&] { return bench.gone == i + 1; }));
        waits.append(std::chrono::duration_cast<std::chrono::seconds>(bench.clock.now() - before).count());
        bench.health.network().note(kRefused);
    }
    QCOMPARE(waits, QList<qint64>({5, 10, 20, 40, 80, 160, 300, 300, 300}));
}

void TestEndpointHealth::aCallThatWasOnItsWayIsNoProbe()
{
    Bench bench;
    bench.wait(0);
    for (int i = 0; i < 4; ++i)
        bench.health.network().note(kRefused);  // four parts were in flight
    bench.wait(1);
    bench.scheduler.advance(std::chrono::milliseconds(5'001));
    QCOMPARE(bench.gone, 1);
}

void TestEndpointHealth::wakeProbesNow()
{
    Bench bench;
    bench.health.network().note(kRefused);
    bench.wait(2);
    bench.health.network().wake();
    bench.scheduler.runDue();
    QCOMPARE(bench.gone, 1);
}

void TestEndpointHealth::remembersThatTheHostHasAnswered()
{
    Bench bench;
    QVERIFY(!bench.health.hasAnswered());
    bench.health.noteResult(kRefused);
    QVERIFY(!bench.health.hasAnswered());
    bench.health.noteResult(Error::make(ErrorKind::AccessDenied, {}));
    QVERIFY(bench.health.hasAnswered());
    bench.scheduler.advance(Milliseconds{250});
    QVERIFY(bench.journal.endpoints["https://s3"].hasAnswered);
}

void TestEndpointHealth::remembersTheClock()
{
    Bench bench;
    bench.health.noteClockOffset(std::chrono::hours(1));
    bench.scheduler.advance(Milliseconds{250});
    QCOMPARE(bench.journal.endpoints["https://s3"].clockOffset, std::chrono::hours(1));
    bench.journal.endpoints.clear();
    bench.health.noteClockOffset(std::chrono::hours(1));
    bench.scheduler.advance(Milliseconds{250});
    QVERIFY(bench.journal.endpoints.empty());  // not news
}

QTEST_GUILESS_MAIN(TestEndpointHealth)
#include "test_endpoint_health.moc"
