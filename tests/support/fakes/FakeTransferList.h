#pragma once

#include "core/base/Scheduler.h"
#include "core/transfer/TransferListClient.h"

#include <QHash>
#include <QMap>

namespace packmule {

/// A list of transfers in memory: a test puts snapshots in and changes them; sorting is by id or by name, and a search is a
/// part of the path. Answers come through the scheduler, the next turn. Thread: any one.
class FakeTransferList final : public TransferListClient
{
    Q_OBJECT

public:
    explicit FakeTransferList(Scheduler &scheduler) : m_scheduler(scheduler) {}

    /// As a test meets it: name, state, size of 100 MiB in 10 parts. Transfers of one run number are one entry.
    TransferSnapshot &add(TransferId transfer, RunId run, const QByteArray &sourcePath, TransferState state = TransferState::Queued);
    void remove(TransferId transfer) { m_transfers.remove(transfer); }
    TransferSnapshot &at(TransferId transfer) { return m_transfers[transfer]; }
    qsizetype size() const { return m_transfers.size(); }
    /// A million rows, none of them held: id n is "file-n.bin", every third of them done.
    void pretend(int count) { m_pretended = count; }

    std::optional<Error> failure;               ///< every call from now on
    QHash<TransferId, PartMap> maps;            ///< without one: all parts up to confirmedParts are confirmed
    QList<QList<TransferId>> rowsAsked;
    QList<ListQuery> ordersAsked;
    int countsAsked = 0;

    CallHandle order(const ListQuery &query, std::function<void(Result<ListOrder>)> done) override;
    CallHandle children(RunId run, const ListQuery &query, std::function<void(Result<QList<TransferId>>)> done) override;
    CallHandle rows(const QList<TransferId> &transfers, std::function<void(Result<QList<TransferSnapshot>>)> done) override;
    CallHandle runs(const QList<RunId> &runs, std::function<void(Result<QList<RunSummary>>)> done) override;
    CallHandle counts(std::function<void(Result<ListCounts>)> done) override;
    CallHandle parts(TransferId transfer, std::function<void(Result<PartMap>)> done) override;

private:
    bool matches(const TransferSnapshot &snapshot, const ListQuery &query) const;
    QList<TransferId> sorted(const ListQuery &query) const;
    ListOrder orderNow(const ListQuery &query) const;
    TransferSnapshot pretended(TransferId transfer) const;
    RunSummary summaryOf(RunId run) const;
    template<typename T>
    CallHandle answer(std::function<void(Result<T>)> done, T value);

    Scheduler &m_scheduler;
    QMap<TransferId, TransferSnapshot> m_transfers;
    int m_pretended = 0;
};

}  // namespace packmule
