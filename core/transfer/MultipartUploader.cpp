#include "core/transfer/MultipartUploader.h"

#include "core/base/CrashPoint.h"
#include "core/base/LogCategories.h"
#include "core/transfer/EndpointHealth.h"
#include "core/transfer/OrphanSweep.h"
#include "core/transfer/UploadAbort.h"

#include <utility>

namespace packmule {

namespace {

constexpr int kPageSize = 1000;  // S3API: ListParts
constexpr Milliseconds kRacyPeriod{2'000};  // facts B4; the widest granularity of mtime in use (FAT)

MultipartPlan::Rules rulesOf(const PutOptions &options)
{
    // Jitter needs no secret and no global generator.
    auto generator = std::make_shared<std::minstd_rand>(std::random_device{}());
    return {.ifChanged = options.ifChanged, .condition = options.condition, .abortOnFailure = options.abortOnFailure,
            .retries = RetryPolicy(options.retries),
            .random01 = [generator] { return std::uniform_real_distribution<>(0.0, 1.0)(*generator); }};
}

}  // namespace

MultipartUploader::MultipartUploader(UploadContext context, TransferRecord record, const PartLayout &layout,
                                     const PutOptions &options, Observer observer,
                                     std::function<void(TransferRecord, Error)> onRestart)
    : m_context(std::move(context)), m_record(std::move(record)), m_layout(layout), m_options(options),
      m_observer(std::move(observer)), m_onRestart(std::move(onRestart)), m_plan(m_record, layout, rulesOf(options)),
      m_sender(m_context, layout,
               {.onHashed = [this](PartNumber part, const BodyDigests &digests, const QByteArray &md5) {
                    const bool isAdopted = m_plan.onPartHashed(part, digests, md5);
                    if (isAdopted)
                        onPartAdopted(part);
                    return isAdopted;
                },
                .onSent = [this](PartNumber part, const Result<PartReceipt> &receipt, const Checksum &checksum) { onPartSent(part, receipt, checksum); },
                .onRoom = [this] { advance(); },
                .onHeldBack = [this] { m_gate.tellWaiting(); }}),
      m_gate(m_context, [this](TransferEventBody event) { tell(std::move(event)); }, [this] { advance(); })
{
}

void MultipartUploader::start()
{
    PACKMULE_CRASH_POINT("K0");
    m_begun = m_context.clock.now();
    m_timer = m_context.scheduler.after(Milliseconds{0}, [this] { advance(); });
}

void MultipartUploader::stop()
{
    if (m_isFinished || std::exchange(m_isStopping, true))
        return;
    m_plan.onStopAsked();
    m_sender.clear();
    m_stopTimer = m_context.scheduler.after(kStopPatience, [this] { deliver(UploadOutcome::End::Stopped); });
    m_timer = m_context.scheduler.after(Milliseconds{0}, [this] { advance(); });
}

void MultipartUploader::cancel(bool keepUpload)
{
    if (m_isFinished)
        return;
    m_plan.onCancelAsked(keepUpload);
    m_sender.clear();
    m_timer = m_context.scheduler.after(Milliseconds{0}, [this] { advance(); });
}

void MultipartUploader::wake()
{
    m_plan.onWoken();
    m_context.health.network().wake();
    m_context.credentials.wake();
    m_timer = m_context.scheduler.after(Milliseconds{0}, [this] { advance(); });
}

/// The loop of house-style rule 18. Facts that come while it runs (none should) are seen by the next turn.
void MultipartUploader::advance()
{
    if (m_isFinished || std::exchange(m_isAdvancing, true))
        return;
    bool goOn = true;
    while (goOn) {
        tellProgressOfPlan();
        const MultipartPlan::Action action = m_plan.next(m_context.clock.now());
        if (!std::holds_alternative<MultipartPlan::Await>(action))
            m_call.cancel();  // its answer is no longer waited for (cancel, stop)
        goOn = std::visit([this](const auto &step) { return carryOut(step); }, action);
    }
    m_isAdvancing = false;
}

// ---- the source ----

bool MultipartUploader::carryOut(const MultipartPlan::CheckSource &action)
{
    const bool isLast = m_plan.step() == MultipartPlan::Step::LastLook;
    if (isLast && m_context.clock.now() < m_sourceSettles)
        return carryOut(MultipartPlan::WaitUntil{m_sourceSettles});
    m_plan.begun(action);
    m_plan.onSource(lookAtSource());
    return true;
}

/// Opened once; what happened to the file is seen by descriptor and by path (facts B4).
Result<MultipartPlan::SourceVerdict> MultipartUploader::lookAtSource()
{
    using Verdict = MultipartPlan::SourceVerdict;
    if (m_source) {
        const Result<void> unchanged = m_source->check();
        if (unchanged && m_source->identity().isSameFile(m_record.source))
            return Verdict::Same;
        if (!unchanged && unchanged.error().kind != ErrorKind::SourceChanged)
            return std::unexpected(unchanged.error());
    }
    auto opened = openSource();
    if (!opened)
        return std::unexpected(opened.error());
    m_source = *opened;
    const SourceIdentity &found = m_source->identity();
    if (found.isRacy)
        m_sourceSettles = m_context.clock.now() + kRacyPeriod;
    if (found.isSameFile(m_record.source))
        return Verdict::Same;
    return found.size == m_record.source.size ? Verdict::Changed : Verdict::Resized;
}

Result<std::shared_ptr<SourceFile>> MultipartUploader::openSource() const
{
    const bool followSymlink = m_options.followSymlinks || !m_options.recursive;
    if (m_context.openSource)
        return m_context.openSource(m_record.sourcePath, followSymlink);
    return SourceFile::open(m_record.sourcePath, followSymlink);
}

bool MultipartUploader::carryOut(const MultipartPlan::RehashPart &action)
{
    m_plan.begun(action);
    const PartNumber part = action.part;
    m_call = m_context.hasher.hash(m_source, m_layout.offsetOf(part), m_layout.sizeOf(part), m_record.integrity,
                                   [this, part](const Result<BodyDigests> &digests) {
                                       m_plan.onRehashed(part, digests);
                                       advance();
                                   });
    return false;
}

// ---- the target, the Create ----

bool MultipartUploader::carryOut(const MultipartPlan::CheckTarget &action)
{
    if (!m_gate.mayCall())
        return false;
    m_plan.begun(action);
    ++m_requests;
    m_call = m_context.store.headObject(m_record.object, [this](const Result<ObjectHead> &head) { onTargetHead(head); });
    return false;
}

void MultipartUploader::onTargetHead(const Result<ObjectHead> &head)
{
    Result<bool> mustSkip = false;
    if (head) {
        const auto reason = reasonToSkip(m_options.condition, *head, m_record.source);
        mustSkip = reason.has_value();
        m_skipReason = reason.value_or(m_skipReason);
    } else if (head.error().kind != ErrorKind::NoSuchKey) {
        mustSkip = std::unexpected(head.error());
    }
    note(errorOf(head), m_plan.onTarget(mustSkip, m_context.clock.now()));
}

bool MultipartUploader::carryOut(const MultipartPlan::SweepOrphans &action)
{
    if (!m_gate.mayCall())
        return false;
    m_plan.begun(action);
    m_call = sweepOrphans(m_context.store, m_context.scheduler, m_record.object, m_record.uploadId, m_record.createStarted.value_or(WallTime{}),
                          &m_requests, [this](const Result<void> &swept) { note(errorOf(swept), m_plan.onSwept(swept, m_context.clock.now())); });
    return false;
}

bool MultipartUploader::carryOut(const MultipartPlan::CreateUpload &action)
{
    if (!m_gate.mayCall())
        return false;
    m_plan.begun(action);
    ++m_requests;
    m_call = m_context.store.createMultipartUpload(m_record.object, withToken(m_options.settings, m_record.token), m_record.integrity,
                                                   [this](const Result<CreatedUpload> &created) { onCreated(created); });
    return false;
}

void MultipartUploader::onCreated(const Result<CreatedUpload> &created)
{
    if (created) {
        PACKMULE_CRASH_POINT("K3");
        m_record.uploadId = created->uploadId;
        m_record.abortDate = created->abortDate;
        learnFromCreate(created->checksumEchoed);
    } else if (created.error().kind == ErrorKind::ChecksumUnknown) {
        m_context.health.noteChecksumUnknown(m_record.integrity.algorithm);
    }
    note(errorOf(created), m_plan.onCreated(created, m_context.clock.now()));
}

/// A checksum that the store does not name in its answer is not known. This upload goes on with Content-MD5, which every
/// store checks; the next one tries the next algorithm.
void MultipartUploader::learnFromCreate(bool isEchoed)
{
    const ChecksumAlgorithm asked = m_record.integrity.algorithm;
    if (asked == ChecksumAlgorithm::None || asked == ChecksumAlgorithm::Md5)
        return;
    if (isEchoed) {
        m_context.health.noteChecksumEchoed(asked);
        return;
    }
    m_context.health.noteChecksumUnknown(asked);
    const bool knowsMd5 = !m_context.health.record().unknownChecksums.contains(ChecksumAlgorithm::Md5);
    m_record.integrity.algorithm = knowsMd5 ? ChecksumAlgorithm::Md5 : ChecksumAlgorithm::None;
    m_record.integrity.signPayload = m_record.integrity.signPayload || !knowsMd5;
}

// ---- the parts ----

bool MultipartUploader::carryOut(const MultipartPlan::LoadParts &action)
{
    m_plan.begun(action);
    m_call = m_context.journal.loadParts(m_record.id, [this](const Result<QList<PartRecord>> &rows) {
        m_plan.onPartsLoaded(rows.value_or(QList<PartRecord>()));  // unreadable rows cost a second look at the parts (K5)
        advance();
    });
    return false;
}

bool MultipartUploader::carryOut(const MultipartPlan::ListParts &action)
{
    if (!m_gate.mayCall())
        return false;
    m_plan.begun(action);
    ++m_requests;
    m_call = m_context.store.listParts(m_record.object, m_record.uploadId, action.marker, kPageSize, [this](const Result<PartPage> &page) {
        const RetryDecision decision = m_plan.onPartsListed(page, m_context.clock.now());
        if (m_plan.step() == MultipartPlan::Step::Source)
            PACKMULE_CRASH_POINT("K7");
        note(errorOf(page), decision);
    });
    return false;
}

bool MultipartUploader::carryOut(const MultipartPlan::SendPart &action)
{
    if (!m_sender.hasRoom())
        return false;
    const std::optional<StoredPart> found = m_plan.ledger().foundOnServer(action.part);
    m_plan.begun(action);
    m_sender.send(action.part, m_record, m_source, found);
    return true;
}

void MultipartUploader::onPartAdopted(PartNumber part)
{
    recordPart(part);
    m_timer = m_context.scheduler.after(Milliseconds{0}, [this] { advance(); });
}

void MultipartUploader::onPartSent(PartNumber part, const Result<PartReceipt> &receipt, const Checksum &checksum)
{
    const int attempt = ++m_attempts[part.value()];
    if (!receipt && receipt.error().kind == ErrorKind::ChecksumUnknown)
        m_context.health.noteChecksumUnknown(m_record.integrity.algorithm);
    const RetryDecision decision = m_plan.onPartSent(part, receipt, checksum, m_context.clock.now());
    if (receipt) {
        m_attempts.erase(part.value());
        recordPart(part);
        tell(PartEvent{.partNumber = part, .size = m_layout.sizeOf(part), .attempt = attempt, .eTag = receipt->eTag});
    }
    m_gate.note(errorOf(receipt), decision, part, attempt);
    advance();
}

void MultipartUploader::recordPart(PartNumber part)
{
    const StoredPart stored = m_plan.ledger().storedPart(part);
    m_context.journal.record({SavePart{{.transfer = m_record.id, .partNumber = part, .size = stored.size,
                                        .checksum = stored.checksum, .eTag = stored.eTag}}});
    PACKMULE_CRASH_POINT("K6");
}

}  // namespace packmule
