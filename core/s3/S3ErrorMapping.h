#pragma once

#include "core/base/Error.h"
#include "core/http/HttpHeaders.h"

#include <QByteArray>

namespace packmule {

/// The S3 operations that we call, by the names of the S3 API.
enum class S3Operation {
    CreateMultipartUpload, UploadPart, ListParts, CompleteMultipartUpload, AbortMultipartUpload, ListMultipartUploads,
    PutObject, HeadObject, GetObject, DeleteObject, ListObjects,
    ListBuckets, HeadBucket, CreateBucket, DeleteBucket, GetBucketConfiguration,
};

QString operationName(S3Operation operation);

/// An answer that is an error, or a 200 with an <Error> inside, and what was asked.
struct S3ErrorAnswer {
    S3Operation operation = S3Operation::HeadObject;
    QByteArray bucket, key;
    int status = 0;
    HttpHeaders headers;
    QByteArray body;
    bool hadChecksumHeader = false;  ///< the request carried x-amz-checksum-*
};

/// What the XML of an error says; all empty where there is none.
struct S3ErrorFields {
    QByteArray code, message, requestId, region, endpoint, serverTime;
    QByteArray argumentName;  ///< <ArgumentName> or <Header>, where the store names what it did not like
    bool isXml = false;
};

/// Body and headers together; the body may be at most 64 KiB, a longer one counts as absent.
S3ErrorFields s3ErrorFields(const S3ErrorAnswer &refusal);

/// The one place where status and XML code become an ErrorKind: table A10 of facts/s3.md, codes before status.
/// The detail names operation, bucket and key, the store's own words (shortened, redacted) and the likely suspect.
Error errorFromAnswer(const S3ErrorAnswer &refusal);

}  // namespace packmule
