#include "core/s3/S3Answers.h"

#include "core/s3/S3Documents.h"
#include "core/s3/S3Headers.h"
#include "core/s3/S3Time.h"

namespace packmule {

namespace {

/// For Create and Complete: what cannot be read is as good as a 500, because the work may or may not be done.
Result<XmlElement> documentOrFault(const HttpResponse &response, QByteArrayView root)
{
    auto read = document(response, root);
    if (!read) {
        Error error = read.error();
        error.kind = ErrorKind::ServerFault;
        error.httpStatus = response.status;
        return std::unexpected(error);
    }
    return read;
}

/// Whether the store echoed what was sent. Error: BodyMismatch, if it names another value of the same algorithm.
Result<bool> echo(const QString &operation, const HttpResponse &response, const Checksum &sent)
{
    const QByteArray name = checksumHeaderName(sent.algorithm);
    if (sent.isEmpty() || name.isEmpty() || !response.headers.contains(name))
        return false;
    const Checksum answered = checksumFromText(sent.algorithm, response.headers.value(name));
    if (answered.rawBytes == sent.rawBytes)
        return true;
    Error error = Error::make(ErrorKind::BodyMismatch,
                              QStringLiteral("%1: the service received other bytes than were sent (its %2 differs).")
                                  .arg(operation, QString::fromLatin1(checksumAlgorithmName(sent.algorithm))));
    error.httpStatus = response.status;
    error.requestId = response.headers.value("x-amz-request-id");
    return std::unexpected(error);
}

bool isMd5ETag(const QByteArray &eTag, const Checksum &sent)
{
    return sent.algorithm == ChecksumAlgorithm::Md5 && eTag.toLower() == sent.rawBytes.toHex();
}

/// The size of the whole object: Content-Length, or the total of a Content-Range. Error where they cannot be.
Result<ByteCount> objectSize(const HttpResponse &response, std::optional<ByteRange> range)
{
    bool isNumber = false;
    if (!range) {
        const qint64 size = response.headers.value("Content-Length").toLongLong(&isNumber);
        return isNumber && size >= 0 ? Result<ByteCount>(ByteCount(size))
                                     : lacking(QStringLiteral("HeadObject"), QStringLiteral("Content-Length"));
    }
    const QByteArray text = response.headers.value("Content-Range");
    const QByteArray expected =
        "bytes " + QByteArray::number(range->first) + '-' + QByteArray::number(range->last) + '/';
    const qint64 total = text.sliced(text.lastIndexOf('/') + 1).toLongLong(&isNumber);
    // The last byte asked for may lie behind the object's end; then the store stops at the end.
    const QByteArray shortened = "bytes " + QByteArray::number(range->first) + '-' + QByteArray::number(total - 1) + '/';
    if (response.status != 206 || !isNumber || (!text.startsWith(expected) && !text.startsWith(shortened)))
        return failure(ErrorKind::MalformedAnswer, QStringLiteral("GetObject: the answer is not the range that was asked for."));
    return ByteCount(total);
}

}  // namespace

Result<CreatedUpload> createdUpload(const HttpResponse &response, ChecksumAlgorithm algorithm, WallTime now)
{
    const auto root = documentOrFault(response, "InitiateMultipartUploadResult");
    if (!root)
        return std::unexpected(root.error());
    CreatedUpload created;
    created.mayHaveTwin = response.hiddenResends > 0;
    created.uploadId = root->childText("UploadId");
    if (created.uploadId.isEmpty())
        return lacking(QStringLiteral("CreateMultipartUpload"), QStringLiteral("UploadId"));
    const QByteArray name = checksumAlgorithmName(algorithm);
    created.checksumEchoed = !checksumHeaderName(algorithm).isEmpty()
        && (response.headers.value("x-amz-checksum-algorithm").toUpper() == name
            || root->childText("ChecksumAlgorithm").toUpper() == name);
    created.abortDate = timeFromHttpDate(response.headers.value("x-amz-abort-date"));
    created.serverTime = timeFromHttpDate(response.headers.value("Date")).value_or(now);
    return created;
}

Result<PartReceipt> partReceipt(const HttpResponse &response, const Checksum &sent, const ProviderProfile &profile)
{
    PartReceipt receipt;
    receipt.eTag = bareETag(response.headers.value("ETag"));
    if (receipt.eTag.isEmpty())
        return lacking(QStringLiteral("UploadPart"), QStringLiteral("ETag"));
    const auto echoed = echo(QStringLiteral("UploadPart"), response, sent);
    if (!echoed)
        return std::unexpected(echoed.error());
    receipt.checksumEchoed = *echoed || (profile.isPartETagMd5 && isMd5ETag(receipt.eTag, sent));
    return receipt;
}

Result<StoredObject> completedObject(const HttpResponse &response, const Checksum &sent)
{
    const auto root = documentOrFault(response, "CompleteMultipartUploadResult");
    if (!root)
        return std::unexpected(root.error());
    StoredObject object;
    object.eTag = bareETag(root->childText("ETag"));
    // Ceph gives a repeated Complete an empty ETag (18.2); the verification will read it. Without any word on the object it
    // is no answer to Complete.
    if (object.eTag.isEmpty() && root->childText("Key").isEmpty())
        return lacking(QStringLiteral("CompleteMultipartUpload"), QStringLiteral("ETag"));
    object.versionId = response.headers.value("x-amz-version-id");
    object.checksum = listedChecksum(*root);
    // A difference is not judged here: the object exists now, and the verification will name it.
    object.checksumEchoed = !sent.isEmpty() && object.checksum.rawBytes == sent.rawBytes;
    return object;
}

Result<StoredObject> storedObject(const HttpResponse &response, const Checksum &sent)
{
    StoredObject object;
    object.eTag = bareETag(response.headers.value("ETag"));
    if (object.eTag.isEmpty())
        return lacking(QStringLiteral("PutObject"), QStringLiteral("ETag"));
    const auto echoed = echo(QStringLiteral("PutObject"), response, sent);
    if (!echoed)
        return std::unexpected(echoed.error());
    object.versionId = response.headers.value("x-amz-version-id");
    object.checksum = checksumInHeaders(response.headers);
    object.checksumEchoed = *echoed || isMd5ETag(object.eTag, sent);
    return object;
}

Result<ObjectHead> objectHead(const HttpResponse &response, std::optional<ByteRange> range)
{
    const auto size = objectSize(response, range);
    if (!size)
        return std::unexpected(size.error());
    const HttpHeaders &headers = response.headers;
    ObjectHead head;
    head.size = *size;
    head.eTag = bareETag(headers.value("ETag"));
    head.versionId = headers.value("x-amz-version-id");
    head.contentType = headers.value("Content-Type");
    head.storageClass = headers.value("x-amz-storage-class");
    head.lastModified = timeFromHttpDate(headers.value("Last-Modified")).value_or(WallTime{});
    if (!range)
        head.checksum = checksumInHeaders(headers);
    head.partCount = headers.value("x-amz-mp-parts-count").toInt();
    constexpr QByteArrayView kPrefix = "x-amz-meta-";
    for (const auto &[name, value] : headers.fields()) {
        const QByteArray lower = name.toLower();
        if (lower.startsWith(kPrefix))
            head.metadata.append({lower.sliced(kPrefix.size()), decodedMetadataValue(value)});
    }
    return head;
}

}  // namespace packmule
