// TLS: only what can be trusted, with the reason where not; a cut stream is never a success (facts/faults.md row 35).
#include "tests/unit/net/ScriptedServer.h"
#include "tests/unit/net/TestCertificates.h"
#include "tests/unit/net/TransportBench.h"

#include <QTest>

using namespace packmule;

class TestTransportTls : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void trustsTheBundlesAuthority();
    void refusesWhatCannotBeTrusted_data();
    void refusesWhatCannotBeTrusted();
    void refusesManyAtOnceAllWithTheReason();
    void trustsNoBundleWithoutCertificates();
    void plainServerOnATlsPort();
    void handshakeCutShortIsNoDistrust();
    void cutStreamIsNoSuccess_data();
    void cutStreamIsNoSuccess();
    void speaksHttp11Only();

private:
    TransportSettings trusting() const
    {
        TransportSettings settings;
        settings.caBundlePath = m_certificates.authorityPath();
        return settings;
    }
    static HttpRequest encrypted(quint16 port, const QByteArray &host = "127.0.0.1")
    {
        HttpRequest request = TransportBench::upload(port, "body");
        request.origin = TransportBench::origin(port, host, true);
        return request;
    }
    TestCertificates m_certificates;
};

void TestTransportTls::initTestCase()
{
    QVERIFY2(m_certificates.make(), qPrintable(m_certificates.failureText()));
}

void TestTransportTls::trustsTheBundlesAuthority()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200, "ok"); }, {}, m_certificates.server(QStringLiteral("good")));
    TransportBench bench(trusting());
    for (const QByteArray host : {"127.0.0.1", "localhost"}) {
        const auto sent = bench.send(encrypted(server.port(), host));
        QTRY_VERIFY(sent->isDone());
        QVERIFY2(sent->isAnswered(), qPrintable(sent->detail()));
        QCOMPARE(server.lastBody(), QByteArray("body"));
    }
}

void TestTransportTls::refusesWhatCannotBeTrusted_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("reason");
    QTest::addColumn<bool>("isBundled");
    QTest::newRow("expired") << "expired" << "the certificate expired on 2020-02-01" << true;
    QTest::newRow("not yet valid") << "early" << "the certificate is not valid before 2090-01-01" << true;
    QTest::newRow("another name") << "othername" << "the certificate is for another host (other.example)" << true;
    QTest::newRow("self-signed") << "selfsigned" << "self-signed" << true;
    QTest::newRow("another authority") << "stranger" << "issuer is not among the trusted authorities" << true;
    QTest::newRow("system's authorities only") << "good" << "issuer is not among the trusted authorities" << false;
}

void TestTransportTls::refusesWhatCannotBeTrusted()
{
    QFETCH(QString, certificate);
    QFETCH(QString, reason);
    QFETCH(bool, isBundled);
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); }, {}, m_certificates.server(certificate));
    TransportBench bench(isBundled ? trusting() : TransportSettings());
    const auto sent = bench.send(encrypted(server.port()));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::TlsUntrusted);
    QVERIFY2(sent->detail().contains(reason), qPrintable(sent->detail()));
    QCOMPARE(sent->outcome->error().bodySent, ByteCount(0));
    QCOMPARE(server.requests.size(), 0);
}

void TestTransportTls::refusesManyAtOnceAllWithTheReason()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); }, {}, m_certificates.server(QStringLiteral("expired")));
    TransportBench bench(trusting());
    // The second round shows that nothing of the first (a session, an error swallowed) makes the server trusted.
    for (int round = 0; round < 2; ++round) {
        QList<std::shared_ptr<SentRequest>> all;
        for (int i = 0; i < 6; ++i)
            all.append(bench.send(encrypted(server.port())));
        for (const auto &sent : all) {
            QTRY_VERIFY(sent->isDone());
            QVERIFY2(sent->kind() == ErrorKind::TlsUntrusted, qPrintable(sent->detail()));
            QVERIFY2(sent->detail().contains(QLatin1String("expired")), qPrintable(sent->detail()));
        }
    }
    QCOMPARE(server.requests.size(), 0);
}

void TestTransportTls::trustsNoBundleWithoutCertificates()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); }, {}, m_certificates.server(QStringLiteral("good")));
    TransportSettings settings;
    settings.caBundlePath = QStringLiteral("/nonexistent/ca.pem");
    TransportBench bench(settings);
    const auto sent = bench.send(encrypted(server.port()));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::InvalidRequest);
    QVERIFY(sent->detail().contains(QLatin1String("/nonexistent/ca.pem")));
    QCOMPARE(server.lines.size(), 0);
}

void TestTransportTls::plainServerOnATlsPort()
{
    ScriptedServer server({}, [](ScriptedServer::Line &line) {
        line.reply("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        line.closePolitely();
    });
    TransportBench bench(trusting());
    const auto sent = bench.send(encrypted(server.port()));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::TlsUntrusted);
    QVERIFY2(sent->detail().contains(QLatin1String("does not speak TLS")), qPrintable(sent->detail()));
}

void TestTransportTls::handshakeCutShortIsNoDistrust()
{
    bool isReset = false;
    ScriptedServer server({}, [&](ScriptedServer::Line &line) { isReset ? line.reset() : line.closePolitely(); });
    TransportBench bench(trusting());
    const auto closed = bench.send(encrypted(server.port()));
    QTRY_VERIFY(closed->isDone());
    QVERIFY2(closed->kind() == ErrorKind::ConnectionLost, qPrintable(closed->detail()));
    isReset = true;
    const auto reset = bench.send(encrypted(server.port()));
    QTRY_VERIFY(reset->isDone());
    QVERIFY2(isNetworkFault(*reset->kind()), qPrintable(reset->detail()));
}

void TestTransportTls::cutStreamIsNoSuccess_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("in the head") << QByteArray("HTTP/1.1 200 OK\r\nETag: \"a");
    QTest::newRow("in a body of a length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcd");
    QTest::newRow("between chunks") << QByteArray("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
    QTest::newRow("in a body without length") << QByteArray("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcd");
}

void TestTransportTls::cutStreamIsNoSuccess()
{
    QFETCH(QByteArray, answer);
    ScriptedServer server(
        [&](ScriptedServer::Line &line) {
            line.reply(answer);
            // No close_notify: the TCP connection ends under the TLS session.
            line.socket->abort();
        },
        {}, m_certificates.server(QStringLiteral("good")));
    TransportBench bench(trusting());
    HttpRequest request = TransportBench::request("GET", server.port());
    request.origin.isEncrypted = true;
    const auto sent = bench.fetch(std::move(request));
    QTRY_VERIFY(sent->isDone());
    QVERIFY(!sent->isAnswered());
    QVERIFY(sent->kind() == ErrorKind::ConnectionLost || sent->kind() == ErrorKind::MalformedAnswer);
}

void TestTransportTls::speaksHttp11Only()
{
    QSslConfiguration tls = m_certificates.server(QStringLiteral("good"));
    tls.setAllowedNextProtocols({"h2", "http/1.1"});
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); }, {}, tls);
    TransportBench bench(trusting());
    const auto sent = bench.send(encrypted(server.port()));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->status(), 200);
    QVERIFY(server.lastRequestLine().endsWith("HTTP/1.1"));
}

QTEST_GUILESS_MAIN(TestTransportTls)
#include "test_transport_tls.moc"
