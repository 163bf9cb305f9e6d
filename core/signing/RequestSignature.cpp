#include "core/signing/RequestSignature.h"

#include "core/s3/CanonicalRequest.h"

namespace packmule {

namespace {

constexpr qsizetype kMostKeys = 64;

}  // namespace

HttpHeaders RequestSignature::authorityFor(const SigningRequest &request, const Credentials &credentials)
{
    const QByteArray date = amzDate(request.time);
    HttpHeaders authority;
    authority.append("x-amz-date", date);
    authority.append("x-amz-content-sha256", request.payloadHash);
    if (!credentials.sessionToken.isEmpty())
        authority.append("x-amz-security-token", credentials.sessionToken);

    HttpHeaders all = request.headers;
    all.append("host", request.hostHeader);
    for (const auto &[name, value] : authority.fields())
        all.append(name, value);

    const CredentialScope scope{.date = date.left(8), .region = request.region, .service = m_service};
    const QList<QByteArray> names = signableHeaderNames(all);
    const QByteArray canonical = canonicalRequest(request.method, request.target, all, names, request.payloadHash);
    const QByteArray signature =
        signatureV4(keyFor(scope, credentials.secretAccessKey), stringToSign(date, scope, canonical));
    authority.append("Authorization", authorizationHeader(credentials.accessKeyId, scope, names, signature));
    return authority;
}

QByteArray RequestSignature::keyFor(const CredentialScope &scope, const QByteArray &secretAccessKey)
{
    if (m_secretOfKeys != secretAccessKey || m_keys.size() >= kMostKeys) {
        m_keys.clear();
        m_secretOfKeys = secretAccessKey;
    }
    QByteArray &key = m_keys[scope.text()];
    if (key.isEmpty())
        key = signingKey(secretAccessKey, scope);
    return key;
}

}  // namespace packmule
