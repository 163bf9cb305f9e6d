#pragma once

#include "core/base/Scheduler.h"
#include "tests/support/fakes/FakeClock.h"

#include <QtTypes>

#include <map>
#include <memory>
#include <utility>

namespace packmule {

/// Timers that run when the test says so. Nothing ever runs from inside after(). Order: by time, then by registration.
/// The other fakes answer through it, so runDue() is "the next turns of the event loop". Thread: any one.
class FakeScheduler final : public Scheduler
{
public:
    explicit FakeScheduler(FakeClock &clock) : m_clock(clock), m_timers(std::make_shared<Timers>()) {}

    CallHandle after(Milliseconds delay, std::function<void()> action) override;

    /// Runs everything that is due now, and what that makes due, without moving the clock.
    /// @param maxActions a loop that never ends fails the test instead of hanging it. @return actions run.
    int runDue(int maxActions = 1'000'000);
    /// Runs everything due up to now + step, the clock standing at each timer's time as it runs.
    int advance(Milliseconds step);
    /// Runs one action, moving the clock to it if need be. @return false when nothing is scheduled.
    bool runNext();
    /// Advances timer by timer until `isTrue`, at most `limit` far. @return whether it came true.
    bool runUntil(const std::function<bool()> &isTrue, Milliseconds limit = std::chrono::hours(24));

    qsizetype pending() const { return static_cast<qsizetype>(m_timers->size()); }
    FakeClock &clock() { return m_clock; }

private:
    using Timers = std::map<std::pair<MonotonicTime, quint64>, std::function<void()>>;

    bool runFirstUpTo(MonotonicTime latest);

    FakeClock &m_clock;
    std::shared_ptr<Timers> m_timers;  // shared with the handles, which may outlive the scheduler
    quint64 m_nextOrder = 0;
};

}  // namespace packmule
