#pragma once

#include "core/s3/ObjectStore.h"

#include <map>
#include <set>

namespace packmule {

struct FakePart { QByteArray content, eTag; Checksum checksum; int timesSent = 0; };

struct FakeUpload {
    ObjectAddress object;
    ObjectSettings settings;
    IntegrityPlan integrity;
    WallTime initiated{};
    std::map<int, FakePart> parts;
};

struct FakeObject {
    QByteArray content, eTag, versionId;
    ObjectSettings settings;
    Checksum checksum;
    int partCount = 0;
    WallTime lastModified{};
};

/// What a store knows and does, without time or faults: buckets, objects, unfinished uploads. Plain functions.
class FakeStoreModel
{
public:
    // What a test may set
    std::set<ChecksumAlgorithm> knownChecksums = {ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Crc32c, ChecksumAlgorithm::Crc32};
    bool refusesUnknownChecksums = false;   ///< true: ChecksumUnknown; false: ignored and not echoed
    bool isCompleteIdempotent = true;       ///< the same Complete again gives the same answer, not NoSuchUpload
    bool tellsChecksumAtHead = true;
    bool hasOpaqueETags = false;            ///< PutObject: not the MD5
    int pageSize = 1000;
    ByteCount minPartSize{0};
    // What a test may read or prepare
    std::map<QByteArray, std::map<QByteArray, FakeObject>> buckets;
    std::map<QByteArray, FakeUpload> uploads;               ///< by upload id
    std::map<QByteArray, StoredObject> completedUploads;    ///< by upload id
    int partsAcceptedTwice = 0;
    qint64 bytesAccepted = 0;

    const FakeObject *object(const ObjectAddress &address) const;

    Result<CreatedUpload> create(const ObjectAddress &, const ObjectSettings &, const IntegrityPlan &, WallTime now);
    Result<PartReceipt> uploadPart(const PartAddress &, const IntegrityPlan &, const QByteArray &content, const BodyDigests &);
    Result<PartPage> listParts(const QByteArray &uploadId, int marker, int pageSize) const;
    Result<StoredObject> complete(const ObjectAddress &, const QByteArray &uploadId, const CompleteRequest &, WallTime now);
    Result<void> abort(const QByteArray &uploadId);
    Result<UploadPage> listUploads(const QByteArray &bucket, const QByteArray &prefix) const;
    Result<StoredObject> put(const ObjectAddress &, const ObjectSettings &, const IntegrityPlan &, const QByteArray &content,
                             const BodyDigests &, bool ifNoneMatch, WallTime now);
    Result<ObjectHead> head(const ObjectAddress &) const;
    Result<ObjectPage> list(const QByteArray &bucket, const QByteArray &prefix) const;

private:
    Result<bool> acceptBody(const IntegrityPlan &, const QByteArray &content, const BodyDigests &) const;

    int m_nextUpload = 1;
};

}  // namespace packmule
