#include "app/gui/ThreadedTransferList.h"

namespace packmule {

template<typename T>
CallHandle ThreadedTransferList::ask(std::function<CallHandle(TransferListClient &, std::function<void(Result<T>)>)> question,
                                     std::function<void(Result<T>)> done)
{
    return m_thread.call<Result<T>>([question = std::move(question)](EngineHost &host, EngineHost::Answer<T> answer) {
        return host.whenOpen<T>([question](EngineHost &open, EngineHost::Answer<T> told) { return question(open.list(), std::move(told)); },
                                std::move(answer));
    }, std::move(done));
}

CallHandle ThreadedTransferList::order(const ListQuery &query, std::function<void(Result<ListOrder>)> done)
{
    return ask<ListOrder>([query](TransferListClient &list, auto answer) { return list.order(query, std::move(answer)); }, std::move(done));
}

CallHandle ThreadedTransferList::children(RunId run, const ListQuery &query, std::function<void(Result<QList<TransferId>>)> done)
{
    return ask<QList<TransferId>>([run, query](TransferListClient &list, auto answer) { return list.children(run, query, std::move(answer)); },
                                  std::move(done));
}

CallHandle ThreadedTransferList::rows(const QList<TransferId> &transfers, std::function<void(Result<QList<TransferSnapshot>>)> done)
{
    return ask<QList<TransferSnapshot>>([transfers](TransferListClient &list, auto answer) { return list.rows(transfers, std::move(answer)); },
                                        std::move(done));
}

CallHandle ThreadedTransferList::runs(const QList<RunId> &runs, std::function<void(Result<QList<RunSummary>>)> done)
{
    return ask<QList<RunSummary>>([runs](TransferListClient &list, auto answer) { return list.runs(runs, std::move(answer)); }, std::move(done));
}

CallHandle ThreadedTransferList::counts(std::function<void(Result<ListCounts>)> done)
{
    return ask<ListCounts>([](TransferListClient &list, auto answer) { return list.counts(std::move(answer)); }, std::move(done));
}

CallHandle ThreadedTransferList::parts(TransferId transfer, std::function<void(Result<PartMap>)> done)
{
    return ask<PartMap>([transfer](TransferListClient &list, auto answer) { return list.parts(transfer, std::move(answer)); }, std::move(done));
}

}  // namespace packmule
