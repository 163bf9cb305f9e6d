#pragma once

#include "core/localstore/BodyReceiver.h"
#include "core/localstore/StoreAnswer.h"
#include "core/localstore/StoreContext.h"

namespace packmule {

/// PutObject, GetObject, HeadObject, DeleteObject. Thread: the store's.
class ObjectOperations
{
public:
    explicit ObjectOperations(StoreContext &context) : m_context(context) {}

    /// Judged on the head alone: bucket, size, conditions, fields.
    S3Outcome<BodyPlan> planPut(const StoreRequest &request);
    S3Outcome<StoreAnswer> put(const StoreRequest &request, ReceivedBody body);
    /// GetObject and HeadObject.
    S3Outcome<StoreAnswer> get(const StoreRequest &request) const;
    S3Outcome<StoreAnswer> remove(const StoreRequest &request);

private:
    S3Outcome<void> judgePut(const StoreRequest &request) const;

    StoreContext &m_context;
};

/// The digests of a PutObject's or UploadPart's body that the store works out, or takes on trust where it checks none.
void planDigests(BodyPlan &plan, const LocalStoreOptions &options);
/// The 16 bytes that become an ETag: the body's MD5, or random where no digest is worked out.
QByteArray eTagBytes(const ReceivedBody &body);
/// The checksum a body came with, in its head or behind it; empty if it is none or no good.
Checksum deliveredChecksum(const StoreRequest &request, const ReceivedBody &body);
/// KeyTooLongError, MissingContentLength, EntityTooLarge.
S3Outcome<void> judgeObjectBody(const StoreRequest &request);
/// Where [first, last] of the record's body lies on disk.
QList<FileSlice> bodySlices(const BucketFolder::Found &found, const QByteArray &root, ByteRange range);

}  // namespace packmule
