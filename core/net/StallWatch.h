#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"

#include <functional>

namespace packmule {

/// A limit on silence: calls back once when nothing was reported for that long. Reporting is cheap (no timer is touched).
/// Thread: that of the scheduler.
class StallWatch
{
public:
    StallWatch(const Clock &clock, Scheduler &scheduler, std::function<void()> onStalled);

    /// From now on `limit` (zero: none) and an allowance that is asked when it matters.
    void expect(Milliseconds limit, std::function<Milliseconds()> allowance = {});
    /// Something moved.
    void moved() { m_lastMoved = m_clock.now(); }
    void stop() { m_timer.cancel(); m_isStopped = true; }
    /// How long nothing has moved.
    Milliseconds silence() const { return m_clock.now() - m_lastMoved; }

private:
    Milliseconds remaining() const;
    void arm();
    void onTimer();

    const Clock &m_clock;
    Scheduler &m_scheduler;
    std::function<void()> m_onStalled;
    std::function<Milliseconds()> m_allowance;
    Milliseconds m_limit{0};
    MonotonicTime m_lastMoved;
    MonotonicTime m_due;
    CallHandle m_timer;
    bool m_isStopped = false;
};

}  // namespace packmule
