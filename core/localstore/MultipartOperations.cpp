#include "core/localstore/MultipartOperations.h"

#include "core/integrity/Digest.h"
#include "core/localstore/BucketOperations.h"
#include "core/localstore/ChecksumHeaders.h"
#include "core/localstore/ListOperations.h"
#include "core/localstore/ObjectHeaders.h"
#include "core/localstore/ObjectOperations.h"
#include "core/localstore/StoreTime.h"
#include "core/localstore/XmlText.h"

namespace packmule {

namespace {

struct AskedChecksum {
    ChecksumAlgorithm algorithm = ChecksumAlgorithm::None;
    bool isComposite = false;
};

/// What Create's fields ask for (facts A5.2): CRC64NVME is always of the full object, SHA never, the other CRCs either way.
S3Outcome<AskedChecksum> askedChecksum(const StoreRequest &request)
{
    const QByteArray name = request.header("x-amz-checksum-algorithm");
    const QByteArray type = request.header("x-amz-checksum-type").toUpper();
    if (name.isEmpty()) {
        if (!type.isEmpty())
            return refusal("InvalidRequest", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        return AskedChecksum();
    }
    const auto algorithm = storeChecksumFromName(name);
    if (!algorithm)
        return refusal("InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
                                         "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
    const bool isSha = *algorithm == ChecksumAlgorithm::Sha1 || *algorithm == ChecksumAlgorithm::Sha256;
    const bool isCrc64 = *algorithm == ChecksumAlgorithm::Crc64Nvme;
    const bool isKnownType = type.isEmpty() || type == "COMPOSITE" || type == "FULL_OBJECT";
    if (!isKnownType || (isSha && type == "FULL_OBJECT") || (isCrc64 && type == "COMPOSITE")) {
        return refusal("InvalidRequest", "The " + type + " checksum type cannot be used with the " + name.toLower() + " checksum algorithm.");
    }
    return AskedChecksum{*algorithm, type.isEmpty() ? !isCrc64 : type == "COMPOSITE"};
}

QByteArray newUploadId(WallTime now)
{
    // Time first, so that ids sort as uploads began.
    return QByteArray::number(qint64(now.time_since_epoch().count()), 16).rightJustified(12, '0') + randomBytes(16).toHex();
}

void tellPart(XmlText &xml, const PartFile &part, const StoredUpload &upload)
{
    xml.open("Part");
    xml.element("PartNumber", QByteArray::number(part.number));
    xml.element("LastModified", isoTime(part.modified));
    xml.element("ETag", '"' + part.md5.toHex() + '"');
    xml.element("Size", QByteArray::number(part.size));
    if (!part.checksum.isEmpty())
        xml.element(checksumElementName(upload.algorithm), part.checksum.toBase64());
    xml.close();
}

S3Outcome<void> judgePartChecksum(const Checksum &claimed, const StoredUpload &upload)
{
    if (claimed.isEmpty() || claimed.algorithm == upload.algorithm)
        return {};
    const QByteArray expected = upload.algorithm == ChecksumAlgorithm::None ? QByteArray("null") : checksumAlgorithmName(upload.algorithm).toLower();
    return refusal("InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: " + expected + ", actual checksum Type: "
                                         + checksumAlgorithmName(claimed.algorithm).toLower());
}

}  // namespace

S3Outcome<const StoredUpload *> namedUpload(const StoreContext &context, const StoreRequest &request)
{
    if (const auto bucket = namedBucket(context, request); !bucket)
        return std::unexpected(bucket.error());
    if (const StoredUpload *upload = context.root.multipart().find(request.call.bucket, request.call.key, request.call.uploadId))
        return upload;
    return refusal("NoSuchUpload",
                   "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
                   {{"UploadId", request.call.uploadId}});
}

S3Outcome<StoreAnswer> MultipartOperations::create(const StoreRequest &request)
{
    if (const auto bucket = namedBucket(m_context, request); !bucket)
        return std::unexpected(bucket.error());
    if (request.call.key.size() > 1024)
        return refusal("KeyTooLongError", "Your key is too long", {{"MaxSizeAllowed", "1024"}});
    auto kept = headersToKeep(request);
    if (!kept)
        return std::unexpected(kept.error());
    const auto asked = m_context.options.knowsChecksums ? askedChecksum(request) : AskedChecksum();
    if (!asked)
        return std::unexpected(asked.error());

    const WallTime now = m_context.clock.wallNow();
    StoredUpload upload{.uploadId = newUploadId(now), .bucket = request.call.bucket, .key = request.call.key, .initiated = now,
                        .headers = std::move(*kept), .algorithm = asked->algorithm, .isComposite = asked->isComposite, .parts = {}};
    if (const auto created = m_context.root.multipart().create(upload, m_context.root.temporaryPath()); !created)
        return std::unexpected(refusalFromError(created.error()));

    XmlText xml("InitiateMultipartUploadResult");
    xml.element("Bucket", upload.bucket);
    xml.element("Key", upload.key);
    xml.element("UploadId", upload.uploadId);
    StoreAnswer answer = StoreAnswer::xml(xml.finish());
    if (upload.algorithm != ChecksumAlgorithm::None) {
        answer.headers.append("x-amz-checksum-algorithm", checksumAlgorithmName(upload.algorithm));
        answer.headers.append("x-amz-checksum-type", upload.isComposite ? "COMPOSITE" : "FULL_OBJECT");
    }
    return answer;
}

S3Outcome<BodyPlan> MultipartOperations::planPart(const StoreRequest &request)
{
    const auto upload = namedUpload(m_context, request);
    if (!upload)
        return std::unexpected(upload.error());
    if (!PartNumber::from(request.call.partNumber)) {
        return refusal("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive",
                       {{"ArgumentName", "partNumber"}, {"ArgumentValue", request.parameter("partNumber")}});
    }
    if (const auto judged = judgeObjectBody(request); !judged)
        return std::unexpected(judged.error());
    if (m_context.options.knowsChecksums) {
        const auto claimed = claimedChecksum(request.call.head.headers);
        if (!claimed)
            return std::unexpected(claimed.error());
        if (const auto judged = judgePartChecksum(*claimed, **upload); !judged)
            return std::unexpected(judged.error());
    }
    BodyPlan plan;
    plan.keep = BodyPlan::Keep::File;
    plan.filePath = m_context.root.multipart().incomingPath(request.call.uploadId, m_context.root.newId());
    plan.algorithm = (*upload)->algorithm;  // worked out for each part, so that Complete can combine them
    planDigests(plan, m_context.options);
    return plan;
}

S3Outcome<StoreAnswer> MultipartOperations::uploadPart(const StoreRequest &request, ReceivedBody body)
{
    const auto upload = namedUpload(m_context, request);  // again: it may have ended while the body came
    if (!upload)
        return std::unexpected(upload.error());
    PartFile part;
    part.number = request.call.partNumber;
    part.size = body.size;
    part.md5 = eTagBytes(body);
    part.modified = m_context.clock.wallNow();
    const ChecksumAlgorithm algorithm = (*upload)->algorithm;
    if (algorithm != ChecksumAlgorithm::None)
        part.checksum = body.checksum.isEmpty() ? deliveredChecksum(request, body).rawBytes : body.checksum.rawBytes;
    if (const auto added = m_context.root.multipart().addPart(request.call.uploadId, part, std::move(body.file)); !added)
        return std::unexpected(refusalFromError(added.error()));

    StoreAnswer answer;
    answer.headers.append("ETag", '"' + part.md5.toHex() + '"');
    if (!part.checksum.isEmpty())
        answer.headers.append(storeChecksumHeader(algorithm), part.checksum.toBase64());
    return answer;
}

S3Outcome<StoreAnswer> MultipartOperations::listParts(const StoreRequest &request) const
{
    const auto named = namedUpload(m_context, request);
    if (!named)
        return std::unexpected(named.error());
    const auto size = pageSize(request, "max-parts");
    if (!size)
        return std::unexpected(size.error());
    const StoredUpload &upload = **named;
    const int marker = request.parameter("part-number-marker").toInt();

    XmlText xml("ListPartsResult");
    xml.element("Bucket", upload.bucket);
    xml.element("Key", request.parameter("encoding-type") == "url" ? upload.key.toPercentEncoding("/") : upload.key);
    xml.element("UploadId", upload.uploadId);
    for (const char *name : {"Initiator", "Owner"}) {
        xml.open(name);
        xml.element("ID", "local");
        xml.element("DisplayName", "local");
        xml.close();
    }
    const QByteArray storageClass = upload.headers.value("x-amz-storage-class");
    xml.element("StorageClass", storageClass.isEmpty() ? QByteArray("STANDARD") : storageClass);
    if (upload.algorithm != ChecksumAlgorithm::None) {
        xml.element("ChecksumAlgorithm", checksumAlgorithmName(upload.algorithm));
        xml.element("ChecksumType", upload.isComposite ? "COMPOSITE" : "FULL_OBJECT");
    }
    xml.element("PartNumberMarker", QByteArray::number(marker));
    xml.element("MaxParts", QByteArray::number(*size));
    int told = 0;
    int last = 0;
    auto part = upload.parts.upper_bound(marker);
    for (; part != upload.parts.end() && told < *size; ++part, ++told) {
        tellPart(xml, part->second, upload);
        last = part->first;
    }
    const bool isTruncated = part != upload.parts.end() && *size > 0;
    if (isTruncated)
        xml.element("NextPartNumberMarker", QByteArray::number(last));
    xml.element("IsTruncated", isTruncated ? "true" : "false");
    return StoreAnswer::xml(xml.finish());
}

S3Outcome<StoreAnswer> MultipartOperations::abort(const StoreRequest &request)
{
    if (const auto upload = namedUpload(m_context, request); !upload)
        return std::unexpected(upload.error());
    m_context.root.multipart().abort(request.call.uploadId, m_context.root.temporaryPath());
    StoreAnswer answer;
    answer.status = 204;
    return answer;
}

}  // namespace packmule
