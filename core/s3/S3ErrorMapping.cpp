#include "core/s3/S3ErrorMapping.h"

#include "core/base/Redaction.h"
#include "core/s3/S3Time.h"
#include "core/s3/S3Xml.h"

#include <algorithm>
#include <array>

namespace packmule {

namespace {

constexpr qsizetype kLargestErrorBody = 64 * 1024;
constexpr qsizetype kLongestMessage = 300;

struct CodeRow {
    QByteArrayView code;
    ErrorKind kind;
};

// Sources: S3 API Reference "Error responses"; botocore retries/standard.py; minio-go retry.go; the clones' own sources.
constexpr std::array kCodes = std::to_array<CodeRow>({
    {"SlowDown", ErrorKind::Throttled},
    {"SlowDownRead", ErrorKind::Throttled},
    {"SlowDownWrite", ErrorKind::Throttled},
    {"ServiceUnavailable", ErrorKind::Throttled},
    {"RequestLimitExceeded", ErrorKind::Throttled},
    {"BandwidthLimitExceeded", ErrorKind::Throttled},
    {"RequestThrottled", ErrorKind::Throttled},
    {"RequestThrottledException", ErrorKind::Throttled},
    {"TooManyRequests", ErrorKind::Throttled},
    {"TooManyRequestsException", ErrorKind::Throttled},
    {"PriorRequestNotComplete", ErrorKind::Throttled},
    {"InternalError", ErrorKind::ServerFault},
    {"InternalFailure", ErrorKind::ServerFault},
    {"RequestTimeout", ErrorKind::RequestTimedOut},
    {"RequestTimeoutException", ErrorKind::RequestTimedOut},
    {"RequestTimeTooSkewed", ErrorKind::ClockSkewed},
    {"RequestInTheFuture", ErrorKind::ClockSkewed},
    {"ExpiredToken", ErrorKind::CredentialsExpired},
    {"ExpiredTokenException", ErrorKind::CredentialsExpired},
    {"TokenRefreshRequired", ErrorKind::CredentialsExpired},
    {"SignatureDoesNotMatch", ErrorKind::CredentialsRefused},
    {"InvalidAccessKeyId", ErrorKind::CredentialsRefused},
    {"InvalidToken", ErrorKind::CredentialsRefused},
    {"InvalidClientTokenId", ErrorKind::CredentialsRefused},
    {"UnrecognizedClientException", ErrorKind::CredentialsRefused},
    {"InvalidSecurity", ErrorKind::CredentialsRefused},
    {"NotSignedUp", ErrorKind::CredentialsRefused},
    {"AccessDenied", ErrorKind::AccessDenied},
    {"AccessDeniedException", ErrorKind::AccessDenied},
    {"AllAccessDisabled", ErrorKind::AccessDenied},
    {"AccountProblem", ErrorKind::AccessDenied},
    {"NoSuchBucket", ErrorKind::NoSuchBucket},
    {"NoSuchKey", ErrorKind::NoSuchKey},
    {"NoSuchUpload", ErrorKind::NoSuchUpload},
    {"BadDigest", ErrorKind::BodyMismatch},
    {"InvalidDigest", ErrorKind::BodyMismatch},
    {"XAmzContentSHA256Mismatch", ErrorKind::BodyMismatch},
    {"XAmzContentChecksumMismatch", ErrorKind::BodyMismatch},
    {"IncompleteBody", ErrorKind::BodyMismatch},
    {"InvalidPart", ErrorKind::InvalidPart},
    {"InvalidPartOrder", ErrorKind::InvalidPart},
    {"EntityTooSmall", ErrorKind::PartTooSmall},
    {"PreconditionFailed", ErrorKind::PreconditionFailed},
    {"ConditionalRequestConflict", ErrorKind::Conflict},
    {"OperationAborted", ErrorKind::TryAgain},
    {"QuotaExceeded", ErrorKind::QuotaExceeded},
    {"BucketQuotaExceeded", ErrorKind::QuotaExceeded},
    {"InsufficientStorage", ErrorKind::QuotaExceeded},
    {"XMinioStorageFull", ErrorKind::QuotaExceeded},
    {"XMinioAdminBucketQuotaExceeded", ErrorKind::QuotaExceeded},
    {"PermanentRedirect", ErrorKind::WrongRegion},
    {"TemporaryRedirect", ErrorKind::WrongRegion},
    {"Redirect", ErrorKind::WrongRegion},
    {"IllegalLocationConstraintException", ErrorKind::WrongRegion},
    {"IncorrectEndpoint", ErrorKind::WrongRegion},
});

bool isUploadOperation(S3Operation operation)
{
    return operation == S3Operation::UploadPart || operation == S3Operation::ListParts
        || operation == S3Operation::CompleteMultipartUpload || operation == S3Operation::AbortMultipartUpload;
}

ErrorKind kindOfNotFound(S3Operation operation)
{
    if (isUploadOperation(operation))
        return ErrorKind::NoSuchUpload;
    if (operation == S3Operation::HeadObject || operation == S3Operation::GetObject
        || operation == S3Operation::DeleteObject)
        return ErrorKind::NoSuchKey;
    if (operation == S3Operation::ListBuckets || operation == S3Operation::GetBucketConfiguration)
        return ErrorKind::ServiceRefused;
    return ErrorKind::NoSuchBucket;
}

ErrorKind kindOfStatus(const S3ErrorAnswer &refusal)
{
    switch (refusal.status) {
    case 301: case 302: case 303: case 307: case 308: return ErrorKind::WrongRegion;
    case 401: return ErrorKind::CredentialsRefused;
    case 403: return ErrorKind::AccessDenied;
    case 404: return kindOfNotFound(refusal.operation);
    case 408: case 499: return ErrorKind::RequestTimedOut;
    case 412: return ErrorKind::PreconditionFailed;
    case 429: case 503: case 509: return ErrorKind::Throttled;
    case 501: case 505: case 511: return ErrorKind::ServiceRefused;
    case 507: return ErrorKind::QuotaExceeded;
    default: break;
    }
    // 200: an <Error> where the result should be; S3 itself tells clients to take it for a 500.
    return refusal.status >= 500 || refusal.status / 100 == 2 ? ErrorKind::ServerFault : ErrorKind::ServiceRefused;
}

/// The store says that it does not know our checksum, as opposed to "it does not match" (issue 3, "Integrity").
bool isUnknownChecksum(const S3ErrorAnswer &refusal, const S3ErrorFields &fields)
{
    if ((refusal.status != 400 && refusal.status != 501) || fields.code == "BadDigest" || fields.code == "InvalidDigest")
        return false;
    const QByteArray text = (fields.message + ' ' + fields.argumentName).toLower();
    // AWS on a value of the wrong length: it knows the header well.
    if (text.contains("is invalid") || text.contains("did not match"))
        return false;
    const bool isNamed = text.contains("x-amz-checksum") || text.contains("x-amz-sdk-checksum")
        || text.contains("checksum algorithm") || text.contains("checksum type");
    return isNamed || (refusal.status == 501 && refusal.hadChecksumHeader && text.trimmed().isEmpty());
}

/// A page of HTML, from a proxy or from a web server that is no S3.
bool isForeign(const S3ErrorAnswer &refusal, const S3ErrorFields &fields)
{
    return !fields.isXml && refusal.body.trimmed().startsWith('<');
}

ErrorKind kindOf(const S3ErrorAnswer &refusal, const S3ErrorFields &fields)
{
    if (isUnknownChecksum(refusal, fields))
        return ErrorKind::ChecksumUnknown;
    if (fields.code.startsWith("Throttl"))
        return ErrorKind::Throttled;
    if (fields.code == "AuthorizationHeaderMalformed")
        return fields.region.isEmpty() ? ErrorKind::CredentialsRefused : ErrorKind::WrongRegion;
    if (fields.code == "AccessDenied" && fields.message.toLower().contains("request has expired"))
        return ErrorKind::CredentialsExpired;  // a presigned URL that has outlived itself: its signer is asked again
    // DigitalOcean Spaces says NoSuchKey of an upload (tusd, s3store.go).
    if (fields.code == "NoSuchKey" && isUploadOperation(refusal.operation))
        return ErrorKind::NoSuchUpload;
    const auto row = std::ranges::find(kCodes, QByteArrayView(fields.code), &CodeRow::code);
    if (row != kCodes.end())
        return row->kind;
    // HEAD has no body, so a bare 400 with a region is all that AWS can say of a wrong one.
    if (refusal.status == 400 && fields.code.isEmpty() && refusal.headers.contains("x-amz-bucket-region"))
        return ErrorKind::WrongRegion;
    // A named code that we do not know is final, unless the status is one that promises better luck.
    if (refusal.status == 404 && !fields.code.isEmpty() && fields.code != "NotFound" && fields.code != "404")
        return ErrorKind::ServiceRefused;
    const ErrorKind kind = kindOfStatus(refusal);
    // Who is not S3 cannot know which buckets there are.
    return kind == ErrorKind::NoSuchBucket && isForeign(refusal, fields) ? ErrorKind::ServiceRefused : kind;
}

QString permissionFor(S3Operation operation)
{
    switch (operation) {
    case S3Operation::CreateMultipartUpload:
    case S3Operation::UploadPart:
    case S3Operation::PutObject: return QStringLiteral("s3:PutObject");
    case S3Operation::CompleteMultipartUpload:
        return QStringLiteral("s3:PutObject, and kms:Decrypt where the bucket encrypts with KMS");
    case S3Operation::ListParts: return QStringLiteral("s3:ListMultipartUploadParts");
    case S3Operation::AbortMultipartUpload: return QStringLiteral("s3:AbortMultipartUpload");
    case S3Operation::ListMultipartUploads: return QStringLiteral("s3:ListBucketMultipartUploads");
    case S3Operation::HeadObject:
    case S3Operation::GetObject: return QStringLiteral("s3:GetObject");
    case S3Operation::DeleteObject: return QStringLiteral("s3:DeleteObject");
    case S3Operation::ListObjects:
    case S3Operation::HeadBucket: return QStringLiteral("s3:ListBucket");
    case S3Operation::ListBuckets: return QStringLiteral("s3:ListAllMyBuckets");
    case S3Operation::CreateBucket: return QStringLiteral("s3:CreateBucket");
    case S3Operation::DeleteBucket: return QStringLiteral("s3:DeleteBucket");
    case S3Operation::GetBucketConfiguration: return QStringLiteral("the right to read this setting of the bucket");
    }
    return {};
}

/// Whom to suspect; empty where the store's words say it all.
QString suspect(ErrorKind kind, const S3ErrorAnswer &refusal, const S3ErrorFields &fields)
{
    if (isForeign(refusal, fields))
        return QStringLiteral("the answer is not S3's own: a proxy or a wrong endpoint may have sent it");
    if (kind == ErrorKind::AccessDenied)
        return QStringLiteral("these credentials may lack %1").arg(permissionFor(refusal.operation));
    if (fields.code == "SignatureDoesNotMatch")
        return QStringLiteral("the secret access key is wrong, or something on the way changed the request");
    if (kind == ErrorKind::CredentialsRefused)
        return QStringLiteral("the access key id or the session token is not one of this service");
    if (kind == ErrorKind::ClockSkewed)
        return QStringLiteral("this computer's clock and the service's differ too much");
    if (kind == ErrorKind::WrongRegion)
        return fields.region.isEmpty() ? QStringLiteral("the bucket is in another region, or at another endpoint")
                                       : QStringLiteral("the bucket is in the region %1").arg(displayName(fields.region.left(64)));
    if (kind == ErrorKind::CredentialsExpired)
        return QStringLiteral("the session has ended; get new credentials");
    if (kind == ErrorKind::BodyMismatch)
        return QStringLiteral("the bytes that arrived are not those that were meant");
    return {};
}

QString addressText(const S3ErrorAnswer &refusal)
{
    if (refusal.bucket.isEmpty())
        return {};
    const QString bucket = QStringLiteral(" s3://") + displayName(refusal.bucket);
    return refusal.key.isEmpty() ? bucket : bucket + u'/' + displayName(refusal.key);
}

/// Redacted before it is escaped: an escaped line break would glue a header's name to what stands before it.
QString storesWords(const QByteArray &message)
{
    return displayName(redacted(QString::fromUtf8(message.left(kLongestMessage))).toUtf8());
}

std::optional<Milliseconds> retryAfter(const HttpHeaders &headers)
{
    bool isNumber = false;
    const qint64 millis = headers.value("x-amz-retry-after").trimmed().toLongLong(&isNumber);
    if (isNumber && millis >= 0)
        return Milliseconds(millis);
    const QByteArray value = headers.value("Retry-After").trimmed();
    const qint64 seconds = value.toLongLong(&isNumber);
    if (isNumber && seconds >= 0 && seconds <= 1'000'000)
        return std::chrono::seconds(seconds);
    const auto until = timeFromHttpDate(value);
    const auto now = timeFromHttpDate(headers.value("Date"));
    if (until && now && *until >= *now)
        return *until - *now;
    return std::nullopt;
}

}  // namespace

QString operationName(S3Operation operation)
{
    switch (operation) {
    case S3Operation::CreateMultipartUpload: return QStringLiteral("CreateMultipartUpload");
    case S3Operation::UploadPart: return QStringLiteral("UploadPart");
    case S3Operation::ListParts: return QStringLiteral("ListParts");
    case S3Operation::CompleteMultipartUpload: return QStringLiteral("CompleteMultipartUpload");
    case S3Operation::AbortMultipartUpload: return QStringLiteral("AbortMultipartUpload");
    case S3Operation::ListMultipartUploads: return QStringLiteral("ListMultipartUploads");
    case S3Operation::PutObject: return QStringLiteral("PutObject");
    case S3Operation::HeadObject: return QStringLiteral("HeadObject");
    case S3Operation::GetObject: return QStringLiteral("GetObject");
    case S3Operation::DeleteObject: return QStringLiteral("DeleteObject");
    case S3Operation::ListObjects: return QStringLiteral("ListObjects");
    case S3Operation::ListBuckets: return QStringLiteral("ListBuckets");
    case S3Operation::HeadBucket: return QStringLiteral("HeadBucket");
    case S3Operation::CreateBucket: return QStringLiteral("CreateBucket");
    case S3Operation::DeleteBucket: return QStringLiteral("DeleteBucket");
    case S3Operation::GetBucketConfiguration: return QStringLiteral("GetBucketConfiguration");
    }
    return {};
}

S3ErrorFields s3ErrorFields(const S3ErrorAnswer &refusal)
{
    S3ErrorFields fields;
    fields.requestId = refusal.headers.value("x-amz-request-id");
    fields.region = refusal.headers.value("x-amz-bucket-region");
    if (refusal.body.isEmpty() || refusal.body.size() > kLargestErrorBody)
        return fields;
    const auto document = readXml(refusal.body);
    if (!document)
        return fields;
    // STS and some clones wrap it: <ErrorResponse><Error>…
    const XmlElement *error = document->name == "Error" ? &*document : nullptr;
    if (document->name == "ErrorResponse")
        error = document->child("Error");
    if (!error)
        return fields;
    fields.isXml = true;
    fields.code = error->childText("Code");
    fields.message = error->childText("Message");
    fields.endpoint = error->childText("Endpoint");
    fields.serverTime = error->childText("ServerTime");
    fields.argumentName = error->childText("ArgumentName") + ' ' + error->childText("Header");
    if (fields.region.isEmpty())
        fields.region = error->childText("Region");
    if (fields.requestId.isEmpty())
        fields.requestId = error->childText("RequestId");
    return fields;
}

Error errorFromAnswer(const S3ErrorAnswer &refusal)
{
    const S3ErrorFields fields = s3ErrorFields(refusal);
    Error error = Error::make(kindOf(refusal, fields), {});
    error.httpStatus = refusal.status;
    error.s3Code = fields.code.left(100);
    error.requestId = fields.requestId.left(200);
    error.retryAfter = retryAfter(refusal.headers);
    QString detail = operationName(refusal.operation) + addressText(refusal)
        + QStringLiteral(": %1").arg(refusal.status);
    if (!fields.code.isEmpty())
        detail += u' ' + displayName(error.s3Code);
    if (!fields.message.isEmpty())
        detail += QStringLiteral(": ") + storesWords(fields.message);
    if (const QString blame = suspect(error.kind, refusal, fields); !blame.isEmpty())
        detail += QStringLiteral(" (%1)").arg(blame);
    error.detail = detail;
    return error;
}

}  // namespace packmule
