#include "core/transfer/CallGate.h"

#include "core/transfer/EndpointHealth.h"
#include "core/transfer/PartSlots.h"

#include <utility>

namespace packmule {

Outage *outageOf(UploadContext &context)
{
    if (!context.health.isReachable())
        return &context.health.network();
    return context.credentials.isOn() ? &context.credentials : nullptr;
}

CallGate::CallGate(UploadContext &context, std::function<void(TransferEventBody)> tell, std::function<void()> resume)
    : m_context(context), m_tell(std::move(tell)), m_resume(std::move(resume))
{
}

bool CallGate::mayCall()
{
    Outage *const outage = outageOf(m_context);
    if (!outage || std::exchange(m_probeOf, nullptr) == outage) {
        drop();
        return true;
    }
    if (std::exchange(m_isWaiting, true))
        return false;
    m_turn = outage->awaitTurn([this, outage] {
        m_isWaiting = false;
        m_probeOf = outage;
        m_resume();
    });
    tellWaiting();
    return false;
}

void CallGate::note(const std::optional<Error> &error, const RetryDecision &decision, std::optional<PartNumber> part, int attempt)
{
    noteOutages(error, decision);
    if (!error)
        return;
    if (decision.isThrottle)
        m_context.slots.noteThrottled(m_context.health.parallelLimit());
    if (decision.verdict == RetryVerdict::RetryAfter)
        m_tell(RetryEvent{.partNumber = part, .attempt = attempt, .error = *error, .wait = decision.wait});
}

void CallGate::noteOutages(const std::optional<Error> &error, const RetryDecision &decision)
{
    Outage &network = m_context.health.network();
    Outage &credentials = m_context.credentials;
    const auto isParkedFor = [&](WaitReason reason) { return decision.verdict == RetryVerdict::Park && decision.reason == reason; };
    m_context.health.noteResult(error);
    m_context.health.noteClockOffset(m_context.store.clockOffset());
    const bool isExpired = error && error->kind == ErrorKind::CredentialsExpired;
    if (!error || (error->httpStatus && !isExpired))
        credentials.end();  // an answer to a signature of ours
    if (isParkedFor(WaitReason::Credentials) || (isExpired && credentials.isOn())) {
        credentials.note(*error);
        tellWaiting();
    }
    if (isParkedFor(WaitReason::Network) || (error && isNetworkFault(error->kind) && network.isOn())) {
        network.note(*error);
        tellWaiting();
    }
}

void CallGate::tellWaiting()
{
    const Outage *const outage = outageOf(m_context);
    if (!outage || (m_toldUntil && m_toldUntil == outage->nextProbe()))
        return;
    m_toldUntil = outage->nextProbe();
    WaitingEvent waiting{.reason = outage->reason(), .error = *outage->error(), .until = {}};
    if (m_toldUntil)
        waiting.until = m_context.clock.wallNow() + (*m_toldUntil - m_context.clock.now());
    m_tell(waiting);
}

}  // namespace packmule
