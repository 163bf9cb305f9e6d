// The client's handshake and the connection in both roles, over real sockets, against peers that misbehave byte by byte.
#include "core/integrity/Digest.h"
#include "core/stream/StreamExchange.h"
#include "core/stream/WebSocketHandshake.h"
#include "tests/support/fakes/FakeScheduler.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

/// Remembers what an exchange and its connection told.
struct Listener final : StreamExchangeUser {
    void webSocketBytes(QByteArrayView view) override { bytes.append(view); }
    void webSocketMessageEnded() override { ++messages; }
    void webSocketPonged() override { ++pongs; }
    void webSocketEnded(const WebSocketEnd &ended) override { end = ended; }
    void exchangeUpgraded(const HttpHead &head) override { upgraded = head; }
    void exchangeAnswered(const HttpHead &head) override { answered = head; }
    void exchangeBody(QByteArrayView view) override { bytes.append(view); }
    void exchangeFinished() override { isFinished = true; }
    void exchangeFailed(const Error &error) override { failed = error; }

    QByteArray bytes;
    int messages = 0;
    int pongs = 0;
    std::optional<WebSocketEnd> end;
    std::optional<HttpHead> upgraded, answered;
    bool isFinished = false;
    std::optional<Error> failed;
};

/// A TCP listener whose connections the test plays by hand.
struct RawServer {
    RawServer() { server.listen(QHostAddress::LocalHost); }
    QTcpSocket *peer()
    {
        if (socket == nullptr && server.hasPendingConnections())
            socket = server.nextPendingConnection();
        return socket;
    }
    bool hasHead() { return peer() != nullptr && (received += socket->readAll()).contains("\r\n\r\n"); }
    QByteArray field(const QByteArray &name) const
    {
        const qsizetype at = received.indexOf(QByteArray("\r\n" + name + ": ")) + name.size() + 4;
        return received.mid(at, received.indexOf("\r\n", at) - at);
    }
    void reply(const QByteArray &sent)
    {
        socket->write(sent);
        socket->flush();
    }
    void accept(const QByteArray &surplus = {}) { reply(upgradeAnswer(field("Sec-WebSocket-Key"), {}) + surplus); }

    QTcpServer server;
    QTcpSocket *socket = nullptr;
    QByteArray received;
};

/// One client against a RawServer.
struct ClientBench {
    void start(StreamExchange::Wish wish = StreamExchange::Wish::Upgrade)
    {
        const auto address = StreamAddress::fromUrl("http://127.0.0.1:" + QByteArray::number(raw.server.serverPort()) + "/a%2Fb?x=%20y");
        HttpHeaders fields;
        fields.append("X-Verb", "FOLLOW");
        exchange->start(*address, wish, fields);
    }

    RawServer raw;
    FakeClock clock;
    FakeScheduler scheduler{clock};
    Listener told;
    StreamExchangeContext context{.clock = clock, .scheduler = scheduler, .tls = {}};
    std::unique_ptr<StreamExchange> exchange = std::make_unique<StreamExchange>(context, told);
};

/// The server's side of a connection, driven by raw client bytes.
struct ServerBench {
    ServerBench(FrameLimits limits = {})
    {
        QTcpServer listener;
        listener.listen(QHostAddress::LocalHost);
        client.connectToHost(QHostAddress::LocalHost, listener.serverPort());
        if (client.waitForConnected(10'000) && listener.waitForNewConnection(10'000))
            connection = std::make_unique<WebSocketConnection>(listener.nextPendingConnection(), FrameCodec::Side::Server, limits, told, clock, scheduler);
        connection->begin({});
        scheduler.runDue();
    }
    bool hasReceived(const QByteArray &wanted) { return (received += client.readAll()).contains(wanted); }

    FakeClock clock;
    FakeScheduler scheduler{clock};
    Listener told;
    QTcpSocket client;
    QByteArray received;
    FrameCodec codec{FrameCodec::Side::Client, FrameLimits::none(), {}};
    std::unique_ptr<WebSocketConnection> connection;
};

}  // namespace

class TestWebSocket : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsAddresses_data();
    void readsAddresses();
    void sendsTheRequestAsGiven();
    void keepsTheBytesBehindTheHead();
    void refusesAWrongAccept();
    void handsOnARefusalsBody();
    void handsOnAnEmptyBody();
    void reportsABodyCutShort();
    void givesUpOnASilentServer();
    void stopsReadingTheBody();
    void answersPings();
    void echoesClose();
    void reportsALostConnection();
    void refusesAnUnmaskedFrame();
    void refusesAnEndlessMessage();
    void endsAFloodOfPings();
    void closesAPeerThatNeverEchoes();
    void boundsWhatWaitsToBeSent();

private:
    CryptoLibrary m_crypto;
};

void TestWebSocket::readsAddresses_data()
{
    QTest::addColumn<QByteArray>("url");
    QTest::addColumn<QByteArray>("read");
    QTest::newRow("plain") << QByteArray("http://example.org/a/b") << QByteArray("example.org|80|0|/a/b");
    QTest::newRow("TLS, no path") << QByteArray("https://example.org") << QByteArray("example.org|443|1|/");
    QTest::newRow("IPv6 without a port") << QByteArray("http://[::1]/x") << QByteArray("[::1]|80|0|/x");
    QTest::newRow("IPv6 with a port") << QByteArray("http://[::1]:8080/x") << QByteArray("[::1]:8080|8080|0|/x");
    QTest::newRow("escapes stay") << QByteArray("http://h/%2e%2F%20?q=%41#gone") << QByteArray("h|80|0|/%2e%2F%20?q=%41");
    QTest::newRow("bytes are escaped") << QByteArray("http://h/\xc3\xa4 b") << QByteArray("h|80|0|/%C3%A4%20b");
    QTest::newRow("query without a path") << QByteArray("http://h?verb=APPEND") << QByteArray("h|80|0|/?verb=APPEND");
    QTest::newRow("another scheme") << QByteArray("ftp://h/x") << QByteArray("refused");
    QTest::newRow("a user") << QByteArray("http://me:secret@h/x") << QByteArray("refused");
    QTest::newRow("no host") << QByteArray("http:///x") << QByteArray("refused");
}

void TestWebSocket::readsAddresses()
{
    QFETCH(QByteArray, url);
    QFETCH(QByteArray, read);
    const auto address = StreamAddress::fromUrl(url);
    const QByteArray found = address ? address->hostField() + '|' + QByteArray::number(address->port) + '|' + QByteArray::number(address->isTls) + '|' + address->target
                                     : QByteArray("refused");
    QCOMPARE(found, read);
    QVERIFY(address || !address.error().detail.contains(QLatin1String("secret")));
}

void TestWebSocket::sendsTheRequestAsGiven()
{
    ClientBench bench;
    bench.start();
    QTRY_VERIFY(bench.raw.hasHead());
    QVERIFY(bench.raw.received.startsWith("GET /a%2Fb?x=%20y HTTP/1.1\r\nHost: 127.0.0.1:"));
    QCOMPARE(bench.raw.field("Upgrade"), QByteArray("websocket"));
    QCOMPARE(bench.raw.field("Sec-WebSocket-Version"), QByteArray("13"));
    QCOMPARE(bench.raw.field("X-Verb"), QByteArray("FOLLOW"));
    QCOMPARE(QByteArray::fromBase64(bench.raw.field("Sec-WebSocket-Key")).size(), 16);
}

void TestWebSocket::keepsTheBytesBehindTheHead()
{
    ClientBench bench;
    bench.start();
    QTRY_VERIFY(bench.raw.hasHead());
    bench.raw.accept(QByteArray("\x81\x03" "a\xff" "b", 5));  // one TCP segment with the 101 (facts, run 1/B)
    QTRY_VERIFY(bench.told.upgraded.has_value());
    bench.scheduler.runDue();
    QTRY_COMPARE(bench.told.bytes, QByteArray("a\xff" "b"));
    QCOMPARE(bench.told.messages, 1);
}

void TestWebSocket::refusesAWrongAccept()
{
    ClientBench bench;
    bench.start();
    QTRY_VERIFY(bench.raw.hasHead());
    bench.raw.reply(upgradeAnswer("another key", {}));
    QTRY_VERIFY(bench.told.failed.has_value());
    QCOMPARE(bench.told.failed->kind, ErrorKind::MalformedAnswer);
    QVERIFY(!bench.told.upgraded);
}

void TestWebSocket::handsOnARefusalsBody()
{
    ClientBench bench;
    bench.start();
    QTRY_VERIFY(bench.raw.hasHead());
    bench.raw.reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    QTRY_COMPARE(bench.told.bytes, QByteArray("hel"));
    QVERIFY(!bench.told.isFinished);
    bench.raw.reply("lo");
    QTRY_VERIFY(bench.told.isFinished);
    QCOMPARE(bench.told.bytes, QByteArray("hello"));
    QCOMPARE(bench.told.answered->status, 200);
}

void TestWebSocket::handsOnAnEmptyBody()
{
    ClientBench bench;
    bench.start(StreamExchange::Wish::PlainAnswer);
    QTRY_VERIFY(bench.raw.hasHead());
    QVERIFY(!bench.raw.received.contains("Upgrade"));
    bench.raw.reply("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nContent-Range: bytes */7\r\n\r\n");
    QTRY_VERIFY(bench.told.isFinished);
    QCOMPARE(bench.told.answered->headers.value("content-range"), QByteArray("bytes */7"));
}

void TestWebSocket::reportsABodyCutShort()
{
    ClientBench bench;
    bench.start();
    QTRY_VERIFY(bench.raw.hasHead());
    bench.raw.reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel");
    bench.raw.socket->disconnectFromHost();
    QTRY_VERIFY(bench.told.failed.has_value());
    QCOMPARE(bench.told.failed->kind, ErrorKind::ConnectionLost);
    QCOMPARE(bench.told.bytes, QByteArray("hel"));
}

void TestWebSocket::givesUpOnASilentServer()
{
    ClientBench bench;
    bench.start();
    QTRY_VERIFY(bench.raw.hasHead());
    bench.raw.reply("HTTP/1.1 101 Switching");
    bench.scheduler.advance(19s);
    QVERIFY(!bench.told.failed);
    bench.scheduler.advance(2s);
    QVERIFY(bench.told.failed.has_value());
    QCOMPARE(bench.told.failed->kind, ErrorKind::Stalled);
}

void TestWebSocket::stopsReadingTheBody()
{
    ClientBench bench;
    bench.start();
    QTRY_VERIFY(bench.raw.hasHead());
    bench.exchange->setReading(false);
    bench.raw.reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    bench.raw.socket->disconnectFromHost();
    QTRY_VERIFY(bench.raw.socket->state() != QAbstractSocket::ConnectedState);
    QVERIFY(!bench.told.answered);
    bench.exchange->setReading(true);
    QTRY_VERIFY(bench.scheduler.runDue() >= 0 && bench.told.isFinished);
    QCOMPARE(bench.told.bytes, QByteArray("hello"));
}

void TestWebSocket::answersPings()
{
    ServerBench bench;
    bench.client.write(bench.codec.pingFrame("are you there"));
    QTRY_VERIFY(bench.hasReceived(QByteArray("\x8a\x0d" "are you there")));
}

void TestWebSocket::echoesClose()
{
    ServerBench bench;
    bench.client.write(bench.codec.textFrame("last words") + bench.codec.closeFrame(CloseCode::Normal, "finished 10"));
    QTRY_VERIFY(bench.told.end.has_value());
    QCOMPARE(bench.told.bytes, QByteArray("last words"));
    QCOMPARE(bench.told.end->code, CloseCode::Normal);
    QCOMPARE(bench.told.end->reason, QByteArray("finished 10"));
    QVERIFY(!bench.told.end->error);
    QTRY_VERIFY(bench.hasReceived(QByteArray("\x88\x0d\x03\xe8" "finished 10")));
    QTRY_COMPARE(bench.client.state(), QAbstractSocket::UnconnectedState);
}

void TestWebSocket::reportsALostConnection()
{
    ServerBench bench;
    bench.client.write(bench.codec.textFrame("some"));
    bench.client.disconnectFromHost();
    QTRY_VERIFY(bench.told.end.has_value());
    QCOMPARE(bench.told.bytes, QByteArray("some"));
    QVERIFY(bench.told.end->error.has_value());
    QVERIFY(bench.told.end->isBrokenByPeer);
}

void TestWebSocket::refusesAnUnmaskedFrame()
{
    ServerBench bench;
    bench.client.write(QByteArray("\x81\x05hello"));
    QTRY_VERIFY(bench.told.end.has_value());
    QCOMPARE(bench.told.end->error->kind, ErrorKind::MalformedAnswer);
    QTRY_VERIFY(bench.hasReceived(QByteArray("\x88\x02\x03\xea")));  // 1002
    QVERIFY(bench.told.bytes.isEmpty());
}

void TestWebSocket::refusesAnEndlessMessage()
{
    ServerBench bench({.frame = ByteCount(1000), .message = ByteCount(2000)});
    QByteArray frame = bench.codec.textFrame(QByteArray(900, 'x'));
    frame[0] = 0x01;  // not the last
    bench.client.write(frame);
    frame[0] = 0x00;
    bench.client.write(frame + frame);
    QTRY_VERIFY(bench.told.end.has_value());
    QTRY_VERIFY(bench.hasReceived(QByteArray("\x88\x02\x03\xf1")));  // 1009
    QCOMPARE(bench.told.bytes.size(), 1800);
}

void TestWebSocket::endsAFloodOfPings()
{
    ServerBench bench;
    QByteArray flood;
    for (int i = 0; i < 2000; ++i)
        flood += bench.codec.pingFrame();
    bench.client.write(flood);
    QTRY_VERIFY(bench.told.end.has_value());
    QTRY_VERIFY(bench.hasReceived(QByteArray("\x88\x02\x03\xf0")));  // 1008
}

void TestWebSocket::closesAPeerThatNeverEchoes()
{
    ServerBench bench;
    bench.connection->close(CloseCode::Normal);
    bench.connection->sendText("too late");
    QTRY_COMPARE(bench.connection->pendingBytes(), 0);
    QVERIFY(!bench.connection->hasRoom());
    bench.scheduler.advance(4s);
    QVERIFY(!bench.told.end);
    bench.scheduler.advance(2s);
    QVERIFY(bench.told.end.has_value());
}

void TestWebSocket::boundsWhatWaitsToBeSent()
{
    ServerBench bench;
    bench.client.setReadBufferSize(1);
    const QByteArray piece(32 * 1024, 'x');
    int sent = 0;
    while (bench.connection->hasRoom() && sent < 10'000) {  // what the kernel takes comes on top
        bench.connection->sendText(piece);
        ++sent;
    }
    QVERIFY(sent < 10'000);
    QVERIFY(bench.connection->pendingBytes() < WebSocketConnection::kSendLimit + piece.size() + 16);
}

QTEST_GUILESS_MAIN(TestWebSocket)
#include "test_web_socket.moc"
