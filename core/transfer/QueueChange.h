#pragma once

#include "core/transfer/EngineClient.h"
#include "core/transfer/RunningUploads.h"
#include "core/transfer/TransferBook.h"

#include <list>
#include <set>

namespace packmule {

/// The verbs of `queue`: pause, resume, retry, remove. What rests is changed in the journal; what runs is told to its
/// uploader. A removal is done when the server has confirmed that the upload is gone. Thread: the engine's.
///
/// | verb | resting, in line | running |
/// |---|---|---|
/// | Pause | out of line, row paused | stopped, row paused; answered when both are done |
/// | Resume, Retry | row no longer paused; in line if its run is busy | – |
/// | Remove | nothing on the server → row Cancelled; else an uploader aborts it | the uploader aborts it |
/// | RemoveKeepingUpload | row Cancelled | the uploader drops it |
class QueueChange
{
public:
    struct Observer {
        std::function<void(const TransferEvent &)> onEvent;
        std::function<void(QueuedTransfer &)> onLeft;        ///< it was asked for and is no longer (its run may end)
        std::function<void(QueuedTransfer &)> onWanted;      ///< put it in line
        std::function<bool(QueuedTransfer &)> mayRun;        ///< somebody waits for its run
        std::function<Result<void>(QueuedTransfer &)> startRemoval;   ///< start an uploader that only aborts
        std::function<void(RunId)> onProgressed;
    };

    QueueChange(TransferBook &book, RunningUploads &running, Journal &journal, Clock &clock, Observer observer);

    /// @param done how many were changed; NoSuchKey for an id that never was.
    void apply(QueueVerb verb, QList<TransferId> transfers, std::function<void(Result<int>)> done);
    /// @param done how many were moved.
    void move(QueueMove move, const QList<TransferId> &transfers, std::function<void(Result<int>)> done);
    /// From the engine, for every transfer whose uploader has ended.
    void onEnded(TransferId transfer, bool isCancelled);

private:
    /// A change that is not answered before these have ended; 0 stands for the change's own commit.
    struct Pending { std::set<TransferId> left; QList<TransferId> paused; int changed = 0; std::function<void(Result<int>)> done; };

    void pause(const QList<TransferId> &transfers, std::function<void(Result<int>)> done);
    void pauseResting(QueuedTransfer &transfer, JournalBatch &batch);
    bool resume(QueuedTransfer &transfer, JournalBatch &batch);
    void remove(QList<TransferId> transfers, bool keepUpload, std::function<void(Result<int>)> done);
    bool mustAbort(const QueuedTransfer &transfer, bool keepUpload) const;
    void cancelRow(QueuedTransfer &transfer, JournalBatch &batch);
    void settle();
    void commit(JournalBatch batch, std::function<void(Result<void>)> done);
    void tell(const QueuedTransfer &transfer, TransferEventBody body);

    TransferBook &m_book;
    RunningUploads &m_running;
    Journal &m_journal;
    Clock &m_clock;
    Observer m_observer;
    std::list<Pending> m_pending;
    CallSet m_calls;
};

}  // namespace packmule
