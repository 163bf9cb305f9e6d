// Everything that goes wrong on the way, and that none of it is ever taken for a success.
#include "tests/unit/net/ScriptedServer.h"
#include "tests/unit/net/TransportBench.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

/// Reads well for `good` bytes and then fails as a disk does, or ends.
class BrokenFile final : public QIODevice
{
public:
    BrokenFile(qint64 size, qint64 good, bool isFailing) : m_size(size), m_good(good), m_isFailing(isFailing)
    {
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    qint64 size() const override { return m_size; }
    bool atEnd() const override { return !m_isFailing && pos() >= m_good; }  // else 0 bytes would mean "later"

protected:
    qint64 readData(char *bytes, qint64 maximum) override
    {
        const qint64 count = std::min(maximum, m_good - pos());
        if (count <= 0) {
            setErrorString(QStringLiteral("Input/output error"));
            return m_isFailing ? -1 : 0;
        }
        memset(bytes, 'x', static_cast<size_t>(count));
        return count;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    const qint64 m_size;
    const qint64 m_good;
    const bool m_isFailing;
};

HttpRequest brokenUpload(quint16 port, qint64 good, bool isFailing)
{
    HttpRequest request = TransportBench::request("PUT", port);
    request.body = std::make_unique<BrokenFile>(1'000'000, good, isFailing);
    request.bodySize = ByteCount(1'000'000);
    return request;
}

/// Waits until Qt has stopped reading the body, which it does when the kernel's buffers are full.
bool waitForFullBuffers(const SentRequest &sent)
{
    qsizetype before = -1;
    while (before != sent.progress.size()) {
        before = sent.progress.size();
        QTest::qWait(300);
    }
    return !sent.progress.isEmpty() && !sent.isDone();
}

}  // namespace

class TestTransportFailures : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void nobodyListens();
    void theServerResetsInMidBody_data();
    void theServerResetsInMidBody();
    void theServerClosesAfterTheBody();
    void theAnswerIsCut_data();
    void theAnswerIsCut();
    void anAnswerWithoutLengthIsNotSunk();
    void theAnswerIsTooLarge();
    void theAnswerContradictsItself_data();
    void theAnswerContradictsItself();
    void theFileCannotBeRead_data();
    void theFileCannotBeRead();
    void noConnectionComesAbout();
    void theServerReadsNothing();
    void aLineKnownAsFastIsGivenUpSooner();
    void afterAStallTheNextOneIsWaitedForLonger();
    void theServerNeverAnswers_data();
    void theServerNeverAnswers();
    void theAnswerStops();
    void aTricklingAnswerIsNoStall();
    void noLimitMeansNone();
    void errorsNameNoQuery();
};

void TestTransportFailures::nobodyListens()
{
    ScriptedServer server({});
    const quint16 port = server.port();
    server.stop();
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(port, "x"));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::ConnectionRefused);
    QCOMPARE(sent->outcome->error().bodySent, ByteCount(0));
    QCOMPARE(sent->detail(), QStringLiteral("127.0.0.1:%1 refused the connection").arg(port));
}

void TestTransportFailures::theServerResetsInMidBody_data()
{
    QTest::addColumn<qint64>("offset");
    QTest::newRow("at once") << qint64(0);
    QTest::newRow("after 16 KiB") << qint64(16'384);
    QTest::newRow("after 5 MB") << qint64(5'000'000);
    QTest::newRow("one byte before the end") << qint64(7'999'999);
}

void TestTransportFailures::theServerResetsInMidBody()
{
    QFETCH(qint64, offset);
    ScriptedServer server({}, [&](ScriptedServer::Line &line) {
        if (line.received.size() > line.received.indexOf("\r\n\r\n") + 4 + offset - 1)
            line.reset();
    });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(server.port(), QByteArray(8'000'000, 'x')));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::ConnectionLost);
}

void TestTransportFailures::theServerClosesAfterTheBody()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.closePolitely(); });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("POST", server.port(), "/b/k?uploads"));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::ConnectionLost);
}

void TestTransportFailures::theAnswerIsCut_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("isReset");
    const std::initializer_list<std::pair<const char *, const char *>> rows{
        {"nothing", ""},
        {"in the status line", "HTTP/1.1 20"},
        {"after the status line", "HTTP/1.1 200 OK\r\n"},
        {"in a field's name", "HTTP/1.1 200 OK\r\nContent-Le"},
        {"after a field", "HTTP/1.1 200 OK\r\nETag: \"x\"\r\n"},
        {"before the blank line", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"},
        {"before the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
        {"in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"},
        {"in an error's body", "HTTP/1.1 500 Word\r\nContent-Length: 5\r\n\r\nab"},
        {"in a chunk's size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3"},
        {"in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"},
        {"before the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"},
        {"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n"},
        {"not HTTP, binary", "\x15\x03\x03\x02\x02P"}};
    for (const auto &[name, answer] : rows) {
        QTest::newRow(qPrintable(QLatin1String(name) + QStringLiteral(", closed"))) << QByteArray(answer) << false;
        QTest::newRow(qPrintable(QLatin1String(name) + QStringLiteral(", reset"))) << QByteArray(answer) << true;
    }
}

void TestTransportFailures::theAnswerIsCut()
{
    QFETCH(QByteArray, answer);
    QFETCH(bool, isReset);
    for (const bool isSunk : {false, true}) {
        ScriptedServer server([&](ScriptedServer::Line &line) {
            line.reply(answer);
            if (isReset)
                line.reset();
            else
                line.closePolitely();
        });
        TransportBench bench;
        HttpRequest request = TransportBench::request("GET", server.port());
        const auto sent = isSunk ? bench.fetch(std::move(request)) : bench.send(std::move(request));
        QTRY_VERIFY(sent->isDone());
        QVERIFY2(!sent->isAnswered(), "a cut answer was taken for a whole one");
        QVERIFY(sent->kind() == ErrorKind::ConnectionLost || sent->kind() == ErrorKind::MalformedAnswer);
    }
}

void TestTransportFailures::anAnswerWithoutLengthIsNotSunk()
{
    ScriptedServer server([](ScriptedServer::Line &line) {
        line.reply("HTTP/1.1 200 OK\r\n\r\n<a>half of");
        line.closePolitely();
    });
    TransportBench bench;
    const auto sunk = bench.fetch(TransportBench::request("GET", server.port()));
    QTRY_VERIFY(sunk->isDone());
    QCOMPARE(sunk->kind(), ErrorKind::MalformedAnswer);
    QCOMPARE(sunk->outcome->error().error.httpStatus, 200);
    QCOMPARE(sunk->sunk, QByteArray());
    // Buffered it passes: its reader (XML) can tell.
    const auto buffered = bench.send(TransportBench::request("GET", server.port()));
    QTRY_VERIFY(buffered->isDone());
    QCOMPARE(buffered->body(), QByteArray("<a>half of"));
}

void TestTransportFailures::theAnswerIsTooLarge()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200, QByteArray(200'000, 'x')); });
    TransportBench bench;
    HttpRequest request = TransportBench::request("GET", server.port());
    request.limits.answerBody = ByteCount(199'999);
    const auto refused = bench.send(std::move(request));
    QTRY_VERIFY(refused->isDone());
    QCOMPARE(refused->kind(), ErrorKind::MalformedAnswer);
    HttpRequest exact = TransportBench::request("GET", server.port());
    exact.limits.answerBody = ByteCount(200'000);
    const auto taken = bench.send(std::move(exact));
    QTRY_COMPARE(taken->status(), 200);
}

void TestTransportFailures::theAnswerContradictsItself_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::newRow("two lengths") << QByteArray("Content-Length: 3\r\nContent-Length: 5\r\n");
    QTest::newRow("a list of lengths") << QByteArray("Content-Length: 3, 5\r\n");
    QTest::newRow("negative length") << QByteArray("Content-Length: -3\r\n");
    QTest::newRow("chunked and of a length") << QByteArray("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n");
}

void TestTransportFailures::theAnswerContradictsItself()
{
    QFETCH(QByteArray, fields);
    ScriptedServer server([&](ScriptedServer::Line &line) {
        line.reply("HTTP/1.1 200 OK\r\n" + fields + "\r\nabcde");
        line.closePolitely();
    });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("GET", server.port()));
    QTRY_VERIFY(sent->isDone());
    QVERIFY(sent->kind() == ErrorKind::MalformedAnswer);
}

void TestTransportFailures::theFileCannotBeRead_data()
{
    QTest::addColumn<qint64>("good");
    QTest::addColumn<bool>("isFailing");
    QTest::addColumn<QString>("reason");
    QTest::newRow("at once") << qint64(0) << true << QStringLiteral("Input/output error");
    QTest::newRow("in the middle") << qint64(500'000) << true << QStringLiteral("Input/output error");
    QTest::newRow("ends early") << qint64(999'999) << false << QStringLiteral("the file ended 1 bytes early");
}

void TestTransportFailures::theFileCannotBeRead()
{
    QFETCH(qint64, good);
    QFETCH(bool, isFailing);
    QFETCH(QString, reason);
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    const auto sent = bench.send(brokenUpload(server.port(), good, isFailing));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::LocalIo);
    QCOMPARE(sent->detail(), QStringLiteral("The body could not be read: ") + reason);
    QCOMPARE(server.requests.size(), 0);
}

void TestTransportFailures::noConnectionComesAbout()
{
    // Connects, and never answers the TLS handshake.
    ScriptedServer server({});
    TransportBench bench;
    HttpRequest request = TransportBench::request("GET", server.port());
    request.origin.isEncrypted = true;
    const auto sent = bench.send(std::move(request));
    QTRY_COMPARE(server.lines.size(), 1);
    QTRY_VERIFY(!server.lines.first()->received.isEmpty());
    bench.scheduler.advance(9s);
    QVERIFY(!sent->isDone());
    bench.scheduler.advance(2s);
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::Stalled);
}

void TestTransportFailures::theServerReadsNothing()
{
    ScriptedServer server({}, [](ScriptedServer::Line &line) { line.goDeaf(); });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(server.port(), QByteArray(64'000'000, 'x')));
    QVERIFY(waitForFullBuffers(*sent));
    // Without acknowledgements nothing is known of this line, so what the kernel holds is given time to drain on a slow one.
    const bool isAcknowledged = bench.transport->abilities().acknowledgedBytes;
    bench.scheduler.advance(isAcknowledged ? 29s : 31s);
    QVERIFY(!sent->isDone());
    bench.scheduler.advance(isAcknowledged ? 2s : 70s);
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::Stalled);
    QVERIFY(sent->outcome->error().bodySent > ByteCount(0));
}

void TestTransportFailures::aLineKnownAsFastIsGivenUpSooner()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); },
                          [](ScriptedServer::Line &line) {
                              if (line.head().startsWith("PUT /deaf"))
                                  line.goDeaf();
                          });
    TransportBench bench;
    const auto fast = bench.send(TransportBench::upload(server.port(), QByteArray(4'000'000, 'x')));
    QTRY_COMPARE(fast->status(), 200);
    const auto sent = bench.send(TransportBench::upload(server.port(), QByteArray(64'000'000, 'x'), "PUT", "/deaf"));
    QVERIFY(waitForFullBuffers(*sent));
    bench.scheduler.advance(29s);
    QVERIFY(!sent->isDone());
    bench.scheduler.advance(2s);
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::Stalled);
}

void TestTransportFailures::afterAStallTheNextOneIsWaitedForLonger()
{
    ScriptedServer server({}, [](ScriptedServer::Line &line) { line.goDeaf(); });
    TransportBench bench;
    QList<Milliseconds> patience;
    for (int i = 0; i < 2; ++i) {
        const auto sent = bench.send(TransportBench::upload(server.port(), QByteArray(64'000'000, 'x')));
        QVERIFY(waitForFullBuffers(*sent));
        const MonotonicTime begin = bench.clock.now();
        const auto isDone = [&] {
            QCoreApplication::processEvents();
            return sent->isDone();
        };
        QVERIFY(bench.scheduler.runUntil(isDone));
        patience.append(bench.clock.now() - begin);
    }
    // Who sees what is acknowledged need not guess, and is as patient as the first time.
    const Milliseconds more = bench.transport->abilities().acknowledgedBytes ? -1s : 10s;
    QVERIFY2(patience.last() > patience.first() + more, qPrintable(QString::number(patience.last().count())));
}

void TestTransportFailures::theServerNeverAnswers_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("PUT") << QByteArray("PUT") << QByteArray("small");
    QTest::newRow("empty PUT") << QByteArray("PUT") << QByteArray();
    QTest::newRow("POST") << QByteArray("POST") << QByteArray("small");
    QTest::newRow("empty POST") << QByteArray("POST") << QByteArray();
    QTest::newRow("GET") << QByteArray("GET") << QByteArray();
    QTest::newRow("HEAD") << QByteArray("HEAD") << QByteArray();
    QTest::newRow("DELETE") << QByteArray("DELETE") << QByteArray();
}

void TestTransportFailures::theServerNeverAnswers()
{
    ScriptedServer server([](ScriptedServer::Line &) {});
    TransportBench bench;
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, body);
    const auto sent = bench.send(TransportBench::upload(server.port(), body, method));
    QTRY_COMPARE(server.requests.size(), 1);
    // The word that the head is out travels from Qt's thread; only time can tell that it has arrived.
    QTest::qWait(200);
    bench.scheduler.advance(59s);
    QVERIFY(!sent->isDone());
    bench.scheduler.advance(2s);
    QTRY_COMPARE(sent->kind(), ErrorKind::Stalled);
    QTRY_COMPARE(server.lines.first()->socket->state(), QAbstractSocket::UnconnectedState);
}

void TestTransportFailures::theAnswerStops()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"); });
    TransportBench bench;
    const auto sent = bench.fetch(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(sent->sunk, QByteArray("ab"));
    bench.scheduler.advance(29s);
    QVERIFY(!sent->isDone());
    bench.scheduler.advance(2s);
    QTRY_COMPARE(sent->kind(), ErrorKind::Stalled);
}

void TestTransportFailures::aTricklingAnswerIsNoStall()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"); });
    TransportBench bench;
    HttpRequest request = TransportBench::upload(server.port(), "x", "POST");
    const auto sent = bench.send(std::move(request));
    QTRY_COMPARE(server.requests.size(), 1);
    for (int i = 0; i < 5; ++i) {
        // The last reading of each byte is what starts the limit anew, so wait for it before time passes.
        const qsizetype timersBefore = bench.scheduler.pending();
        server.lines.first()->reply(" ");
        QTest::qWait(50);
        QVERIFY(timersBefore >= 0);
        bench.scheduler.advance(50s);
        QVERIFY(i == 4 || !sent->isDone());
    }
    QTRY_COMPARE(sent->status(), 200);
}

void TestTransportFailures::noLimitMeansNone()
{
    ScriptedServer server([](ScriptedServer::Line &) {});
    TransportBench bench;
    HttpRequest request = TransportBench::upload(server.port(), "x");
    request.limits = {.connect = 0ms, .noProgress = 0ms, .answer = 0ms};
    const auto sent = bench.send(std::move(request));
    QTRY_COMPARE(server.requests.size(), 1);
    bench.scheduler.advance(48h);
    QVERIFY(!sent->isDone());
    server.lines.first()->answer(200);
    QTRY_COMPARE(sent->status(), 200);
}

void TestTransportFailures::errorsNameNoQuery()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.closePolitely(); });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("PUT", server.port(), "/b/k?X-Amz-Signature=5ec2e7"));
    QTRY_VERIFY(sent->isDone());
    QVERIFY(!sent->detail().contains(QLatin1String("5ec2e7")));
    QVERIFY(sent->detail().contains(QLatin1String("127.0.0.1")));
}

QTEST_GUILESS_MAIN(TestTransportFailures)
#include "test_transport_failures.moc"
