#pragma once

#include "core/base/Result.h"
#include "core/net/HttpTransport.h"
#include "core/s3/ObjectStore.h"
#include "core/s3/ProviderProfile.h"

namespace packmule {

// What a 2xx answer says, operation by operation: pure functions from answers to values. Errors: MalformedAnswer where a
// field is missing that the operation cannot do without; ServerFault where the XML of Create or Complete is cut short
// (facts s3.md, finding 18); BodyMismatch where the store names another checksum than was sent.

Result<CreatedUpload> createdUpload(const HttpResponse &response, ChecksumAlgorithm algorithm, WallTime now);
/// @param sent what went with the body; MD5 counts as echoed where the ETag is that.
Result<PartReceipt> partReceipt(const HttpResponse &response, const Checksum &sent, const ProviderProfile &profile);
/// The ETag may be empty: the answer to a Complete that had been carried out before (Ceph).
Result<StoredObject> completedObject(const HttpResponse &response, const Checksum &sent);
Result<StoredObject> storedObject(const HttpResponse &response, const Checksum &sent);
/// @param range what was asked of GetObject; an answer of another range is MalformedAnswer.
Result<ObjectHead> objectHead(const HttpResponse &response, std::optional<ByteRange> range);

}  // namespace packmule
