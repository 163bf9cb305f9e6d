#pragma once

#include "core/base/Clock.h"
#include "core/localstore/S3Refusal.h"
#include "core/localstore/StoreRequest.h"
#include "core/s3/SignatureV4.h"

#include <QByteArray>

namespace packmule {

/// Verifies SigV4 in the header and in the query of presigned URLs, before the body has been read. That the body has the
/// signed hash is checked by S3Operations afterwards. A session token is signed like any header, and otherwise ignored.
/// Thread: the store's.
class SignatureCheck
{
public:
    SignatureCheck(const LocalStoreOptions &options, const Clock &clock);

    /// Codes: AccessDenied, AuthorizationHeaderMalformed, AuthorizationQueryParametersError, InvalidAccessKeyId,
    /// InvalidRequest, RequestTimeTooSkewed, SignatureDoesNotMatch.
    S3Outcome<void> judge(const StoreRequest &request);

    /// What the request says of its body: hex SHA-256, UNSIGNED-PAYLOAD, STREAMING-…; empty if anonymous.
    static QByteArray payloadHash(const StoreRequest &request);

private:
    S3Outcome<void> judgeHeader(const StoreRequest &request);
    S3Outcome<void> judgeQuery(const StoreRequest &request);
    S3Outcome<void> judgeKeyAndScope(const SignatureFields &fields, const QByteArray &amzDate) const;
    S3Outcome<void> judgeSignature(const StoreRequest &request, const SignatureFields &fields, const QByteArray &amzDate,
                                   const QByteArray &queryNameLeftOut);
    const QByteArray &keyFor(const CredentialScope &scope);

    const QByteArray m_accessKeyId, m_secretAccessKey, m_region;
    const bool m_allowsAnonymous;
    const Clock &m_clock;
    QByteArray m_keyDate, m_key;  ///< the last signing key: one day's requests share it
};

}  // namespace packmule
