#pragma once

#include "core/transfer/Outage.h"
#include "core/transfer/RetryPolicy.h"
#include "core/transfer/Uploader.h"

namespace packmule {

template<typename T>
std::optional<Error> errorOf(const Result<T> &result)
{
    return result ? std::optional<Error>() : std::optional<Error>(result.error());
}

/// What holds the calls of this uploader back now: the network before the credentials. Null: nothing.
Outage *outageOf(UploadContext &context);

/// Between one uploader and what its calls need: holds them back while the network is down or the credentials have expired,
/// tells both what every call came to, and says so in events. Thread: the engine's. Owned by its uploader.
class CallGate
{
public:
    /// @param resume it may be tried again: ask for the next step. Never called from inside a call of ours.
    CallGate(UploadContext &context, std::function<void(TransferEventBody)> tell, std::function<void()> resume);

    /// True: call now. False: `resume` follows.
    bool mayCall();
    /// A call ended: with `error`, or well. Emits RetryEvent or WaitingEvent where the decision asks for it.
    void note(const std::optional<Error> &error, const RetryDecision &decision, std::optional<PartNumber> part, int attempt);
    /// Something waits: told once per try.
    void tellWaiting();
    void drop() { m_turn.cancel(); m_isWaiting = false; }

private:
    void noteOutages(const std::optional<Error> &error, const RetryDecision &decision);

    UploadContext &m_context;
    std::function<void(TransferEventBody)> m_tell;
    std::function<void()> m_resume;
    CallHandle m_turn;
    bool m_isWaiting = false;
    const Outage *m_probeOf = nullptr;   ///< our next call speaks for all who wait there
    std::optional<MonotonicTime> m_toldUntil;
};

}  // namespace packmule
