#include "core/localstore/ListOperations.h"

#include "core/localstore/BucketOperations.h"
#include "core/localstore/ObjectListing.h"
#include "core/localstore/StoreTime.h"
#include "core/localstore/XmlText.h"

#include <algorithm>

namespace packmule {

namespace {

constexpr int kLargestPage = 1000;  // S3 API reference, ListObjectsV2 and ListMultipartUploads

/// Names as the question wants them: plain, or percent-encoded with '/' kept.
class NameForm
{
public:
    explicit NameForm(const StoreRequest &request) : m_isUrl(request.parameter("encoding-type") == "url") {}
    QByteArray operator()(const QByteArray &name) const { return m_isUrl ? name.toPercentEncoding("/") : name; }
    void tell(XmlText &xml) const
    {
        if (m_isUrl)
            xml.element("EncodingType", "url");
    }

private:
    bool m_isUrl;
};

/// Opaque to clients: 'P' or 'K', then the common prefix or key that ended the page before.
QByteArray tokenOf(const ObjectListing &listing)
{
    return QByteArray((listing.lastIsPrefix ? 'P' : 'K') + listing.last).toBase64(QByteArray::Base64UrlEncoding);
}

S3Outcome<ListingQuestion> questionOf(const StoreRequest &request, bool isVersion2)
{
    const auto size = pageSize(request, "max-keys");
    if (!size)
        return std::unexpected(size.error());
    ListingQuestion question{.prefix = request.parameter("prefix"), .delimiter = request.parameter("delimiter"), .after = {}, .pageSize = *size};
    if (!isVersion2) {
        question.after = request.parameter("marker");
        question.afterIsPrefix = !question.delimiter.isEmpty() && question.after.endsWith(question.delimiter);
        return question;
    }
    question.after = request.parameter("start-after");
    if (!request.hasParameter("continuation-token"))
        return question;
    const auto token = QByteArray::fromBase64Encoding(request.parameter("continuation-token"),
                                                      QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!token || (*token).size() < 2)
        return refusal("InvalidArgument", "The continuation token provided is incorrect", {{"ArgumentName", "continuation-token"}});
    question.afterIsPrefix = (*token).startsWith('P');
    question.after = (*token).mid(1);
    return question;
}

void tellPaging(XmlText &xml, const StoreRequest &request, const ObjectListing &listing, bool isVersion2, const NameForm &form)
{
    if (!isVersion2) {
        xml.element("Marker", form(request.parameter("marker")));
        if (listing.isTruncated && request.hasParameter("delimiter"))
            xml.element("NextMarker", form(listing.last));
        return;
    }
    xml.element("KeyCount", QByteArray::number(listing.objects.size() + listing.commonPrefixes.size()));
    if (request.hasParameter("continuation-token"))
        xml.element("ContinuationToken", request.parameter("continuation-token"));
    if (request.hasParameter("start-after"))
        xml.element("StartAfter", form(request.parameter("start-after")));
    if (listing.isTruncated)
        xml.element("NextContinuationToken", tokenOf(listing));
}

void tellOwner(XmlText &xml, const QByteArray &elementName)
{
    xml.open(elementName);
    xml.element("ID", "local");
    xml.element("DisplayName", "local");
    xml.close();
}

void tellCommonPrefixes(XmlText &xml, const QByteArrayList &prefixes, const NameForm &form)
{
    for (const QByteArray &prefix : prefixes) {
        xml.open("CommonPrefixes");
        xml.element("Prefix", form(prefix));
        xml.close();
    }
}

struct UploadListing {
    QList<const StoredUpload *> uploads;
    QByteArrayList commonPrefixes;
    bool isTruncated = false;
    QByteArray lastKey, lastUploadId;
};

bool isBehindMarker(const StoredUpload &upload, const StoreRequest &request)
{
    const QByteArray keyMarker = request.parameter("key-marker");
    const QByteArray delimiter = request.parameter("delimiter");
    if (keyMarker.isEmpty())
        return true;
    if (!delimiter.isEmpty() && keyMarker.endsWith(delimiter) && upload.key.startsWith(keyMarker))
        return false;  // the marker is a common prefix that has been told
    const QByteArray idMarker = request.parameter("upload-id-marker");
    return upload.key > keyMarker || (upload.key == keyMarker && !idMarker.isEmpty() && upload.uploadId > idMarker);
}

UploadListing listedUploads(const MultipartFolder &multipart, const StoreRequest &request, int size)
{
    const QByteArray prefix = request.parameter("prefix");
    const QByteArray delimiter = request.parameter("delimiter");
    QList<const StoredUpload *> candidates;
    for (const auto &[uploadId, upload] : multipart.uploads()) {
        if (upload.bucket == request.call.bucket && upload.key.startsWith(prefix) && isBehindMarker(upload, request))
            candidates.append(&upload);
    }
    std::stable_sort(candidates.begin(), candidates.end(), [](const auto *a, const auto *b) { return a->key < b->key; });

    UploadListing listing;
    for (const StoredUpload *upload : std::as_const(candidates)) {
        const qsizetype found = delimiter.isEmpty() ? -1 : upload->key.indexOf(delimiter, prefix.size());
        const QByteArray commonPrefix = found < 0 ? QByteArray() : upload->key.left(found + delimiter.size());
        if (found >= 0 && !listing.commonPrefixes.isEmpty() && listing.commonPrefixes.constLast() == commonPrefix)
            continue;
        if (listing.uploads.size() + listing.commonPrefixes.size() == size) {
            listing.isTruncated = size > 0;
            break;
        }
        if (found >= 0)
            listing.commonPrefixes.append(commonPrefix);
        else
            listing.uploads.append(upload);
        listing.lastKey = found >= 0 ? commonPrefix : upload->key;
        listing.lastUploadId = found >= 0 ? QByteArray() : upload->uploadId;
    }
    return listing;
}

void tellUpload(XmlText &xml, const StoredUpload &upload, const NameForm &form)
{
    xml.open("Upload");
    xml.element("Key", form(upload.key));
    xml.element("UploadId", upload.uploadId);
    tellOwner(xml, "Initiator");
    tellOwner(xml, "Owner");
    const QByteArray storageClass = upload.headers.value("x-amz-storage-class");
    xml.element("StorageClass", storageClass.isEmpty() ? "STANDARD" : storageClass);
    xml.element("Initiated", isoTime(upload.initiated));
    if (upload.algorithm != ChecksumAlgorithm::None) {
        xml.element("ChecksumAlgorithm", checksumAlgorithmName(upload.algorithm));
        xml.element("ChecksumType", upload.isComposite ? "COMPOSITE" : "FULL_OBJECT");
    }
    xml.close();
}

}  // namespace

S3Outcome<int> pageSize(const StoreRequest &request, const QByteArray &name)
{
    if (!request.hasParameter(name))
        return kLargestPage;
    bool isNumber = false;
    const int size = request.parameter(name).toInt(&isNumber);
    if (!isNumber || size < 0)
        return refusal("InvalidArgument", "Provided " + name + " not an integer or within integer range", {{"ArgumentName", name}});
    return std::min(size, kLargestPage);
}

S3Outcome<StoreAnswer> ListOperations::listObjects(const StoreRequest &request) const
{
    const auto bucket = namedBucket(m_context, request);
    if (!bucket)
        return std::unexpected(bucket.error());
    const bool isVersion2 = request.parameter("list-type") == "2";
    const auto question = questionOf(request, isVersion2);
    if (!question)
        return std::unexpected(question.error());
    const ObjectListing listing = listedObjects((*bucket)->entries(), *question);
    const NameForm form(request);

    XmlText xml("ListBucketResult");
    xml.element("Name", request.call.bucket);
    xml.element("Prefix", form(question->prefix));
    xml.element("MaxKeys", QByteArray::number(question->pageSize));
    xml.element("IsTruncated", listing.isTruncated ? "true" : "false");
    if (!question->delimiter.isEmpty())
        xml.element("Delimiter", form(question->delimiter));
    form.tell(xml);
    tellPaging(xml, request, listing, isVersion2, form);
    for (const auto &[key, entry] : listing.objects) {
        xml.open("Contents");
        xml.element("Key", form(key));
        xml.element("LastModified", isoTime(entry->modified));
        xml.element("ETag", '"' + entry->eTag + '"');
        xml.element("Size", QByteArray::number(entry->size));
        if (!isVersion2 || request.parameter("fetch-owner") == "true")
            tellOwner(xml, "Owner");
        xml.element("StorageClass", entry->storageClass.isEmpty() ? "STANDARD" : entry->storageClass);
        xml.close();
    }
    tellCommonPrefixes(xml, listing.commonPrefixes, form);
    return StoreAnswer::xml(xml.finish());
}

S3Outcome<StoreAnswer> ListOperations::listUploads(const StoreRequest &request) const
{
    if (const auto bucket = namedBucket(m_context, request); !bucket)
        return std::unexpected(bucket.error());
    const auto size = pageSize(request, "max-uploads");
    if (!size)
        return std::unexpected(size.error());
    const UploadListing listing = listedUploads(m_context.root.multipart(), request, *size);
    const NameForm form(request);

    XmlText xml("ListMultipartUploadsResult");
    xml.element("Bucket", request.call.bucket);
    xml.element("KeyMarker", form(request.parameter("key-marker")));
    xml.element("UploadIdMarker", request.parameter("upload-id-marker"));
    if (listing.isTruncated) {
        xml.element("NextKeyMarker", form(listing.lastKey));
        xml.element("NextUploadIdMarker", listing.lastUploadId);
    }
    if (request.hasParameter("delimiter"))
        xml.element("Delimiter", form(request.parameter("delimiter")));
    xml.element("Prefix", form(request.parameter("prefix")));
    form.tell(xml);
    xml.element("MaxUploads", QByteArray::number(*size));
    xml.element("IsTruncated", listing.isTruncated ? "true" : "false");
    for (const StoredUpload *upload : listing.uploads)
        tellUpload(xml, *upload, form);
    tellCommonPrefixes(xml, listing.commonPrefixes, form);
    return StoreAnswer::xml(xml.finish());
}

}  // namespace packmule
