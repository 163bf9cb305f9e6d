#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Error.h"
#include "core/base/Scheduler.h"
#include "core/transfer/TransferEvent.h"

#include <functional>
#include <map>
#include <optional>

namespace packmule {

/// Something that many need is away: the network to an endpoint, or credentials that have not expired. Everybody waits here
/// and one waiter at a time is let through to try, at growing distances: a thousand parked transfers make one probe.
/// The first good result lets all of them go on. Thread: the engine's. Outlives its waiters' calls.
class Outage
{
public:
    static constexpr Milliseconds kFirstProbe{5'000};

    /// @param longestProbe the distance of probes doubles up to here.
    Outage(WaitReason reason, Milliseconds longestProbe, Clock &clock, Scheduler &scheduler);

    WaitReason reason() const { return m_reason; }
    bool isOn() const { return m_error.has_value(); }
    /// What the last try came to; empty while all is well.
    const std::optional<Error> &error() const { return m_error; }
    std::optional<MonotonicTime> began() const { return m_began; }
    std::optional<MonotonicTime> nextProbe() const { return m_nextProbe; }

    /// A call met it: it begins, or the probe failed. Of calls that were on their way when it began nothing is learnt.
    void note(const Error &error);
    void end();
    /// `go` runs later: at once if it is over, else as the next probe or when it has ended. Then try, and tell the result.
    [[nodiscard]] CallHandle awaitTurn(std::function<void()> go);
    /// Something changed: the next probe goes now.
    void wake();

private:
    void schedule(Milliseconds delay);
    void releaseProbe();
    void release(quint64 ticket);

    const WaitReason m_reason;
    const Milliseconds m_longestProbe;
    Clock &m_clock;
    Scheduler &m_scheduler;
    std::optional<Error> m_error;
    std::optional<MonotonicTime> m_began, m_nextProbe;
    Milliseconds m_probeDelay = kFirstProbe;
    bool m_isProbeOut = false;
    CallHandle m_probeTimer;
    quint64 m_nextTicket = 1;
    std::map<quint64, std::function<void()>> m_waiting;
    std::map<quint64, CallHandle> m_released;  ///< told to go on the next turn of the event loop
};

}  // namespace packmule
