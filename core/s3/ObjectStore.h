#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/s3/Types.h"

#include <QIODevice>

#include <functional>
#include <memory>

namespace packmule {

/// Bytes handed to the transport so far, out of the body's size. Called on the engine's thread, never decreasing.
using ByteProgress = std::function<void(ByteCount sent, ByteCount total)>;

template<typename T>
using Done = std::function<void(Result<T>)>;

/// A request body: a seekable, open, read-only device of exactly `size` bytes, and what is known of its content.
struct ObjectBody {
    std::unique_ptr<QIODevice> device;
    ByteCount size;
    BodyDigests digests;
};

struct CreatedUpload {
    QByteArray uploadId;
    bool checksumEchoed = false;          ///< the store named our algorithm in its answer
    bool mayHaveTwin = false;             ///< the transport sent the Create more than once: another, empty upload may exist
    std::optional<WallTime> abortDate;    ///< when the bucket's lifecycle rule deletes the upload
    WallTime serverTime{};                ///< the answer's Date
};

struct PartReceipt {
    QByteArray eTag;
    bool checksumEchoed = false;  ///< the store answered with the same checksum; a different one is BodyMismatch
};

struct CompleteRequest {
    QList<StoredPart> parts;      ///< ascending part numbers; checksum where the algorithm wants it in the XML
    ByteCount objectSize;         ///< x-amz-mp-object-size
    Checksum objectChecksum;      ///< full-object checksum, empty if there is none
    bool ifNoneMatch = false;
};

struct StoredObject {
    QByteArray eTag, versionId;
    Checksum checksum;            ///< what the store says, empty if nothing
    bool checksumEchoed = false;  ///< PutObject: the store answered with our checksum
};

/// S3 as the engine needs it: one call, one request (after at most one free repair of region or clock), no retry.
/// Every call returns a CallHandle under its rules. Errors by kind as S3ErrorMapping gives them; a network fault after
/// body bytes went out is first looked into with one cheap bodyless request (facts s3.md, finding 2).
/// Thread: the one that made it.
class ObjectStore
{
public:
    virtual ~ObjectStore() = default;

    // Multipart
    [[nodiscard]] virtual CallHandle createMultipartUpload(const ObjectAddress &object, const ObjectSettings &settings,
                                                           const IntegrityPlan &integrity, Done<CreatedUpload> done) = 0;
    [[nodiscard]] virtual CallHandle uploadPart(const PartAddress &part, const IntegrityPlan &integrity, ObjectBody body,
                                                ByteProgress progress, Done<PartReceipt> done) = 0;
    /// @param marker 0 for the first page. @param pageSize at most 1000.
    [[nodiscard]] virtual CallHandle listParts(const ObjectAddress &object, const QByteArray &uploadId, int marker,
                                               int pageSize, Done<PartPage> done) = 0;
    [[nodiscard]] virtual CallHandle completeMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId,
                                                             const CompleteRequest &request, Done<StoredObject> done) = 0;
    /// A 404 counts as success: the upload is gone.
    [[nodiscard]] virtual CallHandle abortMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId,
                                                          Done<void> done) = 0;
    [[nodiscard]] virtual CallHandle listMultipartUploads(const QByteArray &bucket, const QByteArray &prefix,
                                                          const QByteArray &keyMarker, const QByteArray &uploadIdMarker,
                                                          Done<UploadPage> done) = 0;
    // Objects
    [[nodiscard]] virtual CallHandle putObject(const ObjectAddress &object, const ObjectSettings &settings,
                                               const IntegrityPlan &integrity, ObjectBody body, bool ifNoneMatch,
                                               ByteProgress progress, Done<StoredObject> done) = 0;
    [[nodiscard]] virtual CallHandle headObject(const ObjectAddress &object, Done<ObjectHead> done) = 0;
    /// Streams the body (or a range of it) into `sink` as it arrives; `done` follows the last byte.
    [[nodiscard]] virtual CallHandle getObject(const ObjectAddress &object, std::optional<ByteRange> range,
                                               std::function<void(const QByteArray &)> sink, Done<ObjectHead> done) = 0;
    [[nodiscard]] virtual CallHandle deleteObject(const ObjectAddress &object, Done<void> done) = 0;
    /// @param delimiter empty or "/". @param token ObjectPage::nextToken of the page before.
    [[nodiscard]] virtual CallHandle listObjects(const QByteArray &bucket, const QByteArray &prefix,
                                                 const QByteArray &delimiter, const QByteArray &token,
                                                 Done<ObjectPage> done) = 0;
    // Buckets
    [[nodiscard]] virtual CallHandle listBuckets(Done<QList<BucketSummary>> done) = 0;
    [[nodiscard]] virtual CallHandle headBucket(const QByteArray &bucket, Done<void> done) = 0;
    [[nodiscard]] virtual CallHandle createBucket(const QByteArray &bucket, Done<void> done) = 0;
    [[nodiscard]] virtual CallHandle deleteBucket(const QByteArray &bucket, Done<void> done) = 0;
    /// The raw XML of a bucket sub-resource ("cors", "lifecycle", "versioning"), for doctor.
    [[nodiscard]] virtual CallHandle bucketConfiguration(const QByteArray &bucket, const QByteArray &subresource,
                                                         Done<QByteArray> done) = 0;

    /// Local time plus what the server's Date says it is off (facts B7).
    virtual WallTime serverNow() const = 0;
    /// Server minus local, as learnt or assumed; 0 while not known. Changes by more than five seconds only.
    virtual Milliseconds clockOffset() const = 0;
    /// What an earlier run learnt; the next answers correct it.
    virtual void assumeClockOffset(Milliseconds offset) = 0;
    /// True if bodies travel over TLS.
    virtual bool isEncrypted() const = 0;
    /// Where the bucket is, as configured or as its redirects taught.
    virtual QByteArray regionOf(const QByteArray &bucket) const = 0;
    /// Path or VirtualHosted: how the bucket is addressed.
    virtual AddressingStyle addressingOf(const QByteArray &bucket) const = 0;
    /// HTTP requests sent so far, repairs and probes included.
    virtual int requestCount() const = 0;
};

}  // namespace packmule
