#include "tests/support/fakes/FakeScheduler.h"

namespace packmule {

CallHandle FakeScheduler::after(Milliseconds delay, std::function<void()> action)
{
    const auto key = std::pair{m_clock.now() + std::max(delay, Milliseconds{0}), m_nextOrder++};
    m_timers->emplace(key, std::move(action));
    return CallHandle([timers = std::weak_ptr(m_timers), key] {
        if (const auto alive = timers.lock())
            alive->erase(key);
    });
}

int FakeScheduler::runDue(int maxActions)
{
    int run = 0;
    while (run < maxActions && runFirstUpTo(m_clock.now()))
        ++run;
    return run;
}

int FakeScheduler::advance(Milliseconds step)
{
    const MonotonicTime target = m_clock.now() + step;
    int run = 0;
    while (runFirstUpTo(target))
        ++run;
    m_clock.advance(target - m_clock.now());
    return run;
}

bool FakeScheduler::runNext()
{
    return runFirstUpTo(MonotonicTime::max());
}

bool FakeScheduler::runUntil(const std::function<bool()> &isTrue, Milliseconds limit)
{
    const MonotonicTime latest = m_clock.now() + limit;
    while (!isTrue()) {
        if (!runFirstUpTo(latest))
            return false;
    }
    return true;
}

bool FakeScheduler::runFirstUpTo(MonotonicTime latest)
{
    const auto first = m_timers->begin();
    if (first == m_timers->end() || first->first.first > latest)
        return false;
    const MonotonicTime due = first->first.first;
    const auto action = std::move(first->second);
    m_timers->erase(first);
    if (due > m_clock.now())
        m_clock.advance(due - m_clock.now());
    action();
    return true;
}

}  // namespace packmule
