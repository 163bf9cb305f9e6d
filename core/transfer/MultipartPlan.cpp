#include "core/transfer/MultipartPlan.h"

#include <utility>

namespace packmule {

namespace {

constexpr int kMaxRepairs = 2;          // ListParts again because Complete disagreed; more means somebody else writes here

}  // namespace

MultipartPlan::MultipartPlan(const TransferRecord &record, const PartLayout &layout, Rules rules)
    : m_rules(std::move(rules)), m_ledger(layout), m_hasUpload(!record.uploadId.isEmpty()), m_isResumed(m_hasUpload),
      m_mayHaveOrphan(!m_hasUpload && record.createStarted.has_value()), m_mayGetOrphan(m_mayHaveOrphan), m_partCount(layout.partCount())
{
    if (record.state == TransferState::Cancelling) {
        m_isCancelling = true;
        beginCancel();
        onPersisted();  // it is so in the journal already
    } else {
        enter(m_hasUpload ? Step::Rows : Step::Source);
    }
}

MultipartPlan::Action MultipartPlan::next(MonotonicTime now) const
{
    if (m_step == Step::Finished)
        return Finished{m_end};
    if (m_isStopping && mayStopHere())
        return Finished{m_isEndSaved && m_end != End::Restart ? m_end : End::Stopped};
    if (m_step == Step::Sending)
        return nextPart(now);
    if (m_isBegun)
        return Await{};
    if (now < m_notBefore)
        return WaitUntil{m_notBefore};
    switch (m_step) {
    case Step::Source:
    case Step::LastLook: return CheckSource{};
    case Step::Target: return CheckTarget{};
    case Step::Sweeping: return SweepOrphans{};
    case Step::SavingCreate: return Persist{TransferState::Creating};
    case Step::Creating: return CreateUpload{};
    case Step::SavingUpload: return Persist{TransferState::Sending};
    case Step::Rows: return LoadParts{};
    case Step::Listing: return ListParts{m_marker};
    case Step::Rehashing: return RehashPart{PartNumber::fromIndex(m_rehashed)};
    case Step::SavingComplete: return Persist{TransferState::Completing};
    case Step::Completing: return CompleteUpload{};
    case Step::Verifying: return VerifyObject{};
    case Step::SavingCancel: return Persist{TransferState::Cancelling};
    case Step::Aborting: return AbortUpload{};
    case Step::SavingEnd: return Persist{m_endState};
    case Step::Sending:
    case Step::Finished: break;
    }
    Q_UNREACHABLE_RETURN(Await{});
}

MultipartPlan::Action MultipartPlan::nextPart(MonotonicTime now) const
{
    if (!m_held.empty() && m_held.begin()->first <= now)
        return SendPart{PartNumber::fromIndex(m_held.begin()->second - 1)};
    if (const std::optional<PartNumber> part = m_ledger.nextToSend())
        return SendPart{*part};
    if (!m_held.empty())
        return WaitUntil{m_held.begin()->first};
    return Await{};
}

/// A Create or Complete that is out is awaited (the caller sets the limit), and so is what belongs to its answer.
bool MultipartPlan::mayStopHere() const
{
    switch (m_step) {
    case Step::Creating:
    case Step::Completing: return !m_isBegun;
    case Step::Verifying: return !m_isBegun && m_notBefore > MonotonicTime{};
    case Step::SavingUpload:
    case Step::SavingEnd: return false;
    case Step::Source: case Step::Target: case Step::Sweeping: case Step::SavingCreate: case Step::Rows: case Step::Listing:
    case Step::Rehashing: case Step::Sending: case Step::LastLook: case Step::SavingComplete: case Step::SavingCancel:
    case Step::Aborting: case Step::Finished: return true;
    }
    Q_UNREACHABLE_RETURN(true);
}

void MultipartPlan::begun(const Action &action)
{
    const auto *send = std::get_if<SendPart>(&action);
    if (!send) {
        m_isBegun = true;
        return;
    }
    std::erase_if(m_held, [send](const auto &held) { return held.second == send->part.value(); });
    m_ledger.begin(send->part);
}

void MultipartPlan::enter(Step step)
{
    m_step = step;
    m_isBegun = false;
    m_notBefore = {};
}

void MultipartPlan::beginSending()
{
    enter(m_ledger.isComplete() ? Step::LastLook : Step::Sending);
}

void MultipartPlan::beginCreate()
{
    enter(m_mayHaveOrphan ? Step::Sweeping : Step::SavingCreate);
}

void MultipartPlan::beginCancel()
{
    enter(Step::SavingCancel);
}

void MultipartPlan::verify(Purpose purpose)
{
    m_ledger.dropInFlight();
    m_purpose = purpose;
    enter(Step::Verifying);
}

RetryDecision MultipartPlan::retryStep(const Error &error, MonotonicTime now)
{
    m_isBegun = false;
    CallHistory &history = m_histories[m_step];
    history.add(error);
    const RetryDecision decision = m_rules.retries.decide(error, history, m_rules.random01());
    switch (decision.verdict) {
    case RetryVerdict::RetryAfter: m_notBefore = now + decision.wait; return decision;
    case RetryVerdict::None:
    case RetryVerdict::Park: return decision;
    case RetryVerdict::Repair: return repair(error);
    case RetryVerdict::Restart: return restart(error, QStringLiteral("beginning anew: %1").arg(error.detail));
    case RetryVerdict::Attention:
    case RetryVerdict::Final: return attention(decision.error, decision.verdict);
    }
    Q_UNREACHABLE_RETURN(decision);
}

/// The store and we disagree about the parts: list them again and send what differs.
RetryDecision MultipartPlan::repair(const Error &error)
{
    if (++m_repairs > kMaxRepairs) {
        Error spent = error;
        spent.detail = QStringLiteral("the store refuses parts that it has confirmed, again and again: does another program "
                                      "write to the same upload? (%1)").arg(error.detail);
        return attention(spent);
    }
    return listAgain(error);
}

RetryDecision MultipartPlan::listAgain(const Error &error)
{
    m_ledger.dropInFlight();
    m_ledger.beginListing();
    m_marker = 0;
    enter(Step::Listing);
    return {.verdict = RetryVerdict::Repair, .wait = Milliseconds{0}, .reason = WaitReason::ServerFault, .isThrottle = false, .error = error};
}

RetryDecision MultipartPlan::attention(const Error &error, RetryVerdict verdict)
{
    m_error = error;
    const TransferState state = m_isCancelling ? TransferState::Cancelling : TransferState::NeedsAttention;
    endWith(verdict == RetryVerdict::Final ? End::Failed : End::NeedsAttention, state, m_rules.abortOnFailure);
    return {.verdict = verdict, .wait = Milliseconds{0}, .reason = WaitReason::ServerFault, .isThrottle = false, .error = error};
}

RetryDecision MultipartPlan::restart(const Error &error, const QString &notice)
{
    if (!notice.isEmpty())
        m_notices.append(notice);
    m_error = error;
    endWith(End::Restart, TransferState::Queued, true);
    return {.verdict = RetryVerdict::Restart, .wait = Milliseconds{0}, .reason = WaitReason::ServerFault, .isThrottle = false, .error = error};
}

void MultipartPlan::endWith(End end, TransferState state, bool dropsUpload)
{
    m_ledger.dropInFlight();
    m_end = end;
    m_endState = state;
    m_dropsUpload = dropsUpload;
    enter(Step::SavingEnd);
}

}  // namespace packmule
