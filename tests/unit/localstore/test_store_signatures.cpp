#include "core/integrity/Digest.h"
#include "tests/support/faultserver/FaultServer.h"
#include "tests/unit/localstore/StoreClient.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

class TestStoreSignatures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<FaultServer>();
        QVERIFY(m_server->start());
        m_client = std::make_unique<StoreClient>(m_server->port());
    }

    void aGoodSignatureIsAccepted()
    {
        QCOMPARE(m_client->send("GET", "/bucket?prefix=a%2Fb&list-type=2&delimiter=%2F").status, 200);
        QCOMPARE(m_client->send("PUT", "/bucket/a%20b%2Bc/%C3%A9", "x", headersOf({{"x-amz-meta-a", "  two   blanks "}})).status, 200);
    }

    void aWrongSecretIsRefused()
    {
        m_client->secretAccessKey = "wrong";
        const StoreReply reply = m_client->send("PUT", "/bucket/k", "x");
        QCOMPARE(reply.status, 403);
        QCOMPARE(reply.code(), QByteArray("SignatureDoesNotMatch"));
        QVERIFY(m_server->store().objects().isEmpty());
    }

    void anUnknownKeyIsRefused()
    {
        m_client->accessKeyId = "AKIAOTHER";
        QCOMPARE(m_client->send("GET", "/").code(), QByteArray("InvalidAccessKeyId"));
    }

    void aTamperedRequestIsRefused()
    {
        QByteArray request = m_client->signedRequest("PUT", "/bucket/k", "x", headersOf({{"x-amz-meta-a", "b"}}));
        request.replace("x-amz-meta-a: b", "x-amz-meta-a: c");
        QCOMPARE(m_client->sendRaw(request).code(), QByteArray("SignatureDoesNotMatch"));
    }

    void anAddedHeaderIsRefused()
    {
        QByteArray request = m_client->signedRequest("PUT", "/bucket/k", "x");
        request.replace("Content-Length:", "x-amz-acl: public-read\r\nContent-Length:");
        const StoreReply reply = m_client->sendRaw(request);
        QCOMPARE(reply.code(), QByteArray("AccessDenied"));
        QCOMPARE(reply.element("HeadersNotSigned"), QByteArray("x-amz-acl"));
    }

    void theRightRegionIsToldForAWrongOne()
    {
        m_client->region = "eu-west-1";
        const StoreReply reply = m_client->send("GET", "/bucket");
        QCOMPARE(reply.status, 400);
        QCOMPARE(reply.code(), QByteArray("AuthorizationHeaderMalformed"));
        QCOMPARE(reply.element("Region"), QByteArray("us-east-1"));
    }

    void skewIsAllowedForAQuarterOfAnHour_data()
    {
        QTest::addColumn<int>("minutes");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("14 late") << -14 << QByteArray();
        QTest::newRow("16 late") << -16 << QByteArray("RequestTimeTooSkewed");
        QTest::newRow("14 early") << 14 << QByteArray();
        QTest::newRow("16 early") << 16 << QByteArray("RequestTimeTooSkewed");
        QTest::newRow("a year early") << 525'600 << QByteArray("RequestTimeTooSkewed");
    }

    void skewIsAllowedForAQuarterOfAnHour()
    {
        QFETCH(int, minutes);
        QFETCH(QByteArray, code);
        m_client->time += std::chrono::minutes(minutes);
        const StoreReply reply = m_client->send("GET", "/bucket");
        QCOMPARE(reply.code(), code);
        QCOMPARE(reply.body.contains("<ServerTime>20"), !code.isEmpty());
    }

    void withoutASignatureNothingIsServed()
    {
        QCOMPARE(m_client->sendRaw("GET /bucket HTTP/1.1\r\nHost: x\r\n\r\n").code(), QByteArray("AccessDenied"));
        QCOMPARE(m_client->sendRaw("GET /bucket HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\n\r\n").code(),
                 QByteArray("AuthorizationHeaderMalformed"));
    }

    void anonymousRequestsMayBeAllowed()
    {
        LocalStoreOptions options;
        options.allowAnonymous = true;
        FaultServer server(options);
        QVERIFY(server.start());
        StoreClient client(server.port());
        QCOMPARE(client.sendRaw("GET /bucket HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    }

    void presignedUrlsAreHonouredUntilTheyExpire_data()
    {
        QTest::addColumn<int>("secondsAgo");
        QTest::addColumn<int>("status");
        QTest::newRow("fresh") << 0 << 200;
        QTest::newRow("just before") << 50 << 200;
        QTest::newRow("expired") << 120 << 403;
        QTest::newRow("from the future") << -3600 << 403;
    }

    void presignedUrlsAreHonouredUntilTheyExpire()
    {
        QFETCH(int, secondsAgo);
        QCOMPARE(m_client->send("PUT", "/bucket/k%20k", "x").status, 200);
        m_client->time -= std::chrono::seconds(secondsAgo);
        const QByteArray target = m_client->presignedTarget("GET", "/bucket/k%20k", 60);
        const StoreReply reply = m_client->sendRaw("GET " + target + " HTTP/1.1\r\nHost: " + m_client->host() + "\r\n\r\n");
        QTEST(reply.status, "status");
    }

    void aPresignedUrlIsForOneKeyAndMethod()
    {
        const QByteArray get = m_client->presignedTarget("GET", "/bucket/k", 60);
        const QByteArray host = " HTTP/1.1\r\nHost: " + m_client->host() + "\r\n\r\n";
        QCOMPARE(m_client->sendRaw("DELETE " + get + host).code(), QByteArray("SignatureDoesNotMatch"));
        QCOMPARE(m_client->sendRaw("GET " + QByteArray(get).replace("/k?", "/l?") + host).code(), QByteArray("SignatureDoesNotMatch"));
    }

    void aPresignedPutStoresItsBody()
    {
        const QByteArray target = m_client->presignedTarget("PUT", "/bucket/k", 60);
        QCOMPARE(m_client->sendRaw("PUT " + target + " HTTP/1.1\r\nHost: " + m_client->host() + "\r\nContent-Length: 3\r\n\r\nabc").status, 200);
        QCOMPARE(m_client->send("GET", "/bucket/k").body, QByteArray("abc"));
    }

private:
    CryptoLibrary m_crypto;
    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<StoreClient> m_client;
};

QTEST_GUILESS_MAIN(TestStoreSignatures)
#include "test_store_signatures.moc"
