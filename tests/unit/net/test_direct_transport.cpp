// What only the direct transport promises: nothing twice in silence, early answers, Expect, bounded buffers, honest progress.
#include "core/net/direct/AddressRace.h"
#include "core/net/direct/Connection.h"
#include "core/net/direct/DirectAttributes.h"
#include "tests/unit/net/ScriptedServer.h"
#include "tests/unit/net/TestCertificates.h"
#include "tests/unit/net/TransportBench.h"
#include "tests/unit/net/TunnelServer.h"

#include <QProcess>
#include <QTest>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

/// Gives `grant` bytes at a time and then nothing until the test says so.
class SlowBody final : public QIODevice
{
public:
    explicit SlowBody(QByteArray bytes) : m_bytes(std::move(bytes)) { open(QIODevice::ReadOnly | QIODevice::Unbuffered); }
    qint64 size() const override { return m_bytes.size(); }
    void allow(qint64 bytes)
    {
        m_granted += bytes;
        Q_EMIT readyRead();
    }

protected:
    qint64 readData(char *bytes, qint64 maximum) override
    {
        const qint64 count = std::min({maximum, m_granted, m_bytes.size() - pos()});
        memcpy(bytes, m_bytes.constData() + pos(), static_cast<size_t>(count));
        m_granted -= count;
        return count;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    const QByteArray m_bytes;
    qint64 m_granted = 0;
};

QByteArray pattern(qsizetype size)
{
    QByteArray bytes(size, '\0');
    for (qsizetype i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(i * 31 + i / 251);
    return bytes;
}

}  // namespace

class TestDirectTransport : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_certificates.make(), qPrintable(m_certificates.failureText())); }
    void sendsNothingTwiceButAStaleIdempotentRequest_data();
    void sendsNothingTwiceButAStaleIdempotentRequest();
    void resendsOnceOnly();
    void anIdleConnectionIsClosedBeforeTheServerTiresOfIt();
    void unaskedBytesEndTheConnection();
    void aConnectionOfAnEarlyAnswerIsNotUsedAgain();
    void aSuccessBeforeTheBodyIsNone();
    void withExpectARefusalCostsNoBody();
    void withExpectTheBodyWaitsForTheWord();
    void withExpectASilentServerGetsTheBodyAllTheSame();
    void aThrottledBodyGoesOutAsItIsGranted();
    void progressCountsWhatThePeerHas();
    void aReaderThatRestsMakesTheServerRest();
    void theNextAddressIsTriedWhereOneRefuses();
    void theNextAddressIsTriedWhereOneIsSilent();
    void aResetInTheMomentOfConnectingIsAnError();
    void tunnelsThroughAProxy_data();
    void tunnelsThroughAProxy();
    void servesOtherRequestsByQt();
    void aLargeBodyOverTlsArrivesWhole();
    void theNextHandshakeIsResumed();
    void speaksIpv6();

private:
    TestCertificates m_certificates;
};

void TestDirectTransport::sendsNothingTwiceButAStaleIdempotentRequest_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<bool>("isReused");
    QTest::addColumn<QByteArray>("answer");  // what comes before the connection is closed
    QTest::addColumn<int>("sendings");
    for (const char *method : {"PUT", "GET", "HEAD", "DELETE"}) {
        QTest::addRow("%s, idle connection closed", method) << QByteArray(method) << true << QByteArray() << 2;
        QTest::addRow("%s, new connection closed", method) << QByteArray(method) << false << QByteArray() << 1;
        QTest::addRow("%s, closed after one byte", method) << QByteArray(method) << true << QByteArray("H") << 1;
    }
    QTest::newRow("POST, idle connection closed") << QByteArray("POST") << true << QByteArray() << 1;
}

void TestDirectTransport::sendsNothingTwiceButAStaleIdempotentRequest()
{
    QFETCH(QByteArray, method);
    QFETCH(bool, isReused);
    QFETCH(QByteArray, answer);
    QFETCH(int, sendings);
    int counted = 0;
    ScriptedServer server([&](ScriptedServer::Line &line) {
        if (line.requests.last().contains("/warm-up")) {
            line.answer(200);
        } else if (++counted == 2) {
            line.answer(204);
        } else {
            line.reply(answer);
            line.closePolitely();
        }
    });
    TransportBench bench;
    if (isReused) {
        const auto first = bench.send(TransportBench::request("GET", server.port(), "/warm-up"));
        QTRY_COMPARE(first->status(), 200);
    }
    const auto sent = bench.send(TransportBench::upload(server.port(), "body", method));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(counted, sendings);
    QCOMPARE(sent->isAnswered(), sendings == 2);
    QCOMPARE(sent->isAnswered() ? (*sent->outcome)->hiddenResends : 0, sendings - 1);
}

void TestDirectTransport::resendsOnceOnly()
{
    int counted = 0;
    ScriptedServer server([&](ScriptedServer::Line &line) {
        if (line.requests.last().contains("/warm-up"))
            line.answer(200);
        else if (++counted > 0)
            line.closePolitely();
    });
    TransportBench bench;
    QList<std::shared_ptr<SentRequest>> all;
    for (int i = 0; i < 3; ++i)
        all.append(bench.send(TransportBench::request("GET", server.port(), "/warm-up")));
    for (const auto &one : all)
        QTRY_COMPARE(one->status(), 200);
    const auto sent = bench.send(TransportBench::upload(server.port(), "body"));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::ConnectionLost);
    QCOMPARE(counted, 2);
}

void TestDirectTransport::anIdleConnectionIsClosedBeforeTheServerTiresOfIt()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(sent->status(), 200);
    bench.scheduler.advance(3900ms);
    QCOMPARE(server.lines.first()->socket->state(), QAbstractSocket::ConnectedState);
    bench.scheduler.advance(200ms);
    QTRY_COMPARE(server.lines.first()->socket->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(bench.scheduler.pending(), 0);
}

void TestDirectTransport::unaskedBytesEndTheConnection()
{
    ScriptedServer server([](ScriptedServer::Line &line) {
        line.reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    });
    TransportBench bench;
    const auto first = bench.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(first->body(), QByteArray("ok"));
    const auto second = bench.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(second->body(), QByteArray("ok"));
    QCOMPARE(server.lines.size(), 2);
}

void TestDirectTransport::aConnectionOfAnEarlyAnswerIsNotUsedAgain()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); },
                          [](ScriptedServer::Line &line) {
                              if (line.head().startsWith("PUT /refused") && !std::exchange(line.isDeaf, true))
                                  line.answer(503, "<Error><Code>SlowDown</Code></Error>");
                          });
    TransportBench bench;
    const auto refused = bench.send(TransportBench::upload(server.port(), QByteArray(64'000'000, 'x'), "PUT", "/refused"));
    QTRY_COMPARE(refused->status(), 503);
    QCOMPARE(refused->body(), QByteArray("<Error><Code>SlowDown</Code></Error>"));
    QVERIFY(refused->progress.isEmpty() || refused->progress.last() < 64'000'000);
    const auto next = bench.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(next->status(), 200);
    QCOMPARE(server.lines.size(), 2);
}

void TestDirectTransport::aSuccessBeforeTheBodyIsNone()
{
    ScriptedServer server({}, [](ScriptedServer::Line &line) {
        if (!line.head().isEmpty() && !std::exchange(line.isDeaf, true))
            line.answer(200, {}, "ETag: \"a\"\r\n");
    });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(server.port(), QByteArray(64'000'000, 'x')));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::MalformedAnswer);
}

void TestDirectTransport::withExpectARefusalCostsNoBody()
{
    qsizetype received = 0;
    ScriptedServer server({}, [&](ScriptedServer::Line &line) {
        received = line.received.size();
        if (!line.head().isEmpty() && !std::exchange(line.isDeaf, true))
            line.answer(403, "<Error/>");
    });
    TransportBench bench;
    HttpRequest request = TransportBench::upload(server.port(), QByteArray(8'000'000, 'x'));
    request.asksBeforeBody = true;
    const auto sent = bench.send(std::move(request));
    QTRY_COMPARE(sent->status(), 403);
    QCOMPARE(sent->body(), QByteArray("<Error/>"));
    QVERIFY(received < 1000);
    QVERIFY(sent->progress.isEmpty());
}

void TestDirectTransport::withExpectTheBodyWaitsForTheWord()
{
    const QByteArray bytes = pattern(2'000'000);
    bool hasBodyBegunUnasked = false;
    bool hasAgreed = false;
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); },
                          [&](ScriptedServer::Line &line) {
                              if (line.head().isEmpty() || std::exchange(hasAgreed, true))
                                  return;
                              hasBodyBegunUnasked = !line.received.endsWith("\r\n\r\n");
                              line.reply("HTTP/1.1 100 Continue\r\n\r\n");
                          });
    TransportBench bench;
    HttpRequest request = TransportBench::upload(server.port(), bytes);
    request.asksBeforeBody = true;
    const auto sent = bench.send(std::move(request));
    QTRY_COMPARE(sent->status(), 200);
    QVERIFY(!hasBodyBegunUnasked);
    QCOMPARE(server.lastField("expect"), QByteArray("100-continue"));
    QVERIFY(server.lastBody() == bytes);
}

void TestDirectTransport::withExpectASilentServerGetsTheBodyAllTheSame()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    HttpRequest request = TransportBench::upload(server.port(), "body");
    request.asksBeforeBody = true;
    const auto sent = bench.send(std::move(request));
    QTRY_VERIFY(!server.lines.isEmpty() && !server.lines.first()->head().isEmpty());
    QCOMPARE(server.requests.size(), 0);
    bench.scheduler.advance(Connection::kContinueLimit);
    QTRY_COMPARE(sent->status(), 200);
    QCOMPARE(server.lastBody(), QByteArray("body"));
}

void TestDirectTransport::aThrottledBodyGoesOutAsItIsGranted()
{
    const QByteArray bytes = pattern(300'000);
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    HttpRequest request = TransportBench::request("PUT", server.port());
    auto body = std::make_unique<SlowBody>(bytes);
    SlowBody &slow = *body;
    request.body = std::move(body);
    request.bodySize = ByteCount(bytes.size());
    const auto sent = bench.send(std::move(request));
    QTRY_VERIFY(!server.lines.isEmpty() && !server.lines.first()->head().isEmpty());
    const auto arrived = [&] { return server.lines.first()->received.size() - server.lines.first()->head().size() - 4; };
    QCOMPARE(arrived(), 0);
    slow.allow(1000);
    QTRY_COMPARE(arrived(), 1000);
    slow.allow(150'000);
    QTRY_COMPARE(arrived(), 151'000);
    slow.allow(149'000);
    QTRY_COMPARE(sent->status(), 200);
    QVERIFY(server.lastBody() == bytes);
}

void TestDirectTransport::progressCountsWhatThePeerHas()
{
    ScriptedServer server({}, [](ScriptedServer::Line &line) { line.goDeaf(); });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(server.port(), QByteArray(64'000'000, 'x')));
    QTRY_VERIFY(!sent->progress.isEmpty());
    QTRY_VERIFY(bench.scheduler.advance(31s) >= 0 && sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::Stalled);
    // What the kernel still held was handed over, and is no progress.
    QVERIFY(sent->progress.last() < sent->outcome->error().bodySent.value());
}

void TestDirectTransport::aReaderThatRestsMakesTheServerRest()
{
    const QByteArray bytes = pattern(64'000'000);
    ScriptedServer server([&](ScriptedServer::Line &line) { line.answer(200, bytes); });
    FakeClock clock;
    FakeScheduler scheduler(clock);
    DirectAccessManager manager(clock, scheduler, 6);
    QNetworkRequest request(QUrl(QStringLiteral("http://127.0.0.1:%1/").arg(server.port())));
    request.setAttribute(DirectAttribute::RawTarget, QByteArray("/b/k"));
    const std::unique_ptr<QNetworkReply> reply(manager.get(request));
    reply->setReadBufferSize(300'000);
    QTRY_VERIFY(reply->bytesAvailable() >= 300'000);
    QTRY_VERIFY(server.lines.first()->socket->bytesToWrite() > 0);
    // As long as the server gets rid of bytes, they would have to arrive here.
    qint64 left = -1;
    while (std::exchange(left, server.lines.first()->socket->bytesToWrite()) != server.lines.first()->socket->bytesToWrite())
        QTest::qWait(100);
    QVERIFY(left > 0);
    QVERIFY2(reply->bytesAvailable() < 400'000, qPrintable(QString::number(reply->bytesAvailable())));
    QByteArray all;
    connect(reply.get(), &QNetworkReply::readyRead, reply.get(), [&] { all += reply->readAll(); });
    all += reply->readAll();
    QTRY_COMPARE_WITH_TIMEOUT(all.size(), bytes.size(), 30'000);
    QVERIFY(all == bytes);
}

void TestDirectTransport::theNextAddressIsTriedWhereOneRefuses()
{
    ScriptedServer server({});  // on 127.0.0.1 only
    FakeClock clock;
    FakeScheduler scheduler(clock);
    qintptr descriptor = -1;
    AddressRace race(scheduler, {.onMoved = [] {}, .onConnected = [&](qintptr won) { descriptor = won; }, .onLost = [](auto) { QFAIL("lost"); }});
    race.runOver({QHostAddress(QStringLiteral("127.0.0.2")), QHostAddress(QStringLiteral("127.0.0.1"))}, server.port());
    QTRY_VERIFY(descriptor >= 0);
    QTRY_COMPARE(server.lines.size(), 1);
    QCOMPARE(scheduler.pending(), 0);
    ::close(static_cast<int>(descriptor));
}

void TestDirectTransport::theNextAddressIsTriedWhereOneIsSilent()
{
    // Listens without accepting, its backlog full: a connect to it neither succeeds nor fails.
    const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(0x7f000002);
    ScriptedServer server({});
    place.sin_port = htons(server.port());
    QCOMPARE(::bind(silent, reinterpret_cast<sockaddr *>(&place), sizeof place), 0);
    QCOMPARE(::listen(silent, 0), 0);
    QTcpSocket first, second;
    first.connectToHost(QHostAddress(QStringLiteral("127.0.0.2")), server.port());
    QTRY_COMPARE(first.state(), QAbstractSocket::ConnectedState);
    second.connectToHost(QHostAddress(QStringLiteral("127.0.0.2")), server.port());
    FakeClock clock;
    FakeScheduler scheduler(clock);
    qintptr descriptor = -1;
    AddressRace race(scheduler, {.onMoved = [] {}, .onConnected = [&](qintptr won) { descriptor = won; }, .onLost = [](auto) { QFAIL("lost"); }});
    race.runOver({QHostAddress(QStringLiteral("127.0.0.2")), QHostAddress(QStringLiteral("127.0.0.1"))}, server.port());
    QTest::qWait(100);
    QVERIFY(server.lines.isEmpty());
    scheduler.advance(AddressRace::kAttemptDelay);
    QTRY_VERIFY(descriptor >= 0);
    QTRY_COMPARE(server.lines.size(), 1);
    ::close(static_cast<int>(descriptor));
    ::close(silent);
}

void TestDirectTransport::aResetInTheMomentOfConnectingIsAnError()
{
    QTcpServer server;
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        while (QTcpSocket *socket = server.nextPendingConnection()) {
            const linger hard{.l_onoff = 1, .l_linger = 0};
            ::setsockopt(static_cast<int>(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
            socket->abort();
        }
    });
    QVERIFY(server.listen(QHostAddress::LocalHost));
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(server.serverPort(), "body"));
    QTRY_VERIFY(sent->isDone());
    QVERIFY2(isNetworkFault(*sent->kind()), qPrintable(sent->detail()));
}

void TestDirectTransport::tunnelsThroughAProxy_data()
{
    QTest::addColumn<bool>("isSocks");
    QTest::addColumn<bool>("isEncrypted");
    QTest::newRow("CONNECT, https") << false << true;
    QTest::newRow("SOCKS5, http") << true << false;
    QTest::newRow("SOCKS5, https") << true << true;
}

void TestDirectTransport::tunnelsThroughAProxy()
{
    QFETCH(bool, isSocks);
    QFETCH(bool, isEncrypted);
    const QByteArray bytes = pattern(3'000'000);
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200, "stored"); }, {},
                          isEncrypted ? m_certificates.server(QStringLiteral("good")) : QSslConfiguration());
    TunnelServer proxy(isSocks ? TunnelServer::Kind::Socks5 : TunnelServer::Kind::Connect);
    TransportSettings settings;
    settings.caBundlePath = m_certificates.authorityPath();
    settings.proxy = ProxyRules::explicitProxy((isSocks ? QStringLiteral("socks5h") : QStringLiteral("http"))
                                               + QStringLiteral("://me:pa%3Ass@127.0.0.1:%1").arg(proxy.port()))
                         .value();
    TransportBench bench(settings);
    for (int i = 0; i < 2; ++i) {
        HttpRequest request = TransportBench::upload(server.port(), bytes);
        request.origin = TransportBench::origin(server.port(), "localhost", isEncrypted);
        const auto sent = bench.send(std::move(request));
        QTRY_VERIFY(sent->isDone());
        QVERIFY2(sent->isAnswered(), qPrintable(sent->detail()));
        QCOMPARE(sent->body(), QByteArray("stored"));
        QVERIFY(server.lastBody() == bytes);
        QCOMPARE(sent->progress.last(), 3'000'000);
    }
    QCOMPARE(proxy.asked, QByteArrayList{"localhost:" + QByteArray::number(server.port())});
}

void TestDirectTransport::servesOtherRequestsByQt()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200, "by Qt"); });
    FakeClock clock;
    FakeScheduler scheduler(clock);
    DirectAccessManager manager(clock, scheduler, 6);
    const std::unique_ptr<QNetworkReply> data(manager.get(QNetworkRequest(QUrl(QStringLiteral("data:,hello")))));
    QTRY_VERIFY(data->isFinished());
    QCOMPARE(data->readAll(), QByteArray("hello"));
    const QNetworkRequest plain(QUrl(QStringLiteral("http://127.0.0.1:%1/a/../b").arg(server.port())));
    const std::unique_ptr<QNetworkReply> http(manager.get(plain));
    QTRY_VERIFY(http->isFinished());
    QCOMPARE(http->readAll(), QByteArray("by Qt"));
    QVERIFY(server.lastRequestLine().startsWith("GET /b "));  // normalised, as only Qt does
}

void TestDirectTransport::aLargeBodyOverTlsArrivesWhole()
{
    const QByteArray bytes = pattern(20'000'003);
    ScriptedServer server([&](ScriptedServer::Line &line) { line.answer(200, line.requests.last().right(bytes.size())); }, {},
                          m_certificates.server(QStringLiteral("good")));
    TransportSettings settings;
    settings.caBundlePath = m_certificates.authorityPath();
    TransportBench bench(settings);
    HttpRequest request = TransportBench::upload(server.port(), bytes);
    request.origin = TransportBench::origin(server.port(), "127.0.0.1", true);
    const auto sent = bench.fetch(std::move(request));
    QTRY_VERIFY_WITH_TIMEOUT(sent->isDone(), 60'000);
    QVERIFY2(sent->isAnswered(), qPrintable(sent->detail()));
    QVERIFY(server.lastBody() == bytes);
    QVERIFY(sent->sunk == bytes);
    QCOMPARE(sent->progress.last(), bytes.size());
}

void TestDirectTransport::theNextHandshakeIsResumed()
{
    // OpenSSL's own server answers every GET with a page about the session, and closes.
    QProcess server;
    server.start(QStringLiteral("openssl"), {QStringLiteral("s_server"), QStringLiteral("-www"), QStringLiteral("-accept"), QStringLiteral("127.0.0.1:0"),
                                             QStringLiteral("-cert"), m_certificates.certificatePath(QStringLiteral("good")),
                                             QStringLiteral("-key"), m_certificates.keyPath(QStringLiteral("good"))});
    QByteArray said;
    const auto port = [&] {
        said += server.readAllStandardOutput();
        const qsizetype at = said.indexOf("ACCEPT 127.0.0.1:");
        return at < 0 || said.indexOf('\n', at) < 0 ? 0 : said.mid(at + 17).split('\n').first().trimmed().toUShort();
    };
    QTRY_VERIFY(port() != 0);
    TransportSettings settings;
    settings.caBundlePath = m_certificates.authorityPath();
    TransportBench bench(settings);
    const auto ask = [&] {
        HttpRequest request = TransportBench::request("GET", port(), "/");
        request.origin.isEncrypted = true;
        return bench.send(std::move(request));
    };
    const auto first = ask();
    QTRY_VERIFY(first->isDone());
    QVERIFY2(first->body().contains("\nNew, TLSv1.3"), first->body().constData());
    const auto second = ask();
    QTRY_VERIFY(second->isDone());
    QVERIFY2(second->body().contains("\nReused, TLSv1.3"), second->body().constData());
    server.kill();
    QVERIFY(server.waitForFinished());
}

void TestDirectTransport::speaksIpv6()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHostIPv6))
        QSKIP("this machine has no IPv6 loopback");
    QByteArray received;
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket *socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [&received, socket] {
            received += socket->readAll();
            if (received.endsWith("body"))
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
    });
    TransportBench bench;
    HttpRequest request = TransportBench::upload(server.serverPort(), "body");
    request.origin.host = "::1";
    const auto sent = bench.send(std::move(request));
    QTRY_VERIFY(sent->isDone());
    QVERIFY2(sent->isAnswered(), qPrintable(sent->detail()));
    QVERIFY(received.contains(QByteArray("\r\nHost: [::1]:" + QByteArray::number(server.serverPort()) + "\r\n")));
}

QTEST_GUILESS_MAIN(TestDirectTransport)
#include "test_direct_transport.moc"
