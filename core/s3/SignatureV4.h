#pragma once

#include "core/base/Clock.h"

#include <QByteArray>
#include <QList>

#include <chrono>
#include <optional>

namespace packmule {

// Signature Version 4: from a canonical request to a signature, and back from a received Authorization header or
// presigned query to its fields. Pure functions. Secrets pass through, nothing is kept.

inline constexpr char kSignatureAlgorithm[] = "AWS4-HMAC-SHA256";
inline constexpr char kUnsignedPayload[] = "UNSIGNED-PAYLOAD";
/// Hex SHA-256 of no bytes.
inline constexpr char kEmptyPayloadHash[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// S3 user guide, "Authenticating requests: using query parameters": at most seven days.
inline constexpr std::chrono::seconds kLongestPresignedLife{7 * 24 * 3600};

/// The day, region and service that a signature is good for; "20130524/us-east-1/s3/aws4_request".
struct CredentialScope {
    QByteArray date;  ///< the first eight characters of the x-amz-date in use, never "today" computed again (A1.10)
    QByteArray region;
    QByteArray service = "s3";
    QByteArray text() const;
    bool operator==(const CredentialScope &) const = default;
};

/// "20130524T000000Z"
QByteArray amzDate(WallTime time);
std::optional<WallTime> timeFromAmzDate(QByteArrayView text);

QByteArray stringToSign(const QByteArray &amzDate, const CredentialScope &scope, const QByteArray &canonicalRequest);
/// 32 raw bytes; a credential for that day, region and service. May be kept for as long as the scope is the same.
QByteArray signingKey(const QByteArray &secretAccessKey, const CredentialScope &scope);
/// Lower-case hex.
QByteArray signatureV4(const QByteArray &signingKey, const QByteArray &stringToSign);
QByteArray authorizationHeader(const QByteArray &accessKeyId, const CredentialScope &scope,
                               const QList<QByteArray> &signedHeaders, const QByteArray &signature);

/// What a received request says about its signature, from its header or its query.
struct SignatureFields {
    QByteArray accessKeyId;
    CredentialScope scope;
    QList<QByteArray> signedHeaders;  ///< as sent
    QByteArray signature;
    // Presigned only (in the header form x-amz-date is a header of its own):
    QByteArray amzDate;
    QByteArray sessionToken;
    std::chrono::seconds expires{0};
};

/// nullopt for another algorithm or a malformed header. A host that is not among the signed headers is malformed.
std::optional<SignatureFields> signatureFieldsFromHeader(QByteArrayView authorization);
/// nullopt if the query carries no complete SigV4 signature, or a life of more than seven days.
std::optional<SignatureFields> signatureFieldsFromQuery(QByteArrayView query);

/// The query of a presigned URL up to and without X-Amz-Signature: the items of `query` and the authorising ones.
/// Canonicalise it with kUnsignedPayload, sign, and append "&X-Amz-Signature=".
/// @param sessionToken empty if there is none; it is signed (A1.9).
QByteArray queryToPresign(const QByteArray &query, const QByteArray &accessKeyId, const CredentialScope &scope,
                          const QByteArray &amzDate, std::chrono::seconds expires,
                          const QList<QByteArray> &signedHeaders, const QByteArray &sessionToken);

/// One piece of a STREAMING-AWS4-HMAC-SHA256-PAYLOAD body ("aws-chunked"), which we verify but never send.
/// @param previous the signature of the piece before, of the request for the first.
QByteArray streamingPieceSignature(const QByteArray &signingKey, const QByteArray &amzDate,
                                   const CredentialScope &scope, const QByteArray &previous, QByteArrayView piece);

/// Compares without telling by its duration where the difference is.
bool isSameSignature(const QByteArray &a, const QByteArray &b);

}  // namespace packmule
