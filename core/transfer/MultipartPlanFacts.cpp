// The facts of MultipartPlan: what has happened, and which step that leads to.

#include "core/transfer/MultipartPlan.h"

#include <utility>

namespace packmule {

namespace {

constexpr int kMaxReturns = 2;          // Complete says 412, HEAD says nothing is there
constexpr int kMaxSweepFaults = 5;      // the sweep is a courtesy: stores without ListMultipartUploads must not stop us
constexpr int kMaxAbsences = 3;         // HEAD right after Complete finds nothing: some stores need a moment
constexpr Milliseconds kAbsenceWait{1'000};

/// The request may have been carried out although no good answer came.
bool isOutcomeUnknown(ErrorKind kind)
{
    return kind == ErrorKind::ConnectionLost || kind == ErrorKind::Stalled || kind == ErrorKind::ServerFault
        || kind == ErrorKind::MalformedAnswer || kind == ErrorKind::RequestTimedOut;
}

bool isGone(ErrorKind kind)
{
    return kind == ErrorKind::NoSuchUpload || kind == ErrorKind::NoSuchKey;  // Spaces says NoSuchKey (facts A7.4)
}

/// Write-only credentials, or a store that lacks the call: the answer is done without.
bool isRefusedCall(ErrorKind kind)
{
    return kind == ErrorKind::AccessDenied || kind == ErrorKind::ServiceRefused;
}

bool isSourceTrouble(ErrorKind kind)
{
    return kind == ErrorKind::SourceChanged || kind == ErrorKind::SourceMissing || kind == ErrorKind::SourceUnreadable
        || kind == ErrorKind::LocalIo;
}

}  // namespace

void MultipartPlan::onSource(const Result<SourceVerdict> &verdict)
{
    m_isBegun = false;
    if (!verdict)
        attention(verdict.error());
    else if (*verdict == SourceVerdict::Same)
        onSourceSame();
    else
        onSourceChanged(*verdict);
}

void MultipartPlan::onSourceSame()
{
    // Reading failed, yet the file looks as it should: a disk fault is the person's; a short read is believed once.
    const std::optional<Error> suspicion = m_suspicion;  // std::exchange makes GCC's ASan build warn of nothing
    m_suspicion.reset();
    if (suspicion) {
        if (suspicion->kind != ErrorKind::SourceChanged || ++m_shortReads > 1) {
            attention(*suspicion);
            return;
        }
    }
    if (m_step == Step::LastLook)
        enter(Step::SavingComplete);
    else if (m_hasUpload)
        beginSending();
    else
        m_isTargetChecked || m_rules.condition == WriteCondition::Always ? beginCreate() : enter(Step::Target);
}

void MultipartPlan::onSourceChanged(SourceVerdict verdict)
{
    const Error changed = Error::make(ErrorKind::SourceChanged, QStringLiteral("the file changed since its upload began"));
    m_suspicion.reset();
    if (!m_hasUpload)
        restart(changed, {});  // nothing of the old content was sent
    else if (m_rules.ifChanged == IfChanged::Fail)
        attention(changed);
    else if (m_rules.ifChanged == IfChanged::Verify && verdict == SourceVerdict::Changed) {
        m_rehashed = 0;
        enter(Step::Rehashing);
        findNextRehash();
    } else
        restart(changed, QStringLiteral("the file changed since its upload began: beginning anew"));
}

RetryDecision MultipartPlan::onTarget(const Result<bool> &mustSkip, MonotonicTime now)
{
    if (!mustSkip && !isRefusedCall(mustSkip.error().kind))
        return retryStep(mustSkip.error(), now);
    if (!mustSkip)
        m_notices.append(QStringLiteral("no permission to look at the object that may be there: uploading"));
    m_isTargetChecked = true;
    if (mustSkip && *mustSkip)
        endWith(End::Skipped, TransferState::Skipped, false);
    else
        beginCreate();
    return {};
}

RetryDecision MultipartPlan::onSwept(const Result<void> &swept, MonotonicTime now)
{
    if (m_isEndSaved) {  // a courtesy after the end
        enter(Step::Finished);
        return {};
    }
    if (!swept && !isRefusedCall(swept.error().kind) && m_histories[m_step].serverAnswers < kMaxSweepFaults)
        return retryStep(swept.error(), now);
    if (!swept)
        m_notices.append(QStringLiteral("an interrupted Create may have left an empty upload behind that could not be looked for (%1)")
                             .arg(swept.error().detail));
    m_mayHaveOrphan = false;
    if (m_hasUpload)
        enter(Step::SavingUpload);  // a hidden second Create was looked for; with a cancel it goes on from there
    else if (m_isCancelling)
        endWith(End::Cancelled, TransferState::Cancelled, false);
    else
        enter(Step::SavingCreate);
    return {};
}

RetryDecision MultipartPlan::onCreated(const Result<CreatedUpload> &created, MonotonicTime now)
{
    if (created) {
        m_histories.erase(m_step);
        m_hasUpload = true;
        m_mayHaveOrphan = created->mayHaveTwin;
        enter(created->mayHaveTwin ? Step::Sweeping : Step::SavingUpload);
        return {};
    }
    m_mayHaveOrphan = m_mayHaveOrphan || isOutcomeUnknown(created.error().kind);
    m_mayGetOrphan = m_mayGetOrphan || m_mayHaveOrphan;
    if (m_isCancelling) {
        beginCancel();
        return {};
    }
    const RetryDecision decision = retryStep(created.error(), now);
    if (m_step == Step::Creating && m_mayHaveOrphan)
        m_step = Step::Sweeping;  // after the same wait
    return decision;
}

void MultipartPlan::onPersisted()
{
    m_isBegun = false;
    switch (m_step) {
    case Step::SavingCreate: return enter(Step::Creating);
    case Step::SavingUpload: return m_isCancelling ? beginCancel() : beginSending();
    case Step::SavingComplete: return enter(Step::Completing);
    case Step::SavingCancel:
        if (m_hasUpload && !m_keepsUpload)
            return enter(Step::Aborting);
        if (m_mayHaveOrphan)
            return enter(Step::Sweeping);
        return endWith(End::Cancelled, TransferState::Cancelled, false);
    case Step::SavingEnd:
        m_isEndSaved = true;
        if (leavesOrphan())
            return enter(Step::Aborting);
        return enter(m_mayGetOrphan && m_end == End::Done ? Step::Sweeping : Step::Finished);
    case Step::Source: case Step::Target: case Step::Sweeping: case Step::Creating: case Step::Rows: case Step::Listing:
    case Step::Rehashing: case Step::Sending: case Step::LastLook: case Step::Completing: case Step::Verifying:
    case Step::Aborting: case Step::Finished: break;
    }
    Q_ASSERT_X(false, "MultipartPlan", "nothing was to be saved");
}

void MultipartPlan::onPartsLoaded(const QList<PartRecord> &rows)
{
    for (const PartRecord &row : rows)
        m_ledger.claim(row);
    m_marker = 0;
    enter(Step::Listing);
}

RetryDecision MultipartPlan::onPartsListed(const Result<PartPage> &page, MonotonicTime now)
{
    if (page && (!page->nextMarker || *page->nextMarker > m_marker)) {
        for (const StoredPart &part : page->parts)
            m_ledger.list(part);
        m_histories.erase(m_step);
        m_isBegun = false;
        if (page->nextMarker)
            m_marker = *page->nextMarker;
        else
            finishListing();
        return {};
    }
    if (page)  // a marker that does not advance would list for ever
        return retryStep(Error::make(ErrorKind::MalformedAnswer, QStringLiteral("ListParts repeats a page")), now);
    if (isGone(page.error().kind)) {
        verify(Purpose::AfterGone);
        return {};
    }
    if (!isRefusedCall(page.error().kind))
        return retryStep(page.error(), now);
    m_notices.append(QStringLiteral("no permission to list the parts of this upload: carrying on from the journal"));
    m_ledger.trustClaims();
    finishListing();
    return {};
}

void MultipartPlan::finishListing()
{
    m_ledger.endListing();
    enter(Step::Source);
}

RetryDecision MultipartPlan::onRehashed(PartNumber part, const Result<BodyDigests> &digests)
{
    m_isBegun = false;
    if (!digests)
        return attention(digests.error());
    const Checksum known = m_ledger.checksumOf(part);
    if (known.isEmpty() || known.rawBytes != digests->checksum.rawBytes)
        return restart(Error::make(ErrorKind::SourceChanged, QStringLiteral("the file's content changed")),
                       QStringLiteral("the file's content changed since its upload began: beginning anew"));
    ++m_rehashed;
    findNextRehash();
    return {};
}

void MultipartPlan::findNextRehash()
{
    while (m_rehashed < m_partCount && !m_ledger.isConfirmed(PartNumber::fromIndex(m_rehashed)))
        ++m_rehashed;
    if (m_rehashed >= m_partCount)
        enter(Step::SavingUpload);
}

bool MultipartPlan::onPartHashed(PartNumber part, const BodyDigests &digests, const QByteArray &md5)
{
    const std::optional<StoredPart> stored = m_ledger.foundOnServer(part);
    if (!stored)
        return false;
    const bool isComparable = !stored->checksum.isEmpty() && stored->checksum.algorithm == digests.checksum.algorithm;
    const QByteArray ownMd5 = digests.checksum.algorithm == ChecksumAlgorithm::Md5 ? digests.checksum.rawBytes.toHex() : md5;
    const bool isOurs = isComparable ? stored->checksum.rawBytes == digests.checksum.rawBytes
                                     : !ownMd5.isEmpty() && stored->eTag == ownMd5;
    if (!isOurs)
        return false;
    m_ledger.confirm(part, stored->eTag, digests.checksum);
    if (m_ledger.isComplete())
        enter(Step::LastLook);
    return true;
}

RetryDecision MultipartPlan::onPartSent(PartNumber part, const Result<PartReceipt> &receipt, const Checksum &checksum, MonotonicTime now)
{
    Q_ASSERT(m_step == Step::Sending);
    if (receipt) {
        m_partHistories.erase(part.value());
        m_ledger.confirm(part, receipt->eTag, checksum);
        if (m_ledger.isComplete())
            enter(Step::LastLook);
        return {};
    }
    const Error &error = receipt.error();
    if (isGone(error.kind)) {
        verify(Purpose::AfterGone);
        return {};
    }
    if (isSourceTrouble(error.kind)) {
        m_suspicion = error;
        m_ledger.dropInFlight();
        enter(Step::Source);
        return {};
    }
    CallHistory &history = m_partHistories[part.value()];
    history.add(error);
    const RetryDecision decision = m_rules.retries.decide(error, history, m_rules.random01());
    switch (decision.verdict) {
    case RetryVerdict::RetryAfter:
        m_ledger.hold(part);
        m_held.insert({now + decision.wait, part.value()});
        return decision;
    case RetryVerdict::None:
    case RetryVerdict::Park:
        m_ledger.retry(part);
        return decision;
    case RetryVerdict::Repair: return repair(error);
    case RetryVerdict::Restart: return restart(error, QStringLiteral("beginning anew: %1").arg(error.detail));
    case RetryVerdict::Attention:
    case RetryVerdict::Final: return attention(decision.error, decision.verdict);
    }
    Q_UNREACHABLE_RETURN(decision);
}

RetryDecision MultipartPlan::onCompleted(const Result<StoredObject> &object, MonotonicTime now)
{
    if (object) {
        m_histories.erase(m_step);
        verify(Purpose::AfterComplete);
        return {};
    }
    const Error &error = object.error();
    if (isGone(error.kind) || error.kind == ErrorKind::PreconditionFailed) {
        // Our own Complete may have come through with its answer lost; QNetworkAccessManager may even have sent it twice.
        verify(isGone(error.kind) ? Purpose::AfterGone : Purpose::AfterPrecondition);
        return {};
    }
    if (m_isCancelling) {
        beginCancel();
        return {};
    }
    if (error.kind == ErrorKind::Conflict)
        return restart(error, QStringLiteral("another write to the same key came between: beginning anew"));
    if (error.kind == ErrorKind::BodyMismatch)
        return repair(error);
    // Ceph says 500 of an upload that is gone, whatever it became: after two in a row the parts are asked for, once.
    if (error.kind == ErrorKind::ServerFault && m_histories[m_step].serverAnswers == 1 && !std::exchange(m_hasAskedAgain, true)) {
        m_histories[m_step].add(error);
        return listAgain(error);
    }
    return retryStep(error, now);
}

RetryDecision MultipartPlan::onVerified(const Result<ObjectMatch> &match, MonotonicTime now)
{
    const bool isAbsent = !match && isGone(match.error().kind);
    const bool isForbidden = !match && match.error().kind == ErrorKind::AccessDenied;
    if (!match && !isAbsent && !isForbidden)
        return retryStep(match.error(), now);
    if (match && *match == ObjectMatch::Damaged)
        return attention(Error::make(ErrorKind::VerificationFailed, QStringLiteral("the object that the store made is not the file")), RetryVerdict::Final);
    if (match && *match == ObjectMatch::Ours) {
        m_isVerified = true;
        m_hasUpload = false;
        endWith(End::Done, TransferState::Done, false);
        return {};
    }
    switch (m_purpose) {
    case Purpose::AfterComplete:
        if (isForbidden) {
            m_hasUpload = false;
            endWith(End::Done, TransferState::Done, false);
            return {};
        }
        if (isAbsent && ++m_histories[m_step].serverAnswers <= kMaxAbsences) {
            m_isBegun = false;
            m_notBefore = now + kAbsenceWait;
            return {};
        }
        return attention(Error::make(ErrorKind::VerificationFailed, isAbsent ? QStringLiteral("the upload was completed, yet the object is not there")
                                         : QStringLiteral("another writer replaced the object right after it was completed")), RetryVerdict::Final);
    case Purpose::AfterGone:
        m_hasUpload = false;
        if (m_isCancelling) {
            beginCancel();
            return {};
        }
        return restart(Error::make(ErrorKind::NoSuchUpload, QStringLiteral("the upload is gone on the server")),
                       QStringLiteral("the upload was gone on the server (a lifecycle rule, or somebody aborted it): beginning anew"));
    case Purpose::AfterPrecondition:
        if (isAbsent && m_repairs++ < kMaxReturns) {
            enter(Step::Completing);  // deleted in between
            return {};
        }
        endWith(End::Skipped, TransferState::Skipped, true);
        return {};
    }
    Q_UNREACHABLE_RETURN({});
}

RetryDecision MultipartPlan::onAborted(const Result<void> &aborted, MonotonicTime now)
{
    if (!aborted && !isRefusedCall(aborted.error().kind)) {
        const End end = m_end;
        const RetryDecision decision = retryStep(aborted.error(), now);
        if (m_step != Step::Aborting && m_isEndSaved) {  // what was saved stands; the orphan row remembers the upload
            m_end = end;
            m_step = Step::Finished;
        }
        return decision;
    }
    if (!aborted)
        m_notices.append(QStringLiteral("no permission to abort the unfinished upload: it stays on the server until a lifecycle rule removes it"));
    else
        m_hasUpload = false;
    if (m_isEndSaved)
        enter(Step::Finished);
    else
        endWith(End::Cancelled, TransferState::Cancelled, false);
    return {};
}

void MultipartPlan::onCancelAsked(bool keepUpload)
{
    if (m_isCancelling || m_isEndSaved || m_step == Step::SavingEnd || m_step == Step::Finished)
        return;
    m_isCancelling = true;
    m_keepsUpload = keepUpload;
    m_isStopping = false;
    m_ledger.dropInFlight();
    // What is being created or completed is awaited: an Abort beside a Complete could win or lose.
    const bool isAwaited = m_step == Step::SavingUpload || (m_isBegun && (m_step == Step::Creating || m_step == Step::Completing));
    if (!isAwaited && !(m_step == Step::Verifying && m_purpose == Purpose::AfterComplete))
        beginCancel();
}

void MultipartPlan::onStopAsked()
{
    m_isStopping = true;
    if (m_step == Step::Sending)
        m_ledger.dropInFlight();
}

void MultipartPlan::onWoken()
{
    m_notBefore = {};
    for (const auto &[time, number] : std::exchange(m_held, {}))
        m_ledger.retry(PartNumber::fromIndex(number - 1));
}

}  // namespace packmule
