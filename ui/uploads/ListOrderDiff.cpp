#include "ui/uploads/ListOrderDiff.h"

#include <QSet>

#include <algorithm>

namespace packmule {

namespace {

using Range = ListChanges::Range;

/// Rows `first` to `last` (exclusive) of `entries` that are not in `others`, as ranges.
QList<Range> rowsWithout(const QList<ListEntry> &entries, qsizetype first, qsizetype last, const QSet<qint64> &others)
{
    QList<Range> ranges;
    for (qsizetype row = first; row < last; ++row) {
        if (others.contains(entryIdentity(entries.at(row))))
            continue;
        if (!ranges.isEmpty() && ranges.last().first + ranges.last().count == row)
            ++ranges.last().count;
        else
            ranges.append({static_cast<int>(row), 1});
    }
    return ranges;
}

QSet<qint64> identities(const QList<ListEntry> &entries, qsizetype first, qsizetype last)
{
    QSet<qint64> found;
    found.reserve(last - first);
    for (qsizetype row = first; row < last; ++row)
        found.insert(entryIdentity(entries.at(row)));
    return found;
}

/// The rows `first` to `last` (exclusive) that are in none of the ranges.
QList<ListEntry> keptEntries(const QList<ListEntry> &entries, qsizetype first, qsizetype last, const QList<Range> &without)
{
    QList<ListEntry> kept;
    qsizetype row = first;
    for (const Range &range : without) {
        kept.append(entries.sliced(row, range.first - row));
        row = range.first + range.count;
    }
    kept.append(entries.sliced(row, last - row));
    return kept;
}

void noteRow(const ListEntry &before, const ListEntry &after, qsizetype row, ListChanges &changes)
{
    if (before != after)
        changes.changed.append(static_cast<int>(row));
}

/// `left` and `kept` are the same entries; where their contents differ, the row in the new order is noted.
void noteContents(const QList<ListEntry> &left, const QList<ListEntry> &kept, ListChanges &changes)
{
    qsizetype row = changes.keptFrom, nextInsertion = 0;
    for (qsizetype i = 0; i < kept.size(); ++i, ++row) {
        while (nextInsertion < changes.inserted.size() && changes.inserted.at(nextInsertion).first == row)
            row += changes.inserted.at(nextInsertion++).count;
        noteRow(left.at(i), kept.at(i), row, changes);
    }
}

}  // namespace

qint64 entryIdentity(const ListEntry &entry)
{
    return entry.count > 1 ? -entry.run : entry.first;
}

std::optional<ListChanges> listChanges(const QList<ListEntry> &before, const QList<ListEntry> &after, int maxRanges)
{
    ListChanges changes;
    const auto isSame = [&](qsizetype oldRow, qsizetype newRow) { return entryIdentity(before.at(oldRow)) == entryIdentity(after.at(newRow)); };
    const qsizetype shorter = std::min(before.size(), after.size());
    qsizetype head = 0, tail = 0;
    while (head < shorter && isSame(head, head))
        ++head;
    while (tail < shorter - head && isSame(before.size() - 1 - tail, after.size() - 1 - tail))
        ++tail;
    const qsizetype oldEnd = before.size() - tail, newEnd = after.size() - tail;
    if (head < oldEnd || head < newEnd) {
        changes.removed = rowsWithout(before, head, oldEnd, identities(after, head, newEnd));
        changes.inserted = rowsWithout(after, head, newEnd, identities(before, head, oldEnd));
        if (changes.removed.size() + changes.inserted.size() > maxRanges)
            return std::nullopt;
        const QList<ListEntry> left = keptEntries(before, head, oldEnd, changes.removed);
        changes.kept = keptEntries(after, head, newEnd, changes.inserted);
        changes.keptFrom = static_cast<int>(head);
        changes.isReordered = !std::ranges::equal(left, changes.kept, {}, entryIdentity, entryIdentity);
        if (!changes.isReordered)
            noteContents(left, changes.kept, changes);
        changes.kept = changes.isReordered ? changes.kept : QList<ListEntry>();
    }
    std::ranges::reverse(changes.removed);
    for (qsizetype row = 0; row < head && changes.changed.size() <= maxRanges; ++row)
        noteRow(before.at(row), after.at(row), row, changes);
    for (qsizetype row = 0; row < tail && changes.changed.size() <= maxRanges; ++row)
        noteRow(before.at(oldEnd + row), after.at(newEnd + row), newEnd + row, changes);
    if (changes.changed.size() > maxRanges)
        return std::nullopt;
    return changes;
}

}  // namespace packmule
