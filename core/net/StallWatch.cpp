#include "core/net/StallWatch.h"

#include <algorithm>

namespace packmule {

namespace {

/// A timer this late means that this process itself stood still (SIGSTOP, a swapped-out laptop): what arrived
/// meanwhile lies unread in the kernel, so silence is counted anew.
constexpr Milliseconds kOwnStandstill{3'000};

}  // namespace

StallWatch::StallWatch(const Clock &clock, Scheduler &scheduler, std::function<void()> onStalled)
    : m_clock(clock), m_scheduler(scheduler), m_onStalled(std::move(onStalled)), m_lastMoved(clock.now())
{
}

void StallWatch::expect(Milliseconds limit, std::function<Milliseconds()> allowance)
{
    m_limit = limit;
    m_allowance = std::move(allowance);
    moved();
    m_timer.cancel();
    if (m_limit > Milliseconds::zero() && !m_isStopped)
        arm();
}

Milliseconds StallWatch::remaining() const
{
    const Milliseconds extra = m_allowance ? m_allowance() : Milliseconds::zero();
    return m_limit + extra - silence();
}

void StallWatch::arm()
{
    const Milliseconds wait = std::max(Milliseconds(1), remaining());
    m_due = m_clock.now() + wait;
    m_timer = m_scheduler.after(wait, [this] { onTimer(); });
}

void StallWatch::onTimer()
{
    if (m_clock.now() - m_due > kOwnStandstill)
        moved();
    if (remaining() > Milliseconds::zero()) {
        arm();
        return;
    }
    m_isStopped = true;
    auto onStalled = m_onStalled;
    onStalled();
}

}  // namespace packmule
