#include "core/integrity/Digest.h"
#include "core/signing/AssumeRoleCredentials.h"
#include "core/signing/StaticCredentials.h"
#include "tests/support/fakes/FakeClock.h"
#include "tests/unit/s3/FakeTransport.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

QByteArray errorAnswer(const QByteArray &code, const QByteArray &message = "m")
{
    return "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>" + code
        + "</Code><Message>" + message + "</Message></Error><RequestId>R</RequestId></ErrorResponse>";
}

const QByteArray kGood = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>"
                         "<AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser><Credentials><AccessKeyId>ASIA1</AccessKeyId>"
                         "<SecretAccessKey>role/secret</SecretAccessKey><SessionToken>tok==</SessionToken>"
                         "<Expiration>2026-11-21T13:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

}  // namespace

class TestAssumeRoleCredentials : public QObject
{
    Q_OBJECT

private:
    CryptoLibrary m_crypto;
    FakeClock m_clock;
    QtScheduler m_scheduler;

    Result<Credentials> readWith(FakeTransport &transport, const Result<Credentials> &base, const AssumedRole &role)
    {
        AssumeRoleCredentials source(role, std::make_unique<StaticCredentials>(base, m_scheduler), transport, m_clock);
        std::optional<Result<Credentials>> outcome;
        const CallHandle call = source.read(true, [&](Result<Credentials> result) { outcome = std::move(result); });
        if (!QTest::qWaitFor([&] { return outcome.has_value(); }, 5000))
            return failure(ErrorKind::Stalled, QStringLiteral("never answered"));
        return *outcome;
    }
    static AssumedRole role()
    {
        AssumedRole role;
        role.arn = "arn:aws:iam::123456789012:role/Backup+Role";
        role.externalId = "a b";
        role.region = "eu-west-1";
        role.origin = awsStsOrigin("eu-west-1");
        return role;
    }
    static Credentials base()
    {
        return {.accessKeyId = "AKID", .secretAccessKey = "base secret", .sessionToken = "base token", .expires = {}};
    }

private Q_SLOTS:
    void asksStsWithTheBaseCredentials()
    {
        FakeTransport transport;
        transport.answer(200, kGood);
        const auto credentials = readWith(transport, base(), role());
        QVERIFY2(credentials, credentials ? "" : qPrintable(credentials.error().detail));
        QCOMPARE(credentials->accessKeyId, QByteArray("ASIA1"));
        QCOMPARE(credentials->secretAccessKey, QByteArray("role/secret"));
        QCOMPARE(credentials->sessionToken, QByteArray("tok=="));
        QVERIFY(credentials->expires == m_clock.wallNow() + 1h);

        const SentRequest &sent = transport.sent.constFirst();
        QCOMPARE(sent.method, QByteArray("POST"));
        QCOMPARE(sent.origin.host, QByteArray("sts.eu-west-1.amazonaws.com"));
        QVERIFY(sent.origin.isEncrypted);
        QCOMPARE(sent.target, QByteArray("/"));
        QCOMPARE(sent.body, QByteArray("Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2FBackup%2BRole"
                                       "&RoleSessionName=packmule&DurationSeconds=3600&ExternalId=a%20b"));
        QCOMPARE(sent.headers.value("Content-Type"), QByteArray("application/x-www-form-urlencoded; charset=utf-8"));
        QCOMPARE(sent.headers.value("x-amz-content-sha256"), sha256(sent.body).toHex());
        QCOMPARE(sent.headers.value("x-amz-security-token"), QByteArray("base token"));
        QVERIFY(sent.headers.value("Authorization").startsWith("AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/sts/aws4_request, "
                                                               "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"));
    }

    void saysWhatStsRefused_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<ErrorKind>("kind");
        using enum ErrorKind;
        QTest::newRow("denied") << 403 << errorAnswer("AccessDenied") << AccessDenied;
        QTest::newRow("expired base") << 403 << errorAnswer("ExpiredToken") << CredentialsExpired;
        QTest::newRow("unknown key") << 403 << errorAnswer("InvalidClientTokenId") << CredentialsRefused;
        QTest::newRow("wrong secret") << 403 << errorAnswer("SignatureDoesNotMatch", "The request signature we calculated") << CredentialsRefused;
        QTest::newRow("clock") << 403 << errorAnswer("SignatureDoesNotMatch", "Signature expired: 20261121T1200Z is now earlier") << ClockSkewed;
        QTest::newRow("validation") << 400 << errorAnswer("ValidationError") << ServiceRefused;
        QTest::newRow("throttled") << 400 << errorAnswer("Throttling") << Throttled;
        QTest::newRow("unavailable") << 503 << QByteArray() << Throttled;
        QTest::newRow("broken") << 500 << QByteArray("oops") << ServerFault;
        QTest::newRow("cut short") << 200 << kGood.chopped(9) << MalformedAnswer;
        QTest::newRow("no secret") << 200 << QByteArray(kGood).replace("SecretAccessKey", "Secret") << MalformedAnswer;
        QTest::newRow("no expiry") << 200 << QByteArray(kGood).replace("2026-", "") << MalformedAnswer;
        QTest::newRow("document type") << 200 << "<!DOCTYPE x>" + kGood << MalformedAnswer;
    }
    void saysWhatStsRefused()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(ErrorKind, kind);
        FakeTransport transport;
        transport.answer(status, body);
        const auto credentials = readWith(transport, base(), role());
        QVERIFY(!credentials);
        QCOMPARE(errorKindName(credentials.error().kind), errorKindName(kind));
    }

    void passesOnNetworkFaults()
    {
        FakeTransport transport;
        transport.breakOff(ErrorKind::NameNotResolved, 0);
        QCOMPARE(readWith(transport, base(), role()).error().kind, ErrorKind::NameNotResolved);
    }

    void asksNobodyWithoutBaseCredentials()
    {
        FakeTransport transport;
        const auto credentials = readWith(transport, failure(ErrorKind::CredentialsMissing, QStringLiteral("x")), role());
        QCOMPARE(credentials.error().kind, ErrorKind::CredentialsMissing);
        QVERIFY(transport.sent.isEmpty());
    }

    void staysSilentOnceTheHandleIsGone()
    {
        FakeTransport transport;
        transport.answer(200, kGood);
        AssumeRoleCredentials source(role(), std::make_unique<StaticCredentials>(base(), m_scheduler), transport, m_clock);
        bool hasAnswered = false;
        CallHandle call = source.read(true, [&](const Result<Credentials> &) { hasAnswered = true; });
        QTRY_COMPARE(transport.sent.size(), 1);
        call = {};
        QCOMPARE(transport.cancelled, 1);
        QTest::qWait(0);
        QVERIFY(!hasAnswered);
    }

    void namesTheHostsOfSts_data()
    {
        QTest::addColumn<QByteArray>("host");
        QTest::newRow("us-east-1") << QByteArray("sts.us-east-1.amazonaws.com");
        QTest::newRow("cn-north-1") << QByteArray("sts.cn-north-1.amazonaws.com.cn");
    }
    void namesTheHostsOfSts()
    {
        const QByteArray region = QTest::currentDataTag();
        QTEST(awsStsOrigin(region).host, "host");
    }
};

QTEST_GUILESS_MAIN(TestAssumeRoleCredentials)
#include "test_assume_role_credentials.moc"
