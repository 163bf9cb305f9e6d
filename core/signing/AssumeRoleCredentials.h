#pragma once

#include "core/net/HttpTransport.h"
#include "core/signing/Credentials.h"
#include "core/signing/RequestSignature.h"

#include <memory>

namespace packmule {

struct AssumedRole {
    QByteArray arn;
    QByteArray sessionName = "packmule";
    QByteArray externalId;                      ///< empty: none
    std::chrono::seconds duration{3600};        ///< 900 s to the role's own maximum
    QByteArray region = "us-east-1";            ///< of the STS endpoint
    HttpOrigin origin;                          ///< awsStsOrigin(region), or another STS
};

/// https://sts.REGION.amazonaws.com (.cn in China).
HttpOrigin awsStsOrigin(const QByteArray &region);

/// A role's credentials, got from STS with those of another source (source_profile and role_arn of the AWS files).
/// Wrap it in CachedCredentials: each read is a request. Thread: the one that made it. Owns the base source; transport and
/// clock outlive it.
/// Source: AWS STS API Reference, AssumeRole.
class AssumeRoleCredentials final : public CredentialsSource
{
public:
    AssumeRoleCredentials(AssumedRole role, std::unique_ptr<CredentialsSource> base, HttpTransport &transport,
                          const Clock &clock);

    /// Errors: those of the base source, network kinds, and StsAnswer's.
    CallHandle read(bool fresh, std::function<void(Result<Credentials>)> done) override;

private:
    HttpRequest requestSignedBy(const Credentials &base);

    const AssumedRole m_role;
    const std::unique_ptr<CredentialsSource> m_base;
    HttpTransport &m_transport;
    const Clock &m_clock;
    RequestSignature m_signature{"sts"};
};

}  // namespace packmule
