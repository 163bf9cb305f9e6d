// The proxy that other tests trust: each harm does what its name says, and the counters do not lie.
#include "tests/support/chaosproxy/ChaosAdmin.h"
#include "tests/support/chaosproxy/ChaosProxy.h"
#include "tests/unit/net/ScriptedServer.h"
#include "tests/unit/net/TransportBench.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QTest>

using namespace packmule;

class TestChaosProxy : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void passesEverythingUnharmed();
    void countsOperationsAndParts();
    void namesOperations_data();
    void namesOperations();
    void readsToxics_data();
    void readsToxics();
    void resetsAfterAnExactNumberOfBytes();
    void limitsTheAnswer();
    void truncatesTheAnswer();
    void flipsOneBit();
    void slicesAndDelays();
    void slowsToTheBandwidth();
    void opensAHoleUnderWay();
    void hitsSomeConnectionsBySeed();
    void refusesWhileNotAccepting();
    void isCommandedOverHttp();

private:
    static QList<Toxic> toxics(const QByteArray &json) { return Toxic::listFromJson(json).value(); }
};

void TestChaosProxy::passesEverythingUnharmed()
{
    const QByteArray answer(3'000'001, 'a');
    ScriptedServer server([&](ScriptedServer::Line &line) { line.answer(200, answer); });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    QVERIFY(proxy.listen());
    TransportBench bench;
    const QByteArray body(5'000'003, 'b');
    const auto sent = bench.send(TransportBench::upload(proxy.port(), body));
    QTRY_COMPARE(sent->status(), 200);
    QVERIFY(sent->body() == answer);
    QVERIFY(server.lastBody() == body);
    QCOMPARE(proxy.connectionCount(), 1);
    QCOMPARE(proxy.upstreamBytes(), server.lastRequest().size());
    QVERIFY(proxy.downstreamBytes() > answer.size());
}

void TestChaosProxy::countsOperationsAndParts()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    QVERIFY(proxy.listen());
    TransportBench bench;
    const auto put = [&](const QByteArray &method, const QByteArray &target, const QByteArray &body) {
        return bench.send(TransportBench::upload(proxy.port(), body, method, target));
    };
    const auto create = put("POST", "/b/k?uploads", {});
    QTRY_COMPARE(create->status(), 200);
    for (const QByteArray number : {"1", "2", "2"}) {
        const auto part = put("PUT", "/b/k?partNumber=" + number + "&uploadId=u", QByteArray(1000, 'x'));
        QTRY_COMPARE(part->status(), 200);
    }
    // A part that is cut counts as begun and not as whole.
    proxy.setToxics(toxics(R"([{"type":"reset_peer","afterBytes":0}])"));
    proxy.setToxics(toxics(R"([{"type":"reset_peer","afterBytes":100000}])"));
    const auto cut = put("PUT", "/b/k?partNumber=3&uploadId=u", QByteArray(1'000'000, 'x'));
    QTRY_VERIFY(cut->isDone());
    QCOMPARE(cut->kind(), ErrorKind::ConnectionLost);
    const RequestCounts &counts = proxy.requestCounts();
    QCOMPARE(counts.byOperation.value("CreateMultipartUpload").whole, 1);
    QCOMPARE(counts.byOperation.value("UploadPart").whole, 3);
    QCOMPARE(counts.parts.value("/b/k").value(1).whole, 1);
    QCOMPARE(counts.parts.value("/b/k").value(2).whole, 2);
    QVERIFY(counts.parts.value("/b/k").value(3).begun >= 1);
    QCOMPARE(counts.parts.value("/b/k").value(3).whole, 0);
    QCOMPARE(counts.byMethodAndPath.value("POST /b/k"), 1);
    QVERIFY(counts.partBytes > 3000 && counts.partBytes < 1'000'000);
}

void TestChaosProxy::namesOperations_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("operation");
    const auto row = [](const char *line, const char *operation) { QTest::newRow(line) << QByteArray(line) << QByteArray(operation); };
    row("PUT /b/k", "PutObject");
    row("PUT /b", "CreateBucket");
    row("PUT /b/", "CreateBucket");
    row("PUT /b/k?partNumber=7&uploadId=u", "UploadPart");
    row("POST /b/k?uploads", "CreateMultipartUpload");
    row("POST /b/k?uploadId=u", "CompleteMultipartUpload");
    row("POST /b?delete", "DeleteObjects");
    row("DELETE /b/k?uploadId=u", "AbortMultipartUpload");
    row("DELETE /b/k", "DeleteObject");
    row("GET /b/k?uploadId=u&part-number-marker=1", "ListParts");
    row("GET /b?uploads&prefix=k", "ListMultipartUploads");
    row("GET /b?list-type=2", "ListObjects");
    row("GET /", "ListBuckets");
    row("GET /b/k", "GetObject");
    row("HEAD /b/k", "HeadObject");
    row("HEAD /b", "HeadBucket");
}

void TestChaosProxy::namesOperations()
{
    QFETCH(QByteArray, line);
    QTEST(operationName(line.split(' ').first(), line.split(' ').last()), "operation");
}

void TestChaosProxy::readsToxics_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("isGood");
    QTest::newRow("none") << QByteArray("[]") << true;
    QTest::newRow("two") << QByteArray(R"({"toxics":[{"type":"latency","latencyMs":5},{"type":"slicer","size":3}]})") << true;
    QTest::newRow("no JSON") << QByteArray("{") << false;
    QTest::newRow("unknown type") << QByteArray(R"([{"type":"poison"}])") << false;
    QTest::newRow("unknown stream") << QByteArray(R"([{"type":"latency","stream":"sideways"}])") << false;
    QTest::newRow("no rate") << QByteArray(R"([{"type":"bandwidth"}])") << false;
    QTest::newRow("ninth bit") << QByteArray(R"([{"type":"bit_flip","bit":8}])") << false;
}

void TestChaosProxy::readsToxics()
{
    QFETCH(QByteArray, json);
    QTEST(Toxic::listFromJson(json).has_value(), "isGood");
}

void TestChaosProxy::resetsAfterAnExactNumberOfBytes()
{
    qint64 arrived = 0;
    ScriptedServer server({}, [&](ScriptedServer::Line &line) { arrived = line.received.size(); });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    QVERIFY(proxy.listen());
    proxy.setToxics(toxics(R"([{"type":"reset_peer","afterBytes":12345}])"));
    TransportBench bench;
    const auto sent = bench.send(TransportBench::upload(proxy.port(), QByteArray(5'000'000, 'x')));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::ConnectionLost);
    QVERIFY(arrived <= 12345);
    QCOMPARE(proxy.upstreamBytes() % 12345, 0);
    QTRY_COMPARE(proxy.openConnectionCount(), 0);
}

void TestChaosProxy::limitsTheAnswer()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200, QByteArray(1'000'000, 'a')); });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    QVERIFY(proxy.listen());
    proxy.setToxics(toxics(R"([{"type":"limit_data","stream":"downstream","afterBytes":5000}])"));
    TransportBench bench;
    const auto sent = bench.fetch(TransportBench::request("GET", proxy.port()));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::ConnectionLost);
    QCOMPARE(proxy.downstreamBytes(), 5000);
    QVERIFY(sent->sunk.size() < 5000);
}

void TestChaosProxy::truncatesTheAnswer()
{
    ScriptedServer server([](ScriptedServer::Line &line) {
        line.reply("HTTP/1.1 200 OK\r\n\r\n<a><b/></a>");
        line.closePolitely();
    });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    QVERIFY(proxy.listen());
    proxy.setToxics(toxics(R"([{"type":"truncate","stream":"downstream","afterBytes":22}])"));
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("GET", proxy.port()));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->body(), QByteArray("<a>"));
}

void TestChaosProxy::flipsOneBit()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200, "abcdef"); });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    QVERIFY(proxy.listen());
    // "HTTP/1.1 200 Word\r\nContent-Length: 6\r\n\r\n" is 40 bytes.
    proxy.setToxics(toxics(R"([{"type":"bit_flip","stream":"downstream","offset":42,"bit":0}])"));
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("GET", proxy.port()));
    QTRY_COMPARE(sent->status(), 200);
    QCOMPARE(sent->body(), QByteArray("abbdef"));
}

void TestChaosProxy::slicesAndDelays()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200, "abcdef"); });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    QVERIFY(proxy.listen());
    proxy.setToxics(toxics(R"([{"type":"slicer","stream":"downstream","size":1,"delayMs":1},
                               {"type":"latency","stream":"both","latencyMs":50,"jitterMs":20}])"));
    TransportBench bench;
    QElapsedTimer timer;
    timer.start();
    const auto sent = bench.send(TransportBench::upload(proxy.port(), "body"));
    QTRY_COMPARE(sent->status(), 200);
    QCOMPARE(sent->body(), QByteArray("abcdef"));
    // 46 pieces a millisecond apart, and 30 ms at least each way.
    QVERIFY2(timer.elapsed() >= 80, qPrintable(QString::number(timer.elapsed())));
}

void TestChaosProxy::slowsToTheBandwidth()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    QVERIFY(proxy.listen());
    proxy.setToxics(toxics(R"([{"type":"bandwidth","bytesPerSecond":1000000}])"));
    TransportBench bench;
    QElapsedTimer timer;
    timer.start();
    const auto sent = bench.send(TransportBench::upload(proxy.port(), QByteArray(500'000, 'x')));
    QTRY_COMPARE(sent->status(), 200);
    QVERIFY2(timer.elapsed() >= 400, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(server.lastBody().size() == 500'000);
}

void TestChaosProxy::opensAHoleUnderWay()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    QVERIFY(proxy.listen());
    TransportBench bench;
    const auto first = bench.send(TransportBench::request("GET", proxy.port()));
    QTRY_COMPARE(first->status(), 200);
    // The idle connection is kept and falls into the hole.
    proxy.setToxics(toxics(R"([{"type":"timeout","stream":"both"}])"));
    const auto second = bench.send(TransportBench::request("GET", proxy.port()));
    QTest::qWait(300);
    QVERIFY(!second->isDone());
    QCOMPARE(server.requests.size(), 1);
    bench.scheduler.advance(std::chrono::seconds(61));
    QTRY_COMPARE(second->kind(), ErrorKind::Stalled);
    // Taken away again, the next one passes.
    proxy.setToxics({});
    const auto third = bench.send(TransportBench::request("GET", proxy.port()));
    QTRY_COMPARE(third->status(), 200);
}

void TestChaosProxy::hitsSomeConnectionsBySeed()
{
    ScriptedServer server([](ScriptedServer::Line &line) {
        line.answer(200, {}, "Connection: close\r\n");
        line.closePolitely();
    });
    const auto hits = [&](quint64 seed) {
        ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port(), seed);
        proxy.listen();
        proxy.setToxics(toxics(R"([{"type":"bit_flip","stream":"downstream","probability":0.5,"offset":9,"bit":0}])"));
        TransportBench bench;
        QByteArray pattern;
        for (int i = 0; i < 20; ++i) {
            const auto sent = bench.send(TransportBench::request("GET", proxy.port()));
            if (!QTest::qWaitFor([&] { return sent->isDone(); }))
                return QByteArray("hung");
            pattern += sent->status() == 200 ? '.' : 'x';
        }
        return pattern;
    };
    const QByteArray pattern = hits(7);
    QVERIFY(pattern.contains('.') && pattern.contains('x'));
    QCOMPARE(hits(7), pattern);
    QVERIFY(hits(8) != pattern);
}

void TestChaosProxy::refusesWhileNotAccepting()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    QVERIFY(proxy.listen());
    const quint16 port = proxy.port();
    proxy.setAccepting(false);
    TransportBench bench;
    const auto refused = bench.send(TransportBench::request("GET", port));
    QTRY_VERIFY(refused->isDone());
    QCOMPARE(refused->kind(), ErrorKind::ConnectionRefused);
    proxy.setAccepting(true);
    QCOMPARE(proxy.port(), port);
    const auto taken = bench.send(TransportBench::request("GET", port));
    QTRY_COMPARE(taken->status(), 200);
}

void TestChaosProxy::isCommandedOverHttp()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    ChaosProxy proxy(QStringLiteral("127.0.0.1"), server.port());
    ChaosAdmin admin(proxy);
    QVERIFY(proxy.listen() && admin.listen());
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("GET", proxy.port(), "/b/k"));
    QTRY_COMPARE(sent->status(), 200);
    const auto counters = bench.send(TransportBench::request("GET", admin.port(), "/counters"));
    QTRY_COMPARE(counters->status(), 200);
    const QJsonObject json = QJsonDocument::fromJson(counters->body()).object();
    QCOMPARE(json.value(QLatin1String("connections")).toInt(), 1);
    QCOMPARE(json.value(QLatin1String("requests")).toObject().value(QLatin1String("GET /b/k")).toInt(), 1);
    const auto bad = bench.send(TransportBench::upload(admin.port(), R"({"toxics":[{"type":"poison"}]})", "POST", "/toxics"));
    QTRY_COMPARE(bad->status(), 400);
    const auto good = bench.send(TransportBench::upload(admin.port(), R"({"toxics":[{"type":"reset_peer"}]})", "POST", "/toxics"));
    QTRY_COMPARE(good->status(), 200);
    const auto harmed = bench.send(TransportBench::request("GET", proxy.port(), "/b/k"));
    QTRY_VERIFY(harmed->isDone());
    QVERIFY(!harmed->isAnswered());
    const auto unknown = bench.send(TransportBench::request("GET", admin.port(), "/nothing"));
    QTRY_COMPARE(unknown->status(), 404);
}

QTEST_GUILESS_MAIN(TestChaosProxy)
#include "test_chaos_proxy.moc"
