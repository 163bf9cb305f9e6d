// Every case of facts/streams.md 1.2 against our server, spoken by raw sockets with the official programs' own requests.
#include "tests/unit/stream/StreamBench.h"

#include <QDir>

#include <sys/resource.h>
#include <sys/socket.h>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

/// An official appender that is connected.
std::unique_ptr<RawPeer> appender(const ServerUnderTest &under, const QByteArray &target, const QByteArray &more = {})
{
    auto peer = std::make_unique<RawPeer>(under);
    peer->send(RawPeer::official("APPEND", target, more));
    [&] { QTRY_VERIFY(peer->hasHead()); }();
    return peer;
}

/// Appends and leaves as the official program does: TCP is closed without a Close frame.
void writeStream(const ServerUnderTest &under, const QByteArray &target, const QByteArray &bytes)
{
    const auto peer = appender(under, target);
    peer->send(peer->codec.textFrame(bytes));
    [&] { QTRY_COMPARE(under.content(target), bytes); }();
    peer->socket.disconnectFromHost();
    [&] { QTRY_COMPARE(under.server->connectionCount(), 0); }();
}

}  // namespace

class TestStreamServer : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void unknownStreamIs404();
    void finishedStreamIs200();
    void rangesOfAFinishedStream_data();
    void rangesOfAFinishedStream();
    void unchangedStreamIs304();
    void aConnectionServesSeveralRequests();
    void followerGetsWhatIsThereAndWhatComes();
    void plainGetOfALiveStreamDoesNotWait_data();
    void plainGetOfALiveStreamDoesNotWait();
    void foldersAreListed();
    void uncleanPathsAreRedirected();
    void badPathsAreRefused();
    void otherMethodsAre405();
    void headHasNoBody();
    void verbComesFromHeaderOrQuery_data();
    void verbComesFromHeaderOrQuery();
    void appendingMakesTheFile();
    void secondAppenderIs403();
    void appendingToAFolderIs500();
    void appendingWithoutAWebSocketMakesNothing();
    void anyBytesInAnyMessage();
    void unmaskedFramesEndTheAppender();
    void pongsAndPingsOfAnAppender();
    void howAStreamEnds_data();
    void howAStreamEnds();
    void appendingAgainGoesOnAtTheEnd();
    void officialFollowersGetSmallFrames();
    void charactersStayWhole();
    void ourFollowerBeginsAtItsOffset();
    void ourAppenderIsAcknowledged();
    void ourAppenderFinishes();
    void aFinishOfAnotherLengthIsRefused();
    void leaseKeepsThePlace();
    void leaseOutlivesTheServer();
    void curlFollowsLive();
    void crashedLiveAnswerIsCutShort();
    void stoppedFollowerDelaysNobody();
    void truncatedStreamIsSaid();
    void aThousandFollowers();

private:
    CryptoLibrary m_crypto;
};

void TestStreamServer::initTestCase()
{
    rlimit files{};
    QCOMPARE(::getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 8192);
    QCOMPARE(::setrlimit(RLIMIT_NOFILE, &files), 0);
}

void TestStreamServer::unknownStreamIs404()
{
    const ServerUnderTest under;
    RawPeer peer(under);
    peer.send(RawPeer::official("FOLLOW", "/never"));
    QTRY_VERIFY(peer.hasBody());
    QCOMPARE(peer.body(), QByteArray("404 page not found\n"));
    QCOMPARE(peer.status(), QByteArray("404"));
    QCOMPARE(peer.field("Content-Type"), QByteArray("text/plain; charset=utf-8"));
    QCOMPARE(peer.field("X-Content-Type-Options"), QByteArray("nosniff"));
}

void TestStreamServer::finishedStreamIs200()
{
    const ServerUnderTest under;
    writeStream(under, "/s", "all of it\n");
    RawPeer peer(under);
    peer.send(RawPeer::official("FOLLOW", "/s"));
    QTRY_VERIFY(peer.hasBody());
    QCOMPARE(peer.status(), QByteArray("200"));
    QCOMPARE(peer.body(), QByteArray("all of it\n"));
    QCOMPARE(peer.field("Accept-Ranges"), QByteArray("bytes"));
    QVERIFY(peer.field("Last-Modified").endsWith(" GMT"));
    QVERIFY(peer.field("X-Packmule-End").isNull());
    QCOMPARE(peer.field("Content-Disposition"), QByteArray("inline"));
}

void TestStreamServer::rangesOfAFinishedStream_data()
{
    QTest::addColumn<QByteArray>("range");
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("middle") << QByteArray("bytes=2-4") << QByteArray("206") << QByteArray("234");
    QTest::newRow("open end") << QByteArray("bytes=7-") << QByteArray("206") << QByteArray("789");
    QTest::newRow("last bytes") << QByteArray("bytes=-2") << QByteArray("206") << QByteArray("89");
    QTest::newRow("more than there is") << QByteArray("bytes=5-99") << QByteArray("206") << QByteArray("56789");
    QTest::newRow("beyond") << QByteArray("bytes=10-") << QByteArray("416") << QByteArray("the stream is shorter\n");
    QTest::newRow("nonsense") << QByteArray("bytes=x-y") << QByteArray("200") << QByteArray("0123456789");
    QTest::newRow("backwards") << QByteArray("bytes=5-2") << QByteArray("200") << QByteArray("0123456789");
    QTest::newRow("several") << QByteArray("bytes=0-1,4-5") << QByteArray("200") << QByteArray("0123456789");
}

void TestStreamServer::rangesOfAFinishedStream()
{
    QFETCH(QByteArray, range);
    const ServerUnderTest under;
    writeStream(under, "/s", "0123456789");
    RawPeer peer(under);
    peer.send(RawPeer::plain("/s", "Range: " + range + "\r\n"));
    QTRY_VERIFY(peer.hasBody());
    QTEST(peer.status(), "status");
    QTEST(peer.body(), "body");
}

void TestStreamServer::unchangedStreamIs304()
{
    const ServerUnderTest under;
    writeStream(under, "/s", "x");
    RawPeer first(under);
    first.send(RawPeer::plain("/s"));
    QTRY_VERIFY(first.hasBody());
    RawPeer second(under);
    second.send(RawPeer::plain("/s", "If-Modified-Since: " + first.field("Last-Modified") + "\r\n"));
    QTRY_VERIFY(second.hasHead());
    QCOMPARE(second.status(), QByteArray("304"));
}

void TestStreamServer::aConnectionServesSeveralRequests()
{
    const ServerUnderTest under;
    writeStream(under, "/s", "x");
    RawPeer peer(under);
    peer.send(RawPeer::plain("/s") + RawPeer::official("FOLLOW", "/s") + RawPeer::plain("/none"));
    QTRY_VERIFY(peer.body().count("HTTP/1.1 ") == 2 && peer.body().endsWith("404 page not found\n"));
    QCOMPARE(peer.status(), QByteArray("200"));
}

void TestStreamServer::followerGetsWhatIsThereAndWhatComes()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/live");
    writer->send(writer->codec.textFrame("before "));
    QTRY_COMPARE(under.content("/live"), QByteArray("before "));
    RawPeer peer(under);
    peer.send(RawPeer::official("FOLLOW", "/live"));
    QTRY_COMPARE(peer.stream(), QByteArray("before "));
    QCOMPARE(peer.head, QByteArray("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    writer->send(writer->codec.textFrame("and after"));
    QTRY_COMPARE(peer.stream(), QByteArray("before and after"));
    QVERIFY(!peer.isClosed());
    writer->socket.disconnectFromHost();
    QTRY_VERIFY(peer.isClosed());
    QCOMPARE(*peer.close, QByteArray("1000 "));
    QCOMPARE(peer.messages.first().front(), 't');
    QCOMPARE(writer->stream(), QByteArray());  // an official appender is told nothing
}

void TestStreamServer::plainGetOfALiveStreamDoesNotWait_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("plain") << RawPeer::plain("/live");
    QTest::newRow("bad handshake") << RawPeer::official("FOLLOW", "/live").replace("Version: 13", "Version: 8");
    QTest::newRow("no key") << RawPeer::official("FOLLOW", "/live").replace("Key: dGhlIHNhbXBsZSBub25jZQ==", "Key: ");
}

void TestStreamServer::plainGetOfALiveStreamDoesNotWait()
{
    QFETCH(QByteArray, request);
    const ServerUnderTest under;
    const auto writer = appender(under, "/live");
    writer->send(writer->codec.textFrame("so far"));
    QTRY_COMPARE(under.content("/live"), QByteArray("so far"));
    RawPeer peer(under);
    peer.send(request);
    QTRY_VERIFY(peer.hasBody());
    QCOMPARE(peer.status(), QByteArray("200"));
    QCOMPARE(peer.body(), QByteArray("so far"));
}

void TestStreamServer::foldersAreListed()
{
    const ServerUnderTest under;
    writeStream(under, "/a/<b>.txt", "1234");
    RawPeer html(under);
    html.send(RawPeer::plain("/a/"));
    QTRY_VERIFY(html.hasBody());
    QCOMPARE(html.status(), QByteArray("200"));
    QVERIFY(html.body().contains("<a href=\"./%3Cb%3E.txt\">&lt;b&gt;.txt</a> 4 bytes ended"));
    RawPeer json(under);
    json.send(RawPeer::plain("/a/?format=json"));
    QTRY_VERIFY(json.hasBody());
    QVERIFY(json.body().contains("\"name\":\"<b>.txt\"") && json.body().contains("\"size\":4"));
    RawPeer slashless(under);
    slashless.send(RawPeer::plain("/a"));
    QTRY_VERIFY(slashless.hasBody());
    QCOMPARE(slashless.status(), QByteArray("301"));
    QCOMPARE(slashless.field("Location"), QByteArray("a/"));
    RawPeer root(under);
    root.send(RawPeer::plain("/"));
    QTRY_VERIFY(root.hasBody());
    QVERIFY(root.body().contains("href=\"./a/\"") && !root.body().contains("packmule"));
}

void TestStreamServer::uncleanPathsAreRedirected()
{
    const ServerUnderTest under;
    RawPeer peer(under);
    peer.send(RawPeer::official("FOLLOW", "/a//%2e%2e/../etc/passwd?verb=x"));
    QTRY_VERIFY(peer.hasBody());
    QCOMPARE(peer.status(), QByteArray("301"));
    QCOMPARE(peer.field("Location"), QByteArray("/etc/passwd?verb=x"));
}

void TestStreamServer::badPathsAreRefused()
{
    const ServerUnderTest under;
    RawPeer peer(under);
    peer.send(RawPeer::plain("/a%2f..%2fb") + RawPeer::plain("/.packmule/lock") + RawPeer::plain("/a%00"));
    QTRY_COMPARE(peer.body().count("HTTP/1.1 400"), 2);
    QCOMPARE(peer.status(), QByteArray("400"));
}

void TestStreamServer::otherMethodsAre405()
{
    const ServerUnderTest under;
    RawPeer peer(under);
    peer.send(RawPeer::plain("/s", "Content-Length: 2\r\n", "POST") + "xx");
    QTRY_VERIFY(peer.hasBody());
    QCOMPARE(peer.status(), QByteArray("405"));
    QCOMPARE(peer.body(), QByteArray("method not supported\n"));
}

void TestStreamServer::headHasNoBody()
{
    const ServerUnderTest under;
    writeStream(under, "/s", "four");
    RawPeer peer(under);
    peer.send(RawPeer::plain("/s", "Connection: close\r\n", "HEAD"));
    QTRY_COMPARE(peer.socket.state(), QAbstractSocket::UnconnectedState);
    QVERIFY(peer.hasHead());
    QCOMPARE(peer.status(), QByteArray("200"));
    QCOMPARE(peer.field("Content-Length"), QByteArray("4"));
    QCOMPARE(peer.body(), QByteArray());
}

void TestStreamServer::verbComesFromHeaderOrQuery_data()
{
    QTest::addColumn<QByteArray>("verb");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("header") << QByteArray("APPEND") << QByteArray("/s") << QByteArray("101");
    QTest::newRow("query") << QByteArray() << QByteArray("/s?x=1&verb=APPEND") << QByteArray("101");
    QTest::newRow("header wins") << QByteArray("FOLLOW") << QByteArray("/s?verb=APPEND") << QByteArray("404");
    QTest::newRow("case counts") << QByteArray("append") << QByteArray("/s") << QByteArray("404");
    QTest::newRow("none follows") << QByteArray() << QByteArray("/s") << QByteArray("404");
}

void TestStreamServer::verbComesFromHeaderOrQuery()
{
    QFETCH(QByteArray, verb);
    QFETCH(QByteArray, target);
    const ServerUnderTest under;
    RawPeer peer(under);
    peer.send(RawPeer::official(verb, target));
    QTRY_VERIFY(peer.hasHead());
    QTEST(peer.status(), "status");
}

void TestStreamServer::appendingMakesTheFile()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/deep/er/s");
    QCOMPARE(writer->status(), QByteArray("101"));
    QVERIFY(writer->field("X-Packmule-Lease").isNull());
    QCOMPARE(under.content("/deep/er/s"), QByteArray());
}

void TestStreamServer::secondAppenderIs403()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    RawPeer second(under);
    second.send(RawPeer::official("APPEND", "/s"));
    QTRY_VERIFY(second.hasBody());
    QCOMPARE(second.status(), QByteArray("403"));
    QCOMPARE(second.body(), QByteArray("addWriter: path already has an active writer\n"));
    writer->socket.disconnectFromHost();
    QTRY_COMPARE(appender(under, "/s")->status(), QByteArray("101"));
}

void TestStreamServer::appendingToAFolderIs500()
{
    const ServerUnderTest under;
    writeStream(under, "/a/b", "x");
    RawPeer peer(under);
    peer.send(RawPeer::official("APPEND", "/a") + RawPeer::official("APPEND", "/a/b/c"));
    QTRY_COMPARE(peer.body().count("HTTP/1.1 500"), 1);
    QCOMPARE(peer.status(), QByteArray("500"));
    QVERIFY(!peer.body().contains(under.options.root));
}

void TestStreamServer::appendingWithoutAWebSocketMakesNothing()
{
    const ServerUnderTest under;
    RawPeer peer(under);
    peer.send(RawPeer::plain("/s", "X-Verb: APPEND\r\n"));
    QTRY_VERIFY(peer.hasBody());
    QCOMPARE(peer.status(), QByteArray("426"));
    QCOMPARE(under.content("/s"), QByteArray("(none)"));
}

void TestStreamServer::anyBytesInAnyMessage()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    QByteArray first = writer->codec.textFrame("one ");
    first[0] = 0x01;
    QByteArray middle = writer->codec.textFrame("two\xff ");
    middle[0] = 0x00;
    QByteArray last = writer->codec.textFrame("");
    last[0] = static_cast<char>(0x80);
    QByteArray binary = writer->codec.textFrame(QByteArray("\0\x80", 2));
    binary[0] = static_cast<char>(0x82);
    writer->send(first + middle + writer->codec.pingFrame("p") + last + binary + writer->codec.textFrame(""));
    QTRY_COMPARE(under.content("/s"), QByteArray("one two\xff \0\x80", 11));
}

void TestStreamServer::unmaskedFramesEndTheAppender()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    writer->send(QByteArray("\x81\x05hello"));
    QTRY_VERIFY(writer->isClosed());
    QCOMPARE(*writer->close, QByteArray("1002 "));
    QCOMPARE(under.content("/s"), QByteArray());
    QTRY_VERIFY(under.log.contains("APPEND /s 101 lost"));
}

void TestStreamServer::pongsAndPingsOfAnAppender()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    writer->send(writer->codec.pongFrame() + writer->codec.pingFrame("x") + writer->codec.textFrame("data"));
    QTRY_COMPARE(under.content("/s"), QByteArray("data"));
    QTRY_VERIFY((writer->received += writer->socket.readAll()).contains(QByteArray("\x8a\x01x")));
}

void TestStreamServer::howAStreamEnds_data()
{
    QTest::addColumn<int>("way");
    QTest::addColumn<QByteArray>("state");
    QTest::newRow("TCP closed, as the official program does") << 0 << QByteArray("ended 4");
    QTest::newRow("Close frame") << 1 << QByteArray("ended 4");
    QTest::newRow("reset, which Qt tells as closed") << 2 << QByteArray("ended 4");
    QTest::newRow("half a frame, then closed") << 3 << QByteArray("ended 4");
}

void TestStreamServer::howAStreamEnds()
{
    QFETCH(int, way);
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    writer->send(writer->codec.textFrame("data"));
    QTRY_COMPARE(under.content("/s"), QByteArray("data"));
    if (way == 1)
        writer->send(writer->codec.closeFrame(CloseCode::Normal));
    if (way == 3)
        writer->send(writer->codec.textFrame("more").left(3));
    if (way == 2) {
        const linger atOnce{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(static_cast<int>(writer->socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
        writer->socket.abort();
    } else {
        writer->socket.disconnectFromHost();
    }
    QTRY_VERIFY(under.log.join('|').contains("APPEND /s 101"));
    RawPeer reader(under);
    reader.send(RawPeer::plain("/s", "X-Packmule-Stream: 1\r\n"));
    QTRY_VERIFY(reader.hasBody());
    const QByteArrayList words = reader.field("X-Packmule-End").split(' ');
    QTEST(QByteArray(words.value(0) + ' ' + words.value(1)), "state");
    QCOMPARE(words.size(), 3);  // and the checksum
}

void TestStreamServer::appendingAgainGoesOnAtTheEnd()
{
    const ServerUnderTest under;
    writeStream(under, "/s", "old ");
    const auto writer = appender(under, "/s");
    RawPeer reader(under);
    reader.send(RawPeer::official("FOLLOW", "/s"));
    writer->send(writer->codec.textFrame("new"));
    QTRY_COMPARE(reader.stream(), QByteArray("old new"));
}

void TestStreamServer::officialFollowersGetSmallFrames()
{
    const ServerUnderTest under;
    const QByteArray bytes = randomBytes(299'999) + '.';  // the end of no character
    const auto writer = appender(under, "/s");
    RawPeer reader(under);
    reader.send(RawPeer::official("FOLLOW", "/s"));
    QTRY_VERIFY(reader.hasHead());
    writer->send(writer->codec.textFrame(bytes));
    QTRY_COMPARE(reader.stream().size(), bytes.size());
    QVERIFY(reader.bytes == bytes);
    for (const QByteArray &message : std::as_const(reader.messages))
        QVERIFY(message.front() == 't' && message.size() - 1 <= 32 * 1024);
}

void TestStreamServer::charactersStayWhole()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    RawPeer reader(under);
    reader.send(RawPeer::official("FOLLOW", "/s"));
    QTRY_VERIFY(reader.hasHead());
    writer->send(writer->codec.textFrame("a\xf0\x9f"));
    QTRY_COMPARE(reader.stream(), QByteArray("a"));
    writer->send(writer->codec.textFrame("\x90\x8e" "b\xe2"));
    QTRY_COMPARE(reader.stream(), QByteArray("a\xf0\x9f\x90\x8e" "b"));
    for (const QByteArray &message : std::as_const(reader.messages))
        QVERIFY(message.isValidUtf8());
    writer->socket.disconnectFromHost();
    QTRY_VERIFY(reader.isClosed());
    QCOMPARE(reader.bytes, QByteArray("a\xf0\x9f\x90\x8e" "b\xe2"));  // at the end what is there goes as it is
}

void TestStreamServer::ourFollowerBeginsAtItsOffset()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    writer->send(writer->codec.textFrame("0123456789"));
    QTRY_COMPARE(under.content("/s").size(), 10);
    RawPeer reader(under);
    reader.send(RawPeer::official("FOLLOW", "/s", "X-Packmule-Stream: 1\r\nX-Packmule-Offset: 7\r\n"));
    QTRY_COMPARE(reader.stream(), QByteArray("789"));
    QCOMPARE(reader.field("X-Packmule-Offset"), QByteArray("7"));
    RawPeer beyond(under);
    beyond.send(RawPeer::official("FOLLOW", "/s", "X-Packmule-Stream: 1\r\nX-Packmule-Offset: 11\r\n"));
    QTRY_VERIFY(beyond.hasBody());
    QCOMPARE(beyond.status(), QByteArray("416"));
    QCOMPARE(beyond.field("Content-Range"), QByteArray("bytes */10"));
    writer->socket.disconnectFromHost();
    QTRY_VERIFY(reader.isClosed());
    QVERIFY(reader.close->startsWith("1000 ended 10 "));
}

void TestStreamServer::ourAppenderIsAcknowledged()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s", "X-Packmule-Stream: 1\r\n");
    QCOMPARE(writer->field("X-Packmule-Offset"), QByteArray("0"));
    QCOMPARE(writer->field("X-Packmule-Lease").size(), 32);
    writer->send(writer->codec.textFrame("hello"));
    QTRY_VERIFY(writer->stream().endsWith("stored 5"));
    QCOMPARE(under.content("/s"), QByteArray("hello"));
}

void TestStreamServer::ourAppenderFinishes()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s", "X-Packmule-Stream: 1\r\n");
    RawPeer reader(under);
    reader.send(RawPeer::official("FOLLOW", "/s", "X-Packmule-Stream: 1\r\n"));
    QTRY_VERIFY(reader.hasHead());
    writer->send(writer->codec.textFrame("hello") + writer->codec.closeFrame(CloseCode::Normal, "finished 5"));
    QTRY_VERIFY(writer->isClosed());
    QCOMPARE(*writer->close, QByteArray("1000 finished 5"));
    QTRY_VERIFY(reader.isClosed());
    QVERIFY(reader.close->startsWith("1000 finished 5 "));
    QCOMPARE(reader.bytes, QByteArray("hello"));
    const auto again = appender(under, "/s", "X-Packmule-Stream: 1\r\nX-Packmule-Lease: " + writer->field("X-Packmule-Lease") + "\r\n");
    QCOMPARE(again->status(), QByteArray("410"));
    QCOMPARE(again->field("X-Packmule-End"), QByteArray("finished 5"));
}

void TestStreamServer::aFinishOfAnotherLengthIsRefused()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s", "X-Packmule-Stream: 1\r\n");
    writer->send(writer->codec.textFrame("hell") + writer->codec.closeFrame(CloseCode::Normal, "finished 5"));
    QTRY_VERIFY(writer->isClosed());
    QCOMPARE(*writer->close, QByteArray("1011 stored 4"));
    const auto other = appender(under, "/s");
    QCOMPARE(other->status(), QByteArray("403"));  // its lease runs
}

void TestStreamServer::leaseKeepsThePlace()
{
    StreamServerOptions options;
    options.hub.leaseTime = 200ms;
    const ServerUnderTest under(options);
    const auto writer = appender(under, "/s", "X-Packmule-Stream: 1\r\n");
    writer->send(writer->codec.textFrame("half"));
    QTRY_VERIFY(writer->stream().endsWith("stored 4"));
    RawPeer reader(under);
    reader.send(RawPeer::official("FOLLOW", "/s", "X-Packmule-Stream: 1\r\n"));
    QTRY_COMPARE(reader.stream(), QByteArray("half"));
    writer->socket.abort();
    QTRY_VERIFY(reader.isClosed());
    QVERIFY(reader.close->startsWith("1000 crashed 4 "));
    QCOMPARE(appender(under, "/s")->status(), QByteArray("101"));
}

void TestStreamServer::leaseOutlivesTheServer()
{
    ServerUnderTest under;
    const auto writer = appender(under, "/s", "X-Packmule-Stream: 1\r\n");
    writer->send(writer->codec.textFrame("half"));
    QTRY_VERIFY(writer->stream().endsWith("stored 4"));
    RawPeer reader(under);
    reader.send(RawPeer::official("FOLLOW", "/s", "X-Packmule-Stream: 1\r\n"));
    QTRY_COMPARE(reader.stream(), QByteArray("half"));
    under.end();
    QTRY_VERIFY(reader.isClosed());
    QCOMPARE(*reader.close, QByteArray("1012 "));
    under.begin();
    RawPeer waiting(under);
    waiting.send(RawPeer::official("FOLLOW", "/s", "X-Packmule-Stream: 1\r\nX-Packmule-Offset: 4\r\n"));
    QTRY_VERIFY(waiting.hasHead());
    QCOMPARE(waiting.status(), QByteArray("101"));
    const auto again = appender(under, "/s", "X-Packmule-Stream: 1\r\nX-Packmule-Lease: " + writer->field("X-Packmule-Lease") + "\r\n");
    QCOMPARE(again->status(), QByteArray("101"));
    QCOMPARE(again->field("X-Packmule-Offset"), QByteArray("4"));
    again->send(again->codec.textFrame(" and half") + again->codec.closeFrame(CloseCode::Normal, "finished 13"));
    QTRY_VERIFY(waiting.isClosed());
    QCOMPARE(waiting.bytes, QByteArray(" and half"));
}

void TestStreamServer::curlFollowsLive()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    writer->send(writer->codec.textFrame("one"));
    QTRY_COMPARE(under.content("/s"), QByteArray("one"));
    RawPeer curl(under);
    curl.send(RawPeer::plain("/s?follow=1"));
    QTRY_COMPARE(curl.body(), QByteArray("3\r\none\r\n"));
    writer->send(writer->codec.textFrame("four"));
    QTRY_COMPARE(curl.body(), QByteArray("3\r\none\r\n4\r\nfour\r\n"));
    writer->socket.disconnectFromHost();
    QTRY_COMPARE(curl.body(), QByteArray("3\r\none\r\n4\r\nfour\r\n0\r\n\r\n"));
}

void TestStreamServer::crashedLiveAnswerIsCutShort()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s", "X-Packmule-Stream: 1\r\n");
    writer->send(writer->codec.textFrame("one"));
    RawPeer curl(under);
    curl.send(RawPeer::plain("/s?follow=1"));
    QTRY_COMPARE(curl.body(), QByteArray("3\r\none\r\n"));
    writer->send(writer->codec.closeFrame(CloseCode::Normal, "aborted"));
    QTRY_COMPARE(curl.socket.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(curl.body(), QByteArray("3\r\none\r\n"));
}

void TestStreamServer::stoppedFollowerDelaysNobody()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    RawPeer stopped(under);
    stopped.socket.setReadBufferSize(1);
    stopped.send(RawPeer::official("FOLLOW", "/s"));
    RawPeer reader(under);
    reader.send(RawPeer::official("FOLLOW", "/s"));
    QTRY_VERIFY(reader.hasHead());
    const QByteArray piece(1 << 20, 'x');
    for (int i = 0; i < 32; ++i)
        writer->send(writer->codec.textFrame(piece));
    QTRY_COMPARE_WITH_TIMEOUT(reader.stream().size(), 32 << 20, 60'000);
    QCOMPARE(stopped.received.size(), 0);
    stopped.socket.setReadBufferSize(0);
    QTRY_COMPARE_WITH_TIMEOUT(stopped.stream().size(), 32 << 20, 60'000);
}

void TestStreamServer::truncatedStreamIsSaid()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    writer->send(writer->codec.textFrame("0123456789"));
    QTRY_COMPARE(under.content("/s").size(), 10);
    QVERIFY(QFile::resize(QFile::decodeName(QByteArray(under.options.root + "/s")), 3));
    RawPeer reader(under);
    reader.send(RawPeer::official("FOLLOW", "/s"));
    QTRY_VERIFY(reader.isClosed());
    QCOMPARE(*reader.close, QByteArray("1011 the stream was truncated"));
}

void TestStreamServer::aThousandFollowers()
{
    const ServerUnderTest under;
    const auto writer = appender(under, "/s");
    std::vector<std::unique_ptr<RawPeer>> readers;
    for (int i = 0; i < 1000; ++i) {
        readers.push_back(std::make_unique<RawPeer>(under));
        readers.back()->send(RawPeer::official("FOLLOW", "/s"));
    }
    const auto all = [&readers](const auto &isTrue) { return std::ranges::all_of(readers, [&](const auto &reader) { return isTrue(*reader); }); };
    QTRY_VERIFY_WITH_TIMEOUT(all([](RawPeer &reader) { return reader.hasHead(); }), 60'000);
    const QByteArray bytes = randomBytes(99'999) + '.';  // the end of no character
    writer->send(writer->codec.textFrame(bytes));
    QTRY_VERIFY_WITH_TIMEOUT(all([&](RawPeer &reader) { return reader.stream().size() == bytes.size(); }), 60'000);
    QVERIFY(all([&](RawPeer &reader) { return reader.bytes == bytes; }));
    writer->socket.disconnectFromHost();
    QTRY_VERIFY_WITH_TIMEOUT(all([](RawPeer &reader) { return reader.isClosed(); }), 60'000);
}

QTEST_GUILESS_MAIN(TestStreamServer)
#include "test_stream_server.moc"
