#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/journal/ListQuery.h"
#include "core/journal/Records.h"

#include <functional>

namespace packmule {

/// What the engine needs in memory at the start: everything that is not finished.
struct JournalContents {
    QList<RunRecord> openRuns;
    QList<TransferRecord> liveTransfers;      ///< every state but Done, Skipped and Cancelled
    QList<ConnectionRecord> connections;
    QList<EndpointRecord> endpoints;
    QList<OrphanRecord> orphans;
    TransferId highestTransfer = 0;
    RunId highestRun = 0;
    qint64 highestOrphan = 0;
    QStringList notices;   ///< for people: "journal was damaged, set aside as …; 12 transfers salvaged"
};

/// The durable memory. Writes are asynchronous and grouped: batches commit in the order given, several in one
/// transaction; `done` tells that they are on disk (WAL, synchronous=FULL). Thread: callbacks on the caller's.
/// Errors: JournalUnavailable, DiskFull. A failed commit is retried inside (1 to 30 s) and `done` waits for it;
/// `done` gets an error only when the journal is closing.
class Journal
{
public:
    virtual ~Journal() = default;
    [[nodiscard]] virtual CallHandle load(std::function<void(Result<JournalContents>)> done) = 0;
    /// Durable before `done`. Dropping the handle silences `done` but never takes the batch back.
    [[nodiscard]] virtual CallHandle commit(JournalBatch batch, std::function<void(Result<void>)> done) = 0;
    /// Joins the next group, at most 250 ms or 16 batches later (part rows: facts B2 step 4); nobody waits for it.
    virtual void record(JournalBatch batch) = 0;
    /// Confirmed parts of one transfer, ascending.
    [[nodiscard]] virtual CallHandle loadParts(TransferId transfer, std::function<void(Result<QList<PartRecord>>)> done) = 0;
    /// Finished rows of one run, `limit` at a time, ascending by id and after `after`.
    [[nodiscard]] virtual CallHandle loadFinished(RunId run, TransferId after, int limit,
                                                  std::function<void(Result<QList<TransferRecord>>)> done) = 0;
    /// Rows of the list for people: `offset`, `limit`, newest first, every state.
    [[nodiscard]] virtual CallHandle loadList(int offset, int limit,
                                              std::function<void(Result<QList<ListedTransfer>>)> done) = 0;
    // The list for people, sorted and filtered. Read in slices between commits, however long it is; dropping the handle
    // ends the reading.
    [[nodiscard]] virtual CallHandle listOrder(const ListQuery &query, std::function<void(Result<ListOrder>)> done) = 0;
    [[nodiscard]] virtual CallHandle listChildren(RunId run, const ListQuery &query,
                                                  std::function<void(Result<QList<TransferId>>)> done) = 0;
    /// In the order asked for; rows that are gone are left out.
    [[nodiscard]] virtual CallHandle listRows(const QList<TransferId> &transfers,
                                              std::function<void(Result<QList<ListedTransfer>>)> done) = 0;
    /// In the order asked for; a run without finished transfers has an empty sum.
    [[nodiscard]] virtual CallHandle finishedSums(const QList<RunId> &runs,
                                                  std::function<void(Result<QList<FinishedSums>>)> done) = 0;
    /// Transfers that are done or skipped.
    [[nodiscard]] virtual CallHandle countFinished(std::function<void(Result<qint64>)> done) = 0;
    /// Writes everything that is pending, then closes. `done` runs on disk-safe ground.
    virtual void close(std::function<void()> done) = 0;
    /// Told when commits begin or cease to fail (a banner: "the disk is full, …"); empty = well again.
    std::function<void(std::optional<Error>)> onTrouble;
};

}  // namespace packmule
