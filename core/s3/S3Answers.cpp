#include "core/s3/S3Answers.h"

#include "core/base/Redaction.h"
#include "core/s3/S3Headers.h"
#include "core/s3/S3Time.h"
#include "core/s3/S3Xml.h"
#include "core/s3/UriEncoding.h"

#include <array>

namespace packmule {

namespace {

std::unexpected<Error> lacking(const QString &operation, const QString &field)
{
    return failure(ErrorKind::MalformedAnswer, QStringLiteral("The answer to %1 has no %2.").arg(operation, field));
}

/// The document, if its root is the one expected.
Result<XmlElement> document(const HttpResponse &response, QByteArrayView root)
{
    auto read = readXml(response.body);
    if (!read)
        return read;
    if (read->name != root)
        return failure(ErrorKind::MalformedAnswer, QStringLiteral("The answer is not the %1 it should be but \"%2\".")
                                                       .arg(QString::fromLatin1(root), displayName(read->name.left(60))));
    return read;
}

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

/// A key or prefix of a listing. With encoding-type=url AWS and MinIO write a space as '+', and a plus as %2B.
QByteArray listedName(const XmlElement &element, QByteArrayView name, bool isUrlEncoded)
{
    QByteArray text = element.childBytes(name);
    if (!isUrlEncoded)
        return text;
    return uriDecoded(text.replace('+', ' ')).value_or(text);
}

bool isUrlEncoded(const XmlElement &page)
{
    return page.childText("EncodingType").compare("url", Qt::CaseInsensitive) == 0;
}

bool isTruncated(const XmlElement &page)
{
    return page.childText("IsTruncated") == "true";
}

std::optional<ByteCount> listedSize(const XmlElement &element)
{
    bool isNumber = false;
    const qint64 size = element.childText("Size").toLongLong(&isNumber);
    return isNumber && size >= 0 ? std::optional(ByteCount(size)) : std::nullopt;
}

Checksum listedChecksum(const XmlElement &element)
{
    for (const ChecksumAlgorithm algorithm :
         {ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Crc32c, ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Sha256,
          ChecksumAlgorithm::Sha1}) {
        Checksum checksum = checksumFromText(algorithm, element.childText(QByteArray("Checksum" + checksumAlgorithmName(algorithm))));
        if (checksum.isEmpty())
            continue;
        checksum.isComposite = checksum.isComposite || element.childText("ChecksumType") == "COMPOSITE";
        return checksum;
    }
    return {};
}

QList<QByteArray> commonPrefixes(const XmlElement &page, bool encoded)
{
    QList<QByteArray> prefixes;
    for (const XmlElement &element : page.children) {
        if (element.name == "CommonPrefixes")
            prefixes.append(listedName(element, "Prefix", encoded));
    }
    return prefixes;
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

std::optional<ObjectSummary> objectSummary(const XmlElement &element, bool encoded)
{
    const auto size = listedSize(element);
    if (!size || !element.child("Key"))
        return std::nullopt;
    return ObjectSummary{.key = listedName(element, "Key", encoded),
                         .eTag = bareETag(element.childText("ETag")),
                         .storageClass = element.childText("StorageClass"),
                         .size = *size,
                         .lastModified = timeFromIso8601(element.childText("LastModified")).value_or(WallTime{})};
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

Result<PartPage> partPage(const HttpResponse &response, int marker)
{
    const auto root = document(response, "ListPartsResult");
    if (!root)
        return std::unexpected(root.error());
    PartPage page;
    int last = marker;
    for (const XmlElement &element : root->children) {
        if (element.name != "Part")
            continue;
        bool isNumber = false;
        const auto number = PartNumber::from(element.childText("PartNumber").toLongLong(&isNumber));
        const auto size = listedSize(element);
        if (!isNumber || !number || !size)
            return lacking(QStringLiteral("ListParts"), QStringLiteral("part number or size"));
        page.parts.append({.partNumber = *number,
                           .size = *size,
                           .eTag = bareETag(element.childText("ETag")),
                           .checksum = listedChecksum(element)});
        last = std::max(last, number->value());
    }
    if (!isTruncated(*root))
        return page;
    bool isNumber = false;
    const int next = root->childText("NextPartNumberMarker").toInt(&isNumber);
    page.nextMarker = isNumber ? next : last;
    // A store that says "more" without moving on would keep us asking for ever.
    if (*page.nextMarker <= marker)
        return lacking(QStringLiteral("ListParts"), QStringLiteral("way to its next page"));
    return page;
}

Result<StoredObject> completedObject(const HttpResponse &response, const Checksum &sent)
{
    const auto root = documentOrFault(response, "CompleteMultipartUploadResult");
    if (!root)
        return std::unexpected(root.error());
    StoredObject object;
    object.eTag = bareETag(root->childText("ETag"));
    if (object.eTag.isEmpty())
        return lacking(QStringLiteral("CompleteMultipartUpload"), QStringLiteral("ETag"));
    object.versionId = response.headers.value("x-amz-version-id");
    object.checksum = listedChecksum(*root);
    // A difference is not judged here: the object exists now, and the verification will name it.
    object.checksumEchoed = !sent.isEmpty() && object.checksum.rawBytes == sent.rawBytes;
    return object;
}

Result<UploadPage> uploadPage(const HttpResponse &response, const QByteArray &bucket, const QByteArray &keyMarker,
                              const QByteArray &uploadIdMarker)
{
    const auto root = document(response, "ListMultipartUploadsResult");
    if (!root)
        return std::unexpected(root.error());
    const bool encoded = isUrlEncoded(*root);
    UploadPage page;
    page.commonPrefixes = commonPrefixes(*root, encoded);
    for (const XmlElement &element : root->children) {
        if (element.name != "Upload")
            continue;
        const XmlElement *initiator = element.child("Initiator");
        page.uploads.append({.object = {.bucket = bucket, .key = listedName(element, "Key", encoded)},
                             .uploadId = element.childText("UploadId"),
                             .initiated = timeFromIso8601(element.childText("Initiated")).value_or(WallTime{}),
                             .initiatorId = initiator ? initiator->childText("ID") : QByteArray(),
                             .storageClass = element.childText("StorageClass")});
        if (page.uploads.last().uploadId.isEmpty())
            return lacking(QStringLiteral("ListMultipartUploads"), QStringLiteral("UploadId"));
    }
    if (!isTruncated(*root))
        return page;
    page.nextKeyMarker = listedName(*root, "NextKeyMarker", encoded);
    page.nextUploadIdMarker = root->childText("NextUploadIdMarker");
    const bool isStuck = page.nextKeyMarker == keyMarker && page.nextUploadIdMarker == uploadIdMarker;
    if (page.nextKeyMarker.isEmpty() || isStuck)
        return lacking(QStringLiteral("ListMultipartUploads"), QStringLiteral("way to its next page"));
    return page;
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

Result<ObjectPage> objectPage(const HttpResponse &response, const QByteArray &token, const ProviderProfile &profile)
{
    const auto root = document(response, "ListBucketResult");
    if (!root)
        return std::unexpected(root.error());
    const bool encoded = isUrlEncoded(*root);
    ObjectPage page;
    page.commonPrefixes = commonPrefixes(*root, encoded);
    for (const XmlElement &element : root->children) {
        if (element.name != "Contents")
            continue;
        const auto object = objectSummary(element, encoded);
        if (!object)
            return lacking(QStringLiteral("ListObjects"), QStringLiteral("key or size"));
        page.objects.append(*object);
    }
    if (!isTruncated(*root))
        return page;
    if (profile.listVersion != 1) {
        page.nextToken = root->childText("NextContinuationToken");
    } else {
        // Version 1 names the next marker only where a delimiter was given; else it is the last name.
        page.nextToken = listedName(*root, "NextMarker", encoded);
        if (page.nextToken.isEmpty() && !page.objects.isEmpty())
            page.nextToken = page.objects.last().key;
        if (!page.commonPrefixes.isEmpty() && root->child("NextMarker") == nullptr)
            page.nextToken = std::max(page.nextToken, page.commonPrefixes.last());
    }
    if (page.nextToken.isEmpty() || page.nextToken == token)
        return lacking(QStringLiteral("ListObjects"), QStringLiteral("way to its next page"));
    return page;
}

Result<QList<BucketSummary>> bucketList(const HttpResponse &response)
{
    const auto root = document(response, "ListAllMyBucketsResult");
    if (!root)
        return std::unexpected(root.error());
    QList<BucketSummary> buckets;
    const XmlElement *list = root->child("Buckets");
    if (!list)
        return buckets;
    for (const XmlElement &element : list->children) {
        if (element.name == "Bucket")
            buckets.append({.name = element.childText("Name"),
                            .created = timeFromIso8601(element.childText("CreationDate")).value_or(WallTime{})});
    }
    return buckets;
}

}  // namespace packmule
