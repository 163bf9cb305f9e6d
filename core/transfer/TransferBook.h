#pragma once

#include "core/journal/Journal.h"
#include "core/transfer/OpenStores.h"
#include "core/transfer/PutRun.h"
#include "core/transfer/RunTally.h"
#include "core/transfer/TransferQueue.h"

#include <QSet>

#include <map>
#include <memory>

namespace packmule {

/// One put whose journal row has no end yet, and what is going on for it in this process.
struct OpenRun {
    RunRecord record;
    PutCommand command;
    PutOptions namedSourceOptions;        ///< for files named on the command line: a link that was named is meant
    QSet<QByteArray> sources;
    OpenedStore *store = nullptr;         ///< null until it is asked for
    std::unique_ptr<PutRun> walk;         ///< while the sources are being walked
    QSet<TransferId> unmet;               ///< rows of earlier attempts that the walk has not come by
    bool isWanted = false;                ///< a put waits for its end
    bool isWalkResting = false;           ///< enough is in line; the walk goes on when there is room
    bool hasGivenUp = false;              ///< the network was waited for long enough
    bool hasRefusals = false;             ///< files that got no row keep the run open
    int savingBatches = 0;
    int asked = 0;                        ///< transfers that are to run now: saving, ready or running
    int live = 0;                         ///< unfinished rows
    RunTally tally;

    bool isBusy() const { return walk || savingBatches > 0 || asked > 0; }
};

/// What the engine holds of the journal in memory: open runs, unfinished transfers, the next row numbers. Changes nothing
/// on the disk by itself. Thread: the engine's.
class TransferBook
{
public:
    explicit TransferBook(Clock &clock) : m_clock(clock) {}

    void take(JournalContents contents);

    OpenRun *findRun(RunId id);
    OpenRun *findRunOfCommand(const QByteArray &identity);
    OpenRun &addRun(const PutCommand &command);
    /// The same command came again: its options hold from now on.
    void renew(OpenRun &run, const PutCommand &command);
    void removeRun(RunId id) { m_runs.erase(id); }
    std::map<RunId, OpenRun> &runs() { return m_runs; }

    TransferQueue &queue() { return m_queue; }
    QueuedTransfer &addTransfer(OpenRun &run, const PlannedFile &file);
    /// The row as the journal has it, or as it is to be written first.
    TransferRecord recordOf(const QueuedTransfer &transfer);
    /// What is left of an attempt that has not finished it.
    void keep(QueuedTransfer &transfer, const TransferRecord &record);
    /// It is done, skipped or cancelled.
    void drop(QueuedTransfer &transfer);
    /// The unfinished transfer, of whatever run, to this key where the run goes; or null.
    QueuedTransfer *findByKey(const OpenRun &run, const QByteArray &key);

    qint64 newOrphanId() { return ++m_highestOrphan; }
    bool wasGiven(TransferId id) const { return id > 0 && id <= m_highestTransfer; }

private:
    static QByteArray endpointOf(const OpenRun &run);
    QByteArray connectionOf(RunId run);
    QByteArray bucketOf(RunId run);

    Clock &m_clock;
    std::map<RunId, OpenRun> m_runs;
    TransferQueue m_queue;
    TransferId m_highestTransfer = 0;
    RunId m_highestRun = 0;
    qint64 m_highestOrphan = 0;
};

}  // namespace packmule
