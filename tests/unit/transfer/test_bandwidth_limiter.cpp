#include "core/transfer/BandwidthLimiter.h"
#include "tests/support/fakes/FakeSourceFile.h"
#include "tests/unit/net/ScriptedServer.h"
#include "tests/unit/net/TransportBench.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

/// All bodies together keep to the limit, and Qt's HTTP client bears a body that pauses.
class TestBandwidthLimiter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void manyBodiesShareTheLimit();
    void withoutTokensABodyPausesAndIsWoken();
    void theScheduleDecidesByTimeOfDay_data();
    void theScheduleDecidesByTimeOfDay();
    void aBodyOutlivesTheLimiter();
    void qtSendsAPausingBodyWhole();
};

namespace {

std::unique_ptr<QIODevice> bufferOf(const QByteArray &content)
{
    auto buffer = std::make_unique<QBuffer>();
    buffer->setData(content);
    buffer->open(QIODevice::ReadOnly);
    return buffer;
}

BandwidthSchedule always(qint64 perSecond)
{
    return {.entries = {{0, ByteCount(perSecond)}}};
}

}  // namespace

void TestBandwidthLimiter::manyBodiesShareTheLimit()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    BandwidthLimiter limiter(clock, scheduler);
    limiter.setSchedule(always(100'000));
    std::vector<std::unique_ptr<QIODevice>> bodies;
    QList<qint64> read(4, 0);
    for (qsizetype i = 0; i < 4; ++i) {
        bodies.push_back(limiter.throttled(bufferOf(QByteArray(2'000'000, 'x'))));
        QIODevice *body = bodies.back().get();
        const auto pump = [body, &read, i] {
            while (const qsizetype count = body->read(16 * 1024).size())
                read[i] += count;
        };
        connect(body, &QIODevice::readyRead, body, pump);
        pump();
    }
    scheduler.advance(10s);
    const qint64 all = read[0] + read[1] + read[2] + read[3];
    QVERIFY2(all > 950'000 && all <= 1'020'000, qPrintable(QString::number(all)));
    QVERIFY2(*std::ranges::min_element(read) > 100'000, "one body was starved");
}

void TestBandwidthLimiter::withoutTokensABodyPausesAndIsWoken()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    BandwidthLimiter limiter(clock, scheduler);
    limiter.setSchedule(always(10'000));
    const auto body = limiter.throttled(bufferOf("0123456789"));
    int woken = 0;
    connect(body.get(), &QIODevice::readyRead, body.get(), [&woken] { ++woken; });
    QCOMPARE(body->read(10), QByteArray());
    QVERIFY(!body->atEnd());
    scheduler.advance(BandwidthLimiter::kRefill);
    QCOMPARE(woken, 1);
    QCOMPARE(body->read(10), QByteArray("0123456789"));
    QVERIFY(body->atEnd());
}

void TestBandwidthLimiter::theScheduleDecidesByTimeOfDay_data()
{
    QTest::addColumn<int>("minute");
    QTest::addColumn<qint64>("rate");
    QTest::newRow("before the first: yesterday's last") << 7 * 60 << qint64(0);
    QTest::newRow("morning") << 8 * 60 << qint64(512'000);
    QTest::newRow("day") << 15 * 60 << qint64(512'000);
    QTest::newRow("night") << 23 * 60 + 1 << qint64(0);
}

void TestBandwidthLimiter::theScheduleDecidesByTimeOfDay()
{
    const BandwidthSchedule schedule{.entries = {{8 * 60, ByteCount(512'000)}, {23 * 60, ByteCount(0)}}};
    QFETCH(int, minute);
    QTEST(rateAt(schedule, minute).value(), "rate");
}

void TestBandwidthLimiter::aBodyOutlivesTheLimiter()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    std::unique_ptr<QIODevice> body;
    {
        BandwidthLimiter limiter(clock, scheduler);
        limiter.setSchedule(always(1'000));
        body = limiter.throttled(bufferOf(QByteArray(5'000, 'x')));
        QCOMPARE(body->read(5'000).size(), 0);
    }
    scheduler.advance(1s);
    QCOMPARE(body->read(5'000).size(), 5'000);
}

void TestBandwidthLimiter::qtSendsAPausingBodyWhole()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    BandwidthLimiter limiter(bench.clock, bench.scheduler);
    limiter.setSchedule(always(64 * 1024));
    const QByteArray content = patternBytes(32 * 1024);
    HttpRequest request = TransportBench::upload(server.port(), content);
    request.body = limiter.throttled(std::move(request.body));
    const MonotonicTime begin = bench.clock.now();
    const auto sent = bench.send(std::move(request));
    QTRY_VERIFY_WITH_TIMEOUT((bench.scheduler.advance(50ms), sent->isDone()), 20'000);
    QCOMPARE(sent->status(), 200);
    QCOMPARE(server.lastBody(), content);
    QVERIFY(bench.clock.now() - begin >= 400ms);
    QCOMPARE(server.lines.size(), 1);
}

QTEST_GUILESS_MAIN(TestBandwidthLimiter)
#include "test_bandwidth_limiter.moc"
