#include "core/localstore/S3Operations.h"

#include "core/localstore/ChecksumHeaders.h"
#include "core/localstore/SignatureCheck.h"

namespace packmule {

namespace {

using Operation = LocalStoreCall::Operation;

/// Ten thousand parts with two digests each are 2.5 MB.
constexpr qint64 kLargestDocument = 4 * 1024 * 1024;

bool carriesObjectBody(const StoreRequest &request)
{
    return request.call.operation == Operation::PutObject || request.call.operation == Operation::UploadPart;
}

bool isHexSha256(const QByteArray &text)
{
    return text.size() == 64 && QByteArray::fromHex(text).toHex() == text.toLower();
}

S3Outcome<void> judgePayloadForm(const StoreRequest &request, bool takesAwsChunked)
{
    const QByteArray hash = SignatureCheck::payloadHash(request);
    if (request.isAwsChunked() && takesAwsChunked)
        return {};
    if (request.isAwsChunked()) {
        return refusal("NotImplemented", "This store does not read aws-chunked bodies. Send the body plain, with a checksum header.",
                       {{"Header", "x-amz-content-sha256"}, {"additionalMessage", hash}});
    }
    if (!hash.isEmpty() && hash != kUnsignedPayload && !isHexSha256(hash))
        return refusal("InvalidArgument", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, or a valid sha256 value.");
    return {};
}

}  // namespace

S3Operations::S3Operations(StoreContext &context)
    : m_context(context), m_buckets(context), m_lists(context), m_objects(context), m_multipart(context), m_complete(context)
{
}

S3Outcome<BodyPlan> S3Operations::planBody(const StoreRequest &request)
{
    if (const auto judged = judgePayloadForm(request, m_context.options.discardBodies); !judged)
        return std::unexpected(judged.error());
    auto plan = planOperation(request);
    if (plan)
        plan->isAwsChunked = request.isAwsChunked();
    if (plan && m_context.options.checkDigests) {
        plan->needsSha256 = isHexSha256(SignatureCheck::payloadHash(request));
        plan->needsMd5 = plan->needsMd5 || request.call.head.headers.contains("Content-MD5");
    }
    return plan;
}

S3Outcome<BodyPlan> S3Operations::planOperation(const StoreRequest &request)
{
    BodyPlan plan;
    switch (request.call.operation) {
    case Operation::PutObject:
        return m_objects.planPut(request);
    case Operation::UploadPart:
        return m_multipart.planPart(request);
    case Operation::CompleteMultipartUpload:
        if (!request.call.head.contentLength)
            return refusal("MissingContentLength", "You must provide the Content-Length HTTP header.");
        if (request.call.head.contentLength->value() > kLargestDocument)
            return refusal("MaxMessageLengthExceeded", "Your request was too large.");
        plan.keep = BodyPlan::Keep::Memory;
        return plan;
    case Operation::Unknown:
        return refusal("NotImplemented", "This store does not know such a request.");
    case Operation::ListBuckets:
    case Operation::CreateBucket:
    case Operation::DeleteBucket:
    case Operation::HeadBucket:
    case Operation::GetBucketConfiguration:
    case Operation::ListObjects:
    case Operation::ListMultipartUploads:
    case Operation::GetObject:
    case Operation::HeadObject:
    case Operation::DeleteObject:
    case Operation::CreateMultipartUpload:
    case Operation::ListParts:
    case Operation::AbortMultipartUpload:
        return plan;
    }
    Q_UNREACHABLE_RETURN(plan);
}

S3Outcome<void> S3Operations::judgeBody(const StoreRequest &request, const ReceivedBody &body) const
{
    if (body.error)
        return std::unexpected(refusalFromError(*body.error));
    if (!m_context.options.checkDigests)
        return {};
    const QByteArray hash = SignatureCheck::payloadHash(request);
    if (!body.sha256.isEmpty() && body.sha256.toHex() != hash.toLower()) {
        return refusal("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.",
                       {{"ClientComputedContentSHA256", hash}, {"S3ComputedContentSHA256", body.sha256.toHex()}});
    }
    const QByteArray claimedMd5 = request.header("Content-MD5");
    const auto decoded = QByteArray::fromBase64Encoding(claimedMd5, QByteArray::AbortOnBase64DecodingErrors);
    if (!claimedMd5.isEmpty() && (!decoded || (*decoded).size() != 16))
        return refusal("InvalidDigest", "The Content-MD5 you specified was invalid.", {{"Content-MD5", claimedMd5}});
    if (!claimedMd5.isEmpty() && *decoded != body.md5) {
        return refusal("BadDigest", "The Content-MD5 you specified did not match what we received.",
                       {{"ExpectedDigest", claimedMd5}, {"CalculatedDigest", body.md5.toBase64()}});
    }
    if (!carriesObjectBody(request) || !m_context.options.knowsChecksums)
        return {};
    const Checksum claimed = claimedChecksum(request.call.head.headers).value_or(Checksum());
    if (!claimed.isEmpty() && claimed.rawBytes != body.checksum.rawBytes)
        return refusal("BadDigest", "The " + checksumAlgorithmName(claimed.algorithm) + " you specified did not match the calculated checksum.");
    return {};
}

StoreAnswer S3Operations::perform(const StoreRequest &request, ReceivedBody body)
{
    if (const auto judged = judgeBody(request, body); !judged)
        return errorAnswer(request, judged.error());
    const auto answer = performOperation(request, std::move(body));
    return answer ? *answer : errorAnswer(request, answer.error());
}

S3Outcome<StoreAnswer> S3Operations::performOperation(const StoreRequest &request, ReceivedBody body)
{
    switch (request.call.operation) {
    case Operation::ListBuckets: return m_buckets.listBuckets();
    case Operation::CreateBucket: return m_buckets.createBucket(request);
    case Operation::DeleteBucket: return m_buckets.deleteBucket(request);
    case Operation::HeadBucket: return m_buckets.headBucket(request);
    case Operation::GetBucketConfiguration: return m_buckets.configuration(request);
    case Operation::ListObjects: return m_lists.listObjects(request);
    case Operation::ListMultipartUploads: return m_lists.listUploads(request);
    case Operation::PutObject: return m_objects.put(request, std::move(body));
    case Operation::GetObject:
    case Operation::HeadObject: return m_objects.get(request);
    case Operation::DeleteObject: return m_objects.remove(request);
    case Operation::CreateMultipartUpload: return m_multipart.create(request);
    case Operation::UploadPart: return m_multipart.uploadPart(request, std::move(body));
    case Operation::ListParts: return m_multipart.listParts(request);
    case Operation::CompleteMultipartUpload: return m_complete.complete(request, body.bytes);
    case Operation::AbortMultipartUpload: return m_multipart.abort(request);
    case Operation::Unknown: break;
    }
    return refusal("NotImplemented", "This store does not know such a request.");
}

}  // namespace packmule
