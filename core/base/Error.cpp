#include "core/base/Error.h"

#include "core/base/CodeTable.h"

#include <array>
#include <utility>

namespace packmule {

namespace {

constexpr std::array kNames = {
    std::pair{ErrorKind::InvalidRequest, "invalidRequest"},
    std::pair{ErrorKind::SourceMissing, "sourceMissing"},
    std::pair{ErrorKind::SourceUnreadable, "sourceUnreadable"},
    std::pair{ErrorKind::SourceChanged, "sourceChanged"},
    std::pair{ErrorKind::LocalIo, "localIo"},
    std::pair{ErrorKind::DiskFull, "diskFull"},
    std::pair{ErrorKind::JournalUnavailable, "journalUnavailable"},
    std::pair{ErrorKind::CredentialsMissing, "credentialsMissing"},
    std::pair{ErrorKind::NameNotResolved, "nameNotResolved"},
    std::pair{ErrorKind::ConnectionRefused, "connectionRefused"},
    std::pair{ErrorKind::NetworkUnreachable, "networkUnreachable"},
    std::pair{ErrorKind::ConnectionLost, "connectionLost"},
    std::pair{ErrorKind::Stalled, "stalled"},
    std::pair{ErrorKind::TlsUntrusted, "tlsUntrusted"},
    std::pair{ErrorKind::ProxyRefused, "proxyRefused"},
    std::pair{ErrorKind::Throttled, "throttled"},
    std::pair{ErrorKind::ServerFault, "serverFault"},
    std::pair{ErrorKind::RequestTimedOut, "requestTimedOut"},
    std::pair{ErrorKind::ClockSkewed, "clockSkewed"},
    std::pair{ErrorKind::WrongRegion, "wrongRegion"},
    std::pair{ErrorKind::CredentialsExpired, "credentialsExpired"},
    std::pair{ErrorKind::CredentialsRefused, "credentialsRefused"},
    std::pair{ErrorKind::AccessDenied, "accessDenied"},
    std::pair{ErrorKind::NoSuchBucket, "noSuchBucket"},
    std::pair{ErrorKind::NoSuchKey, "noSuchKey"},
    std::pair{ErrorKind::NoSuchUpload, "noSuchUpload"},
    std::pair{ErrorKind::BodyMismatch, "bodyMismatch"},
    std::pair{ErrorKind::InvalidPart, "invalidPart"},
    std::pair{ErrorKind::PartTooSmall, "partTooSmall"},
    std::pair{ErrorKind::PreconditionFailed, "preconditionFailed"},
    std::pair{ErrorKind::Conflict, "conflict"},
    std::pair{ErrorKind::TryAgain, "tryAgain"},
    std::pair{ErrorKind::ChecksumUnknown, "checksumUnknown"},
    std::pair{ErrorKind::QuotaExceeded, "quotaExceeded"},
    std::pair{ErrorKind::ServiceRefused, "serviceRefused"},
    std::pair{ErrorKind::MalformedAnswer, "malformedAnswer"},
    std::pair{ErrorKind::VerificationFailed, "verificationFailed"},
    std::pair{ErrorKind::Cancelled, "cancelled"},
};

}  // namespace

QByteArray errorKindName(ErrorKind kind)
{
    return codeIn(kNames, kind);
}

std::optional<ErrorKind> errorKindFromName(const QByteArray &name)
{
    return valueIn(kNames, name);
}

bool isNetworkFault(ErrorKind kind)
{
    return kind == ErrorKind::NameNotResolved || kind == ErrorKind::ConnectionRefused
        || kind == ErrorKind::NetworkUnreachable || kind == ErrorKind::ConnectionLost || kind == ErrorKind::Stalled;
}

}  // namespace packmule
