#pragma once

#include "core/transfer/CallSet.h"
#include "core/transfer/TransferBook.h"

namespace packmule {

/// Carries what a walk over the sources finds into the journal and then into the line: matches it with the rows that
/// earlier attempts left, numbers new rows and writes them ahead in groups, several groups on their way at once, and lets
/// the walk rest while enough is in line (back-pressure). A transfer is in line only when its row is durable (K0, K1).
/// Thread: the engine's. The runs are the book's.
class RunIntake
{
public:
    static constexpr qsizetype kEnoughInLine = 20'000;   ///< files; about 10 MB of memory
    static constexpr int kGroupsOnTheirWay = 4;
    static constexpr int kFinishedPage = 1'000;

    struct Observer {
        std::function<void(const TransferEvent &)> onEvent;
        std::function<void(RunId, const Error &)> onFailed;     ///< a file that gets no row
        std::function<void(RunId)> onSkipped;                   ///< already completed
        std::function<void()> onReady;                          ///< something is in line
        std::function<void(RunId)> onProgressed;                ///< the run may have ended
        std::function<void(const OrphanRecord &)> onOrphan;     ///< its row is durable
    };

    RunIntake(TransferBook &book, Journal &journal, Clock &clock, Scheduler &scheduler, FolderScannerFactory makeScanner,
              Observer observer);

    /// Walks the run's sources. @param isNew no earlier attempt can have left rows.
    void begin(RunId run, bool isNew);
    /// Ends the walk; what it has found stays.
    void stop(RunId run);
    /// There is room in the line again.
    void resumeWalks();
    /// A transfer that is to run now counts for its run until it ends.
    void ask(QueuedTransfer &transfer);

private:
    void loadFinished(RunId run, TransferId after);
    void startWalk(OpenRun &run);
    std::unique_ptr<PutRun> makeWalk(OpenRun &run);
    void takeFiles(RunId run, const QList<PlannedFile> &files);
    void takeFile(OpenRun &run, const PlannedFile &file, JournalBatch &batch, QList<TransferId> &added, QList<OrphanRecord> &orphans);
    void carryOn(OpenRun &run, QueuedTransfer &transfer, const PlannedFile &file);
    void replace(OpenRun &run, QueuedTransfer &old, JournalBatch &batch, QList<OrphanRecord> &orphans);
    void save(OpenRun &run, JournalBatch batch, QList<TransferId> added, QList<OrphanRecord> orphans);
    void onSaved(RunId run, const QList<TransferId> &added, const Result<void> &saved);
    void proceedOrRest(OpenRun &run);
    void onWalked(RunId run);
    void refuse(OpenRun &run, const QByteArray &sourcePath, const QByteArray &key, const Error &error);
    void tell(const OpenRun &run, TransferId transfer, const QByteArray &sourcePath, const QByteArray &key, TransferEventBody body);

    TransferBook &m_book;
    Journal &m_journal;
    Clock &m_clock;
    Scheduler &m_scheduler;
    FolderScannerFactory m_makeScanner;
    Observer m_observer;
    CallSet m_calls;
};

}  // namespace packmule
