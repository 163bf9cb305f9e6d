#include "core/localstore/S3Refusal.h"

#include <QHash>

namespace packmule {

S3Refusal refusalFromError(const Error &error)
{
    if (error.kind == ErrorKind::DiskFull)
        return {"QuotaExceeded", "The store's disk is full.", {}};
    if (error.kind == ErrorKind::InvalidRequest)
        return {"IncompleteBody", error.detail.toUtf8(), {}};
    return {"InternalError", error.detail.toUtf8(), {}};
}

int statusOfCode(const QByteArray &code)
{
    static const QHash<QByteArray, int> statuses{
        {"AccessDenied", 403},
        {"BucketAlreadyOwnedByYou", 409},
        {"BucketNotEmpty", 409},
        {"ConditionalRequestConflict", 409},
        {"InternalError", 500},
        {"InvalidAccessKeyId", 403},
        {"InvalidObjectState", 403},
        {"InvalidRange", 416},
        {"MethodNotAllowed", 405},
        {"MissingContentLength", 411},
        {"NoSuchBucket", 404},
        {"NoSuchBucketPolicy", 404},
        {"NoSuchCORSConfiguration", 404},
        {"NoSuchKey", 404},
        {"NoSuchLifecycleConfiguration", 404},
        {"NoSuchTagSet", 404},
        {"NoSuchUpload", 404},
        {"NoSuchWebsiteConfiguration", 404},
        {"NotImplemented", 501},
        {"NotModified", 304},
        {"ObjectLockConfigurationNotFoundError", 404},
        {"PreconditionFailed", 412},
        {"QuotaExceeded", 507},
        {"RequestTimeTooSkewed", 403},
        {"ServerSideEncryptionConfigurationNotFoundError", 404},
        {"ServiceUnavailable", 503},
        {"SignatureDoesNotMatch", 403},
        {"SlowDown", 503},
    };
    return statuses.value(code, 400);
}

}  // namespace packmule
