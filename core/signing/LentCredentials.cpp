#include "core/signing/LentCredentials.h"

#include <utility>

namespace packmule {

LentCredentials::LentCredentials(std::unique_ptr<CredentialsSource> own, const Clock &clock, Scheduler &scheduler)
    : m_own(std::move(own)), m_clock(clock), m_scheduler(scheduler)
{
}

bool LentCredentials::isLentUsable() const
{
    if (!m_lent)
        return false;
    return !m_own || !m_lent->expires || *m_lent->expires - m_clock.wallNow() > kMargin;
}

CallHandle LentCredentials::read(bool fresh, std::function<void(Result<Credentials>)> done)
{
    if (isLentUsable())
        return m_scheduler.after(Milliseconds(0), [done = std::move(done), credentials = *m_lent] { done(credentials); });
    if (m_own)
        return m_own->read(fresh, std::move(done));
    return m_scheduler.after(Milliseconds(0), [done = std::move(done)] { done(failure(ErrorKind::CredentialsMissing, {})); });
}

}  // namespace packmule
