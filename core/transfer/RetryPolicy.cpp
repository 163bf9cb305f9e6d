#include "core/transfer/RetryPolicy.h"

#include <algorithm>

namespace packmule {

namespace {

constexpr Milliseconds kServerBase{50};
constexpr Milliseconds kThrottleBase{1'000};
constexpr Milliseconds kNetworkBase{500};

RetryDecision verdict(RetryVerdict given, const Error &error)
{
    return {.verdict = given, .wait = Milliseconds{0}, .reason = WaitReason::ServerFault, .isThrottle = false, .error = error};
}

RetryDecision retryAfter(Milliseconds wait, WaitReason reason, const Error &error)
{
    return {.verdict = RetryVerdict::RetryAfter, .wait = wait, .reason = reason, .isThrottle = false, .error = error};
}

RetryDecision park(WaitReason reason, const Error &error)
{
    return {.verdict = RetryVerdict::Park, .wait = Milliseconds{0}, .reason = reason, .isThrottle = false, .error = error};
}

/// The store says that our bytes arrived wrong, again and again, although the file is unchanged.
Error corruptionError(const Error &error)
{
    Error explained = error;
    explained.kind = ErrorKind::VerificationFailed;
    explained.detail = QStringLiteral("the bytes that arrive are not the bytes of the file, three times in a row "
                                      "although the file is unchanged: this machine's memory or something on the "
                                      "way alters them (%1)").arg(error.detail);
    return explained;
}

}  // namespace

void CallHistory::add(const Error &error)
{
    if (isNetworkFault(error.kind)) {
        ++networkFaults;
        return;
    }
    networkFaults = 0;
    if (error.kind == ErrorKind::BodyMismatch)
        ++bodyMismatches;
    else if (error.kind == ErrorKind::CredentialsExpired || error.kind == ErrorKind::ClockSkewed || error.kind == ErrorKind::WrongRegion)
        ++credentialFaults;
    else
        ++serverAnswers;
}

Milliseconds jitteredWait(Milliseconds base, int attempt, double random01)
{
    const int doublings = std::clamp(attempt - 1, 0, 20);
    const Milliseconds ceiling = std::min(RetryPolicy::kLongestWait, base * (1 << doublings));
    return Milliseconds{static_cast<Milliseconds::rep>(random01 * static_cast<double>(ceiling.count()))};
}

RetryDecision RetryPolicy::retryCounted(const Error &error, const CallHistory &history, Milliseconds base, double random01) const
{
    if (m_retries && history.serverAnswers > *m_retries) {
        Error spent = error;
        spent.detail = QStringLiteral("%1 (given up after %2 retries)").arg(error.detail, QString::number(*m_retries));
        return verdict(RetryVerdict::Attention, spent);
    }
    const Milliseconds hint = std::min(error.retryAfter.value_or(Milliseconds{0}), kLongestServerHint);
    return retryAfter(std::max(hint, jitteredWait(base, history.serverAnswers, random01)), WaitReason::ServerFault, error);
}

RetryDecision RetryPolicy::decide(const Error &error, const CallHistory &history, double random01) const
{
    switch (error.kind) {
    case ErrorKind::NameNotResolved:
    case ErrorKind::ConnectionRefused:
    case ErrorKind::NetworkUnreachable:
        return park(WaitReason::Network, error);
    case ErrorKind::ConnectionLost:
    case ErrorKind::Stalled:
        if (history.networkFaults > kFreeNetworkRetries)
            return park(WaitReason::Network, error);
        return retryAfter(jitteredWait(kNetworkBase, history.networkFaults, random01), WaitReason::Network, error);

    case ErrorKind::ServerFault:
    case ErrorKind::MalformedAnswer:
    case ErrorKind::TryAgain:
    case ErrorKind::Conflict:
        return retryCounted(error, history, kServerBase, random01);
    case ErrorKind::Throttled: {
        RetryDecision decision = retryCounted(error, history, kThrottleBase, random01);
        decision.reason = WaitReason::Throttled;
        decision.isThrottle = true;
        return decision;
    }
    case ErrorKind::RequestTimedOut: {
        RetryDecision decision = retryCounted(error, history, kThrottleBase, random01);
        decision.isThrottle = history.serverAnswers > 1;
        return decision;
    }

    case ErrorKind::ClockSkewed:
    case ErrorKind::WrongRegion:
        if (history.credentialFaults > 1)
            return verdict(RetryVerdict::Attention, error);
        return retryAfter(jitteredWait(kNetworkBase, 1, random01), WaitReason::Credentials, error);
    case ErrorKind::CredentialsExpired:
        if (history.credentialFaults > 1)
            return park(WaitReason::Credentials, error);
        return retryAfter(jitteredWait(kNetworkBase, 1, random01), WaitReason::Credentials, error);
    case ErrorKind::CredentialsMissing:  // their own source says so: a keyring that is locked, a program that failed
        return park(WaitReason::Credentials, error);
    case ErrorKind::BodyMismatch:
        if (history.bodyMismatches > kMaxBodyMismatches)
            return verdict(RetryVerdict::Attention, corruptionError(error));
        return retryAfter(jitteredWait(kServerBase, history.bodyMismatches, random01), WaitReason::ServerFault, error);

    case ErrorKind::InvalidPart:
    case ErrorKind::PartTooSmall:
        return verdict(RetryVerdict::Repair, error);
    case ErrorKind::NoSuchUpload:
    case ErrorKind::ChecksumUnknown:
        return verdict(RetryVerdict::Restart, error);
    case ErrorKind::JournalUnavailable:
        return park(WaitReason::JournalTrouble, error);

    case ErrorKind::SourceMissing:
    case ErrorKind::SourceUnreadable:
    case ErrorKind::SourceChanged:
    case ErrorKind::LocalIo:
    case ErrorKind::DiskFull:
    case ErrorKind::CredentialsRefused:
    case ErrorKind::AccessDenied:
    case ErrorKind::NoSuchBucket:
    case ErrorKind::QuotaExceeded:
    case ErrorKind::TlsUntrusted:
    case ErrorKind::ProxyRefused:
        return verdict(RetryVerdict::Attention, error);

    case ErrorKind::InvalidRequest:
    case ErrorKind::NoSuchKey:
    case ErrorKind::PreconditionFailed:
    case ErrorKind::ServiceRefused:
    case ErrorKind::VerificationFailed:
    case ErrorKind::Cancelled:
        return verdict(RetryVerdict::Final, error);
    }
    Q_UNREACHABLE_RETURN({});
}

}  // namespace packmule
