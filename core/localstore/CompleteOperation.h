#pragma once

#include "core/localstore/CompleteRequest.h"
#include "core/localstore/StoreAnswer.h"
#include "core/localstore/StoreContext.h"

namespace packmule {

/// CompleteMultipartUpload: the list against what is there, then the upload's folder becomes the object's body.
/// The same list sent again is answered as the first time, as long as the object is still the one it made.
/// Thread: the store's.
class CompleteOperation
{
public:
    explicit CompleteOperation(StoreContext &context) : m_context(context) {}

    S3Outcome<StoreAnswer> complete(const StoreRequest &request, const QByteArray &document);

private:
    /// The parts in order. Codes: InvalidPartOrder, InvalidPart, InvalidRequest, EntityTooSmall.
    S3Outcome<QList<PartFile>> judgeParts(const QList<NamedPart> &named, const StoredUpload &upload) const;
    S3Outcome<ObjectRecord> recordOf(const StoreRequest &request, const StoredUpload &upload, const QList<PartFile> &parts) const;
    S3Outcome<StoreAnswer> repeated(const StoreRequest &request, const QByteArray &completion) const;
    StoreAnswer answerFor(const StoreRequest &request, const ObjectRecord &record) const;

    StoreContext &m_context;
};

}  // namespace packmule
