#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/signing/Credentials.h"

#include <memory>

namespace packmule {

/// The credentials that another process of the same user lent together with a command; behind them, for when they have
/// expired, this process's own for the same connection. What was lent last holds: it is what the newest command would
/// have signed with. Thread: the one that made it.
class LentCredentials final : public CredentialsSource
{
public:
    /// Credentials that end sooner are left alone where there are others.
    static constexpr Milliseconds kMargin = std::chrono::minutes(1);

    /// @param own null: this process has none.
    LentCredentials(std::unique_ptr<CredentialsSource> own, const Clock &clock, Scheduler &scheduler);

    void lend(const Credentials &credentials) { m_lent = credentials; }
    void forget() { m_lent.reset(); }

    CallHandle read(bool fresh, std::function<void(Result<Credentials>)> done) override;

private:
    bool isLentUsable() const;

    std::unique_ptr<CredentialsSource> m_own;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    std::optional<Credentials> m_lent;
};

}  // namespace packmule
