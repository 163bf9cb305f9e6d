#pragma once

#include "core/s3/ObjectStore.h"
#include "core/s3/ProviderProfile.h"
#include "core/s3/S3Sender.h"

namespace packmule {

/// Which store, and how to speak to it.
struct S3StoreSettings {
    Endpoint endpoint;
    ProviderProfile profile;
    AddressingStyle addressing = AddressingStyle::Auto;  ///< Auto: the profile's, then by bucket name
};

/// ObjectStore over HTTP: requests from S3Requests, repairs and probes by S3Sender, answers by S3Answers.
/// Thread: the one that made it. Outlives the CallHandles it gave. Transport, signer and clock outlive it.
class S3ObjectStore final : public ObjectStore
{
public:
    S3ObjectStore(HttpTransport &transport, Signer &signer, const Clock &clock, const S3StoreSettings &settings);

    CallHandle createMultipartUpload(const ObjectAddress &object, const ObjectSettings &settings,
                                     const IntegrityPlan &integrity, Done<CreatedUpload> done) override;
    CallHandle uploadPart(const PartAddress &part, const IntegrityPlan &integrity, ObjectBody body,
                          ByteProgress progress, Done<PartReceipt> done) override;
    CallHandle listParts(const ObjectAddress &object, const QByteArray &uploadId, int marker, int pageSize,
                         Done<PartPage> done) override;
    CallHandle completeMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId,
                                       const CompleteRequest &request, Done<StoredObject> done) override;
    CallHandle abortMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId, Done<void> done) override;
    CallHandle listMultipartUploads(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &keyMarker,
                                    const QByteArray &uploadIdMarker, Done<UploadPage> done) override;
    CallHandle putObject(const ObjectAddress &object, const ObjectSettings &settings, const IntegrityPlan &integrity,
                         ObjectBody body, bool ifNoneMatch, ByteProgress progress, Done<StoredObject> done) override;
    CallHandle headObject(const ObjectAddress &object, Done<ObjectHead> done) override;
    CallHandle getObject(const ObjectAddress &object, std::optional<ByteRange> range,
                         std::function<void(const QByteArray &)> sink, Done<ObjectHead> done) override;
    CallHandle deleteObject(const ObjectAddress &object, Done<void> done) override;
    CallHandle listObjects(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &delimiter,
                           const QByteArray &token, Done<ObjectPage> done) override;
    CallHandle listBuckets(Done<QList<BucketSummary>> done) override;
    CallHandle headBucket(const QByteArray &bucket, Done<void> done) override;
    CallHandle createBucket(const QByteArray &bucket, Done<void> done) override;
    CallHandle deleteBucket(const QByteArray &bucket, Done<void> done) override;
    CallHandle bucketConfiguration(const QByteArray &bucket, const QByteArray &subresource,
                                   Done<QByteArray> done) override;

    WallTime serverNow() const override { return m_sender.serverNow(); }
    Milliseconds clockOffset() const override { return m_sender.clockOffset(); }
    void assumeClockOffset(Milliseconds offset) override { m_sender.assumeClockOffset(offset); }
    bool isEncrypted() const override { return m_sender.endpoint().isEncrypted(); }
    QByteArray regionOf(const QByteArray &bucket) const override { return m_sender.regionOf(bucket); }
    AddressingStyle addressingOf(const QByteArray &bucket) const override { return m_sender.addressingOf(bucket); }
    int requestCount() const override { return m_sender.requestCount(); }

    const ProviderProfile &profile() const { return m_profile; }

private:
    /// Asks, reads the answer with `read`, and tells `done`.
    template<typename T, typename Read>
    CallHandle ask(Result<S3Request> request, Read read, Done<T> done);
    /// The same request with Expect: 100-continue, where the provider and the size make it pay.
    Result<S3Request> askingFirst(Result<S3Request> request) const;
    /// Asks where the answer says nothing but yes. @param isFine errors that count as one.
    CallHandle tell(Result<S3Request> request, Done<void> done, std::optional<ErrorKind> isFine = {});

    const ProviderProfile m_profile;
    S3Sender m_sender;
};

}  // namespace packmule
