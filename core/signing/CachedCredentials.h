#pragma once

#include "core/base/Scheduler.h"
#include "core/signing/Credentials.h"

#include <map>
#include <memory>
#include <optional>

namespace packmule {

/// Keeps what a slow source gave until shortly before it expires. However many ask at once, the source is read once.
/// While a refresh ahead of time fails, what is still good goes on being used. Thread: the one that made it.
/// Owns the source; clock and scheduler outlive it. Destroying it silences everybody who waits.
class CachedCredentials final : public CredentialsSource
{
public:
    /// Renewed so long before their end; AWS's own clients take 10 to 15 minutes, S3 checks when a request arrives.
    static constexpr Milliseconds kRenewal = std::chrono::minutes(5);
    /// A source asked for fresh ones again so soon has nothing fresher: four parts fail at once when a token ends.
    static constexpr Milliseconds kFreshFor = std::chrono::seconds(10);

    CachedCredentials(std::unique_ptr<CredentialsSource> source, const Clock &clock, Scheduler &scheduler);

    CallHandle read(bool fresh, std::function<void(Result<Credentials>)> done) override;

private:
    struct Waiter {
        std::function<void(Result<Credentials>)> done;
        bool mustBeFresh = false;
    };
    using Waiters = std::map<quint64, Waiter>;

    bool isUsable(Milliseconds margin) const;
    bool mayRefresh(bool fresh) const;
    void onRefreshed(const Result<Credentials> &credentials);

    const std::unique_ptr<CredentialsSource> m_source;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    std::optional<Credentials> m_credentials;
    std::optional<MonotonicTime> m_refreshedAt;   ///< the last refresh, good or bad, ended
    std::shared_ptr<Waiters> m_waiters = std::make_shared<Waiters>();
    quint64 m_nextWaiter = 1;
    bool m_isRefreshing = false;
    CallHandle m_refresh;
};

}  // namespace packmule
