// Who may follow and append: this machine, tokens, and never a web page.
#include "core/stream/StreamGate.h"
#include "tests/unit/stream/StreamBench.h"

using namespace packmule;
using namespace std::chrono_literals;

namespace {

constexpr char kTokens[] = "# a comment\n"
                           "follower-of-logs-1 follow /logs never\n"
                           "appender-of-logs-1   append  /logs/   2030-01-01T00:00:00Z\n"
                           "everything-of-all-1 both / never\n";

StreamRequest request(const QByteArray &verb, const QByteArray &path, const QByteArrayList &fields)
{
    HttpHead head;
    head.method = "GET";
    head.target = path;
    head.headers.append("X-Verb", verb);
    for (const QByteArray &field : fields)
        head.headers.append(field.split('=').value(0), field.mid(field.indexOf('=') + 1));
    if (!head.headers.contains("Host"))
        head.headers.append("Host", "127.0.0.1:8080");
    return streamRequest(head, "/");
}

}  // namespace

class TestStreamGate : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void judges_data();
    void judges();
    void readsTokenFiles_data();
    void readsTokenFiles();
    void serverAsksTheGate();
    void slowHandshakesAreCut();
    void longHeadsAreRefused();
    void healthIsTold();
    void prefixLeavesRoomForOthers();
    void endsAFloodedConnection();

private:
    CryptoLibrary m_crypto;
};

void TestStreamGate::judges_data()
{
    QTest::addColumn<QByteArray>("peer");
    QTest::addColumn<QByteArray>("verb");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArrayList>("fields");
    QTest::addColumn<int>("status");
    const QByteArray local = "127.0.0.1", remote = "192.0.2.7";
    const auto bearer = [](const QByteArray &token) { return QByteArrayList{"Authorization=Bearer " + token}; };
    QTest::newRow("local") << local << QByteArray("FOLLOW") << QByteArray("/x") << QByteArrayList() << 0;
    QTest::newRow("local append") << local << QByteArray("APPEND") << QByteArray("/x") << QByteArrayList() << 0;
    QTest::newRow("local, IPv6") << QByteArray("::1") << QByteArray("FOLLOW") << QByteArray("/x") << QByteArrayList{"Host=[::1]:80"} << 0;
    QTest::newRow("local by name") << local << QByteArray("FOLLOW") << QByteArray("/x") << QByteArrayList{"Host=localhost"} << 0;
    QTest::newRow("rebound name") << local << QByteArray("FOLLOW") << QByteArray("/x") << QByteArrayList{"Host=evil.example"} << 403;
    QTest::newRow("allowed name") << local << QByteArray("FOLLOW") << QByteArray("/x") << QByteArrayList{"Host=build.example:80"} << 0;
    QTest::newRow("through a proxy") << local << QByteArray("FOLLOW") << QByteArray("/x") << QByteArrayList{"X-Forwarded-For=192.0.2.7"} << 401;
    QTest::newRow("web page") << local << QByteArray("APPEND") << QByteArray("/x") << QByteArrayList{"Origin=https://evil.example"} << 403;
    QTest::newRow("web page with a token") << local << QByteArray("APPEND") << QByteArray("/x")
                                           << QByteArrayList{"Origin=https://evil.example", "Authorization=Bearer everything-of-all-1"} << 403;
    QTest::newRow("allowed web page") << local << QByteArray("FOLLOW") << QByteArray("/x") << QByteArrayList{"Origin=https://good.example"} << 0;
    QTest::newRow("remote") << remote << QByteArray("FOLLOW") << QByteArray("/x") << QByteArrayList() << 401;
    QTest::newRow("token") << remote << QByteArray("APPEND") << QByteArray("/x") << bearer("everything-of-all-1") << 0;
    QTest::newRow("token of a folder") << remote << QByteArray("FOLLOW") << QByteArray("/logs/a") << bearer("follower-of-logs-1") << 0;
    QTest::newRow("token of another folder") << remote << QByteArray("FOLLOW") << QByteArray("/logsx") << bearer("follower-of-logs-1") << 403;
    QTest::newRow("token without the right") << remote << QByteArray("APPEND") << QByteArray("/logs/a") << bearer("follower-of-logs-1") << 403;
    QTest::newRow("token out of its folder") << remote << QByteArray("FOLLOW") << QByteArray("/logs/../x") << bearer("follower-of-logs-1") << 403;
    QTest::newRow("token that lives") << remote << QByteArray("APPEND") << QByteArray("/logs/a") << bearer("appender-of-logs-1") << 0;
    QTest::newRow("unknown token") << remote << QByteArray("FOLLOW") << QByteArray("/logs/a") << bearer("follower-of-logs-2") << 401;
    QTest::newRow("unknown token, local") << local << QByteArray("FOLLOW") << QByteArray("/x") << bearer("nothing") << 401;
    QTest::newRow("no bearer") << remote << QByteArray("FOLLOW") << QByteArray("/x") << QByteArrayList{"Authorization=Basic x"} << 401;
}

void TestStreamGate::judges()
{
    QFETCH(QByteArray, peer);
    QFETCH(QByteArray, verb);
    QFETCH(QByteArray, path);
    QFETCH(QByteArrayList, fields);
    GateOptions options;
    options.tokens = StreamTokens::read(kTokens).value();
    options.allowedOrigins = {"https://good.example"};
    options.allowedHosts = {"build.example"};
    const WallTime in2026{Milliseconds{1'795'262'400'000}};
    const auto refused = gateRefusal(options, request(verb, path, fields), QHostAddress(QString::fromLatin1(peer)), in2026);
    QTEST(refused ? refused->status : 0, "status");
    const WallTime in2031 = in2026 + std::chrono::hours(24 * 365 * 5);
    const bool isMortal = fields.value(0).endsWith("appender-of-logs-1");
    QCOMPARE(gateRefusal(options, request(verb, path, fields), QHostAddress(QString::fromLatin1(peer)), in2031).has_value(), refused.has_value() || isMortal);
}

void TestStreamGate::readsTokenFiles_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("badLine");
    QTest::newRow("good") << QByteArray(kTokens) << 0;
    QTest::newRow("empty") << QByteArray() << 0;
    QTest::newRow("short token") << QByteArray("\nsecret follow / never\n") << 2;
    QTest::newRow("unknown right") << QByteArray("a-long-enough-token read / never") << 1;
    QTest::newRow("no prefix") << QByteArray("a-long-enough-token follow logs never") << 1;
    QTest::newRow("no expiry") << QByteArray("a-long-enough-token follow /") << 1;
    QTest::newRow("local time") << QByteArray("a-long-enough-token follow / 2030-01-01T00:00:00") << 1;
    QTest::newRow("no time") << QByteArray("a-long-enough-token follow / soonZ") << 1;
}

void TestStreamGate::readsTokenFiles()
{
    QFETCH(QByteArray, text);
    QFETCH(int, badLine);
    const auto tokens = StreamTokens::read(text);
    QCOMPARE(tokens.has_value(), badLine == 0);
    QVERIFY(tokens || tokens.error().detail.startsWith(QStringLiteral("Line %1 ").arg(badLine)));
    QVERIFY(tokens || !tokens.error().detail.contains(QLatin1String("a-long-enough-token")));
}

void TestStreamGate::serverAsksTheGate()
{
    const ServerUnderTest under;
    RawPeer page(under);
    page.send(RawPeer::official("APPEND", "/s", "Origin: https://evil.example\r\n"));
    QTRY_VERIFY(page.hasBody());
    QCOMPARE(page.status(), QByteArray("403"));
    QCOMPARE(under.content("/s"), QByteArray("(none)"));
    RawPeer unknown(under);
    unknown.send(RawPeer::plain("/", "Authorization: Bearer nobody-knows-this\r\n"));
    QTRY_VERIFY(unknown.hasBody());
    QCOMPARE(unknown.status(), QByteArray("401"));
    QCOMPARE(unknown.field("WWW-Authenticate"), QByteArray("Bearer"));
}

void TestStreamGate::slowHandshakesAreCut()
{
    StreamServerOptions options;
    options.headTimeout = 300ms;
    const ServerUnderTest under(options);
    RawPeer silent(under);
    RawPeer half(under);
    half.send(RawPeer::official("FOLLOW", "/s").left(60));
    QTRY_COMPARE(half.socket.state(), QAbstractSocket::ConnectedState);
    QTRY_COMPARE(half.socket.state(), QAbstractSocket::UnconnectedState);
    QTRY_COMPARE(silent.socket.state(), QAbstractSocket::UnconnectedState);
    QTRY_COMPARE(under.server->connectionCount(), 0);
}

void TestStreamGate::longHeadsAreRefused()
{
    const ServerUnderTest under;
    RawPeer peer(under);
    peer.send("GET / HTTP/1.1\r\nX: " + QByteArray(20'000, 'x'));
    QTRY_VERIFY(peer.hasHead());
    QCOMPARE(peer.status(), QByteArray("400"));
    RawPeer many(under);
    many.send("GET / HTTP/1.1\r\n" + QByteArray("X: y\r\n").repeated(101) + "\r\n");
    QTRY_VERIFY(many.hasHead());
    QCOMPARE(many.status(), QByteArray("400"));
}

void TestStreamGate::healthIsTold()
{
    const ServerUnderTest under;
    RawPeer peer(under);
    peer.send(RawPeer::plain("/health"));
    QTRY_VERIFY(peer.hasBody());
    QCOMPARE(peer.body(), QByteArray("{\"status\":\"ok\",\"connections\":1}\n"));
}

void TestStreamGate::prefixLeavesRoomForOthers()
{
    StreamServerOptions options;
    options.prefix = "/streams";
    options.otherPaths = [](const HttpHead &head) {
        return head.target == "/other" ? std::optional(StreamAnswer{.status = 200, .headers = {}, .body = "another handler"}) : std::nullopt;
    };
    const ServerUnderTest under(options);
    RawPeer writer(under);
    writer.send(RawPeer::official("APPEND", "/streams/a"));
    QTRY_VERIFY(writer.hasHead());
    QCOMPARE(writer.status(), QByteArray("101"));
    QCOMPARE(under.content("/a"), QByteArray());
    RawPeer other(under);
    other.send(RawPeer::plain("/other"));
    QTRY_VERIFY(other.hasBody());
    QCOMPARE(other.body(), QByteArray("another handler"));
    RawPeer outside(under);
    outside.send(RawPeer::official("APPEND", "/streamsx/a"));
    QTRY_VERIFY(outside.hasBody());
    QCOMPARE(outside.status(), QByteArray("404"));
    RawPeer unclean(under);
    unclean.send(RawPeer::plain("/streams/../x"));
    QTRY_VERIFY(unclean.hasBody());
    QCOMPARE(unclean.field("Location"), QByteArray("/streams/x"));
}

void TestStreamGate::endsAFloodedConnection()
{
    const ServerUnderTest under;
    RawPeer writer(under);
    writer.send(RawPeer::official("APPEND", "/s"));
    QTRY_VERIFY(writer.hasHead());
    for (int i = 0; i < 2000; ++i)
        writer.send(writer.codec.pingFrame());
    QTRY_VERIFY(writer.isClosed());
    QCOMPARE(*writer.close, QByteArray("1008 "));
}

QTEST_GUILESS_MAIN(TestStreamGate)
#include "test_stream_gate.moc"
