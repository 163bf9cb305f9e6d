#include "core/transfer/Outage.h"

#include <algorithm>
#include <utility>

namespace packmule {

namespace {

/// A probe whose caller has gone away must not end all probing.
constexpr Milliseconds kLostProbe{90'000};

}  // namespace

Outage::Outage(WaitReason reason, Milliseconds longestProbe, Clock &clock, Scheduler &scheduler)
    : m_reason(reason), m_longestProbe(longestProbe), m_clock(clock), m_scheduler(scheduler)
{
}

void Outage::note(const Error &error)
{
    if (m_error && !m_isProbeOut)
        return;  // calls that were already on their way when it began
    if (m_error)
        m_probeDelay = std::min(m_probeDelay * 2, m_longestProbe);
    else
        m_began = m_clock.now();
    m_error = error;
    m_isProbeOut = false;
    schedule(m_probeDelay);
}

void Outage::end()
{
    m_error.reset();
    m_began.reset();
    m_nextProbe.reset();
    m_isProbeOut = false;
    m_probeDelay = kFirstProbe;
    m_probeTimer.cancel();
    while (!m_waiting.empty())
        release(m_waiting.begin()->first);
}

CallHandle Outage::awaitTurn(std::function<void()> go)
{
    const quint64 ticket = m_nextTicket++;
    m_waiting.emplace(ticket, std::move(go));
    if (!isOn())
        release(ticket);
    else if (!m_nextProbe)
        schedule(Milliseconds{0});  // the time for a probe came when nobody was here
    return CallHandle([this, ticket] {
        m_waiting.erase(ticket);
        m_released.erase(ticket);
    });
}

void Outage::wake()
{
    if (!isOn())
        return;
    m_probeDelay = kFirstProbe;
    schedule(Milliseconds{0});
}

void Outage::schedule(Milliseconds delay)
{
    m_nextProbe = m_clock.now() + delay;
    m_probeTimer = m_scheduler.after(delay, [this] { releaseProbe(); });
}

void Outage::releaseProbe()
{
    m_nextProbe.reset();
    if (m_waiting.empty())
        return;  // the next to come in schedules anew
    m_isProbeOut = true;
    release(m_waiting.begin()->first);
    schedule(kLostProbe);
}

void Outage::release(quint64 ticket)
{
    auto waiting = m_waiting.extract(ticket);
    m_released[ticket] = m_scheduler.after(Milliseconds{0}, [this, ticket, go = std::move(waiting.mapped())] {
        const auto run = go;
        m_released.erase(ticket);
        run();
    });
}

}  // namespace packmule
