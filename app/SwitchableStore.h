#pragma once

#include "core/s3/ObjectStore.h"

#include <memory>
#include <utility>

namespace packmule {

/// The store of a saved connection whose address may be changed while transfers use it: new calls go to the new one.
/// What is under way ends with the old one, which its owner keeps. Thread: that of the stores.
class SwitchableStore final : public ObjectStore
{
public:
    explicit SwitchableStore(std::shared_ptr<ObjectStore> store) : m_store(std::move(store)) {}
    void switchTo(std::shared_ptr<ObjectStore> store) { m_store = std::move(store); }

    CallHandle createMultipartUpload(const ObjectAddress &object, const ObjectSettings &settings, const IntegrityPlan &integrity,
                                     Done<CreatedUpload> done) override
    { return m_store->createMultipartUpload(object, settings, integrity, std::move(done)); }
    CallHandle uploadPart(const PartAddress &part, const IntegrityPlan &integrity, ObjectBody body, ByteProgress progress,
                          Done<PartReceipt> done) override
    { return m_store->uploadPart(part, integrity, std::move(body), std::move(progress), std::move(done)); }
    CallHandle listParts(const ObjectAddress &object, const QByteArray &uploadId, int marker, int pageSize, Done<PartPage> done) override
    { return m_store->listParts(object, uploadId, marker, pageSize, std::move(done)); }
    CallHandle completeMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId, const CompleteRequest &request,
                                       Done<StoredObject> done) override
    { return m_store->completeMultipartUpload(object, uploadId, request, std::move(done)); }
    CallHandle abortMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId, Done<void> done) override
    { return m_store->abortMultipartUpload(object, uploadId, std::move(done)); }
    CallHandle listMultipartUploads(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &keyMarker,
                                    const QByteArray &uploadIdMarker, Done<UploadPage> done) override
    { return m_store->listMultipartUploads(bucket, prefix, keyMarker, uploadIdMarker, std::move(done)); }
    CallHandle putObject(const ObjectAddress &object, const ObjectSettings &settings, const IntegrityPlan &integrity, ObjectBody body,
                         bool ifNoneMatch, ByteProgress progress, Done<StoredObject> done) override
    { return m_store->putObject(object, settings, integrity, std::move(body), ifNoneMatch, std::move(progress), std::move(done)); }
    CallHandle headObject(const ObjectAddress &object, Done<ObjectHead> done) override { return m_store->headObject(object, std::move(done)); }
    CallHandle getObject(const ObjectAddress &object, std::optional<ByteRange> range, std::function<void(const QByteArray &)> sink,
                         Done<ObjectHead> done) override
    { return m_store->getObject(object, range, std::move(sink), std::move(done)); }
    CallHandle deleteObject(const ObjectAddress &object, Done<void> done) override { return m_store->deleteObject(object, std::move(done)); }
    CallHandle listObjects(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &delimiter, const QByteArray &token,
                           Done<ObjectPage> done) override
    { return m_store->listObjects(bucket, prefix, delimiter, token, std::move(done)); }
    CallHandle listBuckets(Done<QList<BucketSummary>> done) override { return m_store->listBuckets(std::move(done)); }
    CallHandle headBucket(const QByteArray &bucket, Done<void> done) override { return m_store->headBucket(bucket, std::move(done)); }
    CallHandle createBucket(const QByteArray &bucket, Done<void> done) override { return m_store->createBucket(bucket, std::move(done)); }
    CallHandle deleteBucket(const QByteArray &bucket, Done<void> done) override { return m_store->deleteBucket(bucket, std::move(done)); }
    CallHandle bucketConfiguration(const QByteArray &bucket, const QByteArray &subresource, Done<QByteArray> done) override
    { return m_store->bucketConfiguration(bucket, subresource, std::move(done)); }

    WallTime serverNow() const override { return m_store->serverNow(); }
    Milliseconds clockOffset() const override { return m_store->clockOffset(); }
    void assumeClockOffset(Milliseconds offset) override { m_store->assumeClockOffset(offset); }
    bool isEncrypted() const override { return m_store->isEncrypted(); }
    QByteArray regionOf(const QByteArray &bucket) const override { return m_store->regionOf(bucket); }
    AddressingStyle addressingOf(const QByteArray &bucket) const override { return m_store->addressingOf(bucket); }
    int requestCount() const override { return m_store->requestCount(); }

private:
    std::shared_ptr<ObjectStore> m_store;
};

}  // namespace packmule
