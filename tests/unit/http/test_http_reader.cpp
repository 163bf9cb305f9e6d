#include "core/http/HttpHead.h"

#include <QTest>

using namespace packmule;

namespace {

/// Remembers what a reader reported, one line a fact, so that tests compare whole stories.
struct Listener {
    explicit Listener(HttpReader::Side side, HttpHeadLimits limits = {})
        : reader(side, limits,
                 {.onHead =
                      [this](HttpHead head) {
                          heads.append(head);
                          story.append(head.method.isEmpty() ? QByteArray::number(head.status) : head.method);
                          pauseAt("head");
                      },
                  .onBody =
                      [this](const QByteArray &piece) {
                          body += piece;
                          pauseAt("body");
                      },
                  .onMessageEnd =
                      [this] {
                          story.append("end:" + std::exchange(body, {}));
                          pauseAt("end");
                      }})
    {
    }

    void pauseAt(const QByteArray &place)
    {
        if (place == pausePlace)
            reader.pause();
    }

    bool feedWhole(const QByteArray &bytes)
    {
        const auto taken = reader.feed(bytes);
        return taken.has_value() && *taken == bytes.size();
    }

    bool feedByteByByte(const QByteArray &bytes)
    {
        for (qsizetype i = 0; i < bytes.size(); ++i) {
            const QByteArray one = bytes.mid(i, 1);  // its own buffer: nothing may point into an earlier one
            if (!feedWhole(one))
                return false;
        }
        return true;
    }

    QByteArray pausePlace;
    QList<HttpHead> heads;
    QByteArrayList story;
    QByteArray body;
    HttpReader reader;
};

}  // namespace

class TestHttpReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsMessages_data()
    {
        QTest::addColumn<bool>("isRequest");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("story");
        QTest::newRow("get") << true << QByteArray("GET /b/k?x=1 HTTP/1.1\r\nHost: h\r\n\r\n") << QByteArray("GET|end:");
        QTest::newRow("put") << true << QByteArray("PUT /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
                             << QByteArray("PUT|end:hello");
        QTest::newRow("two in a row")
            << true << QByteArray("PUT /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET /c HTTP/1.1\r\n\r\n")
            << QByteArray("PUT|end:ab|GET|end:");
        QTest::newRow("chunked with trailer")
            << true
            << QByteArray("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n")
            << QByteArray("POST|end:abcde");
        QTest::newRow("interim answers are messages of their own")
            << false
            << QByteArray("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 199 Odd\r\n\r\n"
                          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            << QByteArray("100|end:|103|end:|199|end:|200|end:ok");
        QTest::newRow("no content") << false << QByteArray("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n")
                                    << QByteArray("204|end:|304|end:");
        QTest::newRow("blank lines before a request") << true << QByteArray("\r\n\r\nGET / HTTP/1.1\r\n\r\n") << QByteArray("GET|end:");
        QTest::newRow("no reason") << false << QByteArray("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n") << QByteArray("200|end:");
    }

    void readsMessages()
    {
        QFETCH(bool, isRequest);
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, story);
        const auto side = isRequest ? HttpReader::Side::Requests : HttpReader::Side::Responses;
        Listener atOnce(side);
        QVERIFY(atOnce.feedWhole(bytes));
        QCOMPARE(atOnce.story.join('|'), story);
        Listener bitByBit(side);
        QVERIFY(bitByBit.feedByteByByte(bytes));
        QCOMPARE(bitByBit.story.join('|'), story);
        QVERIFY(bitByBit.reader.feedEnd().has_value());
    }

    void headTellsEverything()
    {
        Listener listener(HttpReader::Side::Requests);
        QVERIFY(listener.feedByteByByte("PUT /b/k%2F?partNumber=1 HTTP/1.1\r\nHost: h:9000\r\nX-Empty:\r\nX-Trim:  a b \t\r\n"
                                        "Expect: 100-Continue\r\nContent-Length: 7\r\nConnection: close\r\n\r\n1234567"));
        const HttpHead &head = listener.heads.constFirst();
        QCOMPARE(head.method, QByteArray("PUT"));
        QCOMPARE(head.target, QByteArray("/b/k%2F?partNumber=1"));
        QCOMPARE(head.headers.value("host"), QByteArray("h:9000"));
        QVERIFY(head.headers.contains("x-empty"));
        QCOMPARE(head.headers.value("x-empty"), QByteArray(""));
        QCOMPARE(head.headers.value("x-trim"), QByteArray("a b"));
        QCOMPARE(head.contentLength, ByteCount(7));
        QVERIFY(head.wantsContinue);
        QVERIFY(!head.keepsAlive);
        QVERIFY(!head.isChunked);
        QVERIFY(!head.isUpgrade);
        QVERIFY(!head.isHttp10);
    }

    void http10ClosesUnlessAsked()
    {
        Listener plain(HttpReader::Side::Requests);
        QVERIFY(plain.feedWhole("GET / HTTP/1.0\r\n\r\n"));
        QVERIFY(plain.heads.constFirst().isHttp10);
        QVERIFY(!plain.heads.constFirst().keepsAlive);
        Listener asked(HttpReader::Side::Requests);
        QVERIFY(asked.feedWhole("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
        QVERIFY(asked.heads.constFirst().keepsAlive);
    }

    void refusesWhatTwoReadersMightFrameDifferently_data()
    {
        QTest::addColumn<bool>("isRequest");
        QTest::addColumn<QByteArray>("bytes");
        const QByteArray put = "PUT / HTTP/1.1\r\nHost: h\r\n";
        QTest::newRow("two lengths") << true << put + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd";
        QTest::newRow("length twice") << true << put + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc";
        QTest::newRow("length list") << true << put + "Content-Length: 3, 3\r\n\r\nabc";
        QTest::newRow("length then chunked") << true << put + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        QTest::newRow("chunked then length") << true << put + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n";
        QTest::newRow("chunked twice") << true << put + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        QTest::newRow("chunked not last") << true << put + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n";
        QTest::newRow("gzip, chunked") << true << put + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n";
        QTest::newRow("response gzip") << false << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc");
        QTest::newRow("response length and chunked")
            << false << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        QTest::newRow("chunked in 1.0") << true << QByteArray("PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        QTest::newRow("negative") << true << put + "Content-Length: -1\r\n\r\n";
        QTest::newRow("plus") << true << put + "Content-Length: +1\r\n\r\na";
        QTest::newRow("hex") << true << put + "Content-Length: 0x10\r\n\r\n";
        QTest::newRow("too large for 63 bits") << true << put + "Content-Length: 9223372036854775808\r\n\r\n";
        QTest::newRow("too large for 64 bits") << true << put + "Content-Length: 18446744073709551616\r\n\r\n";
        QTest::newRow("space before colon") << true << put + "Content-Length : 3\r\n\r\nabc";
        QTest::newRow("folded line") << true << put + "X: a\r\n b\r\n\r\n";
        QTest::newRow("bare LF") << true << QByteArray("GET / HTTP/1.1\nHost: h\n\n");
        QTest::newRow("bare CR in value") << true << put + "X: a\rb\r\n\r\n";
        QTest::newRow("NUL in value") << true << put + QByteArray("X: a\0b\r\n\r\n", 10);
        QTest::newRow("chunk size junk") << true << put + "Transfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n";
        QTest::newRow("chunk size overflow") << true << put + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n";
        QTest::newRow("chunk longer than said") << true << put + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n";
        QTest::newRow("0.9") << true << QByteArray("GET /\r\n\r\n");
        QTest::newRow("2.0") << true << QByteArray("GET / HTTP/2.0\r\n\r\n");
        QTest::newRow("unknown method") << true << QByteArray("BREW / HTTP/1.1\r\n\r\n");
        QTest::newRow("TLS hello") << true << QByteArray("\x16\x03\x01\x02\x00\x01\x00", 7);
        QTest::newRow("not HTTP") << false << QByteArray("SSH-2.0-OpenSSH\r\n");
    }

    void refusesWhatTwoReadersMightFrameDifferently()
    {
        QFETCH(bool, isRequest);
        QFETCH(QByteArray, bytes);
        const auto side = isRequest ? HttpReader::Side::Requests : HttpReader::Side::Responses;
        Listener atOnce(side);
        const auto taken = atOnce.reader.feed(bytes);
        QVERIFY(!taken.has_value());
        QCOMPARE(taken.error().kind, ErrorKind::MalformedAnswer);
        QVERIFY(!atOnce.story.join('|').contains("end"));
        QVERIFY2(!atOnce.reader.feed("GET / HTTP/1.1\r\n\r\n").has_value(), "a reader that failed stays failed");
        Listener bitByBit(side);
        QVERIFY(!bitByBit.feedByteByByte(bytes));
    }

    void limitsHold_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("isTaken");
        const QByteArray get = "GET / HTTP/1.1\r\n";
        QTest::newRow("target fits") << QByteArray("GET /" + QByteArray(99, 'a') + " HTTP/1.1\r\n\r\n") << true;
        QTest::newRow("target too long") << QByteArray("GET /" + QByteArray(100, 'a') + " HTTP/1.1\r\n\r\n") << false;
        QTest::newRow("value too long") << get + "A: " + QByteArray(600, 'a') + "\r\n\r\n" << false;
        QTest::newRow("name too long") << get + QByteArray(600, 'a') + ": a\r\n\r\n" << false;
        QTest::newRow("count fits") << get + QByteArray("A: 1\r\n").repeated(5) + "\r\n" << true;
        QTest::newRow("too many") << get + QByteArray("A: 1\r\n").repeated(6) + "\r\n" << false;
        QTest::newRow("endless blanks") << get + "A: " + QByteArray(4096, ' ') + "\r\n\r\n" << false;
        QTest::newRow("endless blank lines") << QByteArray("\r\n").repeated(2048) << false;
        QTest::newRow("trailers too long")
            << QByteArray("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: " + QByteArray(600, 'a') + "\r\n\r\n") << false;
        QTest::newRow("chunk extensions too long")
            << QByteArray("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + QByteArray(600, 'a') + "\r\na\r\n0\r\n\r\n") << false;
    }

    void limitsHold()
    {
        QFETCH(QByteArray, bytes);
        const HttpHeadLimits limits{.head = ByteCount(512), .headerCount = 5, .target = ByteCount(100)};
        Listener listener(HttpReader::Side::Requests, limits);
        QTEST(listener.feedByteByByte(bytes), "isTaken");
    }

    void headAnswerHasNoBodyEvenAfterAnInterimOne()
    {
        Listener listener(HttpReader::Side::Responses);
        listener.reader.expectNoBody();
        QVERIFY(listener.feedWhole("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
                                   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        QCOMPARE(listener.story.join('|'), QByteArray("100|end:|200|end:|200|end:ok"));
        QCOMPARE(listener.heads.at(1).contentLength, ByteCount(5));
        QVERIFY(listener.heads.at(1).keepsAlive);
    }

    void answerWithoutLengthEndsWithTheConnection()
    {
        Listener listener(HttpReader::Side::Responses);
        QVERIFY(listener.feedWhole("HTTP/1.1 200 OK\r\n\r\nabc"));
        QVERIFY(listener.feedWhole("def"));
        QVERIFY(!listener.heads.constFirst().keepsAlive);
        QCOMPARE(listener.story.join('|'), QByteArray("200"));
        QVERIFY(listener.reader.feedEnd().has_value());
        QCOMPARE(listener.story.join('|'), QByteArray("200|end:abcdef"));
    }

    void aPauseAtTheConnectionsEndIsNoError()
    {
        Listener listener(HttpReader::Side::Responses);
        listener.pausePlace = "end";
        QVERIFY(listener.feedWhole("HTTP/1.1 200 OK\r\n\r\nabc"));
        QVERIFY(listener.reader.feedEnd().has_value());
        QCOMPARE(listener.story.join('|'), QByteArray("200|end:abc"));
    }

    void aMessageCutShortIsAnError_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("in the status line") << QByteArray("HTTP/1.");
        QTest::newRow("in the head") << QByteArray("HTTP/1.1 200 OK\r\nContent-Le");
        QTest::newRow("in the body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
        QTest::newRow("in a chunk") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
        QTest::newRow("before the last chunk") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
        QTest::newRow("before the last line") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
    }

    void aMessageCutShortIsAnError()
    {
        QFETCH(QByteArray, bytes);
        Listener listener(HttpReader::Side::Responses);
        QVERIFY(listener.feedWhole(bytes));
        const auto ended = listener.reader.feedEnd();
        QVERIFY(!ended.has_value());
        QCOMPARE(ended.error().kind, ErrorKind::MalformedAnswer);
        QVERIFY(!listener.story.join('|').contains("end"));
    }

    void anIdleConnectionEndsWell()
    {
        Listener listener(HttpReader::Side::Responses);
        QVERIFY(listener.reader.feedEnd().has_value());
    }

    void pausesAndCarriesOnWhereItStopped_data()
    {
        QTest::addColumn<QByteArray>("place");
        QTest::newRow("head") << QByteArray("head");
        QTest::newRow("body") << QByteArray("body");
        QTest::newRow("end") << QByteArray("end");
    }

    void pausesAndCarriesOnWhereItStopped()
    {
        QFETCH(QByteArray, place);
        Listener listener(HttpReader::Side::Requests);
        listener.pausePlace = place;
        QByteArray rest = "PUT /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\n\r\n"
                          "PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n2\r\nyz\r\n0\r\n\r\n";
        int stops = 0;
        while (!rest.isEmpty()) {
            const auto taken = listener.reader.feed(rest);
            QVERIFY(taken.has_value());
            stops += *taken < rest.size() ? 1 : 0;
            rest = rest.mid(*taken);  // a buffer of its own
        }
        QVERIFY(listener.reader.feed({}).has_value());
        QVERIFY(stops >= 2);
        QCOMPARE(listener.story.join('|'), QByteArray("PUT|end:abc|GET|end:|PUT|end:xyz"));
    }

    void aPauseAtTheHeadHoldsBackTheEnd()
    {
        Listener listener(HttpReader::Side::Requests);
        listener.pausePlace = "head";
        QVERIFY(listener.feedWhole("GET /b HTTP/1.1\r\n\r\n"));
        QCOMPARE(listener.story.join('|'), QByteArray("GET"));
        QVERIFY(listener.reader.feed({}).has_value());
        QCOMPARE(listener.story.join('|'), QByteArray("GET|end:"));
    }

    void anUpgradeStopsTheReader()
    {
        Listener server(HttpReader::Side::Requests);
        const QByteArray head = "GET /s HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        const auto taken = server.reader.feed(QByteArray(head + "\x81\x01x"));
        QVERIFY(taken.has_value());
        QCOMPARE(*taken, head.size());
        QVERIFY(server.heads.constFirst().isUpgrade);

        Listener client(HttpReader::Side::Responses);
        const QByteArray answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        const auto takenByClient = client.reader.feed(QByteArray(answer + "\x81\x01x"));
        QVERIFY(takenByClient.has_value());
        QCOMPARE(*takenByClient, answer.size());
        QVERIFY(client.heads.constFirst().isUpgrade);
    }

    void anUpgradeMayBeIgnored()
    {
        Listener server(HttpReader::Side::Requests);
        const QByteArray head = "GET /s HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
        QCOMPARE(server.reader.feed(QByteArray(head + "GET /t HTTP/1.1\r\n\r\n")).value_or(-1), head.size());
        QVERIFY(server.feedWhole("GET /t HTTP/1.1\r\n\r\n"));
        QCOMPARE(server.story.join('|'), QByteArray("GET|end:|GET|end:"));
    }

    void bodyPiecesAreNotKeptByAppending()
    {
        Listener listener(HttpReader::Side::Requests);
        QByteArray buffer = "PUT /a HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc";
        QVERIFY(listener.feedWhole(buffer));
        buffer.fill('X');  // the caller re-uses its buffer
        QVERIFY(listener.feedWhole("def"));
        QCOMPARE(listener.story.join('|'), QByteArray("PUT|end:abcdef"));
    }
};

QTEST_GUILESS_MAIN(TestHttpReader)
#include "test_http_reader.moc"
