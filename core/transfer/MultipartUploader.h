#pragma once

#include "core/transfer/MultipartPlan.h"
#include "core/transfer/CallGate.h"
#include "core/transfer/PartSender.h"
#include "core/transfer/Uploader.h"

namespace packmule {

/// Carries one file by a multipart upload: asks MultipartPlan what is next, begins it, records the fact, asks again.
/// It owns the calls in flight and the record; every decision is the plan's.
/// Thread: the engine's. Owned by FileUploader. The states are the steps of MultipartPlan.
class MultipartUploader final : public Uploader
{
public:
    /// A Create or Complete that is out when stop() comes is awaited this long; then K2 or K9 finds out.
    static constexpr Milliseconds kStopPatience{1'500};

    /// @param layout the frozen one, or the plan for a new upload.
    /// @param onRestart the record is Queued again in the journal; the file is to be planned anew. Runs instead of onFinished.
    MultipartUploader(UploadContext context, TransferRecord record, const PartLayout &layout, const PutOptions &options,
                      Observer observer, std::function<void(TransferRecord, Error)> onRestart);

    void start() override;
    void stop() override;
    void cancel(bool keepUpload) override;
    void wake() override;
    const TransferRecord &record() const override { return m_record; }
    ByteCount bytesSent() const override { return m_plan.ledger().confirmedBytes() + m_sender.bytesInFlight(); }
    ByteCount bytesConfirmed() const override { return m_plan.ledger().confirmedBytes(); }
    int confirmedParts() const override { return m_plan.ledger().confirmedCount(); }
    QList<PartStanding> partStandings() const override { return m_plan.ledger().standings(); }
    int requests() const override { return m_requests + m_sender.requests(); }

private:
    void advance();
    // One for each action. @return true: ask again at once.
    bool carryOut(const MultipartPlan::CheckSource &action);
    bool carryOut(const MultipartPlan::CheckTarget &action);
    bool carryOut(const MultipartPlan::SweepOrphans &action);
    bool carryOut(const MultipartPlan::CreateUpload &action);
    bool carryOut(const MultipartPlan::LoadParts &action);
    bool carryOut(const MultipartPlan::ListParts &action);
    bool carryOut(const MultipartPlan::RehashPart &action);
    bool carryOut(const MultipartPlan::SendPart &action);
    bool carryOut(const MultipartPlan::CompleteUpload &action);
    bool carryOut(const MultipartPlan::VerifyObject &action);
    bool carryOut(const MultipartPlan::AbortUpload &action);
    bool carryOut(const MultipartPlan::Persist &action);
    bool carryOut(const MultipartPlan::WaitUntil &action);
    bool carryOut(const MultipartPlan::Await &action);
    bool carryOut(const MultipartPlan::Finished &action);

    void onTargetHead(const Result<ObjectHead> &head);
    void onCreated(const Result<CreatedUpload> &created);
    void onPartAdopted(PartNumber part);
    void onPartSent(PartNumber part, const Result<PartReceipt> &receipt, const Checksum &checksum);
    void onCompleted(const Result<StoredObject> &object);
    void onObjectHead(const Result<ObjectHead> &head);
    void onCommitted(TransferState state, const Result<void> &committed);

    Result<MultipartPlan::SourceVerdict> lookAtSource();
    Result<std::shared_ptr<SourceFile>> openSource() const;
    void learnFromCreate(bool isEchoed);
    JournalBatch batchFor(TransferState state);
    void recordPart(PartNumber part);
    void tell(TransferEventBody event);
    void tellProgressOfPlan();
    void note(const std::optional<Error> &error, const RetryDecision &decision);
    void finish(MultipartPlan::End end);
    void forgetUpload();
    void saveAndStop();
    void deliver(UploadOutcome::End end);

    UploadContext m_context;
    TransferRecord m_record;
    PartLayout m_layout;
    PutOptions m_options;
    Observer m_observer;
    std::function<void(TransferRecord, Error)> m_onRestart;
    MultipartPlan m_plan;
    PartSender m_sender;
    CallGate m_gate;

    std::shared_ptr<SourceFile> m_source;
    MonotonicTime m_sourceSettles{};  // a racy source may be trusted from then on
    Checksum m_objectChecksum;
    SkipReason m_skipReason = SkipReason::ObjectExists;
    std::map<int, int> m_attempts;    // only of parts in trouble
    int m_callAttempts = 1;
    MonotonicTime m_begun{};
    int m_requests = 0;
    bool m_isStartedTold = false, m_isVerifyingTold = false, m_isStopping = false, m_isSavingStop = false, m_isFinished = false,
         m_isAdvancing = false;

    CallHandle m_call;      // the step's
    CallHandle m_commit;
    CallHandle m_timer, m_stopTimer, m_delivery;
    OrphanRecord m_orphan;  // what the last state leaves behind; id 0 = nothing
};

}  // namespace packmule
