// What bounds the direct transport: heads, trust, buffers, and a bandwidth limit over all connections.
#include "core/net/direct/DirectAttributes.h"
#include "core/transfer/BandwidthLimiter.h"
#include "tests/unit/net/ScriptedServer.h"
#include "tests/unit/net/TestCertificates.h"
#include "tests/unit/net/TransportBench.h"

#include <QFile>
#include <QProcess>
#include <QSslCertificate>
#include <QSslKey>
#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

class TestDirectLimits : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_certificates.make(), qPrintable(m_certificates.failureText())); }
    void refusesAnswersWithoutMeasure_data();
    void refusesAnswersWithoutMeasure();
    void anObjectThatStopsComingIsLeft();
    void aSlowReaderGetsTheWholeBodyOfAClosingServer_data();
    void aSlowReaderGetsTheWholeBodyOfAClosingServer();
    void showsItsCertificateToAServerThatAsks();
    void aSessionServesNobodyWhoTrustsOthers();
    void theBandwidthLimitIsSharedSmoothly();

private:
    std::unique_ptr<QNetworkReply> get(DirectAccessManager &manager, quint16 port, const QSslConfiguration &tls);

    TestCertificates m_certificates;
    FakeClock m_clock;
    FakeScheduler m_scheduler{m_clock};
};

std::unique_ptr<QNetworkReply> TestDirectLimits::get(DirectAccessManager &manager, quint16 port, const QSslConfiguration &tls)
{
    QNetworkRequest request(QUrl(QStringLiteral("%1://127.0.0.1:%2/").arg(tls.isNull() ? QStringLiteral("http") : QStringLiteral("https"), QString::number(port))));
    request.setAttribute(DirectAttribute::RawTarget, QByteArray("/b/k"));
    if (!tls.isNull())
        request.setSslConfiguration(tls);
    return std::unique_ptr<QNetworkReply>(manager.get(request));
}

void TestDirectLimits::refusesAnswersWithoutMeasure_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("isTaken");
    const QByteArray ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
    QTest::newRow("60 KiB of head") << ok + "A: " + QByteArray(60 * 1024, 'a') + "\r\n\r\n" << true;
    QTest::newRow("more than 64 KiB of head") << ok + "A: " + QByteArray(65 * 1024, 'a') + "\r\n\r\n" << false;
    QTest::newRow("a head that never ends") << ok + "A: " + QByteArray(1024 * 1024, 'a') << false;
    QTest::newRow("a status line that never ends") << "HTTP/1.1 200 " + QByteArray(100 * 1024, 'a') << false;
    QTest::newRow("200 fields") << ok + QByteArray("A: 1\r\n").repeated(199) + "\r\n" << true;
    QTest::newRow("more than 200 fields") << ok + QByteArray("A: 1\r\n").repeated(200) + "\r\n" << false;
    QTest::newRow("a storm of interim answers") << QByteArray("HTTP/1.1 102 Processing\r\n\r\n").repeated(101) + ok + "\r\n" << false;
}

void TestDirectLimits::refusesAnswersWithoutMeasure()
{
    QFETCH(QByteArray, head);
    QFETCH(bool, isTaken);
    ScriptedServer server([&](ScriptedServer::Line &line) { line.reply(head); });
    TransportBench bench;
    const auto sent = bench.send(TransportBench::request("GET", server.port()));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->isAnswered(), isTaken);
    QCOMPARE(sent->kind(), isTaken ? std::nullopt : std::optional(ErrorKind::MalformedAnswer));
}

void TestDirectLimits::anObjectThatStopsComingIsLeft()
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcd"); });
    TransportBench bench;
    HttpRequest request = TransportBench::request("GET", server.port());
    request.limits.answer = 300s;  // not its concern
    const auto sent = bench.fetch(std::move(request));
    QTRY_COMPARE(sent->sunk, QByteArray("abcd"));
    bench.scheduler.advance(29s);
    QVERIFY(!sent->isDone());
    bench.scheduler.advance(2s);
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::Stalled);
}

void TestDirectLimits::aSlowReaderGetsTheWholeBodyOfAClosingServer_data()
{
    QTest::addColumn<bool>("isEncrypted");
    QTest::newRow("http") << false;
    QTest::newRow("https") << true;
}

void TestDirectLimits::aSlowReaderGetsTheWholeBodyOfAClosingServer()
{
    QFETCH(bool, isEncrypted);
    QByteArray bytes(8'000'000, '\0');
    for (qsizetype i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i * 31 + i / 251);
    ScriptedServer server([&](ScriptedServer::Line &line) {
        line.answer(200, bytes, "Connection: close\r\n");
        line.closePolitely();
    }, {}, isEncrypted ? m_certificates.server(QStringLiteral("good")) : QSslConfiguration());
    DirectAccessManager manager(m_clock, m_scheduler, 6);
    QSslConfiguration tls;
    if (isEncrypted) {
        tls = QSslConfiguration::defaultConfiguration();
        tls.setCaCertificates(QSslCertificate::fromPath(m_certificates.authorityPath()));
    }
    const auto reply = get(manager, server.port(), tls);
    reply->setReadBufferSize(200'000);
    QByteArray all;
    qint64 most = 0;
    while (all.size() < bytes.size()) {
        QTRY_VERIFY(reply->bytesAvailable() > 0);
        QTest::qWait(1);  // whatever else comes has its chance
        most = std::max(most, reply->bytesAvailable());
        all += reply->read(100'000);
    }
    QTRY_VERIFY(reply->isFinished());
    QCOMPARE(reply->error(), QNetworkReply::NoError);
    QVERIFY(all == bytes);
    QVERIFY2(most < 300'000, qPrintable(QString::number(most)));
}

void TestDirectLimits::showsItsCertificateToAServerThatAsks()
{
    QSslConfiguration asking = m_certificates.server(QStringLiteral("good"));
    asking.setCaCertificates(QSslCertificate::fromPath(m_certificates.authorityPath()));
    asking.setPeerVerifyMode(QSslSocket::VerifyPeer);
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); }, {}, asking);
    DirectAccessManager manager(m_clock, m_scheduler, 6);
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setCaCertificates(QSslCertificate::fromPath(m_certificates.authorityPath()));
    const auto bare = get(manager, server.port(), tls);
    QTRY_VERIFY(bare->isFinished());
    QVERIFY(bare->error() != QNetworkReply::NoError);

    const QList<QSslCertificate> own = QSslCertificate::fromPath(m_certificates.certificatePath(QStringLiteral("othername")));
    QFile key(m_certificates.keyPath(QStringLiteral("othername")));
    QVERIFY(key.open(QIODevice::ReadOnly));
    tls.setLocalCertificateChain(own);
    tls.setPrivateKey(QSslKey(&key, QSsl::Ec));
    const auto shown = get(manager, server.port(), tls);
    QTRY_VERIFY(shown->isFinished());
    QVERIFY2(shown->error() == QNetworkReply::NoError, qPrintable(shown->errorString()));
    const auto *socket = qobject_cast<const QSslSocket *>(server.lines.last()->socket);
    QVERIFY(socket);
    QCOMPARE(socket->peerCertificate(), own.first());
}

void TestDirectLimits::aSessionServesNobodyWhoTrustsOthers()
{
    // A resumed session asks for no certificate, so it must not outlive the trust that it was begun with.
    QProcess server;
    server.start(QStringLiteral("openssl"), {QStringLiteral("s_server"), QStringLiteral("-www"), QStringLiteral("-accept"), QStringLiteral("127.0.0.1:0"),
                                             QStringLiteral("-cert"), m_certificates.certificatePath(QStringLiteral("stranger")),
                                             QStringLiteral("-key"), m_certificates.keyPath(QStringLiteral("stranger"))});
    QByteArray said;
    const auto port = [&] {
        said += server.readAllStandardOutput();
        const qsizetype at = said.indexOf("ACCEPT 127.0.0.1:");
        return at < 0 || said.indexOf('\n', at) < 0 ? quint16(0) : said.mid(at + 17).split('\n').first().trimmed().toUShort();
    };
    QTRY_VERIFY(port() != 0);
    DirectAccessManager manager(m_clock, m_scheduler, 6);
    QSslConfiguration anyone = QSslConfiguration::defaultConfiguration();
    anyone.setPeerVerifyMode(QSslSocket::VerifyNone);
    const auto trusting = get(manager, port(), anyone);
    QTRY_VERIFY(trusting->isFinished());
    QVERIFY2(trusting->error() == QNetworkReply::NoError, qPrintable(trusting->errorString()));
    QSslConfiguration ours = QSslConfiguration::defaultConfiguration();
    ours.setCaCertificates(QSslCertificate::fromPath(m_certificates.authorityPath()));
    const auto wary = get(manager, port(), ours);
    QTRY_VERIFY(wary->isFinished());
    QCOMPARE(wary->error(), QNetworkReply::SslHandshakeFailedError);
    server.kill();
    QVERIFY(server.waitForFinished());
}

void TestDirectLimits::theBandwidthLimitIsSharedSmoothly()
{
    constexpr qint64 kPerSecond = 1'000'000;
    constexpr qint64 kPerStep = 50'000;  // in the 50 ms after which waiting bodies are woken
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench;
    BandwidthLimiter limiter(bench.clock, bench.scheduler);
    limiter.setSchedule({.entries = {{.minuteOfDay = 0, .perSecond = ByteCount(kPerSecond)}}});
    QList<std::shared_ptr<SentRequest>> all;
    for (int i = 0; i < 4; ++i) {
        HttpRequest request = TransportBench::upload(server.port(), QByteArray(500'000, 'x'));
        request.body = limiter.throttled(std::move(request.body));
        all.append(bench.send(std::move(request)));
    }
    QTRY_COMPARE(server.lines.size(), 4);
    QTRY_VERIFY(std::ranges::none_of(server.lines, [](const auto &line) { return line->head().isEmpty(); }));
    const auto bodyOf = [](const ScriptedServer::Line &line) { return line.received.size() - line.head().size() - 4; };
    const auto arrived = [&] {
        qint64 sum = 0;
        for (const auto &line : server.lines)
            sum += bodyOf(*line);
        return sum;
    };
    for (int step = 1; step <= 20; ++step) {
        bench.scheduler.advance(BandwidthLimiter::kRefill);
        // All that was granted comes, but for what is too little to be read; and never more.
        QTRY_VERIFY2(arrived() > step * kPerStep - 4 * BandwidthLimiter::kSmallestRead, qPrintable(QString::number(arrived())));
        QVERIFY2(arrived() <= step * kPerStep, qPrintable(QString::number(arrived())));
    }
    for (const auto &line : server.lines)
        QVERIFY2(bodyOf(*line) > kPerSecond / 8, qPrintable(QString::number(bodyOf(*line))));
    QTRY_VERIFY(bench.scheduler.advance(BandwidthLimiter::kRefill) >= 0 && std::ranges::all_of(all, [](const auto &sent) { return sent->isDone(); }));
    for (const auto &sent : all)
        QCOMPARE(sent->status(), 200);
}

QTEST_GUILESS_MAIN(TestDirectLimits)
#include "test_direct_limits.moc"
