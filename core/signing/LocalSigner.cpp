#include "core/signing/LocalSigner.h"

#include <utility>

namespace packmule {

namespace {

QByteArray identityOf(const Credentials &credentials)
{
    return credentials.sessionToken.isEmpty() ? credentials.accessKeyId : credentials.sessionToken;
}

QByteArray identityOf(const HttpHeaders &authority)
{
    const QByteArray token = authority.value("x-amz-security-token");
    if (!token.isEmpty())
        return token;
    static constexpr QByteArrayView kField = "Credential=";
    const QByteArray line = authority.value("Authorization");
    const qsizetype begin = line.indexOf(kField);
    const qsizetype end = line.indexOf('/', begin);
    return begin < 0 || end < 0 ? QByteArray() : line.sliced(begin + kField.size(), end - begin - kField.size());
}

}  // namespace

CallHandle LocalSigner::sign(const SigningRequest &request, std::function<void(Result<HttpHeaders>)> done)
{
    const bool isFresh = std::exchange(m_wantsFresh, false);
    return m_source.read(isFresh, [this, request, done = std::move(done)](const Result<Credentials> &credentials) {
        const Result<Credentials> usable = unlessRefused(credentials);
        if (usable)
            done(m_signature.authorityFor(request, *usable));
        else
            done(std::unexpected(usable.error()));
    });
}

void LocalSigner::forgetCredentials(const HttpHeaders &refused)
{
    m_wantsFresh = true;
    const QByteArray identity = identityOf(refused);
    const int before = m_refusal && m_refusal->identity == identity ? m_refusal->count : 0;
    m_refusal = Refusal{.identity = identity, .count = before + 1, .at = m_clock.now()};
}

/// What the source gave, seen beside what the service last said of it. That a file is half written or a program fails while
/// new ones are awaited is no reason to give up: it is as if they were still the expired ones.
Result<Credentials> LocalSigner::unlessRefused(const Result<Credentials> &credentials)
{
    if (!m_refusal)
        return credentials;
    if (!credentials) {
        m_wantsFresh = true;
        if (isNetworkFault(credentials.error().kind) || credentials.error().kind == ErrorKind::CredentialsExpired)
            return credentials;
        return failure(ErrorKind::CredentialsExpired,
                       QStringLiteral("and new ones could not be read: %1").arg(credentials.error().detail));
    }
    const bool isSame = identityOf(*credentials) == m_refusal->identity;
    if (isSame && m_refusal->count >= kTrustedRefusals && m_clock.now() - m_refusal->at < kRefusalHolds) {
        m_wantsFresh = true;
        return failure(ErrorKind::CredentialsExpired, QStringLiteral("and their source has no newer ones"));
    }
    return credentials;
}

}  // namespace packmule
