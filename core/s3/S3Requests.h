#pragma once

#include "core/base/Result.h"
#include "core/s3/ObjectStore.h"
#include "core/s3/ProviderProfile.h"
#include "core/s3/S3Request.h"

namespace packmule {

// What we ask of the service, operation by operation: pure functions from arguments to requests. Errors: InvalidRequest
// for what can never be sent. Limits in time are those of facts s3.md, A11.

/// InvalidRequest for an empty key, a NUL in it, or more than 1,024 bytes (S3 user guide, "Naming Amazon S3 objects").
Result<void> checkedKey(const QByteArray &key);

Result<S3Request> createMultipartUploadRequest(const ObjectAddress &object, const ObjectSettings &settings,
                                               const IntegrityPlan &integrity);
Result<S3Request> uploadPartRequest(const PartAddress &part, const IntegrityPlan &integrity, ObjectBody body,
                                    ByteProgress progress);
Result<S3Request> listPartsRequest(const ObjectAddress &object, const QByteArray &uploadId, int marker, int pageSize);
Result<S3Request> completeMultipartUploadRequest(const ObjectAddress &object, const QByteArray &uploadId,
                                                 const CompleteRequest &complete, const ProviderProfile &profile);
Result<S3Request> abortMultipartUploadRequest(const ObjectAddress &object, const QByteArray &uploadId);
S3Request listMultipartUploadsRequest(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &keyMarker,
                                      const QByteArray &uploadIdMarker, const ProviderProfile &profile);

Result<S3Request> putObjectRequest(const ObjectAddress &object, const ObjectSettings &settings,
                                   const IntegrityPlan &integrity, ObjectBody body, bool ifNoneMatch,
                                   ByteProgress progress);
Result<S3Request> headObjectRequest(const ObjectAddress &object, const ProviderProfile &profile);
Result<S3Request> getObjectRequest(const ObjectAddress &object, std::optional<ByteRange> range,
                                   std::function<void(const QByteArray &)> sink, const ProviderProfile &profile);
Result<S3Request> deleteObjectRequest(const ObjectAddress &object);
S3Request listObjectsRequest(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &delimiter,
                             const QByteArray &token, const ProviderProfile &profile);

S3Request listBucketsRequest();
S3Request headBucketRequest(const QByteArray &bucket);
S3Request createBucketRequest(const QByteArray &bucket, const QByteArray &region, const ProviderProfile &profile);
S3Request deleteBucketRequest(const QByteArray &bucket);
S3Request bucketConfigurationRequest(const QByteArray &bucket, const QByteArray &subresource);

/// The cheap bodyless request that learns why the body of `broken` was not taken (finding 2); it changes nothing.
/// @param broken an UploadPart or a PutObject.
S3Request probeRequest(const S3Request &broken);

}  // namespace packmule
