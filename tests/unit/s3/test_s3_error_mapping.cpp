#include "core/s3/S3ErrorMapping.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

// Every line of facts/s3.md, table A10, that comes from the service.

namespace {

QByteArray errorXml(const QByteArray &code, const QByteArray &message = "m", const QByteArray &more = {})
{
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" + message + "</Message>"
        + more + "<RequestId>REQ1</RequestId></Error>";
}

S3ErrorAnswer refusal(int status, const QByteArray &body = {}, S3Operation operation = S3Operation::UploadPart)
{
    return {.operation = operation, .bucket = "photos", .key = "a/b.jpg", .status = status, .headers = {}, .body = body};
}

}  // namespace

class TestS3ErrorMapping : public QObject
{
    Q_OBJECT

private:
    static void row(const char *name, int status, const QByteArray &body, ErrorKind kind,
                    S3Operation operation = S3Operation::UploadPart)
    {
        QTest::newRow(name) << status << body << operation << kind;
    }

private Q_SLOTS:
    void mapsTheTable_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<S3Operation>("operation");
        QTest::addColumn<ErrorKind>("kind");
        using enum ErrorKind;
        row("internal error", 500, errorXml("InternalError"), ServerFault);
        row("bare 500", 500, {}, ServerFault);
        row("bad gateway", 502, "<html>", ServerFault);
        row("gateway timeout", 504, {}, ServerFault);
        row("520 of a proxy", 520, {}, ServerFault);
        row("200 with an error inside", 200, errorXml("InternalError"), ServerFault);
        row("200 with an unknown error inside", 200, errorXml("Strange"), ServerFault);
        row("slow down", 503, errorXml("SlowDown"), Throttled);
        row("slow down, reading", 503, errorXml("SlowDownRead"), Throttled);
        row("slow down, writing", 503, errorXml("SlowDownWrite"), Throttled);
        row("service unavailable", 503, errorXml("ServiceUnavailable"), Throttled);
        row("bare 503", 503, {}, Throttled);
        row("429", 429, {}, Throttled);
        row("throttling", 400, errorXml("ThrottlingException"), Throttled);
        row("request limit", 503, errorXml("RequestLimitExceeded"), Throttled);
        row("bandwidth limit", 509, errorXml("BandwidthLimitExceeded"), Throttled);
        row("200 with slow down inside", 200, errorXml("SlowDown"), Throttled);
        row("request timeout", 400, errorXml("RequestTimeout"), RequestTimedOut);
        row("408", 408, {}, RequestTimedOut);
        row("499", 499, {}, RequestTimedOut);
        row("clock", 403, errorXml("RequestTimeTooSkewed"), ClockSkewed);
        row("expired token", 400, errorXml("ExpiredToken"), CredentialsExpired);
        row("token refresh", 400, errorXml("TokenRefreshRequired"), CredentialsExpired);
        row("presigned and expired", 403, errorXml("AccessDenied", "Request has expired"), CredentialsExpired);
        row("wrong secret", 403, errorXml("SignatureDoesNotMatch"), CredentialsRefused);
        row("wrong key", 403, errorXml("InvalidAccessKeyId"), CredentialsRefused);
        row("malformed token", 400, errorXml("InvalidToken"), CredentialsRefused);
        row("401", 401, {}, CredentialsRefused);
        row("access denied", 403, errorXml("AccessDenied"), AccessDenied);
        row("bare 403", 403, {}, AccessDenied);
        row("permanent redirect", 301, errorXml("PermanentRedirect"), WrongRegion);
        row("bare 301", 301, {}, WrongRegion, S3Operation::HeadBucket);
        row("302", 302, {}, WrongRegion);
        row("temporary redirect", 307, errorXml("TemporaryRedirect"), WrongRegion);
        row("malformed with a region", 400, errorXml("AuthorizationHeaderMalformed", "m", "<Region>eu-west-1</Region>"), WrongRegion);
        row("malformed without one", 400, errorXml("AuthorizationHeaderMalformed"), CredentialsRefused);
        row("location constraint", 400, errorXml("IllegalLocationConstraintException"), WrongRegion);
        row("bad digest", 400, errorXml("BadDigest"), BodyMismatch);
        row("bad digest naming the header", 400, errorXml("BadDigest", "The x-amz-checksum-crc32 you specified did not match"), BodyMismatch);
        row("invalid digest", 400, errorXml("InvalidDigest"), BodyMismatch);
        row("sha mismatch", 400, errorXml("XAmzContentSHA256Mismatch"), BodyMismatch);
        row("incomplete body", 400, errorXml("IncompleteBody"), BodyMismatch);
        row("no such upload", 404, errorXml("NoSuchUpload"), NoSuchUpload);
        row("no such key for an upload", 404, errorXml("NoSuchKey"), NoSuchUpload, S3Operation::ListParts);
        row("bare 404 for an upload", 404, {}, NoSuchUpload, S3Operation::CompleteMultipartUpload);
        row("no such key", 404, errorXml("NoSuchKey"), NoSuchKey, S3Operation::GetObject);
        row("bare 404 of an object", 404, {}, NoSuchKey, S3Operation::HeadObject);
        row("bare 404 of a bucket", 404, {}, NoSuchBucket, S3Operation::HeadBucket);
        row("no such bucket", 404, errorXml("NoSuchBucket"), NoSuchBucket);
        row("no such lifecycle", 404, errorXml("NoSuchLifecycleConfiguration"), ServiceRefused, S3Operation::GetBucketConfiguration);
        row("invalid bucket name", 400, errorXml("InvalidBucketName"), ServiceRefused);
        row("key too long", 400, errorXml("KeyTooLongError"), ServiceRefused);
        row("invalid argument", 400, errorXml("InvalidArgument"), ServiceRefused);
        row("entity too large", 400, errorXml("EntityTooLarge"), ServiceRefused);
        row("malformed xml", 400, errorXml("MalformedXML"), ServiceRefused);
        row("405", 405, {}, ServiceRefused);
        row("411", 411, {}, ServiceRefused);
        row("416", 416, {}, ServiceRefused);
        row("501", 501, errorXml("NotImplemented"), ServiceRefused);
        row("invalid part", 400, errorXml("InvalidPart"), InvalidPart);
        row("part order", 400, errorXml("InvalidPartOrder"), InvalidPart);
        row("entity too small", 400, errorXml("EntityTooSmall"), PartTooSmall);
        row("operation aborted", 409, errorXml("OperationAborted"), TryAgain);
        row("conditional conflict", 409, errorXml("ConditionalRequestConflict"), Conflict);
        row("bucket exists", 409, errorXml("BucketAlreadyExists"), ServiceRefused, S3Operation::CreateBucket);
        row("bare 412", 412, {}, PreconditionFailed);
        row("412", 412, errorXml("PreconditionFailed"), PreconditionFailed);
        row("507", 507, {}, QuotaExceeded);
        row("quota as Ceph says it", 403, errorXml("QuotaExceeded"), QuotaExceeded);
        row("quota as MinIO says it", 507, errorXml("XMinioStorageFull"), QuotaExceeded);
        // Which stores do not know checksums (facts A5.6), and which only found a difference.
        row("R2 in 2025", 501, errorXml("NotImplemented", "Header 'x-amz-checksum-crc32' with value 'AAAA' not implemented"), ChecksumUnknown);
        row("B2 in 2025", 400, errorXml("InvalidArgument", "Unsupported header 'x-amz-sdk-checksum-algorithm' received for this API call."), ChecksumUnknown);
        row("named in an element", 400, errorXml("InvalidArgument", "m", "<ArgumentName>x-amz-checksum-algorithm</ArgumentName>"), ChecksumUnknown);
        row("algorithm not offered", 400, errorXml("InvalidRequest", "Checksum algorithm provided is unsupported."), ChecksumUnknown);
        row("a value it knows to be wrong", 400, errorXml("InvalidRequest", "Value for x-amz-checksum-crc32 header is invalid."), ServiceRefused);
        row("403 that names it", 403, errorXml("AccessDenied", "x-amz-checksum-crc32"), AccessDenied);
        // Not S3 at all
        row("a proxy's page", 403, "<html><body>Blocked</body></html>", AccessDenied);
        row("a web server's page", 404, "<!doctype html><html>Not Found</html>", ServiceRefused, S3Operation::PutObject);
        row("error too long to be read", 400, errorXml("NoSuchUpload", QByteArray(70'000, 'x')), ServiceRefused);
        row("error with a document type", 400, "<!DOCTYPE x><Error><Code>NoSuchUpload</Code></Error>", ServiceRefused);
        row("wrapped", 400, "<ErrorResponse>" + QByteArray("<Error><Code>ExpiredToken</Code></Error></ErrorResponse>"), CredentialsExpired);
    }
    void mapsTheTable()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(S3Operation, operation);
        QFETCH(ErrorKind, kind);
        const Error error = errorFromAnswer(refusal(status, body, operation));
        QCOMPARE(errorKindName(error.kind), errorKindName(kind));
        QCOMPARE(error.httpStatus, std::optional(status));
        QVERIFY(error.detail.contains(QStringLiteral("s3://photos/a/b.jpg")));
        QVERIFY(error.detail.contains(operationName(operation)));
    }

    void takesABareBadRequestOnHeadForAWrongRegion()
    {
        S3ErrorAnswer bare = refusal(400, {}, S3Operation::HeadBucket);
        QCOMPARE(errorFromAnswer(bare).kind, ErrorKind::ServiceRefused);
        bare.headers.append("x-amz-bucket-region", "eu-west-1");
        QCOMPARE(errorFromAnswer(bare).kind, ErrorKind::WrongRegion);
    }

    void takesABareNotImplementedForAnUnknownChecksumOnlyIfOneWasSent()
    {
        S3ErrorAnswer bare = refusal(501);
        QCOMPARE(errorFromAnswer(bare).kind, ErrorKind::ServiceRefused);
        bare.hadChecksumHeader = true;
        QCOMPARE(errorFromAnswer(bare).kind, ErrorKind::ChecksumUnknown);
    }

    void readsRetryAfter_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<qint64>("milliseconds");
        QTest::newRow("seconds") << QByteArray("Retry-After") << QByteArray("10") << qint64(10'000);
        QTest::newRow("date") << QByteArray("retry-after") << QByteArray("Sun, 06 Nov 1994 08:50:37 GMT") << qint64(60'000);
        QTest::newRow("past date") << QByteArray("Retry-After") << QByteArray("Sun, 06 Nov 1994 08:40:37 GMT") << qint64(-1);
        QTest::newRow("aws") << QByteArray("x-amz-retry-after") << QByteArray("1500") << qint64(1500);
        QTest::newRow("junk") << QByteArray("Retry-After") << QByteArray("soon") << qint64(-1);
        QTest::newRow("negative") << QByteArray("Retry-After") << QByteArray("-5") << qint64(-1);
        QTest::newRow("absurd") << QByteArray("Retry-After") << QByteArray("99999999999999") << qint64(-1);
    }
    void readsRetryAfter()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QFETCH(qint64, milliseconds);
        S3ErrorAnswer slow = refusal(503, errorXml("SlowDown"));
        slow.headers.append("Date", "Sun, 06 Nov 1994 08:49:37 GMT");
        slow.headers.append(name, value);
        const auto wait = errorFromAnswer(slow).retryAfter;
        QCOMPARE(wait ? wait->count() : -1, milliseconds);
    }

    void namesTheRealSuspect_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<S3Operation>("operation");
        QTest::addColumn<QString>("suspect");
        QTest::newRow("secret") << 403 << errorXml("SignatureDoesNotMatch") << S3Operation::PutObject << QStringLiteral("secret access key");
        QTest::newRow("right") << 403 << errorXml("AccessDenied") << S3Operation::ListParts << QStringLiteral("s3:ListMultipartUploadParts");
        QTest::newRow("kms") << 403 << errorXml("AccessDenied") << S3Operation::CompleteMultipartUpload << QStringLiteral("kms:Decrypt");
        QTest::newRow("clock") << 403 << errorXml("RequestTimeTooSkewed") << S3Operation::PutObject << QStringLiteral("clock");
        QTest::newRow("region") << 301 << errorXml("PermanentRedirect", "m", "<Region>eu-west-1</Region>") << S3Operation::PutObject << QStringLiteral("eu-west-1");
        QTest::newRow("proxy") << 403 << QByteArray("<html>Blocked</html>") << S3Operation::PutObject << QStringLiteral("proxy");
    }
    void namesTheRealSuspect()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(S3Operation, operation);
        QFETCH(QString, suspect);
        const QString detail = errorFromAnswer(refusal(status, body, operation)).detail;
        QVERIFY2(detail.contains(suspect), qPrintable(detail));
    }

    void keepsSecretsAndControlCharactersOut()
    {
        const QByteArray message = "GET https://h/b?X-Amz-Signature=deadbeef&#10;Authorization: AWS4 very secret";
        S3ErrorAnswer hostile = refusal(403, errorXml("AccessDenied", message));
        hostile.key = "a\x1B[2Jb";
        const QString detail = errorFromAnswer(hostile).detail;
        QVERIFY2(!detail.contains(QStringLiteral("deadbeef")), qPrintable(detail));
        QVERIFY2(!detail.contains(QStringLiteral("very secret")), qPrintable(detail));
        QVERIFY2(!detail.contains(QChar(0x1B)) && !detail.contains(u'\n'), qPrintable(detail));
    }

    void tellsCodeAndRequest()
    {
        const Error error = errorFromAnswer(refusal(403, errorXml("AccessDenied")));
        QCOMPARE(error.s3Code, QByteArray("AccessDenied"));
        QCOMPARE(error.requestId, QByteArray("REQ1"));
    }
};

QTEST_GUILESS_MAIN(TestS3ErrorMapping)
#include "test_s3_error_mapping.moc"
