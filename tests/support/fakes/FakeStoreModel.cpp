#include "tests/support/fakes/FakeStoreModel.h"

#include "tests/support/fakes/FakePartHasher.h"

#include <QCryptographicHash>

namespace packmule {

namespace {

QByteArray md5Hex(const QByteArray &content)
{
    return QCryptographicHash::hash(content, QCryptographicHash::Md5).toHex();
}

bool isAdditionalChecksum(ChecksumAlgorithm algorithm)
{
    return algorithm != ChecksumAlgorithm::None && algorithm != ChecksumAlgorithm::Md5;
}

Checksum checksumOf(const QByteArray &content, ChecksumAlgorithm algorithm)
{
    return digestsOf(content, {.algorithm = algorithm, .signPayload = false}).checksum;
}

}  // namespace

const FakeObject *FakeStoreModel::object(const ObjectAddress &address) const
{
    const auto bucket = buckets.find(address.bucket);
    if (bucket == buckets.end())
        return nullptr;
    const auto found = bucket->second.find(address.key);
    return found == bucket->second.end() ? nullptr : &found->second;
}

Result<CreatedUpload> FakeStoreModel::create(const ObjectAddress &address, const ObjectSettings &settings,
                                             const IntegrityPlan &integrity, WallTime now)
{
    if (!buckets.contains(address.bucket))
        return failure(ErrorKind::NoSuchBucket, QStringLiteral("no such bucket"));
    const bool isKnown = knownChecksums.contains(integrity.algorithm);
    if (isAdditionalChecksum(integrity.algorithm) && !isKnown && refusesUnknownChecksums)
        return failure(ErrorKind::ChecksumUnknown, QStringLiteral("x-amz-checksum-algorithm is not implemented"));
    const QByteArray id = "upload-" + QByteArray::number(m_nextUpload++);
    uploads[id] = {address, settings, integrity, now, {}};
    CreatedUpload created;
    created.uploadId = id;
    created.checksumEchoed = isAdditionalChecksum(integrity.algorithm) && isKnown;
    created.serverTime = now;
    return created;
}

/// Whether the checksum is echoed, or what is wrong with the body.
Result<bool> FakeStoreModel::acceptBody(const IntegrityPlan &integrity, const QByteArray &content,
                                        const BodyDigests &digests) const
{
    if (integrity.algorithm == ChecksumAlgorithm::None)
        return false;
    if (isAdditionalChecksum(integrity.algorithm) && !knownChecksums.contains(integrity.algorithm)) {
        if (refusesUnknownChecksums)
            return failure(ErrorKind::ChecksumUnknown, QStringLiteral("the checksum header is not implemented"));
        return false;
    }
    if (digests.checksum.rawBytes != checksumOf(content, integrity.algorithm).rawBytes)
        return failure(ErrorKind::BodyMismatch, QStringLiteral("the body does not match its checksum"));
    return isAdditionalChecksum(integrity.algorithm);
}

Result<PartReceipt> FakeStoreModel::uploadPart(const PartAddress &part, const IntegrityPlan &integrity,
                                               const QByteArray &content, const BodyDigests &digests)
{
    const auto upload = uploads.find(part.uploadId);
    if (upload == uploads.end())
        return failure(ErrorKind::NoSuchUpload, QStringLiteral("no such upload"));
    const Result<bool> echoed = acceptBody(integrity, content, digests);
    if (!echoed)
        return std::unexpected(echoed.error());
    FakePart &stored = upload->second.parts[part.partNumber.value()];
    if (stored.timesSent++ > 0)
        ++partsAcceptedTwice;
    bytesAccepted += content.size();
    stored.content = content;
    stored.eTag = md5Hex(content);
    stored.checksum = *echoed ? checksumOf(content, integrity.algorithm) : Checksum{};
    return PartReceipt{.eTag = stored.eTag, .checksumEchoed = *echoed};
}

Result<PartPage> FakeStoreModel::listParts(const QByteArray &uploadId, int marker, int asked) const
{
    const auto upload = uploads.find(uploadId);
    if (upload == uploads.end())
        return failure(ErrorKind::NoSuchUpload, QStringLiteral("no such upload"));
    PartPage page;
    for (auto part = upload->second.parts.upper_bound(marker); part != upload->second.parts.end(); ++part) {
        if (page.parts.size() == std::min(asked, pageSize)) {
            page.nextMarker = page.parts.last().partNumber.value();
            break;
        }
        page.parts.append({.partNumber = *PartNumber::from(part->first), .size = ByteCount(part->second.content.size()),
                           .eTag = part->second.eTag, .checksum = part->second.checksum});
    }
    return page;
}

Result<StoredObject> FakeStoreModel::complete(const ObjectAddress &address, const QByteArray &uploadId,
                                              const CompleteRequest &request, WallTime now)
{
    const auto upload = uploads.find(uploadId);
    if (upload == uploads.end()) {
        const auto before = completedUploads.find(uploadId);
        if (before != completedUploads.end() && isCompleteIdempotent)
            return before->second;
        return failure(ErrorKind::NoSuchUpload, QStringLiteral("no such upload"));
    }
    if (request.ifNoneMatch && object(address))
        return failure(ErrorKind::PreconditionFailed, QStringLiteral("the object exists"));
    FakeObject made;
    for (const StoredPart &part : request.parts) {
        const auto stored = upload->second.parts.find(part.partNumber.value());
        if (stored == upload->second.parts.end() || stored->second.eTag != part.eTag)
            return failure(ErrorKind::InvalidPart, QStringLiteral("a part is not the one listed"));
        if (part.partNumber != request.parts.last().partNumber && ByteCount(stored->second.content.size()) < minPartSize)
            return failure(ErrorKind::PartTooSmall, QStringLiteral("a part is too small"));
        made.content += stored->second.content;
    }
    if (made.content.size() != request.objectSize.value())
        return failure(ErrorKind::ServiceRefused, QStringLiteral("x-amz-mp-object-size does not match"));
    const ChecksumAlgorithm algorithm = upload->second.integrity.algorithm;
    if (isAdditionalChecksum(algorithm) && knownChecksums.contains(algorithm))
        made.checksum = checksumOf(made.content, algorithm);
    if (!request.objectChecksum.isEmpty() && !made.checksum.isEmpty() && request.objectChecksum.rawBytes != made.checksum.rawBytes)
        return failure(ErrorKind::BodyMismatch, QStringLiteral("the object's checksum does not match"));
    made.eTag = md5Hex(made.content) + '-' + QByteArray::number(request.parts.size());
    made.settings = upload->second.settings;
    made.partCount = static_cast<int>(request.parts.size());
    made.lastModified = now;
    const StoredObject answer{.eTag = made.eTag, .versionId = {}, .checksum = made.checksum, .checksumEchoed = !made.checksum.isEmpty()};
    buckets[address.bucket][address.key] = made;
    uploads.erase(upload);
    completedUploads[uploadId] = answer;
    return answer;
}

Result<void> FakeStoreModel::abort(const QByteArray &uploadId)
{
    uploads.erase(uploadId);
    return {};
}

Result<UploadPage> FakeStoreModel::listUploads(const QByteArray &bucket, const QByteArray &prefix) const
{
    UploadPage page;
    for (const auto &[id, upload] : uploads) {
        if (upload.object.bucket == bucket && upload.object.key.startsWith(prefix))
            page.uploads.append({.object = upload.object, .uploadId = id, .initiated = upload.initiated, .initiatorId = {}, .storageClass = {}});
    }
    return page;
}

Result<StoredObject> FakeStoreModel::put(const ObjectAddress &address, const ObjectSettings &settings,
                                         const IntegrityPlan &integrity, const QByteArray &content,
                                         const BodyDigests &digests, bool ifNoneMatch, WallTime now)
{
    if (!buckets.contains(address.bucket))
        return failure(ErrorKind::NoSuchBucket, QStringLiteral("no such bucket"));
    if (ifNoneMatch && object(address))
        return failure(ErrorKind::PreconditionFailed, QStringLiteral("the object exists"));
    const Result<bool> echoed = acceptBody(integrity, content, digests);
    if (!echoed)
        return std::unexpected(echoed.error());
    FakeObject made{.content = content, .eTag = hasOpaqueETags ? QByteArray("opaque") : md5Hex(content), .versionId = {}, .settings = settings, .checksum = {}, .partCount = 0, .lastModified = now};
    if (*echoed)
        made.checksum = checksumOf(content, integrity.algorithm);
    bytesAccepted += content.size();
    buckets[address.bucket][address.key] = made;
    return StoredObject{.eTag = made.eTag, .versionId = {}, .checksum = made.checksum, .checksumEchoed = *echoed};
}

Result<ObjectHead> FakeStoreModel::head(const ObjectAddress &address) const
{
    const FakeObject *found = object(address);
    if (!found)
        return failure(ErrorKind::NoSuchKey, QStringLiteral("no such key"));
    ObjectHead head;
    head.size = ByteCount(found->content.size());
    head.eTag = found->eTag;
    head.versionId = found->versionId;
    head.contentType = found->settings.contentType;
    head.lastModified = found->lastModified;
    head.partCount = found->partCount;
    if (tellsChecksumAtHead)
        head.checksum = found->checksum;
    for (const auto &[name, value] : found->settings.metadata)
        head.metadata.append({name.toLower(), value});
    return head;
}

Result<ObjectPage> FakeStoreModel::list(const QByteArray &bucket, const QByteArray &prefix) const
{
    const auto found = buckets.find(bucket);
    if (found == buckets.end())
        return failure(ErrorKind::NoSuchBucket, QStringLiteral("no such bucket"));
    ObjectPage page;
    for (const auto &[key, object] : found->second) {
        if (key.startsWith(prefix))
            page.objects.append({.key = key, .eTag = object.eTag, .storageClass = {}, .size = ByteCount(object.content.size()), .lastModified = object.lastModified});
    }
    return page;
}

}  // namespace packmule
