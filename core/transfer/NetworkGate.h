#pragma once

#include "core/transfer/RetryPolicy.h"
#include "core/transfer/Uploader.h"

namespace packmule {

template<typename T>
std::optional<Error> errorOf(const Result<T> &result)
{
    return result ? std::optional<Error>() : std::optional<Error>(result.error());
}

/// Between one uploader and the endpoint's health: holds its calls back while the network is down, tells the health what
/// every call came to, and says so in events. Thread: the engine's. Owned by its uploader.
class NetworkGate
{
public:
    /// @param resume the network may be tried again: ask for the next step. Never called from inside a call of ours.
    NetworkGate(UploadContext &context, std::function<void(TransferEventBody)> tell, std::function<void()> resume);

    /// True: call now. False: `resume` follows.
    bool mayCall();
    /// A call ended: with `error`, or well. Emits RetryEvent or WaitingEvent where the decision asks for it.
    void note(const std::optional<Error> &error, const RetryDecision &decision, std::optional<PartNumber> part, int attempt);
    /// Something waits for the network: told once per try of the endpoint.
    void tellOffline();
    void drop() { m_turn.cancel(); m_isWaiting = false; }

private:
    UploadContext &m_context;
    std::function<void(TransferEventBody)> m_tell;
    std::function<void()> m_resume;
    CallHandle m_turn;
    bool m_isWaiting = false;
    bool m_isProbe = false;
    std::optional<MonotonicTime> m_toldUntil;
};

}  // namespace packmule
