#pragma once

#include "core/localstore/BodyReceiver.h"
#include "core/localstore/StoreAnswer.h"
#include "core/localstore/StoreContext.h"

namespace packmule {

/// CreateMultipartUpload, UploadPart, ListParts, AbortMultipartUpload. Thread: the store's.
class MultipartOperations
{
public:
    explicit MultipartOperations(StoreContext &context) : m_context(context) {}

    S3Outcome<StoreAnswer> create(const StoreRequest &request);
    S3Outcome<BodyPlan> planPart(const StoreRequest &request);
    S3Outcome<StoreAnswer> uploadPart(const StoreRequest &request, ReceivedBody body);
    S3Outcome<StoreAnswer> listParts(const StoreRequest &request) const;
    S3Outcome<StoreAnswer> abort(const StoreRequest &request);

private:
    StoreContext &m_context;
};

/// NoSuchBucket or NoSuchUpload unless the request's upload is there and unfinished.
S3Outcome<const StoredUpload *> namedUpload(const StoreContext &context, const StoreRequest &request);

}  // namespace packmule
