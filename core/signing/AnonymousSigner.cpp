#include "core/signing/AnonymousSigner.h"

#include <utility>

namespace packmule {

CallHandle AnonymousSigner::sign(const SigningRequest &, std::function<void(Result<HttpHeaders>)> done)
{
    return m_scheduler.after(Milliseconds(0), [done = std::move(done)] { done(HttpHeaders()); });
}

}  // namespace packmule
