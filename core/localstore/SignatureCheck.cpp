#include "core/localstore/SignatureCheck.h"

#include "core/localstore/StoreTime.h"
#include "core/s3/CanonicalRequest.h"

#include <algorithm>

namespace packmule {

namespace {

using namespace std::chrono_literals;
constexpr Milliseconds kLargestSkew = 15min;  // S3 API reference, RequestTimeTooSkewed

bool isPresigned(const StoreRequest &request)
{
    return request.hasParameter("X-Amz-Algorithm");
}

/// x-amz-* and Host must be signed, else whoever holds a presigned URL could add them (S3 user guide, "Signature Version 4").
S3Outcome<void> judgeSignedHeaders(const StoreRequest &request, const QList<QByteArray> &signedHeaders)
{
    for (const auto &[name, value] : request.call.head.headers.fields()) {
        const QByteArray lower = name.toLower();
        const bool mustBeSigned = lower == "host" || lower.startsWith("x-amz-");
        if (mustBeSigned && lower != "x-amz-content-sha256" && !signedHeaders.contains(lower))
            return refusal("AccessDenied", "There were headers present in the request which were not signed", {{"HeadersNotSigned", lower}});
    }
    return {};
}

}  // namespace

SignatureCheck::SignatureCheck(const LocalStoreOptions &options, const Clock &clock)
    : m_accessKeyId(options.accessKeyId)
    , m_secretAccessKey(options.secretAccessKey)
    , m_region(options.region)
    , m_allowsAnonymous(options.allowAnonymous)
    , m_clock(clock)
{
}

QByteArray SignatureCheck::payloadHash(const StoreRequest &request)
{
    if (request.hasParameter("X-Amz-Content-Sha256"))
        return request.parameter("X-Amz-Content-Sha256");
    const QByteArray told = request.header("x-amz-content-sha256");
    return told.isEmpty() && isPresigned(request) ? QByteArray(kUnsignedPayload) : told;
}

S3Outcome<void> SignatureCheck::judge(const StoreRequest &request)
{
    if (isPresigned(request))
        return judgeQuery(request);
    if (request.call.head.headers.contains("Authorization"))
        return judgeHeader(request);
    if (m_allowsAnonymous)
        return {};
    return refusal("AccessDenied", "Access Denied");
}

S3Outcome<void> SignatureCheck::judgeHeader(const StoreRequest &request)
{
    const auto fields = signatureFieldsFromHeader(request.header("Authorization"));
    if (!fields)
        return refusal("AuthorizationHeaderMalformed", "The authorization header that you provided is not valid.");
    if (payloadHash(request).isEmpty())
        return refusal("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
    const QByteArray sentDate = request.header("x-amz-date");
    auto time = timeFromAmzDate(sentDate);
    if (!time)
        time = timeFromHttp(request.header("Date"));
    if (!time)
        return refusal("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
    const QByteArray date = amzDate(*time);
    if (const auto judged = judgeKeyAndScope(*fields, date); !judged)
        return judged;
    const WallTime now = m_clock.wallNow();
    if (std::chrono::abs(now - *time) > kLargestSkew) {
        return refusal("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.",
                       {{"RequestTime", date},
                        {"ServerTime", isoTime(std::chrono::floor<std::chrono::seconds>(now))},
                        {"MaxAllowedSkewMilliseconds", QByteArray::number(qint64(kLargestSkew.count()))}});
    }
    return judgeSignature(request, *fields, date, {});
}

S3Outcome<void> SignatureCheck::judgeQuery(const StoreRequest &request)
{
    const auto fields = signatureFieldsFromQuery(request.query);
    const auto time = fields ? timeFromAmzDate(fields->amzDate) : std::nullopt;
    if (!fields || !time) {
        return refusal("AuthorizationQueryParametersError",
                       "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
                       "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters, and a life of at most 604800 seconds.");
    }
    if (const auto judged = judgeKeyAndScope(*fields, fields->amzDate); !judged)
        return judged;
    const WallTime now = m_clock.wallNow();
    if (now + kLargestSkew < *time)
        return refusal("AccessDenied", "Request is not valid yet", {{"ServerTime", isoTime(now)}});
    if (now > *time + fields->expires) {
        return refusal("AccessDenied", "Request has expired",
                       {{"X-Amz-Expires", QByteArray::number(qint64(fields->expires.count()))},
                        {"Expires", isoTime(*time + fields->expires)},
                        {"ServerTime", isoTime(now)}});
    }
    return judgeSignature(request, *fields, fields->amzDate, "X-Amz-Signature");
}

S3Outcome<void> SignatureCheck::judgeKeyAndScope(const SignatureFields &fields, const QByteArray &amzDate) const
{
    if (fields.accessKeyId != m_accessKeyId) {
        return refusal("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.",
                       {{"AWSAccessKeyId", fields.accessKeyId}});
    }
    if (fields.scope.region != m_region) {
        return refusal("AuthorizationHeaderMalformed",
                       "The authorization header is malformed; the region '" + fields.scope.region + "' is wrong; expecting '" + m_region + "'",
                       {{"Region", m_region}});
    }
    if (fields.scope.service != "s3" || fields.scope.date != amzDate.left(8))
        return refusal("AuthorizationHeaderMalformed", "The authorization header is malformed; its credential scope does not fit the request.");
    return {};
}

S3Outcome<void> SignatureCheck::judgeSignature(const StoreRequest &request, const SignatureFields &fields, const QByteArray &amzDate,
                                               const QByteArray &queryNameLeftOut)
{
    if (const auto judged = judgeSignedHeaders(request, fields.signedHeaders); !judged)
        return judged;
    const HttpHead &head = request.call.head;
    const QByteArray canonical =
        canonicalRequest(head.method, head.target, head.headers, fields.signedHeaders, payloadHash(request), queryNameLeftOut);
    const QByteArray toSign = stringToSign(amzDate, fields.scope, canonical);
    if (isSameSignature(signatureV4(keyFor(fields.scope), toSign), fields.signature))
        return {};
    return refusal("SignatureDoesNotMatch",
                   "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
                   {{"AWSAccessKeyId", fields.accessKeyId}, {"StringToSign", toSign}, {"SignatureProvided", fields.signature}});
}

const QByteArray &SignatureCheck::keyFor(const CredentialScope &scope)
{
    if (m_keyDate != scope.date) {
        m_key = signingKey(m_secretAccessKey, scope);
        m_keyDate = scope.date;
    }
    return m_key;
}

}  // namespace packmule
