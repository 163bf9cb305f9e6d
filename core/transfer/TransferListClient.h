#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/journal/ListQuery.h"
#include "core/transfer/EngineClient.h"
#include "core/transfer/PartMap.h"

#include <QObject>

#include <functional>

namespace packmule {

/// The persistent list of transfers as the window asks for it: order first, rows when they come into view. Answers come
/// from the journal's thread and the engine's memory; a million rows are sorted there and never in the window.
/// Thread: the one that made it. Errors: JournalUnavailable.
class TransferListClient : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// The top level: single transfers, and runs of several as one entry each.
    [[nodiscard]] virtual CallHandle order(const ListQuery &query, std::function<void(Result<ListOrder>)> done) = 0;
    /// The transfers of one run that match, in the query's order.
    [[nodiscard]] virtual CallHandle children(RunId run, const ListQuery &query,
                                              std::function<void(Result<QList<TransferId>>)> done) = 0;
    /// At most 1,000 ids at a time; ids that are gone are left out.
    [[nodiscard]] virtual CallHandle rows(const QList<TransferId> &transfers,
                                          std::function<void(Result<QList<TransferSnapshot>>)> done) = 0;
    /// At most 1,000 runs at a time; sums over all their transfers.
    [[nodiscard]] virtual CallHandle runs(const QList<RunId> &runs, std::function<void(Result<QList<RunSummary>>)> done) = 0;
    [[nodiscard]] virtual CallHandle counts(std::function<void(Result<ListCounts>)> done) = 0;
    [[nodiscard]] virtual CallHandle parts(TransferId transfer, std::function<void(Result<PartMap>)> done) = 0;
};

}  // namespace packmule
