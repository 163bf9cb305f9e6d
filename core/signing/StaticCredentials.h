#pragma once

#include "core/base/Scheduler.h"
#include "core/signing/Credentials.h"

namespace packmule {

/// Credentials that are simply there: from the environment, a file, or a caller. What is read again when they are said
/// to have expired is the owner's function, so that a refreshed file is noticed. Thread: the one that made it.
class StaticCredentials final : public CredentialsSource
{
public:
    using Reread = std::function<Result<Credentials>()>;

    /// @param credentials or the error that every read gives, such as CredentialsMissing.
    /// @param reread null: nothing to read again.
    StaticCredentials(Result<Credentials> credentials, Scheduler &scheduler, Reread reread = {});

    CallHandle read(bool fresh, std::function<void(Result<Credentials>)> done) override;

private:
    Result<Credentials> m_credentials;
    Scheduler &m_scheduler;
    const Reread m_reread;
};

}  // namespace packmule
