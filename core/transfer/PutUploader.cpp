#include "core/transfer/PutUploader.h"

#include "core/base/CrashPoint.h"
#include "core/transfer/EndpointHealth.h"
#include "core/transfer/PartSlots.h"
#include "core/transfer/UploadVerification.h"

#include <utility>

namespace packmule {

namespace {

/// The whole body went out and no answer came: it may have been stored.
bool isAnswerLost(const Error &error)
{
    return error.kind == ErrorKind::ConnectionLost || error.kind == ErrorKind::Stalled;
}

bool isFileTrouble(ErrorKind kind)
{
    return kind == ErrorKind::SourceChanged || kind == ErrorKind::SourceMissing || kind == ErrorKind::SourceUnreadable
        || kind == ErrorKind::LocalIo;
}

}  // namespace

PutUploader::PutUploader(UploadContext context, TransferRecord record, const PutOptions &options, Observer observer,
                         std::function<void(TransferRecord, Error)> onRestart)
    : m_context(std::move(context)), m_record(std::move(record)), m_options(options), m_observer(std::move(observer)),
      m_onRestart(std::move(onRestart)), m_policy(options.retries), m_random(std::random_device{}()),
      m_gate(m_context, [this](TransferEventBody event) { tell(std::move(event)); }, [this] { goOn(); })
{
}

QList<PartStanding> PutUploader::partStandings() const
{
    if (m_isConfirmed)
        return {PartStanding::Confirmed};
    if (m_isRetryPending)
        return {PartStanding::Retrying};
    return {m_sent > ByteCount(0) ? PartStanding::Sending : PartStanding::Queued};
}

void PutUploader::start()
{
    PACKMULE_CRASH_POINT("K0");
    m_begun = m_context.clock.now();
    m_timer = m_context.scheduler.after(Milliseconds{0}, [this] { goOn(); });
}

void PutUploader::stop()
{
    if (m_isFinished || m_isCommittingEnd || std::exchange(m_isStopping, true))
        return;
    dropCalls();
    m_commit = m_context.journal.commit({SaveTransfer{m_record}}, [this](const Result<void> &) { deliver(UploadOutcome::End::Stopped); });
    m_timer = m_context.scheduler.after(Milliseconds{1'500}, [this] { deliver(UploadOutcome::End::Stopped); });
}

void PutUploader::cancel(bool)
{
    if (m_isFinished || m_isCommittingEnd)
        return;
    dropCalls();
    commitEnd(TransferState::Cancelled, UploadOutcome::End::Cancelled);
}

void PutUploader::wake()
{
    m_context.health.network().wake();
    m_context.credentials.wake();
    if (!m_isFinished && !m_isStopping && !m_isCommittingEnd && std::exchange(m_isRetryPending, false))
        m_timer = m_context.scheduler.after(Milliseconds{0}, [this] { goOn(); });
}

/// Begins what the step asks for. Every callback sets the step and comes here.
void PutUploader::goOn()
{
    m_isRetryPending = false;
    switch (m_step) {
    case Step::Looking: return look();
    case Step::Target: return lookAtTarget();
    case Step::Hashing: return hash();
    case Step::Saving: return save();
    case Step::Sending: return awaitSlot();
    case Step::Verifying: return verify();
    case Step::Proving:
    case Step::Ending: return;
    }
}

// ---- before sending ----

void PutUploader::look()
{
    auto opened = openSource();
    if (!opened)
        return attention(opened.error(), false);
    m_source = *opened;
    const ByteCount planned = m_record.source.size;
    m_record.source = m_source->identity();
    if (m_record.source.size != planned)  // nothing of it was sent: simply plan for the file as it is
        return restart(Error::make(ErrorKind::SourceChanged, QStringLiteral("the file changed before its upload began")));
    if (m_record.token.isEmpty())
        m_record.token = newToken();
    const bool needsHead = m_options.condition == WriteCondition::IfSizeDiffers || m_options.condition == WriteCondition::IfSourceNewer;
    m_step = needsHead ? Step::Target : Step::Hashing;
    goOn();
}

void PutUploader::lookAtTarget()
{
    if (!m_gate.mayCall())
        return;
    ++m_requests;
    m_call = m_context.store.headObject(m_record.object, [this](const Result<ObjectHead> &head) { onTargetHead(head); });
}

void PutUploader::onTargetHead(const Result<ObjectHead> &head)
{
    const bool isAnswered = head || head.error().kind == ErrorKind::NoSuchKey || head.error().kind == ErrorKind::AccessDenied;
    if (!isAnswered)
        return retry(head.error());
    m_gate.note(errorOf(head), {}, {}, 1);
    if (!head && head.error().kind == ErrorKind::AccessDenied)
        tell(NoticeEvent{QStringLiteral("no permission to look at the object that may be there: uploading")});
    if (const auto reason = head ? reasonToSkip(m_options.condition, *head, m_record.source) : std::nullopt)
        return skip(*reason);
    m_step = Step::Hashing;
    goOn();
}

void PutUploader::hash()
{
    m_record.integrity = m_context.health.chooseIntegrity(m_options.checksum);
    m_call = m_context.hasher.hash(m_source, 0, m_record.source.size, m_record.integrity,
                                   [this](const Result<BodyDigests> &digests) { onDigests(digests); });
}

void PutUploader::onDigests(const Result<BodyDigests> &digests)
{
    if (!digests)
        return onPutError(digests.error());
    m_digests = *digests;
    const bool isTokenNeeded = m_options.condition == WriteCondition::NoOverwrite && m_record.state != TransferState::Sending;
    m_step = isTokenNeeded ? Step::Saving : Step::Sending;
    goOn();
}

/// Only with --no-overwrite: after a crash, a 412 must be told from our own success. Otherwise putting again is harmless.
void PutUploader::save()
{
    m_record.state = TransferState::Sending;
    m_commit = m_context.journal.commit({SaveTransfer{m_record}}, [this](const Result<void> &committed) {
        if (!committed)
            return deliver(UploadOutcome::End::Stopped);
        m_step = Step::Sending;
        goOn();
    });
}

// ---- sending ----

void PutUploader::awaitSlot()
{
    if (!m_gate.mayCall())
        return;
    m_slot = m_context.slots.acquire(m_record.id, m_context.health.parallelLimit(), [this] { transmit(); });
}

void PutUploader::transmit()
{
    if (const Result<void> unchanged = m_source->check(); !unchanged)
        return onPutError(unchanged.error());
    if (!std::exchange(m_isStarted, true))
        tell(StartedEvent{.size = m_record.source.size, .partSize = {}, .parts = 1, .uploadId = {}, .isResumed = false, .confirmedParts = 0});
    PACKMULE_CRASH_POINT("K1");
    m_sent = {};
    ++m_attempt;
    ++m_requests;
    ObjectBody body{.device = m_source->window(0, m_record.source.size), .size = m_record.source.size, .digests = m_digests};
    const auto onProgress = [this](ByteCount sent, ByteCount) {
        m_wireBytes += sent - m_sent;
        m_sent = sent;
    };
    m_call = m_context.store.putObject(m_record.object, withToken(m_options.settings, m_record.token), m_record.integrity, std::move(body),
                                       m_options.condition == WriteCondition::NoOverwrite, onProgress,
                                       [this](const Result<StoredObject> &object) { onPut(object); });
}

void PutUploader::onPut(const Result<StoredObject> &object)
{
    m_slot.cancel();
    if (!object)
        return onPutError(object.error());
    PACKMULE_CRASH_POINT("K10");
    m_gate.note({}, {}, {}, m_attempt);
    m_record.eTag = object->eTag;
    m_record.versionId = object->versionId;
    m_record.checksum = m_digests.checksum;
    prove(*object);
}

void PutUploader::prove(const StoredObject &object)
{
    m_step = Step::Proving;
    const ChecksumAlgorithm algorithm = m_record.integrity.algorithm;
    if (object.checksumEchoed) {
        m_context.health.noteChecksumEchoed(algorithm);
        return succeed(true);
    }
    if (algorithm == ChecksumAlgorithm::Md5)
        return onMd5(m_digests);
    if (algorithm != ChecksumAlgorithm::None && !m_options.checksum)
        m_context.health.noteChecksumUnknown(algorithm);
    // The store has proved nothing yet; with most the ETag of a PutObject is the MD5, and the file is small.
    m_call = m_context.hasher.hash(m_source, 0, m_record.source.size, {.algorithm = ChecksumAlgorithm::Md5, .signPayload = false},
                                   [this](const Result<BodyDigests> &digests) { onMd5(digests); });
}

void PutUploader::onMd5(const Result<BodyDigests> &digests)
{
    if (digests && digests->checksum.rawBytes.toHex() == m_record.eTag)
        return succeed(true);
    m_step = Step::Verifying;
    goOn();
}

void PutUploader::onPutError(const Error &error)
{
    m_slot.cancel();
    if (isFileTrouble(error.kind)) {
        const Result<void> unchanged = m_source->check();
        if (!unchanged && unchanged.error().kind != ErrorKind::SourceChanged)
            return attention(unchanged.error(), false);
        const bool isChanged = !unchanged || error.kind == ErrorKind::SourceChanged;
        return isChanged && m_options.ifChanged != IfChanged::Fail ? restart(error) : attention(error, false);
    }
    if (error.kind == ErrorKind::PreconditionFailed) {
        m_gate.note(error, {}, {}, m_attempt);
        m_lost = error;
        m_step = Step::Verifying;
        return goOn();
    }
    if (error.kind == ErrorKind::ChecksumUnknown && !m_options.checksum
        && !m_context.health.record().unknownChecksums.contains(m_record.integrity.algorithm)) {
        m_gate.note(error, {}, {}, m_attempt);
        m_context.health.noteChecksumUnknown(m_record.integrity.algorithm);
        m_step = Step::Hashing;
        return goOn();
    }
    if (isAnswerLost(error) && m_sent == m_record.source.size) {
        m_lost = error;
        m_step = Step::Verifying;
    } else if (error.kind == ErrorKind::BodyMismatch || error.kind == ErrorKind::ChecksumUnknown) {
        m_step = Step::Hashing;
    }
    m_sent = {};
    retry(error);
}

// ---- the proof ----

void PutUploader::verify()
{
    if (!m_gate.mayCall())
        return;
    ++m_requests;
    tell(VerifyingEvent{});
    m_call = m_context.store.headObject(m_record.object, [this](const Result<ObjectHead> &head) { onHead(head); });
}

void PutUploader::onHead(const Result<ObjectHead> &head)
{
    const bool isAbsent = !head && head.error().kind == ErrorKind::NoSuchKey;
    const bool isForbidden = !head && head.error().kind == ErrorKind::AccessDenied;
    if (!head && !isAbsent && !isForbidden)
        return retry(head.error());
    m_gate.note(errorOf(head), {}, {}, m_attempt);
    const ObjectMatch match = head ? compareObject(*head, {.size = m_record.source.size, .token = m_record.token, .checksum = m_digests.checksum})
                                   : ObjectMatch::Foreign;
    if (match == ObjectMatch::Ours) {
        m_record.eTag = head->eTag;
        m_record.versionId = head->versionId;
        m_record.checksum = m_digests.checksum;
        return succeed(true);
    }
    if (m_lost && m_lost->kind == ErrorKind::PreconditionFailed)
        return skip(SkipReason::ObjectExists);
    if (m_lost) {  // it did not arrive: send it again
        m_lost.reset();
        m_step = Step::Sending;
        return goOn();
    }
    if (isForbidden)
        return succeed(false);
    attention(Error::make(ErrorKind::VerificationFailed, match == ObjectMatch::Damaged ? QStringLiteral("the object that the store made is not the file")
                              : QStringLiteral("the object is not there, or another writer replaced it, right after it was stored")), true);
}

void PutUploader::succeed(bool isVerified)
{
    // A file that was written to meanwhile may have been read half old, half new.
    if (const Result<void> unchanged = m_source->check(); !unchanged && unchanged.error().kind == ErrorKind::SourceChanged)
        return onPutError(unchanged.error());
    m_isConfirmed = true;
    m_record.isVerified = isVerified;
    commitEnd(TransferState::Done, UploadOutcome::End::Done);
}

// ---- waits and ends ----

void PutUploader::retry(const Error &error)
{
    m_history.add(error);
    const RetryDecision decision = m_policy.decide(error, m_history, std::uniform_real_distribution<>(0.0, 1.0)(m_random));
    m_gate.note(error, decision, {}, m_attempt);
    switch (decision.verdict) {
    case RetryVerdict::RetryAfter:
        m_isRetryPending = true;
        m_timer = m_context.scheduler.after(decision.wait, [this] { goOn(); });
        return;
    case RetryVerdict::Park:
    case RetryVerdict::None:
    case RetryVerdict::Repair:
        m_timer = m_context.scheduler.after(Milliseconds{0}, [this] { goOn(); });  // the gate holds it
        return;
    case RetryVerdict::Restart:
    case RetryVerdict::Attention: return attention(decision.error, false);
    case RetryVerdict::Final: return attention(decision.error, true);
    }
}

void PutUploader::skip(SkipReason reason)
{
    m_skipReason = reason;
    commitEnd(TransferState::Skipped, UploadOutcome::End::Skipped);
}

void PutUploader::attention(const Error &error, bool isFinal)
{
    m_record.error = error;
    commitEnd(TransferState::NeedsAttention, isFinal ? UploadOutcome::End::Failed : UploadOutcome::End::NeedsAttention);
}

/// Nothing durable depends on the old content, so the record only goes back to Queued.
void PutUploader::restart(const Error &error)
{
    dropCalls();
    m_isFinished = true;
    if (m_source) {
        if (const auto again = openSource())
            m_record.source = (*again)->identity();
    }
    m_record.state = TransferState::Queued;
    m_record.token.clear();
    m_record.integrity = {};
    m_delivery = m_context.scheduler.after(Milliseconds{0}, [again = m_onRestart, record = m_record, error] { again(record, error); });
}

void PutUploader::commitEnd(TransferState state, UploadOutcome::End end)
{
    dropCalls();
    m_isCommittingEnd = true;
    m_step = Step::Ending;
    m_record.state = state;
    if (state != TransferState::NeedsAttention) {
        m_record.error.reset();
        m_record.ended = m_context.clock.wallNow();
    }
    m_commit = m_context.journal.commit({SaveTransfer{m_record}}, [this, end](const Result<void> &committed) {
        if (!committed)
            return deliver(UploadOutcome::End::Stopped);
        if (end == UploadOutcome::End::Done)
            PACKMULE_CRASH_POINT("K11");
        tellEnd(end);
        deliver(end);
    });
}

void PutUploader::tellEnd(UploadOutcome::End end)
{
    using End = UploadOutcome::End;
    switch (end) {
    case End::Done:
        return tell(CompletedEvent{.size = m_record.source.size, .eTag = m_record.eTag, .checksum = m_record.checksum,
                                   .seconds = m_context.clock.now() - m_begun, .bytesSent = m_wireBytes, .requests = m_requests,
                                   .isVerified = m_record.isVerified});
    case End::Skipped: return tell(SkippedEvent{m_skipReason});
    case End::Failed:
    case End::NeedsAttention: return tell(FailedEvent{.error = *m_record.error, .advice = {}, .isResumable = end == End::NeedsAttention});
    case End::Cancelled: return tell(CancelledEvent{});
    case End::Stopped: return;
    }
}

void PutUploader::deliver(UploadOutcome::End end)
{
    if (std::exchange(m_isFinished, true))
        return;
    dropCalls();
    UploadOutcome outcome{.end = end, .record = m_record, .error = m_record.error};
    m_delivery = m_context.scheduler.after(Milliseconds{0}, [finished = m_observer.onFinished, outcome] { finished(outcome); });
}

void PutUploader::dropCalls()
{
    m_call.cancel();
    m_slot.cancel();
    m_timer.cancel();
    m_gate.drop();
}

void PutUploader::tell(TransferEventBody event)
{
    if (m_observer.onEvent)
        m_observer.onEvent(std::move(event));
}

Result<std::shared_ptr<SourceFile>> PutUploader::openSource() const
{
    const bool followSymlink = m_options.followSymlinks || !m_options.recursive;
    return m_context.openSource ? m_context.openSource(m_record.sourcePath, followSymlink) : SourceFile::open(m_record.sourcePath, followSymlink);
}

}  // namespace packmule
