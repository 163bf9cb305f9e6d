#include "core/transfer/EndpointHealth.h"

#include <algorithm>
#include <array>
#include <utility>

namespace packmule {

namespace {

/// From best to worst; the CRCs of a whole object can be put together from those of its parts.
constexpr std::array kPreference = {ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Crc32c, ChecksumAlgorithm::Crc32};

bool isAnswerOfService(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::Throttled: case ErrorKind::ServerFault: case ErrorKind::RequestTimedOut: case ErrorKind::ClockSkewed:
    case ErrorKind::WrongRegion: case ErrorKind::CredentialsRefused:
    case ErrorKind::AccessDenied: case ErrorKind::NoSuchBucket: case ErrorKind::NoSuchKey: case ErrorKind::NoSuchUpload:
    case ErrorKind::BodyMismatch: case ErrorKind::InvalidPart: case ErrorKind::PartTooSmall:
    case ErrorKind::PreconditionFailed: case ErrorKind::Conflict: case ErrorKind::TryAgain:
    case ErrorKind::ChecksumUnknown: case ErrorKind::QuotaExceeded: case ErrorKind::ServiceRefused:
    case ErrorKind::MalformedAnswer: case ErrorKind::TlsUntrusted:
        return true;
    case ErrorKind::CredentialsExpired:
        return error.httpStatus.has_value();  // else their own source said so
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
      m_network(WaitReason::Network, kLongestProbe, clock, scheduler)
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

void EndpointHealth::noteClockOffset(Milliseconds offset)
{
    if (m_record.clockOffset == offset)
        return;
    m_record.clockOffset = offset;
    save();
}

void EndpointHealth::noteAnswer()
{
    if (!m_record.hasAnswered) {
        m_record.hasAnswered = true;
        save();
    }
    m_network.end();
}

void EndpointHealth::noteResult(const std::optional<Error> &error)
{
    if (!error || isAnswerOfService(*error)) {
        noteAnswer();
    } else if (error->kind == ErrorKind::ConnectionLost && !m_record.hasAnswered) {
        m_record.hasAnswered = true;  // something accepted the connection
        save();
    }
}

void EndpointHealth::save()
{
    m_journal.record({SaveEndpoint{m_record}});
}

}  // namespace packmule
