#pragma once

#include "core/s3/SignatureV4.h"
#include "core/signing/Credentials.h"
#include "core/signing/Signer.h"

#include <QByteArray>
#include <QHash>

namespace packmule {

/// Signs one request with SigV4 in headers, and keeps the derived keys of the credentials in use: one for each day and
/// region, so that a part costs one HMAC and not five. Forgets them when the secret changes. Thread: one.
class RequestSignature
{
public:
    /// @param service "s3", or "sts" for assume-role.
    explicit RequestSignature(const QByteArray &service) : m_service(service) {}

    /// x-amz-date, x-amz-content-sha256, x-amz-security-token where there is one, Authorization.
    HttpHeaders authorityFor(const SigningRequest &request, const Credentials &credentials);

private:
    QByteArray keyFor(const CredentialScope &scope, const QByteArray &secretAccessKey);

    const QByteArray m_service;
    QByteArray m_secretOfKeys;
    QHash<QByteArray, QByteArray> m_keys;  ///< by scope; at most a few regions and the days of one run
};

}  // namespace packmule
