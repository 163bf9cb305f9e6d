#pragma once

#include "core/transfer/CallGate.h"
#include "core/transfer/PartLayout.h"
#include "core/transfer/Uploader.h"

namespace packmule {

/// Carries one small file by one PutObject: one request where all goes well. A HEAD comes only after an answer was lost,
/// or where the store proves nothing (no echoed checksum, an ETag that is not the MD5).
/// Thread: the engine's. Owned by FileUploader.
///
/// | step | then |
/// |---|---|
/// | Looking (open, compare; HEAD for --if-size-differ, --if-source-newer) | Hashing, or skipped |
/// | Hashing | Saving for --no-overwrite (the token must outlive a lost answer), else Sending |
/// | Sending (network, slot, PutObject) | Proving; answer lost → Verifying; 412 → Verifying; retryable → Hashing after a wait |
/// | Proving (MD5 against the ETag) | Ending, or Verifying |
/// | Verifying (HEAD: token, size, checksum) | Ending; absent → Sending |
/// | Ending (last look at the source, commit) | delivered |
class PutUploader final : public Uploader
{
public:
    PutUploader(UploadContext context, TransferRecord record, const PutOptions &options, Observer observer,
                std::function<void(TransferRecord, Error)> onRestart);

    void start() override;
    void stop() override;
    void cancel(bool keepUpload) override;
    void wake() override;
    const TransferRecord &record() const override { return m_record; }
    ByteCount bytesSent() const override { return m_isConfirmed ? m_record.source.size : m_sent; }
    ByteCount bytesConfirmed() const override { return m_isConfirmed ? m_record.source.size : ByteCount(0); }
    int confirmedParts() const override { return m_isConfirmed ? 1 : 0; }
    QList<PartStanding> partStandings() const override;
    int requests() const override { return m_requests; }

private:
    enum class Step { Looking, Target, Hashing, Saving, Sending, Proving, Verifying, Ending };

    void look();
    void lookAtTarget();
    void onTargetHead(const Result<ObjectHead> &head);
    void hash();
    void onDigests(const Result<BodyDigests> &digests);
    void save();
    void awaitSlot();
    void transmit();
    void onPut(const Result<StoredObject> &object);
    void prove(const StoredObject &object);
    void onMd5(const Result<BodyDigests> &digests);
    void verify();
    void onHead(const Result<ObjectHead> &head);
    void onPutError(const Error &error);
    void succeed(bool isVerified);
    void skip(SkipReason reason);
    void attention(const Error &error, bool isFinal);
    void restart(const Error &error);
    void commitEnd(TransferState state, UploadOutcome::End end);
    void tellEnd(UploadOutcome::End end);
    void deliver(UploadOutcome::End end);
    void goOn();
    void retry(const Error &error);
    void dropCalls();
    void tell(TransferEventBody event);
    Result<std::shared_ptr<SourceFile>> openSource() const;

    UploadContext m_context;
    TransferRecord m_record;
    PutOptions m_options;
    Observer m_observer;
    std::function<void(TransferRecord, Error)> m_onRestart;
    RetryPolicy m_policy;
    std::minstd_rand m_random;
    CallGate m_gate;

    Step m_step = Step::Looking;
    std::shared_ptr<SourceFile> m_source;
    BodyDigests m_digests;
    CallHistory m_history;
    std::optional<Error> m_lost;   ///< why Verifying: the error whose answer was lost, or the 412
    SkipReason m_skipReason = SkipReason::ObjectExists;
    MonotonicTime m_begun{};
    ByteCount m_sent, m_wireBytes;
    int m_requests = 0, m_attempt = 0;
    bool m_isConfirmed = false, m_isStarted = false, m_isStopping = false, m_isRetryPending = false,
         m_isCommittingEnd = false, m_isFinished = false;

    CallHandle m_call, m_slot, m_commit, m_timer, m_delivery;
};

}  // namespace packmule
