#include "core/transfer/RunTally.h"

namespace packmule {

namespace {

enum class Blame { Source, Configuration, Service, Other };

Blame blameFor(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::SourceMissing: case ErrorKind::SourceUnreadable:
        return Blame::Source;
    case ErrorKind::CredentialsMissing: case ErrorKind::CredentialsExpired: case ErrorKind::TlsUntrusted:
    case ErrorKind::ProxyRefused:
        return Blame::Configuration;
    case ErrorKind::ClockSkewed: case ErrorKind::WrongRegion: case ErrorKind::CredentialsRefused:
    case ErrorKind::AccessDenied: case ErrorKind::NoSuchBucket: case ErrorKind::QuotaExceeded:
    case ErrorKind::ServiceRefused: case ErrorKind::PreconditionFailed: case ErrorKind::NoSuchKey:
    case ErrorKind::NoSuchUpload: case ErrorKind::ChecksumUnknown: case ErrorKind::Throttled:
    case ErrorKind::ServerFault: case ErrorKind::Conflict: case ErrorKind::TryAgain:
    case ErrorKind::InvalidPart: case ErrorKind::PartTooSmall:
        return Blame::Service;
    case ErrorKind::InvalidRequest: case ErrorKind::SourceChanged: case ErrorKind::LocalIo: case ErrorKind::DiskFull:
    case ErrorKind::JournalUnavailable: case ErrorKind::NameNotResolved: case ErrorKind::ConnectionRefused:
    case ErrorKind::NetworkUnreachable: case ErrorKind::ConnectionLost: case ErrorKind::Stalled:
    case ErrorKind::RequestTimedOut: case ErrorKind::BodyMismatch: case ErrorKind::MalformedAnswer:
    case ErrorKind::VerificationFailed: case ErrorKind::Cancelled:
        return Blame::Other;
    }
    Q_UNREACHABLE_RETURN(Blame::Other);
}

/// Would the next file of the same command meet the same?
bool isRunWide(ErrorKind kind)
{
    return blameFor(kind) == Blame::Configuration || kind == ErrorKind::NoSuchBucket || kind == ErrorKind::CredentialsRefused
        || kind == ErrorKind::ClockSkewed || kind == ErrorKind::WrongRegion;
}

}  // namespace

void RunTally::addCompleted(ByteCount size)
{
    ++m_summary.completed;
    m_summary.bytes += size;
}

void RunTally::addFailed(const Error &error)
{
    ++m_summary.failed;
    ++m_told;
    m_hopeless = isRunWide(error.kind) ? m_hopeless + 1 : 0;
    switch (blameFor(error.kind)) {
    case Blame::Source:
        ++m_sourceFaults;
        break;
    case Blame::Configuration:
        ++m_configuration;
        m_configurationError = error.kind;
        break;
    case Blame::Service:
        ++m_refusedByService;
        break;
    case Blame::Other:
        break;
    }
}

RunOutcome RunTally::outcome(bool isInterrupted) const
{
    RunOutcome outcome;
    outcome.summary = m_summary;
    outcome.isInterrupted = isInterrupted;
    outcome.isNeverReachable = m_isNeverReachable;
    const bool isTotalLoss = m_told > 0 && m_summary.completed == 0 && m_summary.skipped == 0;
    if (isTotalLoss && m_configuration == m_told)
        outcome.configurationError = m_configurationError;
    outcome.everythingRefusedByService = isTotalLoss && m_refusedByService == m_told;
    outcome.onlySourceUnreadable = isTotalLoss && m_sourceFaults == 1 && m_told == 1;
    return outcome;
}

}  // namespace packmule
