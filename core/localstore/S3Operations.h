#pragma once

#include "core/localstore/BodyReceiver.h"
#include "core/localstore/BucketOperations.h"
#include "core/localstore/CompleteOperation.h"
#include "core/localstore/ListOperations.h"
#include "core/localstore/MultipartOperations.h"
#include "core/localstore/ObjectOperations.h"
#include "core/localstore/StoreAnswer.h"
#include "core/localstore/StoreContext.h"

namespace packmule {

/// Every operation in two steps: what the head alone decides (planBody), and the doing, once the body is here (perform).
/// Signatures were judged before. Thread: the store's.
class S3Operations
{
public:
    explicit S3Operations(StoreContext &context);

    /// Where the body goes, or why it is not wanted.
    S3Outcome<BodyPlan> planBody(const StoreRequest &request);
    StoreAnswer perform(const StoreRequest &request, ReceivedBody body);

private:
    S3Outcome<BodyPlan> planOperation(const StoreRequest &request);
    S3Outcome<void> judgeBody(const StoreRequest &request, const ReceivedBody &body) const;
    S3Outcome<StoreAnswer> performOperation(const StoreRequest &request, ReceivedBody body);

    StoreContext &m_context;
    BucketOperations m_buckets;
    ListOperations m_lists;
    ObjectOperations m_objects;
    MultipartOperations m_multipart;
    CompleteOperation m_complete;
};

}  // namespace packmule
