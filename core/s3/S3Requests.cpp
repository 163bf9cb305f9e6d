#include "core/s3/S3Requests.h"

#include "core/base/Redaction.h"
#include "core/integrity/Digest.h"
#include "core/s3/S3Headers.h"
#include "core/s3/S3Xml.h"
#include "core/s3/SignatureV4.h"

#include <utility>

namespace packmule {

namespace {

constexpr qsizetype kLongestKey = 1024;
constexpr Milliseconds kCompleteAnswer = std::chrono::minutes(10);  // "can take several minutes": S3 API, Complete
constexpr Milliseconds kProbeAnswer = std::chrono::seconds(20);
constexpr ByteCount kListAnswer{8LL << 20};   // 1,000 keys of 1,024 bytes, each byte as %XX, and then some
constexpr ByteCount kSmallAnswer{1LL << 20};

S3Request bare(S3Operation operation, const QByteArray &method, const QByteArray &bucket, const QByteArray &key)
{
    S3Request request;
    request.operation = operation;
    request.method = method;
    request.bucket = bucket;
    request.key = key;
    request.payloadHash = kEmptyPayloadHash;
    request.limits.answerBody = kSmallAnswer;
    return request;
}

/// `bare` for an object, with its key checked.
Result<S3Request> forObject(S3Operation operation, const QByteArray &method, const ObjectAddress &object)
{
    if (const auto checked = checkedKey(object.key); !checked)
        return std::unexpected(checked.error());
    return bare(operation, method, object.bucket, object.key);
}

void setPayload(S3Request &request, const QByteArray &payload, const QByteArray &contentType)
{
    request.payload = payload;
    request.payloadHash = sha256(payload).toHex();
    request.headers.set("Content-Type", contentType);
}

/// The body, its checksum header and its payload hash, by plan (facts A2).
Result<void> setBody(S3Request &request, const IntegrityPlan &integrity, ObjectBody body, ByteProgress progress)
{
    if (!body.device || !body.device->isOpen() || body.device->isSequential() || body.size < ByteCount(0))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("The body to send is not an open, seekable device."));
    if (integrity.signPayload && body.digests.sha256.size() != 32)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("The body to send has no SHA-256, but is to be signed."));
    const Checksum &checksum = body.digests.checksum;
    if (integrity.algorithm != ChecksumAlgorithm::None
        && (checksum.isEmpty() || checksum.algorithm != integrity.algorithm))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("The body to send has not the checksum of the plan."));
    if (integrity.algorithm != ChecksumAlgorithm::None)
        appendChecksum(request.headers, checksum);
    request.payloadHash = integrity.signPayload ? body.digests.sha256.toHex() : QByteArray(kUnsignedPayload);
    request.deviceSize = body.size;
    request.device = std::move(body.device);
    request.progress = std::move(progress);
    return {};
}

void appendIfAny(QueryItems &query, const QByteArray &name, const QByteArray &value)
{
    if (!value.isEmpty())
        query.emplaceBack(name, value);
}

}  // namespace

Result<void> checkedKey(const QByteArray &key)
{
    if (key.isEmpty())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("The object key is empty."));
    if (key.contains('\0'))
        return failure(ErrorKind::InvalidRequest,
                       QStringLiteral("The key \"%1\" contains a NUL character, which S3 does not allow.").arg(displayName(key)));
    if (key.size() > kLongestKey) {
        return failure(ErrorKind::InvalidRequest,
                       QStringLiteral("The key \"%1…\" has %2 bytes; S3 allows 1,024.")
                           .arg(displayName(key.left(60)), QString::number(key.size())));
    }
    return {};
}

Result<S3Request> createMultipartUploadRequest(const ObjectAddress &object, const ObjectSettings &settings,
                                               const IntegrityPlan &integrity)
{
    auto request = forObject(S3Operation::CreateMultipartUpload, "POST", object);
    if (!request)
        return request;
    auto headers = settingsHeaders(settings);
    if (!headers)
        return std::unexpected(headers.error());
    request->headers = *headers;
    request->query = {{"uploads", ""}};
    const QByteArray name = checksumHeaderName(integrity.algorithm);
    if (!name.isEmpty()) {
        request->headers.append("x-amz-checksum-algorithm", checksumAlgorithmName(integrity.algorithm));
        // SHA sums cannot be combined, so S3 only knows them part by part (facts A5.2).
        const bool isCrc = integrity.algorithm == ChecksumAlgorithm::Crc64Nvme
            || integrity.algorithm == ChecksumAlgorithm::Crc32c || integrity.algorithm == ChecksumAlgorithm::Crc32;
        request->headers.append("x-amz-checksum-type", isCrc ? "FULL_OBJECT" : "COMPOSITE");
    }
    return request;
}

Result<S3Request> uploadPartRequest(const PartAddress &part, const IntegrityPlan &integrity, ObjectBody body,
                                    ByteProgress progress)
{
    auto request = forObject(S3Operation::UploadPart, "PUT", part.object);
    if (!request)
        return request;
    request->query = {{"partNumber", QByteArray::number(part.partNumber.value())}, {"uploadId", part.uploadId}};
    request->headers.append("Content-Type", "application/octet-stream");
    if (const auto set = setBody(*request, integrity, std::move(body), std::move(progress)); !set)
        return std::unexpected(set.error());
    return request;
}

Result<S3Request> listPartsRequest(const ObjectAddress &object, const QByteArray &uploadId, int marker, int pageSize)
{
    auto request = forObject(S3Operation::ListParts, "GET", object);
    if (!request)
        return request;
    request->query = {{"max-parts", QByteArray::number(pageSize)}};
    if (marker > 0)
        request->query.append({"part-number-marker", QByteArray::number(marker)});
    request->query.append({"uploadId", uploadId});
    request->limits.answerBody = kListAnswer;
    return request;
}

Result<S3Request> completeMultipartUploadRequest(const ObjectAddress &object, const QByteArray &uploadId,
                                                 const CompleteRequest &complete, const ProviderProfile &profile)
{
    auto request = forObject(S3Operation::CompleteMultipartUpload, "POST", object);
    if (!request)
        return request;
    request->query = {{"uploadId", uploadId}};
    setPayload(*request, completeMultipartUploadXml(complete.parts), "application/xml");
    if (profile.knowsObjectSize)
        request->headers.append("x-amz-mp-object-size", QByteArray::number(complete.objectSize.value()));
    const QByteArray checksumName = checksumHeaderName(complete.objectChecksum.algorithm);
    if (!complete.objectChecksum.isEmpty() && !checksumName.isEmpty()) {
        const bool isComposite = complete.objectChecksum.isComposite;
        const QByteArray count = isComposite ? '-' + QByteArray::number(complete.parts.size()) : QByteArray();
        request->headers.append(checksumName, complete.objectChecksum.rawBytes.toBase64() + count);
        request->headers.append("x-amz-checksum-type", isComposite ? "COMPOSITE" : "FULL_OBJECT");
    }
    if (complete.ifNoneMatch)
        request->headers.append("If-None-Match", "*");
    request->limits.answer = kCompleteAnswer;
    return request;
}

Result<S3Request> abortMultipartUploadRequest(const ObjectAddress &object, const QByteArray &uploadId)
{
    auto request = forObject(S3Operation::AbortMultipartUpload, "DELETE", object);
    if (request)
        request->query = {{"uploadId", uploadId}};
    return request;
}

S3Request listMultipartUploadsRequest(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &keyMarker,
                                      const QByteArray &uploadIdMarker, const ProviderProfile &profile)
{
    S3Request request = bare(S3Operation::ListMultipartUploads, "GET", bucket, {});
    request.query = {{"uploads", ""}};
    if (profile.urlEncodesUploads)
        request.query.emplaceBack("encoding-type", "url");
    appendIfAny(request.query, "key-marker", keyMarker);
    appendIfAny(request.query, "prefix", prefix);
    appendIfAny(request.query, "upload-id-marker", uploadIdMarker);
    request.limits.answerBody = kListAnswer;
    return request;
}

Result<S3Request> putObjectRequest(const ObjectAddress &object, const ObjectSettings &settings,
                                   const IntegrityPlan &integrity, ObjectBody body, bool ifNoneMatch,
                                   ByteProgress progress)
{
    auto request = forObject(S3Operation::PutObject, "PUT", object);
    if (!request)
        return request;
    auto headers = settingsHeaders(settings);
    if (!headers)
        return std::unexpected(headers.error());
    request->headers = *headers;
    if (ifNoneMatch)
        request->headers.append("If-None-Match", "*");
    if (const auto set = setBody(*request, integrity, std::move(body), std::move(progress)); !set)
        return std::unexpected(set.error());
    return request;
}

Result<S3Request> headObjectRequest(const ObjectAddress &object, const ProviderProfile &profile)
{
    auto request = forObject(S3Operation::HeadObject, "HEAD", object);
    if (request && profile.hasChecksums)
        request->headers.append("x-amz-checksum-mode", "ENABLED");
    return request;
}

Result<S3Request> getObjectRequest(const ObjectAddress &object, std::optional<ByteRange> range,
                                   std::function<void(const QByteArray &)> sink, const ProviderProfile &profile)
{
    auto request = forObject(S3Operation::GetObject, "GET", object);
    if (!request)
        return request;
    if (range)
        request->headers.append("Range", "bytes=" + QByteArray::number(range->first) + '-' + QByteArray::number(range->last));
    else if (profile.hasChecksums)
        request->headers.append("x-amz-checksum-mode", "ENABLED");
    request->sink = std::move(sink);
    return request;
}

Result<S3Request> deleteObjectRequest(const ObjectAddress &object)
{
    return forObject(S3Operation::DeleteObject, "DELETE", object);
}

S3Request listObjectsRequest(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &delimiter,
                             const QByteArray &token, const ProviderProfile &profile)
{
    S3Request request = bare(S3Operation::ListObjects, "GET", bucket, {});
    const bool isV1 = profile.listVersion == 1;
    if (!isV1)
        request.query.emplaceBack("list-type", "2");
    appendIfAny(request.query, isV1 ? "marker" : "continuation-token", token);
    appendIfAny(request.query, "delimiter", delimiter);
    if (profile.urlEncodesListings)
        request.query.emplaceBack("encoding-type", "url");
    appendIfAny(request.query, "prefix", prefix);
    request.limits.answerBody = kListAnswer;
    return request;
}

S3Request listBucketsRequest()
{
    S3Request request = bare(S3Operation::ListBuckets, "GET", {}, {});
    request.limits.answerBody = kListAnswer;
    return request;
}

S3Request headBucketRequest(const QByteArray &bucket)
{
    return bare(S3Operation::HeadBucket, "HEAD", bucket, {});
}

S3Request createBucketRequest(const QByteArray &bucket, const QByteArray &region, const ProviderProfile &profile)
{
    S3Request request = bare(S3Operation::CreateBucket, "PUT", bucket, {});
    request.headers.append("Content-Type", "application/xml");
    // us-east-1 must not be named (S3 API, CreateBucket).
    if (profile.sendsLocation && region != "us-east-1")
        setPayload(request, createBucketXml(region), "application/xml");
    return request;
}

S3Request deleteBucketRequest(const QByteArray &bucket)
{
    return bare(S3Operation::DeleteBucket, "DELETE", bucket, {});
}

S3Request bucketConfigurationRequest(const QByteArray &bucket, const QByteArray &subresource)
{
    S3Request request = bare(S3Operation::GetBucketConfiguration, "GET", bucket, {});
    request.query = {{subresource, ""}};
    return request;
}

S3Request probeRequest(const S3Request &broken)
{
    // GET rather than HEAD: only a body can tell a wrong secret from a missing right.
    const bool isPart = broken.operation == S3Operation::UploadPart;
    S3Request probe = isPart ? bare(S3Operation::ListParts, "GET", broken.bucket, broken.key)
                             : bare(S3Operation::ListObjects, "GET", broken.bucket, {});
    probe.query = {{isPart ? "max-parts" : "max-keys", "1"}};
    for (const auto &[name, value] : broken.query) {
        if (name == "uploadId")
            probe.query.emplaceBack(name, value);
    }
    probe.limits.answer = kProbeAnswer;
    return probe;
}

}  // namespace packmule
