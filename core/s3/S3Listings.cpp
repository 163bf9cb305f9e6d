#include "core/s3/S3Listings.h"

#include "core/s3/S3Documents.h"
#include "core/s3/S3Headers.h"
#include "core/s3/S3Time.h"
#include "core/s3/UriEncoding.h"

#include <algorithm>

namespace packmule {

namespace {

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

QList<QByteArray> commonPrefixes(const XmlElement &page, bool encoded)
{
    QList<QByteArray> prefixes;
    for (const XmlElement &element : page.children) {
        if (element.name == "CommonPrefixes")
            prefixes.append(listedName(element, "Prefix", encoded));
    }
    return prefixes;
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

}  // namespace

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
