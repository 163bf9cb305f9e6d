#include "core/signing/CachedCredentials.h"

#include <utility>

namespace packmule {

CachedCredentials::CachedCredentials(std::unique_ptr<CredentialsSource> source, const Clock &clock, Scheduler &scheduler)
    : m_source(std::move(source)), m_clock(clock), m_scheduler(scheduler)
{
}

bool CachedCredentials::isUsable(Milliseconds margin) const
{
    return m_credentials && (!m_credentials->expires || *m_credentials->expires - m_clock.wallNow() > margin);
}

bool CachedCredentials::mayRefresh(bool fresh) const
{
    const bool isRecent = m_refreshedAt && m_clock.now() - *m_refreshedAt < kFreshFor;
    if (isRecent && isUsable(Milliseconds(0)))
        return false;
    return fresh || !isUsable(kRenewal);
}

CallHandle CachedCredentials::read(bool fresh, std::function<void(Result<Credentials>)> done)
{
    if (!m_isRefreshing && !mayRefresh(fresh)) {
        return m_scheduler.after(Milliseconds(0),
                                 [done = std::move(done), credentials = *m_credentials] { done(credentials); });
    }
    const quint64 id = m_nextWaiter++;
    m_waiters->emplace(id, Waiter{std::move(done), fresh});
    if (!std::exchange(m_isRefreshing, true))
        m_refresh = m_source->read(true, [this](const Result<Credentials> &credentials) { onRefreshed(credentials); });
    return CallHandle([waiters = std::weak_ptr(m_waiters), id] {
        if (const auto alive = waiters.lock())
            alive->erase(id);
    });
}

void CachedCredentials::onRefreshed(const Result<Credentials> &credentials)
{
    m_isRefreshing = false;
    m_refreshedAt = m_clock.now();
    Result<Credentials> outcome = credentials;
    if (credentials && credentials->expires && *credentials->expires <= m_clock.wallNow()) {
        outcome = failure(ErrorKind::CredentialsExpired, QStringLiteral("and their source has no newer ones"));
    } else if (!credentials && m_credentials && !isUsable(Milliseconds(0)) && !isNetworkFault(credentials.error().kind)) {
        // "Sign in again", says the program: a matter of time, unlike credentials that never were.
        outcome = failure(ErrorKind::CredentialsExpired,
                          QStringLiteral("and new ones could not be read: %1").arg(credentials.error().detail));
    }
    if (outcome)
        m_credentials = *outcome;
    const std::optional<Credentials> stillGood = isUsable(Milliseconds(0)) ? m_credentials : std::nullopt;
    // Each waiter may destroy others, ask anew, or destroy this object: from here on only the shared list is touched.
    const auto waiters = m_waiters;
    const quint64 last = m_nextWaiter;
    while (!waiters->empty() && waiters->begin()->first < last) {
        const Waiter waiter = std::move(waiters->begin()->second);
        waiters->erase(waiters->begin());
        if (!outcome && stillGood && !waiter.mustBeFresh)
            waiter.done(*stillGood);
        else
            waiter.done(outcome);
    }
}

}  // namespace packmule
