#include "app/cli/S3Uri.h"

#include "core/base/Redaction.h"

#include <algorithm>

namespace packmule {

namespace {

constexpr char kScheme[] = "s3://";
constexpr qsizetype kMaxKeyBytes = 1024;    // S3 user guide, "Creating object key names"
constexpr qsizetype kMaxBucketBytes = 255;  // old us-east-1 buckets; new ones have 3 to 63

bool isBucketName(const QByteArray &bucket)
{
    const auto isAllowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    };
    return bucket.size() >= 3 && bucket.size() <= kMaxBucketBytes && bucket != "..." && std::all_of(bucket.begin(), bucket.end(), isAllowed);
}

}  // namespace

bool isS3Uri(const QByteArray &argument)
{
    return argument.startsWith(kScheme);
}

QString keyRefusal(const QByteArray &key)
{
    if (key.contains('\0'))
        return QStringLiteral("an object key cannot contain a NUL byte");
    if (key.size() > kMaxKeyBytes)
        return QStringLiteral("an object key has at most 1,024 bytes, this one has %1").arg(key.size());
    return {};
}

Result<ObjectAddress> s3UriFrom(const QByteArray &argument)
{
    const QString shown = displayName(argument);
    if (!isS3Uri(argument))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("\"%1\" is not an object URI; write s3://bucket/key.").arg(shown));
    const QByteArray rest = argument.mid(sizeof kScheme - 1);
    const qsizetype slash = rest.indexOf('/');
    const QByteArray bucket = slash < 0 ? rest : rest.left(slash);
    if (bucket.isEmpty())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("\"%1\" names no bucket; write s3://bucket/key.").arg(shown));
    if (bucket.startsWith("arn:"))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("\"%1\" is an access point ARN, which Packmule does not support; name the bucket.").arg(shown));
    if (!isBucketName(bucket))
        return failure(ErrorKind::InvalidRequest,
                       QStringLiteral("\"%1\" cannot be a bucket's name: 3 to 63 letters, digits, dots and hyphens are allowed.").arg(displayName(bucket)));
    return ObjectAddress{bucket, slash < 0 ? QByteArray() : rest.mid(slash + 1)};
}

Result<ObjectAddress> objectUriFrom(const QByteArray &argument)
{
    const auto object = s3UriFrom(argument);
    if (!object)
        return object;
    if (object->key.isEmpty())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("\"%1\" names a bucket but no object; write s3://bucket/key.").arg(displayName(argument)));
    if (const QString refusal = keyRefusal(object->key); !refusal.isEmpty())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("\"%1\": %2.").arg(displayName(argument), refusal));
    return object;
}

Result<QByteArray> bucketUriFrom(const QByteArray &argument)
{
    const auto object = s3UriFrom(argument);
    if (!object)
        return std::unexpected(object.error());
    if (!object->key.isEmpty())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("\"%1\" names an object; write only the bucket, s3://%2.")
                                                      .arg(displayName(argument), QString::fromUtf8(object->bucket)));
    return object->bucket;
}

QString s3UriText(const ObjectAddress &object)
{
    return QStringLiteral("s3://%1/%2").arg(displayName(object.bucket), displayName(object.key));
}

}  // namespace packmule
