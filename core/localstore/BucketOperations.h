#pragma once

#include "core/localstore/StoreAnswer.h"
#include "core/localstore/StoreContext.h"

namespace packmule {

/// ListBuckets, CreateBucket, DeleteBucket, HeadBucket, and the questions about a bucket's configuration (there is none).
/// Thread: the store's.
class BucketOperations
{
public:
    explicit BucketOperations(StoreContext &context) : m_context(context) {}

    StoreAnswer listBuckets() const;
    S3Outcome<StoreAnswer> createBucket(const StoreRequest &request);
    S3Outcome<StoreAnswer> deleteBucket(const StoreRequest &request);
    S3Outcome<StoreAnswer> headBucket(const StoreRequest &request) const;
    S3Outcome<StoreAnswer> configuration(const StoreRequest &request) const;

private:
    StoreContext &m_context;
};

/// S3 user guide, "Bucket naming rules", as far as they keep a name safe as a folder's name and as a host's.
bool isBucketName(const QByteArray &name);
/// NoSuchBucket unless the request's bucket exists.
S3Outcome<BucketFolder *> namedBucket(const StoreContext &context, const StoreRequest &request);

}  // namespace packmule
