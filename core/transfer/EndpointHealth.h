#pragma once

#include "core/journal/Journal.h"
#include "core/transfer/Outage.h"
#include "core/transfer/ParallelLimit.h"

namespace packmule {

/// What all transfers to one endpoint share: which checksums it knows, whether the network reaches it, how much it takes
/// at once. Learnt only from answers to the user's own requests; what lasts is kept in the journal (SaveEndpoint).
///
/// While the network is down everybody waits at its Outage, with probes from 5 s doubling to 5 min.
/// Thread: the engine's. Outlives the uploaders of its endpoint.
class EndpointHealth
{
public:
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

    // Clock
    /// Server minus local, as the store has it now; kept for the next run.
    void noteClockOffset(Milliseconds offset);

    // Network
    /// A connection was once accepted, in any run that the journal remembers.
    bool hasAnswered() const { return m_record.hasAnswered; }
    bool isReachable() const { return !m_network.isOn(); }
    Outage &network() { return m_network; }
    const Outage &network() const { return m_network; }
    void noteAnswer();
    /// What a finished call says: an answer of any kind, a first byte of one (ConnectionLost), or nothing.
    void noteResult(const std::optional<Error> &error);

private:
    void save();

    EndpointRecord m_record;
    bool m_isEncrypted, m_hasChecksums;
    Journal &m_journal;
    ParallelLimit m_parallelLimit;
    Outage m_network;
};

}  // namespace packmule
