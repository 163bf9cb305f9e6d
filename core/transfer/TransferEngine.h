#pragma once

#include "core/transfer/BandwidthLimiter.h"
#include "core/transfer/EngineClient.h"
#include "core/transfer/OrphanOutbox.h"
#include "core/transfer/QueueChange.h"
#include "core/transfer/RunIntake.h"
#include "core/transfer/RunningUploads.h"
#include "core/transfer/TransferBook.h"
#include "core/transfer/TransferListClient.h"

#include <deque>
#include <list>

namespace packmule {

/// What the engine is made with beside its seams. Empty functions mean the real thing.
struct EngineOptions {
    int slots = PartSlots::kDefaultCount;                       ///< until a put asks for another --concurrency
    /// NetworkWatch::canReach: is there a way to this host? "" = somewhere on the internet. Empty: always.
    std::function<bool(const QByteArray &host)> canReach;
    /// So long a command waits for new credentials unless --max-wait says otherwise; empty: for ever, as a window does.
    std::optional<Milliseconds> credentialsPatience = std::chrono::seconds(30);
    FolderScannerFactory makeScanner;
    UploaderFactory makeUploader;
    SourceOpener openSource;
};

/// The engine: takes commands, keeps the journal's unfinished transfers in memory, brings them in line, lets a window of
/// uploaders run, and tells each command how it ended. It starts nothing that was not asked for.
///
/// The work is with its parts: TransferBook (what is open), RunIntake (from files to rows in line), RunningUploads (from
/// rows to objects), QueueChange (pause, remove, …), OrphanOutbox (clean-up), OpenStores (endpoints and their patience).
/// Here is only what joins them: whose turn it is, and when a command has ended.
///
/// Thread: the one that made it; so are all its parts. Everything it is given outlives it. Commands are answered, and
/// events come, on later turns of the event loop, never from inside a call.
class TransferEngine final : public EngineClient
{
    Q_OBJECT

public:
    static constexpr Milliseconds kShutdownPatience{1'600};   ///< for the uploaders; together less than 2 s
    static constexpr Milliseconds kFlushPatience{300};
    static constexpr Milliseconds kOrphanPatience{10'000};   ///< a command waits so long for clean-up of uploads given up

    TransferEngine(Journal &journal, StoreProvider &stores, PartHasher &hasher, Clock &clock, Scheduler &scheduler,
                   EngineOptions options);
    ~TransferEngine() override;

    CallHandle put(const PutCommand &command, std::function<void(Result<RunId>)> accepted) override;
    CallHandle resume(TransferId transfer, std::function<void(Result<ResumeAnswer>)> accepted) override;
    CallHandle connections(const QList<TransferId> &transfers, std::function<void(Result<QList<ConnectionRecord>>)> done) override;
    CallHandle change(QueueVerb verb, const QList<TransferId> &transfers, std::function<void(Result<int>)> done) override;
    CallHandle setLimits(const EngineLimits &limits, std::function<void(Result<void>)> done) override;
    CallHandle move(QueueMove move, const QList<TransferId> &transfers, std::function<void(Result<int>)> done) override;
    CallHandle list(int offset, int limit, std::function<void(Result<QList<TransferSnapshot>>)> done) override;
    void shutdown(std::function<void()> done) override;

    /// The list of this engine; it goes before the engine does.
    std::unique_ptr<TransferListClient> makeList();

    /// From NetworkWatch: whoever waits for the network tries now.
    void wake();

private:
    /// One `resume`: it ends when all of these have.
    struct Resumption { RunId id; QSet<RunId> runs; QSet<TransferId> transfers; RunTally tally; };

    void applyLimits(const PutOptions &options);
    CallHandle whenLoaded(std::function<void(const std::optional<Error> &)> command);
    void onLoaded(Result<JournalContents> contents);
    void runCommands();

    void beginPut(const PutCommand &command, const std::function<void(Result<RunId>)> &accepted);
    ResumeAnswer beginResume(TransferId transfer);
    QList<ConnectionRecord> connectionsOf(const QList<TransferId> &transfers);
    Result<void> openStoreOf(OpenRun &run);

    void fill();
    void scheduleFill();
    void startUpload(QueuedTransfer &transfer);
    Result<void> startRemoval(QueuedTransfer &transfer);
    const PutOptions &optionsFor(const OpenRun &run, const QueuedTransfer &transfer) const;
    void onUploadEnded(const UploadOutcome &outcome, StopReason reason, const std::optional<Error> &error);
    void leave(QueuedTransfer &transfer);
    void tally(RunId run, TransferId transfer, const std::function<void(RunTally &)> &add);

    void checkPatience();
    std::optional<Error> reasonToGiveUp(const OpenRun &run, MonotonicTime now) const;
    void giveUp(OpenRun &run, const Error &error, bool isNeverReached);
    void abandonLine(OpenRun &run);

    void checkEnd(RunId run);
    void closeRun(OpenRun &run);
    void finishRun(RunId run);
    void whenOrphansAreGone(const std::function<void()> &then);
    void runEnds();
    void checkResumptions();
    void tellEnd(RunId run, const RunOutcome &outcome);
    void finishShutdown();
    void concludeShutdown();
    bool isWanted(const OpenRun &run) const;

    Result<std::shared_ptr<SourceFile>> openSource(const QByteArray &path, bool followSymlink) const;
    void notice(const QString &text);

    Journal &m_journal;
    Clock &m_clock;
    Scheduler &m_scheduler;
    EngineOptions m_options;
    OpenStores m_stores;
    PartSlots m_slots;
    BandwidthLimiter m_bandwidth;
    TransferBook m_book;
    OrphanOutbox m_orphans;
    RunningUploads m_running;
    RunIntake m_intake;
    QueueChange m_changes;

    std::optional<EngineLimits> m_limits;           ///< set: those of single commands do not count
    bool m_isLoaded = false, m_isShuttingDown = false, m_isClosing = false, m_isFillScheduled = false;
    std::optional<Error> m_loadError;
    std::deque<std::function<void()>> m_commands;   ///< given and not begun
    std::list<Resumption> m_resumptions;
    RunId m_lastResumption = 0;                     ///< counts down, away from the journal's runs
    std::function<void()> m_shutdownDone;
    CallSet m_calls;
    CallHandle m_load, m_nextCommands, m_nextFill, m_orphanWait, m_shutdownTimer;
    std::vector<std::function<void()>> m_ends;   ///< ends to tell when the orphans are gone
};

}  // namespace packmule
