#pragma once

#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/transfer/TransferEvent.h"

#include <optional>

namespace packmule {

/// What has gone wrong with one call (one part, one Complete, …) so far, the present error included.
struct CallHistory {
    int serverAnswers = 0;    ///< retryable answers of the server: only these count against --retries
    int networkFaults = 0;    ///< in a row
    int bodyMismatches = 0;
    int credentialFaults = 0;

    void add(const Error &error);
};

enum class RetryVerdict {
    None,        ///< nothing went wrong
    RetryAfter,  ///< the same call again after `wait`
    Park,        ///< when the reason ends: no limit, nothing counted
    Attention,   ///< a person must act; everything stays resumable
    Restart,     ///< this upload cannot go on: begin anew from Create
    Repair,      ///< what the store has must be looked at again first (ListParts), then the call again
    Final,       ///< never as asked
};

struct RetryDecision {
    RetryVerdict verdict = RetryVerdict::None;
    Milliseconds wait{0};                       ///< RetryAfter
    WaitReason reason = WaitReason::ServerFault;///< RetryAfter, Park: what to show
    bool isThrottle = false;                    ///< send less at once from now on
    Error error{};                              ///< the one to show: the cause, or what it has come to
};

/// The one place that turns a kind into a wait (facts s3.md, tables A10 and A11). Pure. Thread: any.
///
/// | kinds | verdict |
/// |---|---|
/// | name, refused, unreachable | Park(Network) |
/// | lost, stalled | twice RetryAfter (0.5 s doubling), then Park(Network) |
/// | ServerFault, MalformedAnswer, TryAgain, Conflict | RetryAfter, full jitter below 50 ms doubling to 20 s |
/// | Throttled, RequestTimedOut (repeated) | RetryAfter, below 1 s doubling to 20 s, at least Retry-After; isThrottle |
/// | ClockSkewed, WrongRegion | RetryAfter once (the store has repaired itself meanwhile), then Attention |
/// | CredentialsExpired | RetryAfter once (they have been read again), then Park(Credentials) |
/// | BodyMismatch | RetryAfter twice, then Attention as VerificationFailed |
/// | InvalidPart, PartTooSmall | Repair |
/// | NoSuchUpload, ChecksumUnknown | Restart |
/// | missing or refused credentials, rights, bucket, quota, certificate, proxy, source, disk | Attention |
/// | everything else | Final |
class RetryPolicy
{
public:
    static constexpr int kFreeNetworkRetries = 2;
    static constexpr int kMaxBodyMismatches = 2;
    static constexpr Milliseconds kLongestWait{20'000};
    static constexpr Milliseconds kLongestServerHint{300'000};

    /// @param retries how often a call is tried again after its first try; nullopt = without limit.
    explicit RetryPolicy(std::optional<int> retries) : m_retries(retries) {}
    RetryPolicy() = default;

    /// @param history includes `error`. @param random01 in [0, 1).
    RetryDecision decide(const Error &error, const CallHistory &history, double random01) const;

private:
    RetryDecision retryCounted(const Error &error, const CallHistory &history, Milliseconds base, double random01) const;

    std::optional<int> m_retries;
};

/// random01 × min(20 s, base × 2^(attempt−1)): full jitter. @param attempt 1 or more.
Milliseconds jitteredWait(Milliseconds base, int attempt, double random01);

}  // namespace packmule
