#include "core/signing/LocalSigner.h"

#include <utility>

namespace packmule {

CallHandle LocalSigner::sign(const SigningRequest &request, std::function<void(Result<HttpHeaders>)> done)
{
    const bool isFresh = std::exchange(m_wantsFresh, false);
    return m_source.read(isFresh, [this, request, done = std::move(done)](const Result<Credentials> &credentials) {
        if (credentials)
            done(m_signature.authorityFor(request, *credentials));
        else
            done(std::unexpected(credentials.error()));
    });
}

}  // namespace packmule
