#include "core/integrity/Digest.h"
#include "core/signing/AnonymousSigner.h"
#include "core/signing/LocalSigner.h"
#include "core/signing/StaticCredentials.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/unit/signing/FakeCredentialsSource.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

const Credentials kExample{.accessKeyId = "AKIAIOSFODNN7EXAMPLE",
                           .secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                           .sessionToken = {},
                           .expires = {}};

/// The published GET of /test.txt with a range.
SigningRequest publishedRequest()
{
    SigningRequest request;
    request.method = "GET";
    request.hostHeader = "examplebucket.s3.amazonaws.com";
    request.target = "/test.txt";
    request.headers.append("Range", "bytes=0-9");
    request.payloadHash = kEmptyPayloadHash;
    request.region = "us-east-1";
    request.time = std::chrono::sys_days(std::chrono::year(2013) / 5 / 24);
    return request;
}

}  // namespace

class TestLocalSigner : public QObject
{
    Q_OBJECT

private:
    CryptoLibrary m_crypto;
    FakeClock m_clock;
    FakeScheduler m_scheduler{m_clock};

    HttpHeaders signedBy(Signer &signer, const SigningRequest &request)
    {
        std::optional<Result<HttpHeaders>> outcome;
        const CallHandle call = signer.sign(request, [&](Result<HttpHeaders> result) { outcome = std::move(result); });
        Q_ASSERT(!outcome);
        m_scheduler.runDue();
        return outcome && *outcome ? **outcome : HttpHeaders();
    }

    /// "none", or the name of the error.
    QByteArray kindOf(Signer &signer)
    {
        QByteArray kind = "pending";
        const CallHandle call = signer.sign(publishedRequest(), [&](const Result<HttpHeaders> &result) {
            kind = result ? "none" : errorKindName(result.error().kind);
        });
        m_scheduler.runDue();
        return kind;
    }

private Q_SLOTS:
    void signsThePublishedExample()
    {
        StaticCredentials source(kExample, m_scheduler);
        LocalSigner signer(source, m_clock);
        const HttpHeaders headers = signedBy(signer, publishedRequest());
        QCOMPARE(headers.value("x-amz-date"), QByteArray("20130524T000000Z"));
        QCOMPARE(headers.value("x-amz-content-sha256"), QByteArray(kEmptyPayloadHash));
        QVERIFY(!headers.contains("x-amz-security-token"));
        QVERIFY(!headers.contains("host"));
        QCOMPARE(headers.value("Authorization"),
                 QByteArray("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
    }

    void signsTheSessionToken()
    {
        Credentials temporary = kExample;
        temporary.sessionToken = "token//+=";
        StaticCredentials source(temporary, m_scheduler);
        LocalSigner signer(source, m_clock);
        const HttpHeaders headers = signedBy(signer, publishedRequest());
        QCOMPARE(headers.value("x-amz-security-token"), QByteArray("token//+="));
        QVERIFY(headers.value("Authorization").contains("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date;x-amz-security-token,"));
    }

    void leavesUnsignedWhatMayChange()
    {
        StaticCredentials source(kExample, m_scheduler);
        LocalSigner signer(source, m_clock);
        SigningRequest request = publishedRequest();
        request.headers.append("User-Agent", "packmule");
        request.headers.append("Accept-Encoding", "identity");
        QVERIFY(signedBy(signer, request).value("Authorization").endsWith("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
    }

    void derivesAnotherKeyForAnotherDayRegionOrSecret()
    {
        RequestSignature signature("s3");
        const SigningRequest request = publishedRequest();
        const QByteArray first = signature.authorityFor(request, kExample).value("Authorization");
        SigningRequest nextDay = request;
        nextDay.time += 24h;
        SigningRequest elsewhere = request;
        elsewhere.region = "eu-west-1";
        Credentials other = kExample;
        other.secretAccessKey = "another";
        const QSet<QByteArray> all = {first, signature.authorityFor(nextDay, kExample).value("Authorization"),
                                      signature.authorityFor(elsewhere, kExample).value("Authorization"),
                                      signature.authorityFor(request, other).value("Authorization")};
        QCOMPARE(all.size(), 4);
        // And the first one again, after the keys had to be forgotten.
        QCOMPARE(signature.authorityFor(request, kExample).value("Authorization"), first);
    }

    void readsCredentialsAnewAfterForgetting()
    {
        FakeCredentialsSource source(m_scheduler);
        source.answers = {credentialsNamed("A")};
        LocalSigner signer(source, m_clock);
        signer.forgetCredentials(signedBy(signer, publishedRequest()));
        signedBy(signer, publishedRequest());
        signedBy(signer, publishedRequest());
        QCOMPARE(source.reads, QList<bool>({false, true, false}));
    }

    void doesNotShowRefusedCredentialsAThirdTime()
    {
        FakeCredentialsSource source(m_scheduler);
        source.answers = {credentialsNamed("A")};
        LocalSigner signer(source, m_clock);
        signer.forgetCredentials(signedBy(signer, publishedRequest()));
        signer.forgetCredentials(signedBy(signer, publishedRequest()));  // the first may have been a slip
        QCOMPARE(kindOf(signer), QByteArray("credentialsExpired"));
        QCOMPARE(kindOf(signer), QByteArray("credentialsExpired"));
        QCOMPARE(source.reads, QList<bool>({false, true, true, true}));  // asked again each time
        source.answers = {credentialsNamed("B")};
        QCOMPARE(kindOf(signer), QByteArray("none"));
    }

    void triesRefusedCredentialsAgainAfterAMinute()
    {
        StaticCredentials source(kExample, m_scheduler);
        LocalSigner signer(source, m_clock);
        signer.forgetCredentials(signedBy(signer, publishedRequest()));
        signer.forgetCredentials(signedBy(signer, publishedRequest()));
        QCOMPARE(kindOf(signer), QByteArray("credentialsExpired"));
        m_scheduler.advance(61s);
        QCOMPARE(kindOf(signer), QByteArray("none"));
    }

    void aLateRefusalOfTheOldTokenDoesNotTouchTheNew()
    {
        Credentials old = kExample, renewed = kExample;
        old.sessionToken = "old";
        renewed.sessionToken = "new";
        FakeCredentialsSource source(m_scheduler);
        source.answers = {old, renewed};
        LocalSigner signer(source, m_clock);
        const HttpHeaders early = signedBy(signer, publishedRequest());
        for (int part = 0; part < 4; ++part)  // four were in flight
            signer.forgetCredentials(early);
        QCOMPARE(signedBy(signer, publishedRequest()).value("x-amz-security-token"), QByteArray("new"));
    }

    void aSourceThatFailsWhileNewOnesAreAwaitedIsNoEnd()
    {
        FakeCredentialsSource source(m_scheduler);
        source.answers = {credentialsNamed("A"), failure(ErrorKind::CredentialsMissing, QStringLiteral("half a file")),
                          failure(ErrorKind::NameNotResolved, QStringLiteral("sts")), credentialsNamed("B")};
        LocalSigner signer(source, m_clock);
        signer.forgetCredentials(signedBy(signer, publishedRequest()));
        QCOMPARE(kindOf(signer), QByteArray("credentialsExpired"));
        QCOMPARE(kindOf(signer), QByteArray("nameNotResolved"));
        QCOMPARE(kindOf(signer), QByteArray("none"));
    }

    void passesOnWhatTheSourceLacks()
    {
        StaticCredentials source(failure(ErrorKind::CredentialsMissing, QStringLiteral("looked in the environment")), m_scheduler);
        LocalSigner signer(source, m_clock);
        std::optional<Result<HttpHeaders>> outcome;
        const CallHandle call = signer.sign(publishedRequest(), [&](Result<HttpHeaders> result) { outcome = std::move(result); });
        m_scheduler.runDue();
        QVERIFY(outcome && !*outcome);
        QCOMPARE(outcome->error().kind, ErrorKind::CredentialsMissing);
        QCOMPARE(outcome->error().detail, QStringLiteral("looked in the environment"));
    }

    void staysSilentOnceTheHandleIsGone()
    {
        StaticCredentials source(kExample, m_scheduler);
        LocalSigner signer(source, m_clock);
        bool hasAnswered = false;
        CallHandle call = signer.sign(publishedRequest(), [&](const Result<HttpHeaders> &) { hasAnswered = true; });
        call = {};
        m_scheduler.runDue();
        QVERIFY(!hasAnswered);
    }

    void rereadsFilesOnlyWhenAskedForFreshOnes()
    {
        int readings = 0;
        StaticCredentials source(kExample, m_scheduler, [&]() -> Result<Credentials> {
            ++readings;
            return credentialsNamed("B");
        });
        QByteArray name;
        const auto done = [&](const Result<Credentials> &credentials) { name = credentials->accessKeyId; };
        CallHandle call = source.read(false, done);
        m_scheduler.runDue();
        QCOMPARE(name, kExample.accessKeyId);
        QCOMPARE(readings, 0);
        call = source.read(true, done);
        m_scheduler.runDue();
        QCOMPARE(name, QByteArray("B"));
        QCOMPARE(readings, 1);
    }

    void addsNothingAnonymously()
    {
        AnonymousSigner signer(m_scheduler);
        bool hasAnswered = false;
        const CallHandle call = signer.sign(publishedRequest(), [&](const Result<HttpHeaders> &headers) {
            hasAnswered = headers && headers->fields().isEmpty();
        });
        QVERIFY(!hasAnswered);
        m_scheduler.runDue();
        QVERIFY(hasAnswered);
    }
};

QTEST_GUILESS_MAIN(TestLocalSigner)
#include "test_local_signer.moc"
