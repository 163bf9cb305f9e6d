#include "core/transfer/NetworkGate.h"

#include "core/transfer/EndpointHealth.h"
#include "core/transfer/PartSlots.h"

#include <utility>

namespace packmule {

NetworkGate::NetworkGate(UploadContext &context, std::function<void(TransferEventBody)> tell, std::function<void()> resume)
    : m_context(context), m_tell(std::move(tell)), m_resume(std::move(resume))
{
}

bool NetworkGate::mayCall()
{
    if (m_context.health.isReachable() || std::exchange(m_isProbe, false)) {
        drop();
        return true;
    }
    if (std::exchange(m_isWaiting, true))
        return false;
    m_turn = m_context.health.awaitTurn([this] {
        m_isWaiting = false;
        m_isProbe = true;
        m_resume();
    });
    tellOffline();
    return false;
}

void NetworkGate::note(const std::optional<Error> &error, const RetryDecision &decision, std::optional<PartNumber> part, int attempt)
{
    EndpointHealth &health = m_context.health;
    health.noteResult(error);
    if (!error)
        return;
    const bool isParked = decision.verdict == RetryVerdict::Park && decision.reason == WaitReason::Network;
    if (isParked || (isNetworkFault(error->kind) && !health.isReachable())) {
        health.noteNetworkLost(*error);
        tellOffline();
    }
    if (decision.isThrottle)
        m_context.slots.noteThrottled(health.parallelLimit());
    if (decision.verdict == RetryVerdict::RetryAfter)
        m_tell(RetryEvent{.partNumber = part, .attempt = attempt, .error = *error, .wait = decision.wait});
}

void NetworkGate::tellOffline()
{
    const EndpointHealth &health = m_context.health;
    if (health.isReachable() || (m_toldUntil && m_toldUntil == health.nextProbe()))
        return;
    m_toldUntil = health.nextProbe();
    WaitingEvent waiting{.reason = WaitReason::Network, .error = *health.outage(), .until = {}};
    if (m_toldUntil)
        waiting.until = m_context.clock.wallNow() + (*m_toldUntil - m_context.clock.now());
    m_tell(waiting);
}

}  // namespace packmule
