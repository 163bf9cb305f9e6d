#pragma once

#include "core/journal/FinishedCache.h"
#include "core/journal/ListFold.h"
#include "core/journal/SqliteDatabase.h"

#include <QVariantList>

namespace packmule {

/// A long read of the list, a slice of some ms at a time; commits and other reads go in between. A slice is a statement
/// of its own over a range of ids, so nothing keeps a transaction open, and dropping the reading ends it at once.
/// Rows written behind its back may be seen or not; whoever reads is told of them by events.
/// Thread: the journal's.
class ListReading
{
public:
    virtual ~ListReading() = default;
    /// @return true when it is complete.
    virtual SqliteResult<bool> step() = 0;
};

/// Order, or (with a run) children. The database is read from the newest row to the oldest, without any index.
class OrderReading final : public ListReading
{
public:
    OrderReading(SqliteDatabase &database, const ListQuery &query, RunId run);

    SqliteResult<bool> step() override;
    const ListFold &fold() const { return m_fold; }

private:
    SqliteResult<void> findNext();
    SqliteResult<void> readSlice();
    void take(QByteArrayView row);

    SqliteDatabase &m_database;
    ListFold m_fold;
    const bool m_hasText, m_hasNumber, m_hasState;
    QString m_sql;
    QVariantList m_values;
    TransferId m_below = -1;   ///< rows up to this id are still to be read; below 0: not begun
};

/// Completes what the cache does not know of these runs.
class SumsReading final : public ListReading
{
public:
    SumsReading(SqliteDatabase &database, FinishedCache &cache, QList<RunId> runs);

    SqliteResult<bool> step() override;
    SqliteResult<QList<FinishedSums>> sums();

private:
    SqliteResult<int> readSome(FinishedCache::Sums &known, int limit);

    SqliteDatabase &m_database;
    FinishedCache &m_cache;
    const QList<RunId> m_runs;
    qsizetype m_next = 0;
};

/// Completes the cache's count.
class CountReading final : public ListReading
{
public:
    CountReading(SqliteDatabase &database, FinishedCache &cache) : m_database(database), m_cache(cache) {}

    SqliteResult<bool> step() override;

private:
    SqliteDatabase &m_database;
    FinishedCache &m_cache;
};

}  // namespace packmule
