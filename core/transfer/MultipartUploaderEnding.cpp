// The second half of MultipartUploader: what is made durable, Complete, the proof, Abort, and the ends.

#include "core/base/CrashPoint.h"
#include "core/transfer/EndpointHealth.h"
#include "core/transfer/MultipartUploader.h"
#include "core/transfer/UploadAbort.h"

#include <utility>

namespace packmule {

namespace {

bool isComposite(ChecksumAlgorithm algorithm)
{
    return algorithm == ChecksumAlgorithm::Sha256 || algorithm == ChecksumAlgorithm::Sha1;
}

/// Before a state is made durable, and after (facts/resume.md B3).
void passBefore(TransferState state)
{
    if (state == TransferState::Creating)
        PACKMULE_CRASH_POINT("K1");
    else if (state == TransferState::Completing)
        PACKMULE_CRASH_POINT("K8");
}

void passAfter(TransferState state)
{
    if (state == TransferState::Creating)
        PACKMULE_CRASH_POINT("K2");
    else if (state == TransferState::Sending)
        PACKMULE_CRASH_POINT("K4");
    else if (state == TransferState::Completing)
        PACKMULE_CRASH_POINT("K9");
    else if (state == TransferState::Done)
        PACKMULE_CRASH_POINT("K11");
    else if (state == TransferState::Cancelling)
        PACKMULE_CRASH_POINT("K12");
}

}  // namespace

// ---- the journal ----

bool MultipartUploader::carryOut(const MultipartPlan::Persist &action)
{
    passBefore(action.state);
    m_plan.begun(action);
    m_commit = m_context.journal.commit(batchFor(action.state), [this, state = action.state](const Result<void> &committed) { onCommitted(state, committed); });
    return false;
}

void MultipartUploader::onCommitted(TransferState state, const Result<void> &committed)
{
    if (!committed) {
        deliver(UploadOutcome::End::Stopped);  // only while the journal is closing
        return;
    }
    passAfter(state);
    m_plan.onPersisted();
    advance();
}

/// The record as it is to be in this state, and what must change with it in one transaction.
JournalBatch MultipartUploader::batchFor(TransferState state)
{
    m_record.state = state;
    m_record.error.reset();
    bool forgetsParts = false;
    switch (state) {
    case TransferState::Creating:
        if (m_record.token.isEmpty())
            m_record.token = newToken();
        m_record.partSize = m_layout.partSize();
        m_record.integrity = m_context.health.chooseIntegrity(m_options.checksum);
        m_record.createStarted = m_context.store.serverNow();
        break;
    case TransferState::Sending:
        m_record.source = m_source->identity();
        break;
    case TransferState::Done:
        m_record.checksum = m_objectChecksum;
        m_record.isVerified = m_plan.isVerified();
        forgetsParts = true;
        break;
    case TransferState::Skipped:
    case TransferState::Cancelled:
        forgetsParts = true;
        break;
    case TransferState::NeedsAttention:
    case TransferState::Cancelling:
        m_record.error = m_plan.error();
        break;
    case TransferState::Queued:
    case TransferState::Completing:
    case TransferState::Paused:
        break;
    }
    if (forgetsParts)
        m_record.ended = m_context.clock.wallNow();

    JournalBatch orphans;
    if (m_plan.leavesOrphan()) {
        m_orphan = {.id = m_context.newOrphanId ? m_context.newOrphanId() : m_record.id, .connectionId = m_record.connectionId,
                    .object = m_record.object, .uploadId = m_record.uploadId};
        orphans.append(SaveOrphan{m_orphan});
    }
    if (state == TransferState::Queued) {
        forgetUpload();
        m_record.source = m_source ? m_source->identity() : m_record.source;
        forgetsParts = true;
    } else if (m_plan.leavesOrphan() || state == TransferState::Skipped) {
        m_record.uploadId.clear();
        forgetsParts = true;
    }
    JournalBatch batch{SaveTransfer{m_record}};
    if (forgetsParts)
        batch.append(RemoveParts{m_record.id});
    return batch + orphans;
}

/// Back to before the plan was made.
void MultipartUploader::forgetUpload()
{
    m_record.partSize = {};
    m_record.integrity = {};
    m_record.token.clear();
    m_record.uploadId.clear();
    m_record.createStarted.reset();
    m_record.abortDate.reset();
}

// ---- Complete, and the proof ----

bool MultipartUploader::carryOut(const MultipartPlan::CompleteUpload &action)
{
    if (!m_gate.mayCall())
        return false;
    m_plan.begun(action);
    ++m_requests;
    m_objectChecksum = m_plan.ledger().objectChecksum();
    const bool wantsPartChecksums = isComposite(m_record.integrity.algorithm);
    const CompleteRequest request{.parts = m_plan.ledger().storedParts(wantsPartChecksums), .objectSize = m_layout.fileSize(),
                                  .objectChecksum = wantsPartChecksums ? Checksum{} : m_objectChecksum,
                                  .ifNoneMatch = m_options.condition == WriteCondition::NoOverwrite};
    m_call = m_context.store.completeMultipartUpload(m_record.object, m_record.uploadId, request,
                                                     [this](const Result<StoredObject> &object) { onCompleted(object); });
    return false;
}

void MultipartUploader::onCompleted(const Result<StoredObject> &object)
{
    if (object) {
        PACKMULE_CRASH_POINT("K10");
        m_record.eTag = object->eTag;
        m_record.versionId = object->versionId;
    }
    note(errorOf(object), m_plan.onCompleted(object, m_context.clock.now()));
}

bool MultipartUploader::carryOut(const MultipartPlan::VerifyObject &action)
{
    if (!m_gate.mayCall())
        return false;
    m_plan.begun(action);
    if (!std::exchange(m_isVerifyingTold, true))
        tell(VerifyingEvent{});
    ++m_requests;
    m_call = m_context.store.headObject(m_record.object, [this](const Result<ObjectHead> &head) { onObjectHead(head); });
    return false;
}

void MultipartUploader::onObjectHead(const Result<ObjectHead> &head)
{
    Result<ObjectMatch> match = ObjectMatch::Foreign;
    if (!head) {
        match = std::unexpected(head.error());
    } else {
        m_objectChecksum = m_plan.ledger().objectChecksum();
        match = compareObject(*head, {.size = m_layout.fileSize(), .token = m_record.token, .checksum = m_objectChecksum});
        if (*match == ObjectMatch::Ours) {
            m_record.eTag = head->eTag;
            m_record.versionId = head->versionId;
        }
    }
    note(errorOf(head), m_plan.onVerified(match, m_context.clock.now()));
}

bool MultipartUploader::carryOut(const MultipartPlan::AbortUpload &action)
{
    if (!m_gate.mayCall())
        return false;
    m_plan.begun(action);
    const QByteArray uploadId = m_orphan.id != 0 ? m_orphan.uploadId : m_record.uploadId;
    const auto onAborted = [this](const Result<void> &aborted) {
        if (aborted && m_orphan.id != 0)
            m_context.journal.record({RemoveOrphan{m_orphan.id}});
        if (aborted)
            m_record.uploadId.clear();
        note(errorOf(aborted), m_plan.onAborted(aborted, m_context.clock.now()));
    };
    m_call = abortUntilGone(m_context.store, m_context.scheduler, m_record.object, uploadId, &m_requests, onAborted);
    return false;
}

// ---- waiting and the ends ----

bool MultipartUploader::carryOut(const MultipartPlan::WaitUntil &action)
{
    m_timer = m_context.scheduler.after(action.time - m_context.clock.now(), [this] { advance(); });
    return false;
}

bool MultipartUploader::carryOut(const MultipartPlan::Await &)
{
    return false;
}

bool MultipartUploader::carryOut(const MultipartPlan::Finished &action)
{
    finish(action.end);
    return false;
}

void MultipartUploader::tell(TransferEventBody event)
{
    if (m_observer.onEvent)
        m_observer.onEvent(std::move(event));
}

/// What the plan has to say beside its next step.
void MultipartUploader::tellProgressOfPlan()
{
    using Step = MultipartPlan::Step;
    const Step step = m_plan.step();
    if (step != Step::Sending)
        m_sender.clear();
    if ((step == Step::Sending || step == Step::LastLook) && !std::exchange(m_isStartedTold, true))
        tell(StartedEvent{.size = m_layout.fileSize(), .partSize = m_layout.partSize(), .parts = m_layout.partCount(),
                          .uploadId = m_record.uploadId, .isResumed = m_plan.isResumed(), .confirmedParts = confirmedParts()});
    const QStringList notices = m_plan.takeNotices();
    for (const QString &notice : notices)
        tell(NoticeEvent{notice});
}

void MultipartUploader::note(const std::optional<Error> &error, const RetryDecision &decision)
{
    m_gate.note(error, decision, {}, m_callAttempts);
    m_callAttempts = decision.verdict == RetryVerdict::RetryAfter ? m_callAttempts + 1 : 1;
    advance();
}

void MultipartUploader::finish(MultipartPlan::End end)
{
    using End = MultipartPlan::End;
    switch (end) {
    case End::Done:
        tell(CompletedEvent{.size = m_layout.fileSize(), .eTag = m_record.eTag, .checksum = m_record.checksum,
                            .seconds = m_context.clock.now() - m_begun, .bytesSent = m_sender.wireBytes(), .requests = requests(),
                            .isVerified = m_record.isVerified});
        return deliver(UploadOutcome::End::Done);
    case End::Skipped:
        tell(SkippedEvent{m_skipReason});
        return deliver(UploadOutcome::End::Skipped);
    case End::NeedsAttention:
    case End::Failed:
        tell(FailedEvent{.error = *m_plan.error(), .advice = {}, .isResumable = end == End::NeedsAttention});
        return deliver(end == End::Failed ? UploadOutcome::End::Failed : UploadOutcome::End::NeedsAttention);
    case End::Cancelled:
        tell(CancelledEvent{});
        return deliver(UploadOutcome::End::Cancelled);
    case End::Stopped:
        return saveAndStop();
    case End::Restart:
        if (m_isStopping)
            return saveAndStop();
        m_isFinished = true;
        m_delivery = m_context.scheduler.after(Milliseconds{0}, [restart = m_onRestart, record = m_record, error = *m_plan.error()] { restart(record, error); });
        return;
    }
}

/// The commit comes after the part rows that were recorded before it, so they are durable with it.
void MultipartUploader::saveAndStop()
{
    if (m_isSavingStop)
        return;
    m_isSavingStop = true;
    m_timer.cancel();
    m_gate.drop();
    m_commit = m_context.journal.commit({SaveTransfer{m_record}}, [this](const Result<void> &) { deliver(UploadOutcome::End::Stopped); });
}

void MultipartUploader::deliver(UploadOutcome::End end)
{
    if (std::exchange(m_isFinished, true))
        return;
    m_sender.clear();
    m_gate.drop();
    m_call.cancel();
    m_timer.cancel();
    m_stopTimer.cancel();
    UploadOutcome outcome{.end = end, .record = m_record, .error = {}};
    if (end == UploadOutcome::End::NeedsAttention || end == UploadOutcome::End::Failed)
        outcome.error = m_plan.error();
    m_delivery = m_context.scheduler.after(Milliseconds{0}, [finished = m_observer.onFinished, outcome] { finished(outcome); });
}

}  // namespace packmule
