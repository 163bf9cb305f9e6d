// The parts of the direct transport that need no network: what is written, what is read, in which order addresses are tried.
#include "core/net/direct/AddressRace.h"
#include "core/net/direct/OutgoingBody.h"
#include "core/net/direct/RequestWriter.h"
#include "core/net/direct/ResponseReader.h"

#include <QBuffer>
#include <QTest>

using namespace packmule;

namespace {

RequestHead headOf(const QByteArray &method, qint64 bodySize = 0)
{
    RequestHead head;
    head.method = method;
    head.target = "/b/k";
    head.bodySize = ByteCount(bodySize);
    head.key.origin = {.isEncrypted = false, .host = "h.example", .port = 80};
    return head;
}

/// What a reader told.
struct Told {
    QList<int> heads;
    QByteArray body;
    int continues = 0;
};

ResponseReader::Callbacks tellingTo(Told &told)
{
    return {.onContinue = [&told] { ++told.continues; },
            .onHead = [&told](const HttpHead &head) { told.heads.append(head.status); },
            .onBody = [&told](const QByteArray &piece) { told.body += piece; }};
}

}  // namespace

class TestDirectParts : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void writesAHead_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<int>("bodySize");
        QTest::addColumn<QByteArray>("written");
        const QByteArray end = "Connection: keep-alive\r\n\r\n";
        QTest::newRow("GET") << QByteArray("GET") << 0 << "GET /b/k HTTP/1.1\r\nHost: h.example\r\n" + end;
        QTest::newRow("DELETE") << QByteArray("DELETE") << 0 << "DELETE /b/k HTTP/1.1\r\nHost: h.example\r\n" + end;
        QTest::newRow("empty PUT") << QByteArray("PUT") << 0 << "PUT /b/k HTTP/1.1\r\nHost: h.example\r\nContent-Length: 0\r\n" + end;
        QTest::newRow("POST") << QByteArray("POST") << 7 << "POST /b/k HTTP/1.1\r\nHost: h.example\r\nContent-Length: 7\r\n" + end;
        QTest::newRow("DELETE with a body") << QByteArray("DELETE") << 7
                                            << "DELETE /b/k HTTP/1.1\r\nHost: h.example\r\nContent-Length: 7\r\n" + end;
    }
    void writesAHead()
    {
        QFETCH(QByteArray, method);
        QFETCH(int, bodySize);
        const auto written = writtenHead(headOf(method, bodySize));
        QVERIFY(written.has_value());
        QTEST(*written, "written");
    }

    void tellsAProxyTheWholeAddress()
    {
        RequestHead head = headOf("PUT", 1);
        head.asksBeforeBody = true;
        head.key.origin = {.isEncrypted = false, .host = "2001:db8::7", .port = 9000};
        head.key.proxy = QNetworkProxy(QNetworkProxy::HttpProxy, QStringLiteral("p"), 3128, QStringLiteral("me"), QStringLiteral("pa:ss"));
        const auto written = writtenHead(head);
        QVERIFY(written.has_value());
        QVERIFY(written->startsWith("PUT http://[2001:db8::7]:9000/b/k HTTP/1.1\r\nHost: [2001:db8::7]:9000\r\n"));
        QVERIFY(written->contains("\r\nProxy-Authorization: Basic bWU6cGE6c3M=\r\n"));
        QVERIFY(written->contains("\r\nExpect: 100-continue\r\n"));
    }

    void aTunnelIsToldNothing()
    {
        RequestHead head = headOf("GET");
        head.key.origin = {.isEncrypted = true, .host = "h.example", .port = 443};
        head.key.proxy = QNetworkProxy(QNetworkProxy::HttpProxy, QStringLiteral("p"), 3128, QStringLiteral("me"), QStringLiteral("secret"));
        const auto written = writtenHead(head);
        QVERIFY(written.has_value());
        QVERIFY(written->startsWith("GET /b/k HTTP/1.1\r\n"));
        QVERIFY(!written->contains("Proxy-"));
    }

    void refusesWhatBreaksOutOfItsLine_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("method") << QByteArray("GET /x HTTP/1.1\r\n") << QByteArray("/k") << QByteArray("h") << QByteArray("v");
        QTest::newRow("space in the target") << QByteArray("GET") << QByteArray("/k HTTP/1.1") << QByteArray("h") << QByteArray("v");
        QTest::newRow("line break in the target") << QByteArray("GET") << QByteArray("/k\r\nX: y") << QByteArray("h") << QByteArray("v");
        QTest::newRow("raw UTF-8 in the target") << QByteArray("GET") << QByteArray("/\xC3\xA9") << QByteArray("h") << QByteArray("v");
        QTest::newRow("no path") << QByteArray("GET") << QByteArray("k") << QByteArray("h") << QByteArray("v");
        QTest::newRow("no host") << QByteArray("GET") << QByteArray("/k") << QByteArray() << QByteArray("v");
        QTest::newRow("host with a line break") << QByteArray("GET") << QByteArray("/k") << QByteArray("h\r\nX: y") << QByteArray("v");
        QTest::newRow("host with a path") << QByteArray("GET") << QByteArray("/k") << QByteArray("h/x") << QByteArray("v");
        QTest::newRow("header") << QByteArray("GET") << QByteArray("/k") << QByteArray("h") << QByteArray("v\r\nX: y");
        QTest::newRow("header with a lone LF") << QByteArray("GET") << QByteArray("/k") << QByteArray("h") << QByteArray("v\nX: y");
    }
    void refusesWhatBreaksOutOfItsLine()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, host);
        QFETCH(QByteArray, value);
        RequestHead head = headOf(method);
        head.target = target;
        head.key.origin.host = host;
        head.headers.append("x-amz-meta-a", value);
        const auto written = writtenHead(head);
        QVERIFY(!written.has_value());
        QCOMPARE(written.error().kind, ErrorKind::InvalidRequest);
    }

    void passesInterimAnswersByUpToALimit()
    {
        Told told;
        ResponseReader reader(tellingTo(told));
        reader.expectAnswer(false);
        const QByteArray early("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n");
        QVERIFY(reader.feed(early.repeated(ResponseReader::kMaxInterimAnswers - 1)));
        QVERIFY(reader.feed("HTTP/1.1 100 Continue\r\n\r\n"));
        QCOMPARE(told.continues, 1);
        QVERIFY(reader.hasBegun());
        QVERIFY(!reader.feed(early));
        QVERIFY(told.heads.isEmpty());
        QVERIFY(!reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    }

    void takesOneAnswerAndLeavesTheRest()
    {
        Told told;
        ResponseReader reader(tellingTo(told));
        reader.expectAnswer(false);
        const QByteArray first("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
        const auto taken = reader.feed(QByteArray(first + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        QVERIFY(taken.has_value());
        QCOMPARE(*taken, first.size());
        QVERIFY(reader.hasEnded());
        QCOMPARE(told.heads, QList<int>{200});
        QCOMPARE(told.body, QByteArray("ab"));
    }

    void anEndBeforeAnyAnswerIsACut()
    {
        Told told;
        ResponseReader reader(tellingTo(told));
        reader.expectAnswer(false);
        QVERIFY(!reader.feedEnd());
        ResponseReader interim(tellingTo(told));
        interim.expectAnswer(false);
        QVERIFY(interim.feed("HTTP/1.1 100 Continue\r\n\r\n"));
        QVERIFY(!interim.feedEnd());
    }

    void aBodyWithoutLengthEndsWithTheConnection()
    {
        Told told;
        ResponseReader reader(tellingTo(told));
        reader.expectAnswer(false);
        QVERIFY(reader.feed("HTTP/1.1 500 Oops\r\n\r\n<Err"));
        QVERIFY(!reader.hasEnded());
        QVERIFY(reader.feedEnd());
        QVERIFY(reader.hasEnded());
        QCOMPARE(told.body, QByteArray("<Err"));
    }

    void anUpgradeNobodyAskedForIsRefused()
    {
        Told told;
        ResponseReader reader(tellingTo(told));
        reader.expectAnswer(false);
        QVERIFY(!reader.feed("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"));
    }

    void aStatusBelow100IsNoInterimAnswer()
    {
        Told told;
        ResponseReader reader(tellingTo(told));
        reader.expectAnswer(false);
        QVERIFY(!reader.feed("HTTP/1.1 000 OK\r\nContent-Length: 2\r\n\r\nab"));
        QVERIFY(told.heads.isEmpty());
        QVERIFY(told.body.isEmpty());
    }

    void aStoppedReaderTellsNothingMore()
    {
        Told told;
        ResponseReader *self = nullptr;
        auto callbacks = tellingTo(told);
        callbacks.onHead = [&](const HttpHead &) { self->stop(); };
        ResponseReader reader(callbacks);
        self = &reader;
        reader.expectAnswer(false);
        reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
        QVERIFY(told.body.isEmpty());
        QVERIFY(reader.feedEnd());
    }

    void takesFamiliesInTurn_data()
    {
        QTest::addColumn<QStringList>("found");
        QTest::addColumn<QStringList>("tried");
        const auto list = [](const char *text) { return QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts); };
        QTest::newRow("none") << QStringList() << QStringList();
        QTest::newRow("one family") << list("10.0.0.1 10.0.0.2") << list("10.0.0.1 10.0.0.2");
        QTest::newRow("the resolver prefers IPv6") << list("::1 ::2 ::3 10.0.0.1 10.0.0.2") << list("::1 10.0.0.1 ::2 10.0.0.2 ::3");
        QTest::newRow("the resolver prefers IPv4") << list("10.0.0.1 ::1 ::2") << list("10.0.0.1 ::1 ::2");
    }
    void takesFamiliesInTurn()
    {
        QFETCH(QStringList, found);
        QList<QHostAddress> addresses;
        for (const QString &text : found)
            addresses.append(QHostAddress(text));
        QStringList tried;
        for (const QHostAddress &address : interleaved(addresses))
            tried.append(address.toString());
        QTEST(tried, "tried");
    }

    void readsABodyFromItsStartWhereverTheDeviceStands()
    {
        QBuffer buffer;
        buffer.setData("..0123456789..");
        buffer.open(QIODevice::ReadOnly);
        OutgoingBody body(&buffer, 2, 10);
        buffer.seek(7);
        char bytes[64];
        QCOMPARE(body.read(bytes, 4).count, 4);
        buffer.seek(0);  // another call has read from it meanwhile
        QCOMPARE(body.read(bytes + 4, 60).count, 6);
        QCOMPARE(QByteArray(bytes, 10), QByteArray("0123456789"));
        QVERIFY(body.isHandedOver());
    }

    void aBodyWhoseSourceIsGoneFails()
    {
        auto buffer = std::make_unique<QBuffer>();
        buffer->setData("0123456789");
        buffer->open(QIODevice::ReadOnly);
        OutgoingBody body(buffer.get(), 0, 10);
        buffer.reset();
        char bytes[4];
        QVERIFY(body.read(bytes, 4).outcome == OutgoingBody::Outcome::Failed);
        QVERIFY(!body.failureReason().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestDirectParts)
#include "test_direct_parts.moc"
