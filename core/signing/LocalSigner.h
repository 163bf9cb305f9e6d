#pragma once

#include "core/signing/RequestSignature.h"

namespace packmule {

/// Signs on this machine, with credentials from a source. Thread: the one that made it. The source outlives it.
class LocalSigner final : public Signer
{
public:
    explicit LocalSigner(CredentialsSource &source) : m_source(source) {}

    CallHandle sign(const SigningRequest &request, std::function<void(Result<HttpHeaders>)> done) override;
    void forgetCredentials() override { m_wantsFresh = true; }

private:
    CredentialsSource &m_source;
    RequestSignature m_signature{"s3"};
    bool m_wantsFresh = false;
};

}  // namespace packmule
