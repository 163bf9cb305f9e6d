#pragma once

#include "core/journal/Records.h"
#include "core/s3/ObjectStore.h"
#include "core/transfer/PartLedger.h"
#include "core/transfer/PutCommand.h"
#include "core/transfer/RetryPolicy.h"
#include "core/transfer/UploadVerification.h"

#include <functional>
#include <map>
#include <set>
#include <variant>

namespace packmule {

/// The whole life of one multipart upload as a value: no QObject, no clock, no I/O. MultipartUploader asks next(), begins
/// what it says (and tells: begun()), records each fact as it comes, and asks again. A step that must be durable before
/// the next request is a step of its own here (Persist), so the order of facts/resume.md B2 can be read and tested.
///
/// | step | begins | then |
/// |---|---|---|
/// | Source | CheckSource | an upload exists → Sending, or Rehashing if the file changed and --if-changed=verify; else Target |
/// | Target | CheckTarget (--no-overwrite, …) | Sweeping if a Create of ours may have come through, else SavingCreate |
/// | Sweeping | SweepOrphans (K2, K3) | SavingCreate, or SavingUpload where the upload is there already |
/// | SavingCreate | Persist Creating | Creating |
/// | Creating | CreateUpload | SavingUpload; an answer lost, or the Create sent twice by the transport → Sweeping |
/// | SavingUpload | Persist Sending (upload id, accepted source) | Sending |
/// | Rows, Listing | LoadParts, ListParts by pages (K4 to K7) | Source; NoSuchUpload → Verifying |
/// | Rehashing | RehashPart for each confirmed part | SavingUpload; one differs → restart |
/// | Sending | SendPart, many at once | LastLook when all are confirmed (K8) |
/// | LastLook | CheckSource | SavingComplete |
/// | SavingComplete | Persist Completing | Completing |
/// | Completing | CompleteUpload | Verifying; NoSuchUpload, 412 → Verifying (K9); InvalidPart, a second 500 → Listing |
/// | Verifying | VerifyObject | SavingEnd Done; absent or not ours → restart |
/// | SavingCancel | Persist Cancelling | Aborting (K12), or Sweeping |
/// | Aborting | AbortUpload until it is gone | SavingEnd Cancelled, or Finished |
/// | SavingEnd | Persist the last state | Aborting if an upload is left behind; Sweeping once more if an answer to a Create
/// |  |  | was ever lost (it may have been carried out late); else Finished |
///
/// Restart is an end here: the record is Queued again without an upload, and a new plan begins from the file as it is.
/// Thread: one.
class MultipartPlan
{
public:
    struct Rules {
        IfChanged ifChanged = IfChanged::Restart;
        WriteCondition condition = WriteCondition::Always;
        bool abortOnFailure = false;
        RetryPolicy retries;
        std::function<double()> random01;
    };

    enum class End { Done, Skipped, NeedsAttention, Failed, Cancelled, Stopped, Restart };
    enum class SourceVerdict { Same, Changed, Resized };
    enum class Step {
        Source, Target, Sweeping, SavingCreate, Creating, SavingUpload, Rows, Listing, Rehashing, Sending, LastLook,
        SavingComplete, Completing, Verifying, SavingCancel, Aborting, SavingEnd, Finished
    };

    // What to begin now
    struct CheckSource {};
    struct CheckTarget {};
    struct SweepOrphans {};
    struct CreateUpload {};
    struct LoadParts {};
    struct ListParts { int marker = 0; };
    struct RehashPart { PartNumber part; };
    struct SendPart { PartNumber part; };     ///< hash, adopt or send; asked again until begun
    struct CompleteUpload {};
    struct VerifyObject {};
    struct AbortUpload {};
    struct Persist { TransferState state; };  ///< the record in this state, durable; restart and skip leave an orphan row
    struct WaitUntil { MonotonicTime time; };
    struct Await {};                          ///< nothing: a fact will come
    struct Finished { End end; };
    using Action = std::variant<CheckSource, CheckTarget, SweepOrphans, CreateUpload, LoadParts, ListParts, RehashPart, SendPart,
                                CompleteUpload, VerifyObject, AbortUpload, Persist, WaitUntil, Await, Finished>;

    MultipartPlan(const TransferRecord &record, const PartLayout &layout, Rules rules);

    Action next(MonotonicTime now) const;
    void begun(const Action &action);

    // Facts. A returned decision is what became of an error, to be shown.
    void onSource(const Result<SourceVerdict> &verdict);
    RetryDecision onTarget(const Result<bool> &mustSkip, MonotonicTime now);
    RetryDecision onSwept(const Result<void> &swept, MonotonicTime now);
    RetryDecision onCreated(const Result<CreatedUpload> &created, MonotonicTime now);
    void onPersisted();
    void onPartsLoaded(const QList<PartRecord> &rows);
    RetryDecision onPartsListed(const Result<PartPage> &page, MonotonicTime now);
    RetryDecision onRehashed(PartNumber part, const Result<BodyDigests> &digests);
    /// @param md5 hex MD5 of the content where the server has no other checksum to compare. @return true: the server's part is ours.
    bool onPartHashed(PartNumber part, const BodyDigests &digests, const QByteArray &md5);
    RetryDecision onPartSent(PartNumber part, const Result<PartReceipt> &receipt, const Checksum &checksum, MonotonicTime now);
    RetryDecision onCompleted(const Result<StoredObject> &object, MonotonicTime now);
    RetryDecision onVerified(const Result<ObjectMatch> &match, MonotonicTime now);
    RetryDecision onAborted(const Result<void> &aborted, MonotonicTime now);
    void onCancelAsked(bool keepUpload);
    void onStopAsked();
    void onWoken();  ///< waits end now

    Step step() const { return m_step; }
    const PartLedger &ledger() const { return m_ledger; }
    const std::optional<Error> &error() const { return m_error; }
    bool isVerified() const { return m_isVerified; }
    /// The upload stays behind when the last state is saved: it needs an orphan row.
    bool leavesOrphan() const { return m_dropsUpload && m_hasUpload; }
    bool isResumed() const { return m_isResumed; }
    /// One line for people each; empty afterwards.
    QStringList takeNotices() { return std::exchange(m_notices, {}); }

private:
    enum class Purpose { AfterComplete, AfterGone, AfterPrecondition };

    Action nextPart(MonotonicTime now) const;
    bool mayStopHere() const;
    void enter(Step step);
    void beginSending();
    void beginCreate();
    void beginCancel();
    void verify(Purpose purpose);
    void finishListing();
    void findNextRehash();
    void onSourceSame();
    void onSourceChanged(SourceVerdict verdict);
    RetryDecision retryStep(const Error &error, MonotonicTime now);
    RetryDecision repair(const Error &error);
    RetryDecision listAgain(const Error &error);
    RetryDecision attention(const Error &error, RetryVerdict verdict = RetryVerdict::Attention);
    RetryDecision restart(const Error &error, const QString &notice);
    void endWith(End end, TransferState state, bool dropsUpload);

    Rules m_rules;
    PartLedger m_ledger;
    Step m_step = Step::Source;
    Purpose m_purpose = Purpose::AfterComplete;
    End m_end = End::Stopped;
    TransferState m_endState = TransferState::Queued;
    bool m_isBegun = false;       // the step's call is out
    bool m_hasUpload = false, m_isResumed = false, m_mayHaveOrphan = false, m_mayGetOrphan = false, m_isTargetChecked = false;
    bool m_isVerified = false, m_isEndSaved = false, m_dropsUpload = false;
    bool m_isCancelling = false, m_keepsUpload = false, m_isStopping = false, m_hasAskedAgain = false;
    int m_marker = 0, m_repairs = 0, m_partCount, m_rehashed = 0, m_shortReads = 0;
    MonotonicTime m_notBefore{};
    std::map<Step, CallHistory> m_histories;
    std::map<int, CallHistory> m_partHistories;            // only of parts in trouble
    std::set<std::pair<MonotonicTime, int>> m_held;        // parts that wait for their retry
    std::optional<Error> m_error, m_suspicion;             // suspicion: reading the source failed
    QStringList m_notices;
};

}  // namespace packmule
