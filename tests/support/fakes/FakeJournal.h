#pragma once

#include "core/journal/Journal.h"
#include "tests/support/fakes/FakeScheduler.h"

#include <map>

namespace packmule {

/// A journal in memory that tells durable from pending: record() joins a group that reaches the "disk" 250 ms later or
/// with the next commit; crash() forgets what had not. Thread: that of the scheduler.
class FakeJournal final : public Journal
{
public:
    explicit FakeJournal(FakeScheduler &scheduler) : m_scheduler(scheduler) {}

    CallHandle load(std::function<void(Result<JournalContents>)> done) override;
    CallHandle commit(JournalBatch batch, std::function<void(Result<void>)> done) override;
    void record(JournalBatch batch) override;
    CallHandle loadParts(TransferId transfer, std::function<void(Result<QList<PartRecord>>)> done) override;
    CallHandle loadFinished(RunId run, TransferId after, int limit,
                            std::function<void(Result<QList<TransferRecord>>)> done) override;
    CallHandle loadList(int offset, int limit, std::function<void(Result<QList<ListedTransfer>>)> done) override;
    CallHandle listOrder(const ListQuery &query, std::function<void(Result<ListOrder>)> done) override;
    CallHandle listChildren(RunId run, const ListQuery &query,
                                          std::function<void(Result<QList<TransferId>>)> done) override;
    CallHandle listRows(const QList<TransferId> &transfers,
                                      std::function<void(Result<QList<ListedTransfer>>)> done) override;
    CallHandle finishedSums(const QList<RunId> &runs,
                                          std::function<void(Result<QList<FinishedSums>>)> done) override;
    CallHandle countFinished(std::function<void(Result<qint64>)> done) override;
    void close(std::function<void()> done) override;

    // What a test sets
    Milliseconds latency{0};            ///< of a commit
    JournalContents contents;           ///< only notices are taken from it by load(); rows come from the tables below
    /// Commits cease to reach the disk and wait (disk full) until mend(); onTrouble is told.
    void breakDown(const Error &error);
    void mend();
    /// The process dies: pending rows and every waiting `done` are gone, the tables stay.
    void crash();

    // What a test reads: the durable tables, and every batch in the order it became durable
    std::map<TransferId, TransferRecord> transfers;
    std::map<TransferId, std::map<int, PartRecord>> parts;
    std::map<RunId, RunRecord> runs;
    std::map<QByteArray, ConnectionRecord> connections;
    std::map<QByteArray, EndpointRecord> endpoints;
    std::map<qint64, OrphanRecord> orphans;
    QList<JournalBatch> committed;
    int commitCalls = 0;
    int recordCalls = 0;
    /// Runs as each batch becomes durable, before any `done`: the place to crash a test's process.
    std::function<void(const JournalBatch &)> onDurable;

private:
    struct Pending { JournalBatch batch; std::shared_ptr<std::function<void(Result<void>)>> done; };

    ListedTransfer listed(const TransferRecord &record) const;
    ByteCount confirmedOf(TransferId transfer) const;
    void flush();
    void apply(const JournalBatch &batch);
    void scheduleFlush(Milliseconds delay);

    FakeScheduler &m_scheduler;
    QList<Pending> m_pending;
    CallHandle m_flush;
    std::optional<MonotonicTime> m_flushAt;
    std::map<quint64, CallHandle> m_answers;
    quint64 m_nextAnswer = 0;
    std::optional<Error> m_trouble;
    bool m_isClosed = false;
};

}  // namespace packmule
