#include "core/integrity/Digest.h"
#include "tests/support/faultserver/FaultServer.h"
#include "tests/unit/localstore/StoreClient.h"

#include <QElapsedTimer>
#include <QJsonObject>
#include <QTest>
#include <QtEndian>

#include <cerrno>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace packmule;
using namespace std::chrono_literals;
using Act = LocalStoreFault::Act;

/// Every act of LocalStoreFault, as the other end of the line sees it.
class TestStoreFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<FaultServer>();
        QVERIFY(m_server->start());
        m_client = std::make_unique<StoreClient>(m_server->port());
    }

    void answerEarlyComesBeforeTheBodyAndResets()
    {
        strike({.act = Act::AnswerEarly, .status = 403});
        const QByteArray request = m_client->signedRequest("PUT", "/bucket/k", QByteArray(100'000, 'x'));
        const QByteArray seen = endOfConnection(request.left(2000));  // the rest never goes
        QVERIFY2(seen.startsWith("HTTP/1.1 403 "), seen.constData());
        QVERIFY2(seen.contains("<Code>AccessDenied</Code>"), seen.constData());
        QVERIFY2(seen.endsWith("RST"), seen.constData());
        QVERIFY(m_server->store().objects().isEmpty());
    }

    void answerInsteadChangesNothing()
    {
        strike({.act = Act::AnswerInstead, .status = 503, .headers = {{"Retry-After", "7"}}});
        const StoreReply reply = m_client->send("PUT", "/bucket/k", "x");
        QCOMPARE(reply.status, 503);
        QCOMPARE(reply.code(), QByteArray("SlowDown"));
        QCOMPARE(reply.headers.value("Retry-After"), QByteArray("7"));
        QVERIFY(m_server->store().objects().isEmpty());
        QCOMPARE(m_client->send("PUT", "/bucket/k", "x").status, 200);  // once only, on the same connection
    }

    void answerAfterHasDoneIt()
    {
        strike({.act = Act::AnswerAfter, .status = 500, .code = "InternalError"});
        QCOMPARE(m_client->send("PUT", "/bucket/k", "x").status, 500);
        QCOMPARE(m_server->store().objects().size(), 1);
    }

    void closeAfterRequestDoesNothing()
    {
        strike({.act = Act::CloseAfterRequest});
        QCOMPARE(endOfConnection(m_client->signedRequest("PUT", "/bucket/k", "x")), QByteArray("FIN"));
        QVERIFY(m_server->store().objects().isEmpty());
    }

    void closeAfterDoingHasDoneIt()
    {
        strike({.act = Act::CloseAfterDoing});
        const StoreReply reply = m_client->send("PUT", "/bucket/k", "x");
        QCOMPARE(reply.status, 0);
        QVERIFY(reply.wasClosed);
        QCOMPARE(m_server->store().objects().size(), 1);
    }

    void resetStrikesAtTheByte_data()
    {
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("bodyBytes");
        QTest::newRow("0") << 0 << 0;
        QTest::newRow("1") << 1 << 1;
        QTest::newRow("16 KiB") << 16'384 << 16'384;
        QTest::newRow("one before the end") << 99'999 << 99'999;
        QTest::newRow("the end") << 100'000 << 100'000;
        QTest::newRow("behind the end") << 200'000 << 100'000;
    }

    void resetStrikesAtTheByte()
    {
        QFETCH(int, offset);
        qint64 read = -1;
        connect(&m_server->store(), &LocalStore::served, this, [&read](const LocalStoreCall &, int status, qint64 bytes) {
            QCOMPARE(status, 0);
            read = bytes;
        });
        strike({.act = Act::ResetAt, .offset = offset});
        QCOMPARE(endOfConnection(m_client->signedRequest("PUT", "/bucket/k", QByteArray(100'000, 'x'))), QByteArray("RST"));
        QTRY_VERIFY(read >= 0);
        QTEST(int(read), "bodyBytes");
        QVERIFY(m_server->store().objects().isEmpty());
    }

    void stopReadingHoldsTheClientUpAndGoesOn()
    {
        strike({.act = Act::StopReadingAt, .offset = 1000, .delay = 300ms});
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(m_client->send("PUT", "/bucket/k", QByteArray(1'000'000, 'x')).status, 200);
        QVERIFY(timer.elapsed() >= 290);
        QCOMPARE(m_server->store().objects().constFirst().size, ByteCount(1'000'000));
    }

    void stopReadingFillsTheLine()
    {
        strike({.act = Act::StopReadingAt, .offset = 0, .delay = 10min});
        m_client->payloadHash = "UNSIGNED-PAYLOAD";
        m_client->write(m_client->signedRequest("PUT", "/bucket/k", QByteArray(100'000'000, 'x')));
        const StoreReply reply = m_client->waitForReply(false, 300);
        QCOMPARE(reply.status, 0);
        QVERIFY(!reply.wasClosed);
    }

    void truncatedAnswersEndEarly_data()
    {
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("status");
        QTest::newRow("nothing") << 0 << 0;
        QTest::newRow("in the status line") << 7 << 0;
        QTest::newRow("in the head") << 60 << 0;
    }

    void truncatedAnswersEndEarly()
    {
        QFETCH(int, offset);
        strike({.act = Act::TruncateAnswerAt, .offset = offset});
        const StoreReply reply = m_client->send("PUT", "/bucket/k", "x");
        QTEST(reply.status, "status");
        QVERIFY(reply.wasClosed);
        QVERIFY(!reply.isWhole);
        QCOMPARE(m_server->store().objects().size(), 1);
    }

    void aTruncatedBodyEndsEarly()
    {
        QCOMPARE(m_client->send("PUT", "/bucket/k", QByteArray(300'000, 'x')).status, 200);
        strike({.act = Act::TruncateAnswerAt, .offset = 200'000});
        const StoreReply reply = m_client->send("GET", "/bucket/k");
        QCOMPARE(reply.status, 200);
        QVERIFY(!reply.isWhole);
        QVERIFY(reply.body.size() > 190'000 && reply.body.size() < 200'000);
    }

    void delayedAnswersComeLate()
    {
        strike({.act = Act::DelayAnswer, .delay = 200ms});
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(m_client->send("PUT", "/bucket/k", "x").status, 200);
        QVERIFY(timer.elapsed() >= 190);
    }

    void rawAnswersAreRaw()
    {
        strike({.act = Act::RawAnswer, .body = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"});
        const StoreReply reply = m_client->send("PUT", "/bucket/k", "x");
        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.body, QByteArray("short"));
        QVERIFY(!reply.isWhole);
        QVERIFY(m_server->store().objects().isEmpty());
        strike({.act = Act::RawAnswerAfter, .body = "HTTP/1.1 204 No\r\n\r\n"});
        QCOMPARE(m_client->send("PUT", "/bucket/k", "x").status, 204);
        QCOMPARE(m_server->store().objects().size(), 1);
    }

    void blanksComeBeforeTheResult()
    {
        strike({.act = Act::WhitespaceThen, .delay = 100ms});
        const StoreReply reply = m_client->send("GET", "/bucket?list-type=2");
        QCOMPARE(reply.status, 200);
        QVERIFY(reply.body.startsWith("     <?xml"));
        QVERIFY(reply.body.contains("ListBucketResult"));
        QCOMPARE(m_client->send("GET", "/bucket").status, 200);
    }

    void blanksMayEndInAnError()
    {
        strike({.act = Act::WhitespaceThen, .status = 503, .code = "SlowDownWrite", .delay = 50ms});
        const StoreReply reply = m_client->send("PUT", "/bucket/k", "x");
        QCOMPARE(reply.status, 200);
        QCOMPARE(reply.code(), QByteArray("SlowDownWrite"));
        QVERIFY(m_server->store().objects().isEmpty());
    }

    void rulesStrikeWhereAndWhenTheySay_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QByteArray>("statuses");
        QTest::newRow("second") << QByteArray(R"([{"operation":"PutObject","occurrence":2,"act":"AnswerInstead"}])") << QByteArray("200 500 200 200 200 200");
        QTest::newRow("two from the third") << QByteArray(R"([{"occurrence":3,"times":2,"act":"AnswerInstead"}])") << QByteArray("200 200 500 500 200 200");
        QTest::newRow("for ever") << QByteArray(R"([{"times":0,"act":"AnswerInstead","status":503}])") << QByteArray("503 503 503 503 503 503");
        QTest::newRow("every other") << QByteArray(R"([{"times":0,"every":2,"occurrence":2,"act":"AnswerInstead"}])") << QByteArray("200 500 200 500 200 500");
        QTest::newRow("another operation") << QByteArray(R"([{"operation":"GetObject","act":"AnswerInstead"}])") << QByteArray("200 200 200 200 200 200");
        QTest::newRow("a key") << QByteArray(R"([{"key":"k3","times":0,"act":"AnswerInstead"}])") << QByteArray("200 200 200 500 200 200");
        QTest::newRow("the first rule wins")
            << QByteArray(R"([{"act":"AnswerInstead","status":503},{"times":2,"act":"AnswerInstead"}])") << QByteArray("503 500 200 200 200 200");
    }

    void rulesStrikeWhereAndWhenTheySay()
    {
        QFETCH(QByteArray, script);
        QVERIFY(m_server->script().replace(script));
        QByteArrayList statuses;
        for (int i = 0; i < 6; ++i)
            statuses.append(QByteArray::number(m_client->send("PUT", QByteArray("/bucket/k" + QByteArray::number(i)), "x").status));
        QTEST(statuses.join(' '), "statuses");
    }

    void badScriptsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::newRow("no list") << QByteArray("{}");
        QTest::newRow("act") << QByteArray(R"([{"act":"Explode"}])");
        QTest::newRow("operation") << QByteArray(R"([{"operation":"PutBucket","act":"None"}])");
    }

    void badScriptsAreRefused()
    {
        QFETCH(QByteArray, script);
        QVERIFY(!m_server->script().replace(script));
    }

    void invariantsSeeWhatIsWrong()
    {
        const QByteArray body = "body";
        const AwaitedObject expected{.address = {"bucket", "k"}, .sha256 = sha256(body), .size = ByteCount(4)};
        QCOMPARE(m_server->brokenInvariants({expected}).join(u'|'), QStringLiteral("I1: bucket/k is missing"));
        QVERIFY(m_client->send("PUT", "/bucket/k", body).status == 200);
        QCOMPARE(m_server->brokenInvariants({expected}), QStringList());
        QVERIFY(m_client->send("POST", "/bucket/m?uploads").status == 200);
        QVERIFY(m_client->send("PUT", "/bucket/k", "else").status == 200);
        QVERIFY(m_client->send("PUT", "/bucket/stray", "x").status == 200);
        const QString broken = m_server->brokenInvariants({expected}).join(u'|');
        for (const char *part : {"I1: the bytes of bucket/k", "I1: nobody expects the object bucket/stray", "I2: a live upload is left for bucket/m",
                                 "I3: 8 body bytes were sent for bucket/k", "I4: 2 requests for bucket/k"})
            QVERIFY2(broken.contains(QLatin1String(part)), qPrintable(broken));
    }

    void partsTakenTwiceAreCountedUnlessTheAnswerWasLost()
    {
        const QByteArray id = m_client->send("POST", "/bucket/k?uploads").element("UploadId");
        const QByteArray target = "/bucket/k?partNumber=1&uploadId=" + id;
        strike({.act = Act::CloseAfterDoing});
        QCOMPARE(m_client->send("PUT", target, "x").status, 0);
        QCOMPARE(m_client->send("PUT", target, "x").status, 200);
        QCOMPARE(m_server->counters().duplicateParts(), 1);
        QCOMPARE(m_server->counters().unexcusedDuplicateParts(), 0);
        QCOMPARE(m_client->send("PUT", target, "x").status, 200);
        QCOMPARE(m_server->counters().unexcusedDuplicateParts(), 1);
    }

    void aStoppedServerComesBackAtItsPort()
    {
        QVERIFY(m_client->send("PUT", "/bucket/k", "x").status == 200);
        const quint16 port = m_server->port();
        m_server->stop();
        QTRY_VERIFY(!m_client->isConnected());
        QVERIFY(m_server->start());
        QCOMPARE(m_server->port(), port);
        QCOMPARE(m_client->send("GET", "/bucket/k").body, QByteArray("x"));
    }

    void readingCanBeSlowed()
    {
        LocalStoreOptions options;
        options.bytesPerSecond = 1'000'000;
        FaultServer server(options);
        QVERIFY(server.start());
        StoreClient client(server.port());
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(client.send("PUT", "/bucket/k", QByteArray(500'000, 'x')).status, 200);
        QVERIFY2(timer.elapsed() > 300, qPrintable(QString::number(timer.elapsed())));
    }

private:
    /// Once, whatever is asked next.
    void strike(const LocalStoreFault &fault)
    {
        FaultRule rule;
        rule.fault = fault;
        m_server->script().add(rule);
    }

    /// What a plain socket reads after it has sent these bytes, and then how the connection ends.
    QByteArray endOfConnection(const QByteArray &bytes) const
    {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = qToBigEndian(m_server->port());
        address.sin_addr.s_addr = qToBigEndian(quint32(INADDR_LOOPBACK));
        ::connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address);
        ::send(descriptor, bytes.constData(), size_t(bytes.size()), MSG_NOSIGNAL);
        QByteArray seen;
        const auto hasEnded = [descriptor, &seen] {
            QByteArray piece(4096, '\0');
            const ssize_t count = ::recv(descriptor, piece.data(), size_t(piece.size()), MSG_DONTWAIT);
            if (count > 0)
                seen += piece.left(count);
            if (count == 0 || (count < 0 && errno == ECONNRESET))
                seen += count == 0 ? "FIN" : "RST";
            return count == 0 || (count < 0 && errno != EAGAIN);
        };
        if (!QTest::qWaitFor(hasEnded))
            seen += "still open";
        ::close(descriptor);
        return seen;
    }

    CryptoLibrary m_crypto;
    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<StoreClient> m_client;
};

QTEST_GUILESS_MAIN(TestStoreFaults)
#include "test_store_faults.moc"
