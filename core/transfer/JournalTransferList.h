#pragma once

#include "core/journal/Journal.h"
#include "core/transfer/CallSet.h"
#include "core/transfer/RunningUploads.h"
#include "core/transfer/TransferBook.h"
#include "core/transfer/TransferListClient.h"

namespace packmule {

/// The list of the engine in this process: finished rows and their order from the journal, what is open and what runs from
/// the engine's own memory. Nothing here grows with the history.
/// Thread: the engine's. Journal, book and uploads outlive it.
class JournalTransferList final : public TransferListClient
{
    Q_OBJECT

public:
    static constexpr qsizetype kMostAtOnce = 1'000;

    JournalTransferList(Journal &journal, TransferBook &book, const RunningUploads &running);

    [[nodiscard]] CallHandle order(const ListQuery &query, std::function<void(Result<ListOrder>)> done) override;
    [[nodiscard]] CallHandle children(RunId run, const ListQuery &query,
                                      std::function<void(Result<QList<TransferId>>)> done) override;
    [[nodiscard]] CallHandle rows(const QList<TransferId> &transfers,
                                  std::function<void(Result<QList<TransferSnapshot>>)> done) override;
    [[nodiscard]] CallHandle runs(const QList<RunId> &runs, std::function<void(Result<QList<RunSummary>>)> done) override;
    [[nodiscard]] CallHandle counts(std::function<void(Result<ListCounts>)> done) override;
    [[nodiscard]] CallHandle parts(TransferId transfer, std::function<void(Result<PartMap>)> done) override;

private:
    ListQuery withLiveState(ListQuery query) const;
    ListFilter filterOf(const QueuedTransfer &transfer) const;
    bool isWaiting(const QueuedTransfer &transfer) const;
    bool isUploading(const QueuedTransfer &transfer) const;
    QList<RunSummary> summariesOf(const QList<FinishedSums> &finished, const QList<ListedTransfer> &begun) const;
    void addLive(RunSummary &summary, FinishedSums &beginnings, const QueuedTransfer &transfer) const;

    Journal &m_journal;
    TransferBook &m_book;
    const RunningUploads &m_running;
};

}  // namespace packmule
