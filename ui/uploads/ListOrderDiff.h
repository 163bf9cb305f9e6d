#pragma once

#include "core/transfer/TransferListClient.h"

#include <QList>

#include <optional>

namespace packmule {

/// How one order of the list becomes another, so that a view keeps its selection and its place: first `removed` (rows of the
/// old order, from the last to the first), then the rest put into the new order if `isReordered`, then `inserted` (rows of
/// the new order, ascending), then `changed` (rows of the new order whose count or first transfer differ).
struct ListChanges {
    struct Range { int first = 0, count = 0; bool operator==(const Range &) const = default; };
    QList<Range> removed, inserted;
    bool isReordered = false;
    int keptFrom = 0;
    QList<ListEntry> kept;   ///< with isReordered: the rows from `keptFrom` on after `removed`, in the new order
    QList<int> changed;
    bool isEmpty() const { return removed.isEmpty() && inserted.isEmpty() && !isReordered && changed.isEmpty(); }
};

/// What makes an entry the same entry: the run of several transfers, or the single transfer.
qint64 entryIdentity(const ListEntry &entry);

/// @return null where a new list is cheaper than the changes: more than `maxRanges` of them.
std::optional<ListChanges> listChanges(const QList<ListEntry> &before, const QList<ListEntry> &after, int maxRanges);

}  // namespace packmule
