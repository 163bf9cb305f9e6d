#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Scheduler.h"
#include "core/journal/Journal.h"
#include "core/transfer/ParallelLimit.h"

#include <functional>
#include <map>
#include <optional>

namespace packmule {

/// What all transfers to one endpoint share: which checksums it knows, whether the network reaches it, how much it takes
/// at once. Learnt only from answers to the user's own requests; what lasts is kept in the journal (SaveEndpoint).
///
/// While the network is down everybody waits here and one waiter at a time is let through to try (5 s, doubling to
/// 5 min): a thousand parked transfers make one probe. Any answer lets all of them go on.
/// Thread: the engine's. Outlives the uploaders of its endpoint.
class EndpointHealth
{
public:
    static constexpr Milliseconds kFirstProbe{5'000};
    static constexpr Milliseconds kLongestProbe{300'000};

    /// @param isEncrypted bodies travel over TLS. @param hasChecksums StoreLimits::hasChecksums of the provider profile.
    EndpointHealth(EndpointRecord record, bool isEncrypted, bool hasChecksums, Journal &journal, Clock &clock, Scheduler &scheduler);

    const EndpointRecord &record() const { return m_record; }
    ParallelLimit &parallelLimit() { return m_parallelLimit; }

    // Integrity (facts A5, issue 3)
    /// The best that may still be known: CRC64NVME, CRC32C, CRC32, Content-MD5, none. @param asked the user's own choice.
    IntegrityPlan chooseIntegrity(std::optional<ChecksumAlgorithm> asked) const;
    void noteChecksumEchoed(ChecksumAlgorithm algorithm);
    /// Not echoed, or refused by name; never from a mismatch.
    void noteChecksumUnknown(ChecksumAlgorithm algorithm);

    // Network
    /// A connection was once accepted, in any run that the journal remembers.
    bool hasAnswered() const { return m_record.hasAnswered; }
    bool isReachable() const { return !m_outage; }
    /// The error that began the outage; empty while reachable.
    const std::optional<Error> &outage() const { return m_outage; }
    std::optional<MonotonicTime> nextProbe() const { return m_nextProbe; }
    void noteAnswer();
    void noteNetworkLost(const Error &error);
    /// What a finished call says: an answer of any kind, a first byte of one (ConnectionLost), or nothing.
    void noteResult(const std::optional<Error> &error);
    /// `go` runs later: at once if reachable, else as the next probe or when an answer came. Then try, and tell the result.
    [[nodiscard]] CallHandle awaitTurn(std::function<void()> go);
    /// Something changed (network back, new credentials): the next probe goes now.
    void wake();

private:
    void save();
    void schedule(Milliseconds delay);
    void releaseProbe();
    void release(quint64 ticket);

    EndpointRecord m_record;
    bool m_isEncrypted, m_hasChecksums;
    Journal &m_journal;
    Clock &m_clock;
    Scheduler &m_scheduler;
    ParallelLimit m_parallelLimit;

    std::optional<Error> m_outage;
    Milliseconds m_probeDelay = kFirstProbe;
    bool m_isProbeOut = false;
    std::optional<MonotonicTime> m_nextProbe;
    CallHandle m_probeTimer;
    quint64 m_nextTicket = 1;
    std::map<quint64, std::function<void()>> m_waiting;
    std::map<quint64, CallHandle> m_released;  ///< told to go on the next turn of the event loop
};

}  // namespace packmule
