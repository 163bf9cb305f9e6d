// What a caller may rely on while all goes well: bytes and fields as given, any status a success, rules of the handle.
#include "tests/unit/net/ScriptedServer.h"
#include "tests/unit/net/TransportBench.h"

#include <QTest>

using namespace packmule;

class TestTransportCalls : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void anyStatusIsASuccess_data();
    void anyStatusIsASuccess();
    void sendsFieldsAsGiven();
    void addsOnlyNeutralFields();
    void hostIsTheOriginsOwn();
    void bodyGoesOutWhole();
    void deletesWithABodyIfThereIsOne();
    void readsFieldsInOrder();
    void headHasALengthAndNoBody();
    void interimAnswersAreSkipped();
    void sinkTakesOnlySuccesses();
    void sinkGetsALargeBodyInPieces();
    void readsChunkedAnswers();
    void keepsNoCookies();
    void reusesAnIdleConnection();
    void anIdleConnectionClosedByTheServerIsNoError();
    void dropsIdleConnectionsAndKeepsBusyOnes();
    void doneComesLaterAndOnce();
    void droppingTheHandleSilences();
    void cancellingFromProgressIsSafe();
    void cancellingFromTheSinkIsSafe();
    void doneMayDestroyTheTransport();
    void handlesMayOutliveTheTransport();
};

void TestTransportCalls::anyStatusIsASuccess_data()
{
    QTest::addColumn<int>("status");
    for (int status : {200, 201, 202, 206, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404, 405, 408, 409, 410, 411, 412,
                       416, 418, 421, 429, 451, 499, 500, 501, 502, 503, 504, 505, 507, 520, 599})
        QTest::addRow("%d", status) << status;
}

void TestTransportCalls::anyStatusIsASuccess()
{
    QFETCH(int, status);
    ScriptedServer server([&](ScriptedServer::Line &line) { line.answer(status, "<Error><Code>X</Code></Error>", "x-amz-request-id: R1\r\n"); });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(server.port(), "body"));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->status(), status);
    QCOMPARE(sent->body(), QByteArray("<Error><Code>X</Code></Error>"));
    QCOMPARE((*sent->outcome)->headers.value("X-Amz-Request-Id"), QByteArray("R1"));
    QCOMPARE(server.requests.size(), 1);
}

void TestTransportCalls::sendsFieldsAsGiven()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    HttpRequest request = TransportBench::upload(server.port(), "body");
    request.headers.append("User-Agent", "packmule/0.1");
    request.headers.append("x-amz-meta-bytes", "caf\xC3\xA9 \xFF,\ttab \"quoted\"");
    request.headers.append("x-amz-meta-empty", "");
    request.headers.append("Authorization", "AWS4-HMAC-SHA256 Credential=A/20261121/r/s3/aws4_request, SignedHeaders=host, Signature=0f");
    request.headers.append("If-None-Match", "*");
    request.headers.append("x-amz-date", "20261121T120000Z");
    const auto sent = bench.send(std::move(request));
    QTRY_COMPARE(sent->status(), 200);
    QCOMPARE(server.lastField("user-agent"), QByteArray("packmule/0.1"));
    QCOMPARE(server.lastField("x-amz-meta-bytes"), QByteArray("caf\xC3\xA9 \xFF,\ttab \"quoted\""));
    QVERIFY(server.lastRequest().toLower().contains("\r\nx-amz-meta-empty:"));
    QVERIFY(server.lastField("authorization").endsWith("Signature=0f"));
    QCOMPARE(server.lastField("if-none-match"), QByteArray("*"));
    QCOMPARE(server.lastField("x-amz-date"), QByteArray("20261121T120000Z"));
}

void TestTransportCalls::addsOnlyNeutralFields()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(sent->status(), 200);
    QSet<QByteArray> names;
    QByteArray head = server.lastRequest();
    head.truncate(head.indexOf("\r\n\r\n"));
    for (const QByteArray &field : head.split('\n').sliced(1))
        names.insert(field.left(field.indexOf(':')).toLower());
    // Qt would name the locale's languages, unless some are given.
    const bool hasLanguage = names.remove("accept-language");
    QVERIFY(!hasLanguage || server.lastField("accept-language") == "en");
    QCOMPARE(names, (QSet<QByteArray>{"host", "accept-encoding", "user-agent", "connection"}));
    QCOMPARE(server.lastField("user-agent"), QByteArray("packmule"));
}

void TestTransportCalls::hostIsTheOriginsOwn()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    HttpRequest request = TransportBench::request("GET", server.port());
    request.origin.host = "localhost";
    const auto sent = bench.send(std::move(request));
    QTRY_COMPARE(sent->status(), 200);
    QCOMPARE(server.lastField("host"), "localhost:" + QByteArray::number(server.port()));
    QCOMPARE(server.lastRequest().toLower().count("\r\nhost:"), 1);
}

void TestTransportCalls::bodyGoesOutWhole()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    QByteArray bytes(1'000'003, '\0');
    for (qsizetype i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i * 31 + i / 256);
    const auto sent = bench.send(TransportBench::upload(server.port(), bytes));
    QTRY_COMPARE(sent->status(), 200);
    QCOMPARE(server.lastField("content-length"), QByteArray("1000003"));
    QVERIFY(server.lastBody() == bytes);
    QVERIFY(!server.lastRequest().toLower().contains("\r\ncontent-type"));
}

void TestTransportCalls::deletesWithABodyIfThereIsOne()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(204); });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(server.port(), "body", "DELETE"));
    QTRY_COMPARE(sent->status(), 204);
    QCOMPARE(server.lastBody(), QByteArray("body"));
    const auto bare = bench.send(TransportBench::request("DELETE", server.port()));
    QTRY_COMPARE(bare->status(), 204);
    QCOMPARE(server.lastRequestLine(), QByteArray("DELETE /b/k HTTP/1.1"));
}

void TestTransportCalls::readsFieldsInOrder()
{
    ScriptedServer server([](ScriptedServer::Line &line) {
        line.answer(200, "x", "ETag: \"a-1\"\r\nx-amz-meta-k: one\r\nX-Amz-Meta-K: two\r\nx-amz-meta-raw: \xC3\xA9\xFF\r\nx-empty:\r\n");
    });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(sent->status(), 200);
    const HttpHeaders &headers = (*sent->outcome)->headers;
    QCOMPARE(headers.value("etag"), QByteArray("\"a-1\""));
    QCOMPARE(headers.value("x-amz-meta-k"), QByteArray("one"));
    QCOMPARE(headers.value("x-amz-meta-raw"), QByteArray("\xC3\xA9\xFF"));
    QVERIFY(headers.contains("x-empty"));
    QCOMPARE(headers.value("x-empty"), QByteArray());
}

void TestTransportCalls::headHasALengthAndNoBody()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.reply("HTTP/1.1 200 OK\r\nContent-Length: 123456789012\r\n\r\n"); });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("HEAD", server.port()));
    QTRY_COMPARE(sent->status(), 200);
    QCOMPARE((*sent->outcome)->headers.value("content-length"), QByteArray("123456789012"));
    QCOMPARE(sent->body(), QByteArray());
}

void TestTransportCalls::interimAnswersAreSkipped()
{
    ScriptedServer server([](ScriptedServer::Line &line) {
        line.reply("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n");
        line.answer(200, "end");
    });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(server.port(), "body"));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->status(), 200);
    QCOMPARE(sent->body(), QByteArray("end"));
}

void TestTransportCalls::sinkTakesOnlySuccesses()
{
    int status = 404;
    ScriptedServer server([&](ScriptedServer::Line &line) { line.answer(status, "bytes"); });
    TransportBench bench;
    const auto missing = bench.fetch(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(missing->status(), 404);
    QCOMPARE(missing->sunk, QByteArray());
    QCOMPARE(missing->body(), QByteArray("bytes"));
    status = 206;
    const auto found = bench.fetch(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(found->status(), 206);
    QCOMPARE(found->sunk, QByteArray("bytes"));
    QCOMPARE(found->body(), QByteArray());
}

void TestTransportCalls::sinkGetsALargeBodyInPieces()
{
    const QByteArray bytes(8'000'000, 'y');
    ScriptedServer server([&](ScriptedServer::Line &line) { line.answer(200, bytes); });
    TransportBench bench;
    HttpRequest request = TransportBench::request("GET", server.port());
    request.limits.answerBody = ByteCount(1000);  // concerns buffered answers only
    const auto sent = bench.fetch(std::move(request));
    QTRY_COMPARE(sent->status(), 200);
    QVERIFY(sent->sunk == bytes);
}

void TestTransportCalls::readsChunkedAnswers()
{
    ScriptedServer server([](ScriptedServer::Line &line) {
        line.reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
    });
    TransportBench bench;
    const auto sunk = bench.fetch(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(sunk->status(), 200);
    QCOMPARE(sunk->sunk, QByteArray("abcde"));
    const auto buffered = bench.send(TransportBench::upload(server.port(), "x", "POST"));
    QTRY_COMPARE(buffered->status(), 200);
    QCOMPARE(buffered->body(), QByteArray("abcde"));
}

void TestTransportCalls::keepsNoCookies()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200, {}, "Set-Cookie: session=1; Path=/\r\n"); });
    TransportBench bench;
    const auto first = bench.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(first->status(), 200);
    const auto second = bench.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(second->status(), 200);
    QVERIFY(!server.lastRequest().toLower().contains("cookie"));
}

void TestTransportCalls::reusesAnIdleConnection()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    for (int i = 0; i < 3; ++i) {
        const auto sent = bench.send(TransportBench::upload(server.port(), "x"));
        QTRY_COMPARE(sent->status(), 200);
    }
    QCOMPARE(server.lines.size(), 1);
}

void TestTransportCalls::anIdleConnectionClosedByTheServerIsNoError()
{
    ScriptedServer server([](ScriptedServer::Line &line) {
        line.answer(200);
        line.closePolitely();
    });
    TransportBench bench;
    for (int i = 0; i < 3; ++i) {
        const auto sent = bench.send(TransportBench::upload(server.port(), QByteArray(50'000, 'x')));
        QTRY_COMPARE(sent->status(), 200);
    }
}

void TestTransportCalls::dropsIdleConnectionsAndKeepsBusyOnes()
{
    ScriptedServer::Line *held = nullptr;
    ScriptedServer server([&](ScriptedServer::Line &line) {
        if (line.requests.last().startsWith("GET /slow"))
            held = &line;
        else
            line.answer(200);
    });
    TransportBench bench;
    const auto idle = bench.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(idle->status(), 200);
    const auto busy = bench.send(TransportBench::request("GET", server.port(), "/slow"));
    QTRY_VERIFY(held != nullptr);
    const qsizetype linesBefore = server.lines.size();
    bench.transport->dropIdleConnections();
    const auto fresh = bench.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(fresh->status(), 200);
    QCOMPARE(server.lines.size(), linesBefore + 1);
    held->answer(200, "late");
    QTRY_COMPARE(busy->body(), QByteArray("late"));
    bench.scheduler.runDue();
    QTRY_COMPARE(held->socket->state(), QAbstractSocket::UnconnectedState);
}

void TestTransportCalls::doneComesLaterAndOnce()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    HttpRequest bad = TransportBench::request("GET", server.port());
    bad.headers.append("bad name", "x");
    const auto refused = bench.send(std::move(bad));
    const auto good = bench.send(TransportBench::request("GET", server.port()));
    QVERIFY(!refused->isDone());
    QVERIFY(!good->isDone());
    QTRY_VERIFY(refused->isDone());
    QTRY_VERIFY(good->isDone());
    good->handle.cancel();
    QCoreApplication::sendPostedEvents();
    QCOMPARE(refused->doneCount, 1);
    QCOMPARE(good->doneCount, 1);
}

void TestTransportCalls::droppingTheHandleSilences()
{
    ScriptedServer::Line *held = nullptr;
    ScriptedServer server([&](ScriptedServer::Line &line) { held = &line; });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(server.port(), QByteArray(100'000, 'x')));
    QTRY_VERIFY(held != nullptr);
    held->answer(200);
    sent->handle.cancel();
    QTRY_COMPARE(held->socket->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(sent->doneCount, 0);
    QCOMPARE(bench.exchangeCount(), 0);
    QCOMPARE(bench.scheduler.pending(), 0);
}

void TestTransportCalls::cancellingFromProgressIsSafe()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    auto handle = std::make_shared<CallHandle>();
    int told = 0;
    *handle = bench.transport->send(
        TransportBench::upload(server.port(), QByteArray(5'000'000, 'x')),
        [&](ByteCount, ByteCount) {
            ++told;
            handle->cancel();
        },
        [](auto) { QFAIL("a cancelled request was told to be done"); });
    QTRY_COMPARE(told, 1);
    QTRY_VERIFY(!server.lines.isEmpty());
    QTRY_COMPARE(server.lines.first()->socket->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(told, 1);
}

void TestTransportCalls::cancellingFromTheSinkIsSafe()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200, QByteArray(5'000'000, 'x')); });
    TransportBench bench;
    auto handle = std::make_shared<CallHandle>();
    int pieces = 0;
    HttpRequest request = TransportBench::request("GET", server.port());
    request.sink = [&](const QByteArray &) {
        ++pieces;
        handle->cancel();
    };
    *handle = bench.transport->send(std::move(request), {}, [](auto) { QFAIL("a cancelled request was told to be done"); });
    QTRY_COMPARE(pieces, 1);
    QTRY_COMPARE(server.lines.first()->socket->state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(pieces, 1);
}

void TestTransportCalls::doneMayDestroyTheTransport()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    FakeClock clock;
    FakeScheduler scheduler(clock);
    auto transport = newBenchTransport({}, clock, scheduler);
    bool isDone = false;
    const CallHandle first = transport->send(TransportBench::request("GET", server.port()), {}, [&](auto) {
        transport.reset();
        isDone = true;
    });
    QTRY_VERIFY(isDone);
    QVERIFY(!transport);
}

void TestTransportCalls::handlesMayOutliveTheTransport()
{
    ScriptedServer server({});
    std::shared_ptr<SentRequest> sent;
    {
        TransportBench bench;
        sent = bench.send(TransportBench::upload(server.port(), QByteArray(100'000, 'x')));
        QTRY_COMPARE(server.requests.size(), 1);
    }
    sent->handle.cancel();
    QCOMPARE(sent->doneCount, 0);
}

QTEST_GUILESS_MAIN(TestTransportCalls)
#include "test_transport_calls.moc"
