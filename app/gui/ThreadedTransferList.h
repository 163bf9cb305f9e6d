#pragma once

#include "app/gui/EngineThread.h"
#include "core/transfer/TransferListClient.h"

namespace packmule {

/// The list on the engine's thread, for the GUI's. What is asked before the journal is open waits. While a command line
/// holds the journal it shows what RemoteTransferList can.
/// Thread: the GUI's. The EngineThread outlives it.
class ThreadedTransferList final : public TransferListClient
{
    Q_OBJECT

public:
    explicit ThreadedTransferList(EngineThread &thread) : m_thread(thread) {}

    [[nodiscard]] CallHandle order(const ListQuery &query, std::function<void(Result<ListOrder>)> done) override;
    [[nodiscard]] CallHandle children(RunId run, const ListQuery &query,
                                      std::function<void(Result<QList<TransferId>>)> done) override;
    [[nodiscard]] CallHandle rows(const QList<TransferId> &transfers,
                                  std::function<void(Result<QList<TransferSnapshot>>)> done) override;
    [[nodiscard]] CallHandle runs(const QList<RunId> &runs, std::function<void(Result<QList<RunSummary>>)> done) override;
    [[nodiscard]] CallHandle counts(std::function<void(Result<ListCounts>)> done) override;
    [[nodiscard]] CallHandle parts(TransferId transfer, std::function<void(Result<PartMap>)> done) override;

private:
    template<typename T>
    CallHandle ask(std::function<CallHandle(TransferListClient &, std::function<void(Result<T>)>)> question, std::function<void(Result<T>)> done);

    EngineThread &m_thread;
};

}  // namespace packmule
