#pragma once

#include "core/http/HttpHeaders.h"
#include "core/localstore/ObjectRecord.h"
#include "core/localstore/S3Refusal.h"
#include "core/localstore/StoreRequest.h"

#include <optional>

namespace packmule {

/// What of a PutObject's or CreateMultipartUpload's fields is kept with the object. Refused: more than 2 KB of metadata
/// (MetadataTooLarge), encryption with keys that this store does not have (NotImplemented), an unknown storage class.
S3Outcome<HttpHeaders> headersToKeep(const StoreRequest &request);

/// ETag, Last-Modified, what was kept, and the checksum if it was asked for.
/// @param tellsChecksum false for a range: the checksum is of the whole object.
HttpHeaders headersToTell(const ObjectRecord &record, const StoreRequest &request, bool tellsChecksum);

/// If-Match and If-None-Match of a write. @param eTag of the object that is there now; empty if there is none.
S3Outcome<void> judgeWriteConditions(const StoreRequest &request, const QByteArray &eTag);
/// The four conditions of a read (RFC 9110, 13.2.2); NotModified or PreconditionFailed.
S3Outcome<void> judgeReadConditions(const StoreRequest &request, const ObjectRecord &record);

/// The range asked for; nullopt if none or one that S3 ignores (several ranges, bad syntax). InvalidRange if outside.
S3Outcome<std::optional<ByteRange>> askedRange(const StoreRequest &request, qint64 size);

}  // namespace packmule
