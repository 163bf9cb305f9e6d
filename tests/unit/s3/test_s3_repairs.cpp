#include "tests/unit/s3/StoreUnderTest.h"

using namespace packmule;
using namespace std::chrono_literals;

// Repairs that cost no attempt, probes after a broken connection, and what callers may do with their handle.

namespace {

const PartAddress kPart{.object = kObject, .uploadId = "u", .partNumber = PartNumber::fromIndex(0)};
const QByteArray kCreated = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
const QList<std::pair<QByteArray, QByteArray>> kETag = {{"ETag", "\"e\""}};

CallHandle sendPart(StoreUnderTest &t, Outcome<PartReceipt> &outcome, ByteProgress progress = {})
{
    return t.store.uploadPart(kPart, kSigned, bodyOf("the body", kSigned), std::move(progress), outcome.done());
}

}  // namespace

class TestS3Repairs : public QObject
{
    Q_OBJECT

private:
    CryptoLibrary m_crypto;

private Q_SLOTS:
    void movesToTheBucketsRegion_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("regionHeader");
        QTest::newRow("header") << 301 << QByteArray() << QByteArray("eu-west-1");
        QTest::newRow("header beats xml") << 301 << errorXml("PermanentRedirect", "<Region>us-west-2</Region>") << QByteArray("eu-west-1");
        QTest::newRow("xml") << 400 << errorXml("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>") << QByteArray();
        QTest::newRow("endpoint of aws") << 307 << errorXml("TemporaryRedirect", "<Endpoint>photos.s3-eu-west-1.amazonaws.com</Endpoint>") << QByteArray();
    }
    void movesToTheBucketsRegion()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, regionHeader);
        StoreUnderTest t(QByteArray(), "aws");
        t.transport.answer(status, body, {{"x-amz-bucket-region", regionHeader}, {"Location", "https://evil.example/"}});
        t.transport.answer(200, kCreated);
        t.transport.answer(200, {}, kETag);
        Outcome<CreatedUpload> created;
        t.call = t.store.createMultipartUpload(kObject, {}, kSigned, created.done());
        QVERIFY(created.wait());
        QCOMPARE(created.kind(), QByteArray("none"));
        QCOMPARE(t.transport.sent[0].origin.host, QByteArray("photos.s3.us-east-1.amazonaws.com"));
        QCOMPARE(t.transport.sent[1].origin.host, QByteArray("photos.s3.eu-west-1.amazonaws.com"));
        QCOMPARE(t.signer.requests[1].region, QByteArray("eu-west-1"));
        // And stays there: the next request of the bucket needs no repair.
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(t.transport.sent[2].origin.host, QByteArray("photos.s3.eu-west-1.amazonaws.com"));
        QCOMPARE(t.store.requestCount(), 3);
    }

    void asksHeadBucketWhereNobodySaysTheRegion()
    {
        StoreUnderTest t(QByteArray(), "aws");
        t.transport.answer(301, errorXml("PermanentRedirect"));
        t.transport.answer(403, {}, {{"x-amz-bucket-region", "eu-west-1"}});
        t.transport.answer(200, kCreated);
        Outcome<CreatedUpload> created;
        t.call = t.store.createMultipartUpload(kObject, {}, kSigned, created.done());
        QVERIFY(created.wait());
        QCOMPARE(created.kind(), QByteArray("none"));
        QCOMPARE(t.transport.sent[1].method, QByteArray("HEAD"));
        QCOMPARE(t.transport.sent[1].target, QByteArray("/"));
        QCOMPARE(t.transport.sent[2].origin.host, QByteArray("photos.s3.eu-west-1.amazonaws.com"));
    }

    void neverFollowsAForeignHost_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("endpoint elsewhere") << errorXml("TemporaryRedirect", "<Endpoint>photos.evil.example</Endpoint>");
        QTest::newRow("a region that is a host") << errorXml("PermanentRedirect", "<Region>x.evil.example/</Region>");
        QTest::newRow("a region that is empty") << errorXml("PermanentRedirect", "<Region></Region>");
    }
    void neverFollowsAForeignHost()
    {
        QFETCH(QByteArray, body);
        StoreUnderTest t(QByteArray(), "aws");
        t.transport.answer(307, body, {{"Location", "https://photos.evil.example/"}});
        t.transport.answer(200);  // HEAD bucket, which does not know better
        Outcome<CreatedUpload> created;
        t.call = t.store.createMultipartUpload(kObject, {}, kSigned, created.done());
        QVERIFY(created.wait());
        QCOMPARE(created.kind(), QByteArray("wrongRegion"));
        QCOMPARE(t.transport.sent.size(), 2);
        for (const SentRequest &sent : t.transport.sent)
            QVERIFY(sent.origin.host.endsWith(".amazonaws.com"));
    }

    void takesASecondRedirectForAnError()
    {
        StoreUnderTest t(QByteArray(), "aws");
        t.transport.answer(301, {}, {{"x-amz-bucket-region", "eu-west-1"}});
        t.transport.answer(301, {}, {{"x-amz-bucket-region", "eu-west-2"}});
        Outcome<CreatedUpload> created;
        t.call = t.store.createMultipartUpload(kObject, {}, kSigned, created.done());
        QVERIFY(created.wait());
        QCOMPARE(created.kind(), QByteArray("wrongRegion"));
        QCOMPARE(t.transport.sent.size(), 2);
    }

    void staysAtItsOwnHostInAnotherRegion()
    {
        StoreUnderTest t("http://minio.example.com:9000", "minio");
        t.transport.answer(400, errorXml("AuthorizationHeaderMalformed", "<Region>home</Region>"));
        t.transport.answer(200, {}, kETag);
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), QByteArray("none"));
        QCOMPARE(t.transport.sent[1].origin.host, QByteArray("minio.example.com"));
        QCOMPARE(t.signer.requests[1].region, QByteArray("home"));
        // The body goes out whole a second time.
        QCOMPARE(t.transport.sent[1].body, QByteArray("the body"));
    }

    void learnsTheClockOnceItIsRefusedForIt()
    {
        StoreUnderTest t;
        t.transport.answer(403, errorXml("RequestTimeTooSkewed"), {{"Date", "Sat, 21 Nov 2026 13:00:00 GMT"}});
        t.transport.answer(200, {}, kETag);
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), QByteArray("none"));
        QVERIFY(t.signer.requests[1].time == t.clock.wallNow() + 1h);
        QCOMPARE(t.store.clockOffset(), 1h);
        QVERIFY(t.store.serverNow() == t.clock.wallNow() + 1h);
    }

    void readsTheServersTimeFromTheErrorIfThereIsNoDate()
    {
        StoreUnderTest t;
        t.transport.answer(403, errorXml("RequestTimeTooSkewed", "<ServerTime>2026-11-21T11:00:00Z</ServerTime>"));
        t.transport.answer(200, {}, kETag);
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(t.store.clockOffset(), -1h);
    }

    void signsByTheClockThatAnEarlierRunLearnt()
    {
        StoreUnderTest t;
        t.store.assumeClockOffset(1h);
        t.transport.answer(200, {}, {{"Date", "Sat, 21 Nov 2026 13:00:00 GMT"}, {"ETag", "e"}});
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(t.signer.requests.first().time, t.clock.wallNow() + 1h);
        QCOMPARE(t.store.clockOffset(), 1h);
    }

    void repairsTheClockOnlyOnce()
    {
        StoreUnderTest t;
        t.transport.answer(403, errorXml("RequestTimeTooSkewed"), {{"Date", "Sat, 21 Nov 2026 13:00:00 GMT"}});
        t.transport.answer(403, errorXml("RequestTimeTooSkewed"), {{"Date", "Sat, 21 Nov 2026 14:00:00 GMT"}});
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), QByteArray("clockSkewed"));
        QCOMPARE(t.transport.sent.size(), 2);
    }

    void doesNotRepairAClockThatIsRight()
    {
        StoreUnderTest t;
        t.transport.answer(403, errorXml("RequestTimeTooSkewed"), {{"Date", "Sat, 21 Nov 2026 12:00:03 GMT"}});
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), QByteArray("clockSkewed"));
        QCOMPARE(t.transport.sent.size(), 1);
    }

    void learnsTheClockFromAnyAnswer_data()
    {
        QTest::addColumn<QByteArray>("date");
        QTest::addColumn<int>("offsetMs");
        QTest::newRow("five seconds are no difference") << QByteArray("Sat, 21 Nov 2026 12:00:05 GMT") << 0;
        QTest::newRow("six are") << QByteArray("Sat, 21 Nov 2026 12:00:06 GMT") << 6000;
        QTest::newRow("behind") << QByteArray("Sat, 21 Nov 2026 11:59:54 GMT") << -6000;
        QTest::newRow("junk") << QByteArray("yesterday") << 0;
    }
    void learnsTheClockFromAnyAnswer()
    {
        QFETCH(QByteArray, date);
        StoreUnderTest t;
        t.transport.answer(204, {}, {{"Date", date}});
        Outcome<void> outcome;
        t.call = t.store.deleteObject(kObject, outcome.done());
        QVERIFY(outcome.wait());
        QTEST(static_cast<int>(t.store.clockOffset().count()), "offsetMs");
    }

    void doesNotTrustTheDateOfASlowAnswer()
    {
        StoreUnderTest t;
        t.transport.answer(200, {}, {{"Date", "Sat, 21 Nov 2026 12:00:00 GMT"}, {"ETag", "e"}});
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part, [&](ByteCount, ByteCount) { t.clock.advance(60s); });
        QVERIFY(part.wait());
        QCOMPARE(t.store.clockOffset(), 0s);
    }

    void readsCredentialsAnewOnce()
    {
        StoreUnderTest t;
        t.transport.answer(400, errorXml("ExpiredToken"));
        t.transport.answer(200, {}, kETag);
        Outcome<PartReceipt> good;
        t.call = sendPart(t, good);
        QVERIFY(good.wait());
        QCOMPARE(good.kind(), QByteArray("none"));
        QCOMPARE(t.signer.forgotten, 1);

        t.transport.answer(400, errorXml("ExpiredToken"));
        t.transport.answer(400, errorXml("ExpiredToken"));
        Outcome<PartReceipt> bad;
        t.call = sendPart(t, bad);
        QVERIFY(bad.wait());
        QCOMPARE(bad.kind(), QByteArray("credentialsExpired"));
        QCOMPARE(t.signer.forgotten, 3);  // the next call asks the source first
        QCOMPARE(t.store.requestCount(), 4);
    }

    void repairsEachCauseOnceInOneCall()
    {
        StoreUnderTest t(QByteArray(), "aws");
        t.transport.answer(400, errorXml("AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"));
        t.transport.answer(403, errorXml("RequestTimeTooSkewed"), {{"Date", "Sat, 21 Nov 2026 13:00:00 GMT"}});
        t.transport.answer(400, errorXml("ExpiredToken"));
        t.transport.answer(200, {}, kETag);
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), QByteArray("none"));
        QCOMPARE(t.store.requestCount(), 4);
    }

    void passesOnWhatTheSignerSays()
    {
        StoreUnderTest t;
        t.signer.refusal = Error::make(ErrorKind::CredentialsMissing, QStringLiteral("looked everywhere"));
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), QByteArray("credentialsMissing"));
        QVERIFY(t.transport.sent.isEmpty());
    }

    // Finding 2: an early refusal is lost with the connection.

    void probesWhyAPartBrokeOff_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("error");
        QTest::newRow("wrong secret") << 403 << errorXml("SignatureDoesNotMatch") << QByteArray("credentialsRefused");
        QTest::newRow("no such upload") << 404 << errorXml("NoSuchUpload") << QByteArray("noSuchUpload");
        QTest::newRow("no such key, as some say") << 404 << errorXml("NoSuchKey") << QByteArray("noSuchUpload");
        QTest::newRow("slow down") << 503 << errorXml("SlowDown") << QByteArray("throttled");
        QTest::newRow("internal error") << 500 << errorXml("InternalError") << QByteArray("serverFault");
        QTest::newRow("nothing wrong") << 200 << QByteArray("<ListPartsResult/>") << QByteArray("connectionLost");
        QTest::newRow("a listing that is an error") << 200 << errorXml("InternalError") << QByteArray("serverFault");
        // Whoever may only write is refused the listing for its own sake.
        QTest::newRow("listing denied") << 403 << errorXml("AccessDenied") << QByteArray("connectionLost");
    }
    void probesWhyAPartBrokeOff()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        StoreUnderTest t;
        t.transport.breakOff(ErrorKind::ConnectionLost, 5);
        t.transport.answer(status, body);
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QTEST(part.kind(), "error");
        QCOMPARE(t.transport.sent.size(), 2);
        QCOMPARE(t.transport.sent[1].method, QByteArray("GET"));
        QCOMPARE(t.transport.sent[1].target, QByteArray("/photos/a%20b/c.jpg?max-parts=1&uploadId=u"));
        QVERIFY(!t.transport.sent[1].hasBodyDevice);
    }

    void probesWhyAnObjectBrokeOff()
    {
        StoreUnderTest t;
        t.transport.breakOff(ErrorKind::Stalled, 5);
        t.transport.answer(404, errorXml("NoSuchBucket"));
        Outcome<StoredObject> outcome;
        t.call = t.store.putObject(kObject, {}, kSigned, bodyOf("the body", kSigned), false, {}, outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), QByteArray("noSuchBucket"));
        QCOMPARE(t.transport.sent[1].target, QByteArray("/photos?max-keys=1"));
        QVERIFY(outcome.error().detail.contains(QStringLiteral("PutObject broke off")));
    }

    void probesLessWhereEarlyAnswersAreSeen_data()
    {
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<bool>("isBodyWhole");
        QTest::addColumn<int>("requests");
        QTest::newRow("a reset in mid-body may have destroyed one") << ErrorKind::ConnectionLost << false << 2;
        QTest::newRow("after the body it would have been read") << ErrorKind::ConnectionLost << true << 1;
        QTest::newRow("on a connection that stands, too") << ErrorKind::Stalled << false << 1;
    }
    void probesLessWhereEarlyAnswersAreSeen()
    {
        QFETCH(ErrorKind, kind);
        QFETCH(bool, isBodyWhole);
        StoreUnderTest t;
        t.transport.able.earlyAnswers = true;
        const QByteArray body("the body");
        t.transport.breakOff(kind, isBodyWhole ? body.size() : 5);
        t.transport.answer(200, "<ListBucketResult/>");
        Outcome<StoredObject> outcome;
        t.call = t.store.putObject(kObject, {}, kSigned, bodyOf(body, kSigned), false, {}, outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), errorKindName(kind));
        QTEST(int(t.transport.sent.size()), "requests");
    }

    void doesNotProbe_data()
    {
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<int>("bodySent");
        QTest::newRow("nothing was sent") << ErrorKind::ConnectionLost << 0;
        QTest::newRow("refused") << ErrorKind::ConnectionRefused << 0;
        QTest::newRow("own file failed") << ErrorKind::LocalIo << 5;
        QTest::newRow("certificate") << ErrorKind::TlsUntrusted << 0;
    }
    void doesNotProbe()
    {
        QFETCH(ErrorKind, kind);
        QFETCH(int, bodySent);
        StoreUnderTest t;
        t.transport.breakOff(kind, bodySent);
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), errorKindName(kind));
        QCOMPARE(t.transport.sent.size(), 1);
    }

    void keepsTheFirstFaultIfTheProbeBreaksToo()
    {
        StoreUnderTest t;
        t.transport.breakOff(ErrorKind::ConnectionLost, 5);
        t.transport.breakOff(ErrorKind::ConnectionRefused, 0);
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), QByteArray("connectionLost"));
    }

    void repairsWhatAProbeTells()
    {
        StoreUnderTest t(QByteArray(), "aws");
        t.transport.breakOff(ErrorKind::ConnectionLost, 5);
        t.transport.answer(301, {}, {{"x-amz-bucket-region", "eu-west-1"}});
        t.transport.answer(200, {}, kETag);
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), QByteArray("none"));
        QCOMPARE(t.transport.sent[2].origin.host, QByteArray("photos.s3.eu-west-1.amazonaws.com"));
        QCOMPARE(t.transport.sent[2].body, QByteArray("the body"));
    }

    void believesADenialThatRepeats()
    {
        StoreUnderTest t;
        QList<QByteArray> kinds;
        for (int attempt = 0; attempt < 3; ++attempt) {
            t.transport.breakOff(ErrorKind::ConnectionLost, 5);
            t.transport.answer(403, errorXml("AccessDenied"));
            Outcome<PartReceipt> part;
            t.call = sendPart(t, part);
            QVERIFY(part.wait());
            kinds.append(part.kind());
        }
        QCOMPARE(kinds, QList<QByteArray>({"connectionLost", "connectionLost", "accessDenied"}));
    }

    void believesADenialAtOnceWhereListingWasAllowed()
    {
        StoreUnderTest t;
        t.transport.answer(200, "<ListPartsResult/>");
        Outcome<PartPage> page;
        t.call = t.store.listParts(kObject, "u", 0, 1000, page.done());
        QVERIFY(page.wait());
        t.transport.breakOff(ErrorKind::ConnectionLost, 5);
        t.transport.answer(403, errorXml("AccessDenied"));
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), QByteArray("accessDenied"));
    }

    // The handle

    void staysSilentOnceTheHandleIsGone()
    {
        StoreUnderTest t;
        t.transport.answer(200, {}, kETag);
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        QTRY_COMPARE(t.transport.sent.size(), 1);
        t.call = {};
        QCOMPARE(t.transport.cancelled, 1);
        QTest::qWait(0);
        QVERIFY(part.isPending());
    }

    void canBeDroppedBeforeItIsSigned()
    {
        StoreUnderTest t;
        Outcome<PartReceipt> part;
        t.call = sendPart(t, part);
        t.call = {};
        QTest::qWait(0);
        QVERIFY(t.transport.sent.isEmpty());
        QVERIFY(part.isPending());
    }

    void mayBeDroppedInsideItsOwnAnswer()
    {
        StoreUnderTest t;
        t.transport.answer(200, {}, kETag);
        t.transport.answer(200, {}, kETag);
        int answers = 0;
        Outcome<PartReceipt> second;
        t.call = t.store.uploadPart(kPart, kSigned, bodyOf("x", kSigned), {}, [&](const Result<PartReceipt> &) {
            ++answers;
            t.call = sendPart(t, second);
        });
        QVERIFY(second.wait());
        QCOMPARE(answers, 1);
        QVERIFY(second.isGood());
    }

    void neverLetsProgressGoBack()
    {
        StoreUnderTest t;
        t.transport.answer(400, errorXml("ExpiredToken"));
        t.transport.answer(200, {}, kETag);
        Outcome<PartReceipt> part;
        QList<qint64> progress;
        t.call = sendPart(t, part, [&](ByteCount sent, ByteCount) { progress.append(sent.value()); });
        QVERIFY(part.wait());
        QVERIFY(std::is_sorted(progress.begin(), progress.end()));
    }
};

QTEST_GUILESS_MAIN(TestS3Repairs)
#include "test_s3_repairs.moc"
