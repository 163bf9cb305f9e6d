#pragma once

#include "core/journal/ListQuery.h"

#include <functional>
#include <map>

namespace packmule {

// The list over records in memory, with the answers that the database gives; for MemoryJournal and for tests.

using TransferMap = std::map<TransferId, TransferRecord>;
using ConfirmedOf = std::function<ByteCount(TransferId)>;

ListOrder orderOf(const TransferMap &transfers, const ListQuery &query, const ConfirmedOf &confirmed);
QList<TransferId> childrenOf(RunId run, const TransferMap &transfers, const ListQuery &query, const ConfirmedOf &confirmed);
/// @param record of the run, or null.
FinishedSums finishedSumsOf(RunId run, const TransferMap &transfers, const RunRecord *record);
qint64 finishedCountOf(const TransferMap &transfers);

bool isDoneOrSkipped(TransferState state);
/// Adds one finished transfer to the sums of its run.
void addTo(FinishedSums &sums, ByteCount size, const QByteArray &path, const QByteArray &bucket, const QByteArray &key,
           const QByteArray &connectionId);

}  // namespace packmule
