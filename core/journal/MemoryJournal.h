#pragma once

#include "core/journal/Journal.h"

#include <QObject>

#include <deque>
#include <map>
#include <tuple>

namespace packmule {

/// A journal that survives nothing: for `--no-journal`, and the base of tests. Same order and same refusals as
/// SqliteJournal. Thread: the one that made it, which needs an event loop. Memory: what is live, and the newest
/// finished transfers.
class MemoryJournal : public QObject, public Journal
{
    Q_OBJECT

public:
    static constexpr int kKeptFinished = 1'000;

    /// @param keptFinished finished transfers that loadFinished() and loadList() still know.
    explicit MemoryJournal(int keptFinished = kKeptFinished);
    ~MemoryJournal() override;

    [[nodiscard]] CallHandle load(std::function<void(Result<JournalContents>)> done) override;
    [[nodiscard]] CallHandle commit(JournalBatch batch, std::function<void(Result<void>)> done) override;
    void record(JournalBatch batch) override;
    [[nodiscard]] CallHandle loadParts(TransferId transfer,
                                       std::function<void(Result<QList<PartRecord>>)> done) override;
    [[nodiscard]] CallHandle loadFinished(RunId run, TransferId after, int limit,
                                          std::function<void(Result<QList<TransferRecord>>)> done) override;
    [[nodiscard]] CallHandle loadList(int offset, int limit,
                                      std::function<void(Result<QList<ListedTransfer>>)> done) override;
    [[nodiscard]] CallHandle listOrder(const ListQuery &query, std::function<void(Result<ListOrder>)> done) override;
    [[nodiscard]] CallHandle listChildren(RunId run, const ListQuery &query,
                                          std::function<void(Result<QList<TransferId>>)> done) override;
    [[nodiscard]] CallHandle listRows(const QList<TransferId> &transfers,
                                      std::function<void(Result<QList<ListedTransfer>>)> done) override;
    [[nodiscard]] CallHandle finishedSums(const QList<RunId> &runs,
                                          std::function<void(Result<QList<FinishedSums>>)> done) override;
    [[nodiscard]] CallHandle countFinished(std::function<void(Result<qint64>)> done) override;
    void close(std::function<void()> done) override;

    /// For tests: as if the disk were full until it is called with nullopt. Commits wait, as in SqliteJournal.
    void setTrouble(const std::optional<Error> &error);
    /// For tests: runs with every batch at the moment it counts as written.
    std::function<void(const JournalBatch &)> onWritten;

private:
    using ObjectKey = std::tuple<QByteArray, QByteArray, QByteArray>;  // connection, bucket, key
    struct Pending {
        quint64 sequence = 0;
        JournalBatch batch;
    };

    void enqueue(quint64 sequence, std::function<void()> answer);
    CallHandle answerLater(std::function<void()> answer);
    void deliver();
    void write(const Pending &pending);
    Result<void> check(const JournalBatch &batch) const;
    void apply(const SaveRun &save);
    void apply(const SaveTransfer &save);
    void apply(const SavePart &save);
    void apply(const RemoveParts &remove);
    void apply(const RemoveTransfer &remove);
    void apply(const SaveConnection &save);
    void apply(const SaveEndpoint &save);
    void apply(const SaveOrphan &save);
    void apply(const RemoveOrphan &remove);
    void forgetOldest();
    ListedTransfer listed(const TransferRecord &record) const;
    ByteCount confirmedOf(TransferId transfer) const;
    void release(const TransferRecord &transfer);
    JournalContents contents() const;

    const int m_keptFinished;
    std::map<RunId, RunRecord> m_openRuns;
    std::map<TransferId, TransferRecord> m_transfers;
    std::map<ObjectKey, TransferId> m_liveObjects;
    std::map<TransferId, std::map<PartNumber, PartRecord>> m_parts;
    std::map<QByteArray, ConnectionRecord> m_connections;
    std::map<QByteArray, EndpointRecord> m_endpoints;
    std::map<qint64, OrphanRecord> m_orphans;
    std::deque<TransferId> m_finished;
    TransferId m_highestTransfer = 0;
    RunId m_highestRun = 0;
    qint64 m_highestOrphan = 0;

    quint64 m_lastSequence = 0;
    std::map<quint64, std::function<void(Result<void>)>> m_commits;  ///< waiting for their batch to be written
    std::map<quint64, std::function<void()>> m_answers;              ///< due at the next turn of the event loop
    std::deque<Pending> m_pending;                                   ///< held back by trouble
    std::optional<Error> m_trouble;
    bool m_isClosed = false;
};

}  // namespace packmule
