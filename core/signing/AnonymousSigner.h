#pragma once

#include "core/base/Scheduler.h"
#include "core/signing/Signer.h"

namespace packmule {

/// Adds nothing: for public buckets (--no-sign-request). Thread: the one that made it.
class AnonymousSigner final : public Signer
{
public:
    explicit AnonymousSigner(Scheduler &scheduler) : m_scheduler(scheduler) {}

    CallHandle sign(const SigningRequest &request, std::function<void(Result<HttpHeaders>)> done) override;
    void forgetCredentials(const HttpHeaders &) override {}

private:
    Scheduler &m_scheduler;
};

}  // namespace packmule
