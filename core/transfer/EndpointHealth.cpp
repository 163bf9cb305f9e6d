#include "core/transfer/EndpointHealth.h"

#include <algorithm>
#include <array>
#include <utility>

namespace packmule {

namespace {

/// From best to worst; the CRCs of a whole object can be put together from those of its parts.
constexpr std::array kPreference = {ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Crc32c, ChecksumAlgorithm::Crc32};

/// A probe whose caller has gone away must not end all probing.
constexpr Milliseconds kLostProbe{90'000};

bool isAnswerOfService(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Throttled: case ErrorKind::ServerFault: case ErrorKind::RequestTimedOut: case ErrorKind::ClockSkewed:
    case ErrorKind::WrongRegion: case ErrorKind::CredentialsExpired: case ErrorKind::CredentialsRefused:
    case ErrorKind::AccessDenied: case ErrorKind::NoSuchBucket: case ErrorKind::NoSuchKey: case ErrorKind::NoSuchUpload:
    case ErrorKind::BodyMismatch: case ErrorKind::InvalidPart: case ErrorKind::PartTooSmall:
    case ErrorKind::PreconditionFailed: case ErrorKind::Conflict: case ErrorKind::TryAgain:
    case ErrorKind::ChecksumUnknown: case ErrorKind::QuotaExceeded: case ErrorKind::ServiceRefused:
    case ErrorKind::MalformedAnswer: case ErrorKind::TlsUntrusted:
        return true;
    case ErrorKind::InvalidRequest: case ErrorKind::SourceMissing: case ErrorKind::SourceUnreadable:
    case ErrorKind::SourceChanged: case ErrorKind::LocalIo: case ErrorKind::DiskFull: case ErrorKind::JournalUnavailable:
    case ErrorKind::CredentialsMissing: case ErrorKind::NameNotResolved: case ErrorKind::ConnectionRefused:
    case ErrorKind::NetworkUnreachable: case ErrorKind::ConnectionLost: case ErrorKind::Stalled:
    case ErrorKind::ProxyRefused: case ErrorKind::VerificationFailed: case ErrorKind::Cancelled:
        return false;
    }
    Q_UNREACHABLE_RETURN(false);
}

}  // namespace

EndpointHealth::EndpointHealth(EndpointRecord record, bool isEncrypted, bool hasChecksums, Journal &journal, Clock &clock,
                               Scheduler &scheduler)
    : m_record(std::move(record)), m_isEncrypted(isEncrypted), m_hasChecksums(hasChecksums), m_journal(journal),
      m_clock(clock), m_scheduler(scheduler)
{
}

IntegrityPlan EndpointHealth::chooseIntegrity(std::optional<ChecksumAlgorithm> asked) const
{
    const auto mayBeKnown = [this](ChecksumAlgorithm algorithm) { return !m_record.unknownChecksums.contains(algorithm); };
    ChecksumAlgorithm chosen = ChecksumAlgorithm::None;
    if (asked) {
        chosen = *asked;
    } else if (m_hasChecksums && m_record.checksum && *m_record.checksum != ChecksumAlgorithm::None) {
        chosen = *m_record.checksum;
    } else {
        const auto best = std::ranges::find_if(kPreference, mayBeKnown);
        if (m_hasChecksums && best != kPreference.end())
            chosen = *best;
        else if (mayBeKnown(ChecksumAlgorithm::Md5))
            chosen = ChecksumAlgorithm::Md5;
    }
    return {.algorithm = chosen, .signPayload = !m_isEncrypted || chosen == ChecksumAlgorithm::None};
}

void EndpointHealth::noteChecksumEchoed(ChecksumAlgorithm algorithm)
{
    const auto rank = [](ChecksumAlgorithm one) { return std::ranges::find(kPreference, one); };
    const bool isNews = !m_record.checksum || rank(algorithm) < rank(*m_record.checksum);
    if (rank(algorithm) == kPreference.end() || !isNews)
        return;
    m_record.checksum = algorithm;
    m_record.unknownChecksums.removeAll(algorithm);
    save();
}

void EndpointHealth::noteChecksumUnknown(ChecksumAlgorithm algorithm)
{
    if (algorithm == ChecksumAlgorithm::None || m_record.unknownChecksums.contains(algorithm))
        return;
    if (m_record.checksum == algorithm)
        m_record.checksum.reset();
    m_record.unknownChecksums.append(algorithm);
    save();
}

void EndpointHealth::noteAnswer()
{
    if (!m_record.hasAnswered) {
        m_record.hasAnswered = true;
        save();
    }
    m_outage.reset();
    m_nextProbe.reset();
    m_isProbeOut = false;
    m_probeDelay = kFirstProbe;
    m_probeTimer.cancel();
    while (!m_waiting.empty())
        release(m_waiting.begin()->first);
}

void EndpointHealth::noteNetworkLost(const Error &error)
{
    if (m_outage && !m_isProbeOut)
        return;  // calls that were already on their way when it began
    if (m_outage)
        m_probeDelay = std::min(m_probeDelay * 2, kLongestProbe);
    m_outage = error;
    m_isProbeOut = false;
    schedule(m_probeDelay);
}

void EndpointHealth::noteResult(const std::optional<Error> &error)
{
    if (!error || isAnswerOfService(error->kind)) {
        noteAnswer();
    } else if (error->kind == ErrorKind::ConnectionLost && !m_record.hasAnswered) {
        m_record.hasAnswered = true;  // something accepted the connection
        save();
    }
}

CallHandle EndpointHealth::awaitTurn(std::function<void()> go)
{
    const quint64 ticket = m_nextTicket++;
    m_waiting.emplace(ticket, std::move(go));
    if (isReachable())
        release(ticket);
    else if (!m_nextProbe)
        schedule(Milliseconds{0});  // the time for a probe came when nobody was here
    return CallHandle([this, ticket] {
        m_waiting.erase(ticket);
        m_released.erase(ticket);
    });
}

void EndpointHealth::wake()
{
    if (!m_outage)
        return;
    m_probeDelay = kFirstProbe;
    schedule(Milliseconds{0});
}

void EndpointHealth::save()
{
    m_journal.record({SaveEndpoint{m_record}});
}

void EndpointHealth::schedule(Milliseconds delay)
{
    m_nextProbe = m_clock.now() + delay;
    m_probeTimer = m_scheduler.after(delay, [this] { releaseProbe(); });
}

void EndpointHealth::releaseProbe()
{
    m_nextProbe.reset();
    if (m_waiting.empty())
        return;  // the next to come in schedules anew
    m_isProbeOut = true;
    release(m_waiting.begin()->first);
    schedule(kLostProbe);
}

void EndpointHealth::release(quint64 ticket)
{
    auto waiting = m_waiting.extract(ticket);
    m_released[ticket] = m_scheduler.after(Milliseconds{0}, [this, ticket, go = std::move(waiting.mapped())] {
        const auto run = go;
        m_released.erase(ticket);
        run();
    });
}

}  // namespace packmule
