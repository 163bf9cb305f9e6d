#include "core/localstore/CompleteOperation.h"

#include "core/integrity/Digest.h"
#include "core/localstore/ChecksumHeaders.h"
#include "core/localstore/MultipartOperations.h"
#include "core/localstore/ObjectHeaders.h"
#include "core/localstore/XmlText.h"

namespace packmule {

namespace {

constexpr qint64 kSmallestPart = qint64(5) << 20;  // S3 user guide, "Multipart upload limits": all but the last

S3Outcome<void> judgeNamedChecksum(const NamedPart &named, const PartFile &part, const StoredUpload &upload)
{
    bool isNamed = false;
    for (const Checksum &checksum : named.checksums) {
        isNamed = isNamed || checksum.algorithm == upload.algorithm;
        if (checksum.algorithm != upload.algorithm || checksum.rawBytes != part.checksum) {
            return refusal("InvalidPart", "One or more of the specified parts could not be found. The checksum of a part does not match.",
                           {{"PartNumber", QByteArray::number(named.number)}});
        }
    }
    if (upload.isComposite && !isNamed && !part.checksum.isEmpty()) {
        const QByteArray name = checksumAlgorithmName(upload.algorithm).toLower();
        return refusal("InvalidRequest", "The upload was created using a " + name
                                             + " checksum. The complete request must include the checksum for each part. It was missing for part "
                                             + QByteArray::number(named.number) + " in the request.");
    }
    return {};
}

/// Of the whole object: combined CRCs, or the digest of the parts' digests. Empty where a part has none.
Checksum objectChecksum(const StoredUpload &upload, const QList<PartFile> &parts)
{
    Checksum whole{.algorithm = upload.algorithm, .rawBytes = {}, .isComposite = upload.isComposite};
    if (upload.algorithm == ChecksumAlgorithm::None)
        return {};
    QByteArray listed;
    for (const PartFile &part : parts) {
        if (part.checksum.isEmpty())
            return {};
        listed += part.checksum;
        if (!upload.isComposite)
            whole.rawBytes = whole.rawBytes.isEmpty() ? part.checksum
                                                      : combineCrc(upload.algorithm, whole.rawBytes, part.checksum, ByteCount(part.size));
    }
    if (upload.isComposite) {
        const auto digest = makeDigest(upload.algorithm);
        digest->add(listed);
        whole.rawBytes = digest->result();
    }
    return whole;
}

S3Outcome<void> judgeClaims(const StoreRequest &request, const StoredUpload &upload, const Checksum &checksum, qint64 size, int partCount)
{
    const QByteArray claimedSize = request.header("x-amz-mp-object-size");
    if (!claimedSize.isEmpty() && claimedSize != QByteArray::number(size)) {
        return refusal("InvalidRequest", "The provided 'x-amz-mp-object-size' header value " + claimedSize
                                             + " does not match what was computed: " + QByteArray::number(size));
    }
    if (upload.algorithm == ChecksumAlgorithm::None)
        return {};
    const QByteArray type = request.header("x-amz-checksum-type").toUpper();
    if (!type.isEmpty() && type != (upload.isComposite ? "COMPOSITE" : "FULL_OBJECT"))
        return refusal("BadDigest", "The upload was created with another checksum type than the complete request names: " + type);
    QByteArray claimed = request.header(storeChecksumHeader(upload.algorithm));
    const QByteArray suffix = '-' + QByteArray::number(partCount);
    if (upload.isComposite && claimed.endsWith(suffix))
        claimed.chop(suffix.size());
    if (!claimed.isEmpty() && !checksum.isEmpty() && claimed != checksum.rawBytes.toBase64())
        return refusal("BadDigest", "The " + checksumAlgorithmName(upload.algorithm) + " you specified did not match the calculated checksum.");
    return {};
}

}  // namespace

S3Outcome<StoreAnswer> CompleteOperation::complete(const StoreRequest &request, const QByteArray &document)
{
    const auto named = partsFromXml(document);
    if (!named)
        return std::unexpected(named.error());
    const QByteArray completion = completionOf(*named);
    const auto upload = namedUpload(m_context, request);
    if (!upload && upload.error().code == "NoSuchUpload")
        return repeated(request, completion);
    if (!upload)
        return std::unexpected(upload.error());
    const ObjectEntry *earlier = m_context.root.bucket(request.call.bucket)->find(request.call.key);
    if (const auto judged = judgeWriteConditions(request, earlier == nullptr ? QByteArray() : earlier->eTag); !judged)
        return std::unexpected(judged.error());
    const auto parts = judgeParts(*named, **upload);
    if (!parts)
        return std::unexpected(parts.error());
    auto record = recordOf(request, **upload, *parts);
    if (!record)
        return std::unexpected(record.error());
    record->completion = completion;
    if (const auto stored = m_context.root.storeObject(request.call.bucket, *record, {}); !stored)
        return std::unexpected(refusalFromError(stored.error()));
    QSet<QByteArray> kept;
    for (const PartFile &part : *parts)
        kept.insert(part.name);
    m_context.root.multipart().release(record->uploadId, kept);
    return answerFor(request, *record);
}

S3Outcome<QList<PartFile>> CompleteOperation::judgeParts(const QList<NamedPart> &named, const StoredUpload &upload) const
{
    QList<PartFile> parts;
    for (const NamedPart &wanted : named) {
        if (!parts.isEmpty() && wanted.number <= parts.constLast().number)
            return refusal("InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.");
        const auto found = upload.parts.find(wanted.number);
        if (found == upload.parts.end() || found->second.md5.toHex() != wanted.eTag) {
            return refusal("InvalidPart",
                           "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified "
                           "entity tag may not match the part's entity tag.",
                           {{"UploadId", upload.uploadId}, {"PartNumber", QByteArray::number(wanted.number)}, {"ETag", wanted.eTag}});
        }
        if (const auto judged = judgeNamedChecksum(wanted, found->second, upload); !judged)
            return std::unexpected(judged.error());
        parts.append(found->second);
    }
    for (qsizetype i = 0; i + 1 < parts.size(); ++i) {
        if (parts.at(i).size < kSmallestPart) {
            return refusal("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size",
                           {{"ProposedSize", QByteArray::number(parts.at(i).size)},
                            {"MinSizeAllowed", QByteArray::number(kSmallestPart)},
                            {"PartNumber", QByteArray::number(parts.at(i).number)}});
        }
    }
    return parts;
}

S3Outcome<ObjectRecord> CompleteOperation::recordOf(const StoreRequest &request, const StoredUpload &upload, const QList<PartFile> &parts) const
{
    ObjectRecord record;
    record.key = upload.key;
    record.uploadId = upload.uploadId;
    record.headers = upload.headers;
    record.modified = m_context.clock.wallNow();
    record.bodyPath = MultipartFolder::folderOf(upload.uploadId);
    record.isDiscarded = m_context.options.discardBodies;
    QByteArray digests;
    for (const PartFile &part : parts) {
        record.size += part.size;
        record.extents.append({part.name, part.size});
        digests += part.md5;
    }
    record.eTag = md5(digests).toHex() + '-' + QByteArray::number(parts.size());
    record.checksum = objectChecksum(upload, parts);
    if (const auto judged = judgeClaims(request, upload, record.checksum, record.size, int(parts.size())); !judged)
        return std::unexpected(judged.error());
    return record;
}

S3Outcome<StoreAnswer> CompleteOperation::repeated(const StoreRequest &request, const QByteArray &completion) const
{
    const bool isOfThisKey = m_context.root.completedKey(request.call.bucket, request.call.uploadId) == request.call.key;
    if (isOfThisKey) {
        const auto found = m_context.root.bucket(request.call.bucket)->record(request.call.key);
        if (found && found->record.uploadId == request.call.uploadId && found->record.completion == completion)
            return answerFor(request, found->record);
    }
    return std::unexpected(namedUpload(m_context, request).error());
}

StoreAnswer CompleteOperation::answerFor(const StoreRequest &request, const ObjectRecord &record) const
{
    XmlText xml("CompleteMultipartUploadResult");
    xml.element("Location", (m_context.options.tls ? "https://" : "http://") + request.header("Host") + request.path);
    xml.element("Bucket", request.call.bucket);
    xml.element("Key", record.key);
    xml.element("ETag", '"' + record.eTag + '"');
    if (!record.checksum.isEmpty()) {
        xml.element(checksumElementName(record.checksum.algorithm), checksumText(record.checksum, int(record.extents.size())));
        xml.element("ChecksumType", checksumTypeName(record.checksum));
    }
    return StoreAnswer::xml(xml.finish());
}

}  // namespace packmule
