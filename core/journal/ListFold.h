#pragma once

#include "core/journal/ListQuery.h"

#include <QByteArrayView>
#include <QHash>
#include <QSet>

#include <vector>

namespace packmule {

/// In which filter a transfer is shown; All: in no other (its upload is just being aborted).
ListFilter listFilterOf(TransferState state, bool isPaused, bool isWaiting, bool isUploading);

/// What the order is made of: a transfer as far as filter and sorting need it.
struct ListRow {
    TransferId id = 0;
    RunId run = 0;
    TransferState state = TransferState::Queued;
    bool isPaused = false;
    qint64 number = 0;     ///< numberOf(), for the columns that have one
    QByteArrayView text;   ///< the path or the key; outlives the fold
};

/// Rows on their way to an order: filtered, the transfers of a run folded into one entry, then sorted in steps, so that
/// whoever holds the journal meanwhile can let commits go in between.
/// Names and destinations are compared byte by byte, with A to Z taken as a to z; a run stands where the folder or prefix
/// that its transfers share does. Its size is the sum, its end the last, its state the liveliest, its progress the mean.
/// Thread: any, one at a time.
class ListFold
{
public:
    enum class Shape { RunsFolded, EachTransfer };

    ListFold(const ListQuery &query, Shape shape);

    static bool needsText(ListColumn column) { return column == ListColumn::Name || column == ListColumn::Destination; }
    /// Takes bytes that rows' texts point into, and keeps them; A to Z become a to z.
    QByteArrayView keep(QByteArray bytes);
    void add(const ListRow &row);
    /// One step of at most a few ms. @return true when the order is complete.
    bool sortFurther();
    ListOrder order() const;
    QList<TransferId> ids() const;

private:
    struct Entry {
        ListEntry shown;
        qint64 number = 0;
        QByteArrayView text;
    };

    bool isBefore(const Entry &left, const Entry &right) const;
    void combine(Entry &entry, const ListRow &row, qint64 number) const;
    void conclude(Entry &entry) const;
    void mergeSome();

    const ListColumn m_column;
    const ListFilter m_filter;
    const bool m_isDescending;
    const Shape m_shape;
    QSet<TransferId> m_waiting, m_uploading;
    std::vector<QByteArray> m_kept;
    std::vector<Entry> m_entries;
    QHash<RunId, qsizetype> m_byRun;
    size_t m_sorted = 0;
    struct Front { size_t next = 0, end = 0; };
    std::vector<Front> m_fronts;      ///< of the sorted stretches, a heap
    std::vector<ListEntry> m_merged;
    qint64 m_transfers = 0;
};

/// The number of a row kept in memory, and its text; the database computes the same by itself.
qint64 numberOf(const TransferRecord &record, ListColumn column, ByteCount confirmed);
constexpr qint64 kProgressScale = 1'000'000;   ///< all of it
constexpr qint64 kNotEnded = INT64_MAX;

}  // namespace packmule
