#pragma once

#include "core/signing/RequestSignature.h"

#include <optional>

namespace packmule {

/// Signs on this machine, with credentials from a source. Credentials that the service has twice refused as expired are
/// not shown to it again for a minute: until then a source without newer ones costs no request, and no body sent in vain.
/// Thread: the one that made it. The source and the clock outlive it.
class LocalSigner final : public Signer
{
public:
    static constexpr int kTrustedRefusals = 2;   ///< the first may be a slip of the service
    static constexpr Milliseconds kRefusalHolds{60'000};

    LocalSigner(CredentialsSource &source, const Clock &clock) : m_source(source), m_clock(clock) {}

    CallHandle sign(const SigningRequest &request, std::function<void(Result<HttpHeaders>)> done) override;
    void forgetCredentials(const HttpHeaders &refused) override;

private:
    struct Refusal {
        QByteArray identity;   ///< session token, else access key id
        int count = 0;
        MonotonicTime at{};
    };

    Result<Credentials> unlessRefused(const Result<Credentials> &credentials);

    CredentialsSource &m_source;
    const Clock &m_clock;
    RequestSignature m_signature{"s3"};
    bool m_wantsFresh = false;
    std::optional<Refusal> m_refusal;   ///< the last
};

}  // namespace packmule
