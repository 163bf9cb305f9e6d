#include "core/net/DrainRates.h"
#include "core/net/NetworkErrorMapping.h"
#include "core/net/StallWatch.h"
#include "tests/support/fakes/FakeClock.h"
#include "tests/support/fakes/FakeScheduler.h"

#include <QTest>

using namespace packmule;
using namespace packmule::literals;
using namespace std::chrono_literals;

Q_DECLARE_METATYPE(packmule::ErrorKind)

class TestStallWatch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void silenceForTheLimitIsAStall();
    void movementStartsTheLimitAnew();
    void allowanceIsAddedToTheLimit();
    void ownStandstillIsNoStall();
    void zeroMeansNoLimit();
    void unknownLineDrainsInAboutAMinute();
    void measuredLineDecides();
    void slowLineIsBelieved();
    void fastLineThatSlowsDownIsNoticed();
    void smallBodiesTeachNothing();
    void doubtDoublesThePatience();
    void qtsErrorsHaveOurKinds_data();
    void qtsErrorsHaveOurKinds();
    void qtsTextIsNeverShown();

private:
    const HttpOrigin m_origin{.isEncrypted = true, .host = "h.example", .port = 443};
};

void TestStallWatch::silenceForTheLimitIsAStall()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    int stalls = 0;
    StallWatch watch(clock, scheduler, [&] { ++stalls; });
    watch.expect(30s);
    scheduler.advance(29'999ms);
    QCOMPARE(stalls, 0);
    scheduler.advance(1ms);
    QCOMPARE(stalls, 1);
    scheduler.advance(1h);
    QCOMPARE(stalls, 1);
}

void TestStallWatch::movementStartsTheLimitAnew()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    int stalls = 0;
    StallWatch watch(clock, scheduler, [&] { ++stalls; });
    watch.expect(30s);
    for (int i = 0; i < 10; ++i) {
        scheduler.advance(29s);
        watch.moved();
    }
    QCOMPARE(stalls, 0);
    QVERIFY(scheduler.pending() <= 1);
    scheduler.advance(30s);
    QCOMPARE(stalls, 1);
}

void TestStallWatch::allowanceIsAddedToTheLimit()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    int stalls = 0;
    Milliseconds allowance = 0s;
    StallWatch watch(clock, scheduler, [&] { ++stalls; });
    watch.expect(30s, [&] { return allowance; });
    allowance = 20s;  // known only after the limit had been set
    scheduler.advance(49s);
    QCOMPARE(stalls, 0);
    scheduler.advance(1s);
    QCOMPARE(stalls, 1);
}

void TestStallWatch::ownStandstillIsNoStall()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    int stalls = 0;
    StallWatch watch(clock, scheduler, [&] { ++stalls; });
    watch.expect(30s);
    clock.advance(60s);  // the process stood still: its timers run late
    scheduler.runDue();
    QCOMPARE(stalls, 0);
    scheduler.advance(30s);
    QCOMPARE(stalls, 1);
}

void TestStallWatch::zeroMeansNoLimit()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    int stalls = 0;
    StallWatch watch(clock, scheduler, [&] { ++stalls; });
    watch.expect(0s);
    scheduler.advance(24h);
    QCOMPARE(stalls, 0);
}

void TestStallWatch::unknownLineDrainsInAboutAMinute()
{
    const DrainRates rates;
    QCOMPARE(rates.allowance(m_origin, 4_MiB, 10ms), Milliseconds(64s));
    QCOMPARE(rates.allowance(m_origin, 64_KiB, 10ms), Milliseconds(1s));
    QCOMPARE(rates.allowance(m_origin, 0_B, 0ms), Milliseconds(0));
}

void TestStallWatch::measuredLineDecides()
{
    DrainRates rates;
    rates.learn(m_origin, 16_MiB, 16s);
    QCOMPARE(rates.allowance(m_origin, 4_MiB, 10ms), Milliseconds(4s));
    const HttpOrigin other{.isEncrypted = false, .host = "h.example", .port = 443};
    QCOMPARE(rates.allowance(other, 4_MiB, 10ms), Milliseconds(64s));
}

void TestStallWatch::slowLineIsBelieved()
{
    DrainRates rates;
    rates.learn(m_origin, 5_MiB, 640s);  // 8 KiB/s
    QCOMPARE(rates.allowance(m_origin, 4_MiB, 10ms), Milliseconds(512s));
    rates.learn(m_origin, 5_MiB, 24h);
    QVERIFY(rates.allowance(m_origin, 4_MiB, 10ms) <= 601s);
}

void TestStallWatch::fastLineThatSlowsDownIsNoticed()
{
    DrainRates rates;
    rates.learn(m_origin, 16_MiB, 100ms);
    QVERIFY(rates.allowance(m_origin, 4_MiB, 10ms) < 100ms);
    // 12 of 16 MiB have certainly left in 120 s: 102 KiB/s.
    QVERIFY(rates.allowance(m_origin, 16_MiB, 120s) > 39s);
}

void TestStallWatch::smallBodiesTeachNothing()
{
    DrainRates rates;
    rates.learn(m_origin, 100_KiB, 1ms);
    QCOMPARE(rates.allowance(m_origin, 4_MiB, 10ms), Milliseconds(64s));
}

void TestStallWatch::doubtDoublesThePatience()
{
    DrainRates rates;
    rates.learn(m_origin, 1024_MiB, 1s);
    rates.doubt(m_origin);
    QCOMPARE(rates.allowance(m_origin, 4_MiB, 10ms), Milliseconds(64s));
    rates.doubt(m_origin);
    QCOMPARE(rates.allowance(m_origin, 4_MiB, 10ms), Milliseconds(128s));
    for (int i = 0; i < 20; ++i)
        rates.doubt(m_origin);
    QVERIFY(rates.allowance(m_origin, 4_MiB, 10ms) <= 601s);
}

void TestStallWatch::qtsErrorsHaveOurKinds_data()
{
    QTest::addColumn<QNetworkReply::NetworkError>("code");
    QTest::addColumn<bool>("hasSpoken");
    QTest::addColumn<bool>("isProxied");
    QTest::addColumn<QString>("qtText");
    QTest::addColumn<ErrorKind>("kind");
    const auto row = [](const char *name, QNetworkReply::NetworkError code, ErrorKind kind, bool hasSpoken = true, bool isProxied = false,
                        const char *qtText = "") { QTest::newRow(name) << code << hasSpoken << isProxied << QString::fromLatin1(qtText) << kind; };
    row("refused", QNetworkReply::ConnectionRefusedError, ErrorKind::ConnectionRefused, false);
    row("no such name", QNetworkReply::HostNotFoundError, ErrorKind::NameNotResolved, false);
    row("no such name of a proxy", QNetworkReply::HostNotFoundError, ErrorKind::NetworkUnreachable, false, true);
    row("closed", QNetworkReply::RemoteHostClosedError, ErrorKind::ConnectionLost);
    row("reset in the body", QNetworkReply::UnknownNetworkError, ErrorKind::ConnectionLost);
    row("no route", QNetworkReply::UnknownNetworkError, ErrorKind::NetworkUnreachable, false);
    row("tunnel refused", QNetworkReply::UnknownNetworkError, ErrorKind::ProxyRefused, false, true);
    row("no network", QNetworkReply::TemporaryNetworkFailureError, ErrorKind::NetworkUnreachable, false);
    row("session", QNetworkReply::NetworkSessionFailedError, ErrorKind::NetworkUnreachable, false);
    row("Qt's own limit", QNetworkReply::TimeoutError, ErrorKind::Stalled, false);
    row("proxy refused", QNetworkReply::ProxyConnectionRefusedError, ErrorKind::NetworkUnreachable, false, true);
    row("proxy closed", QNetworkReply::ProxyConnectionClosedError, ErrorKind::NetworkUnreachable, false, true);
    row("proxy unknown", QNetworkReply::ProxyNotFoundError, ErrorKind::NetworkUnreachable, false, true);
    row("proxy silent", QNetworkReply::ProxyTimeoutError, ErrorKind::NetworkUnreachable, false, true);
    row("proxy wants a password", QNetworkReply::ProxyAuthenticationRequiredError, ErrorKind::ProxyRefused, true, true);
    row("not HTTP", QNetworkReply::ProtocolFailure, ErrorKind::MalformedAnswer);
    row("handshake cut", QNetworkReply::SslHandshakeFailedError, ErrorKind::ConnectionLost, false, false, "unexpected eof while reading");
    row("handshake damaged", QNetworkReply::SslHandshakeFailedError, ErrorKind::ConnectionLost, false, false, "decryption failed or bad record mac");
    row("TLS 1.0 only", QNetworkReply::SslHandshakeFailedError, ErrorKind::TlsUntrusted, false, false, "error:0A000102:SSL routines::unsupported protocol");
    row("alert", QNetworkReply::SslHandshakeFailedError, ErrorKind::TlsUntrusted, false, false, "error:0A00042E:SSL routines::tlsv1 alert protocol version");
    row("plain HTTP there", QNetworkReply::SslHandshakeFailedError, ErrorKind::TlsUntrusted, false, false, "error:0A00010B:SSL routines::wrong version number");
}

void TestStallWatch::qtsErrorsHaveOurKinds()
{
    QFETCH(QNetworkReply::NetworkError, code);
    QFETCH(bool, hasSpoken);
    QFETCH(bool, isProxied);
    QFETCH(QString, qtText);
    QFETCH(ErrorKind, kind);
    BrokenExchange broken;
    broken.origin = m_origin;
    broken.code = code;
    broken.hasSpoken = hasSpoken;
    broken.qtText = qtText;
    if (isProxied)
        broken.proxy = QNetworkProxy(QNetworkProxy::HttpProxy, QStringLiteral("p.example"), 3128);
    const Error error = networkError(broken);
    QCOMPARE(errorKindName(error.kind), errorKindName(kind));
    QVERIFY(!error.detail.isEmpty());
    QCOMPARE(error.detail.contains(QLatin1String("p.example:3128")), isProxied);
}

void TestStallWatch::qtsTextIsNeverShown()
{
    for (int code = 0; code < 500; ++code) {
        BrokenExchange broken;
        broken.origin = m_origin;
        broken.code = static_cast<QNetworkReply::NetworkError>(code);
        broken.qtText = QStringLiteral("Error transferring https://h.example/b/k?X-Amz-Signature=5ec2e7");
        QVERIFY(!networkError(broken).detail.contains(QLatin1String("5ec2e7")));
    }
}

QTEST_GUILESS_MAIN(TestStallWatch)
#include "test_stall_watch.moc"
