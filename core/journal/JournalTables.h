#pragma once

#include "core/journal/FinishedCache.h"
#include "core/journal/Journal.h"
#include "core/journal/RecordRows.h"
#include "core/journal/SqliteDatabase.h"

#include <QStringList>

namespace packmule {

/// The journal's tables, one blocking call each: writes single changes inside whatever transaction is open, reads
/// lists. Knows rows, not transactions, threads or files. Thread: the database's, which it borrows.
class JournalTables
{
public:
    explicit JournalTables(SqliteDatabase &database) : m_database(database), m_finished(database) {}

    SqliteResult<void> apply(const JournalChange &change);

    /// Also moves rows that cannot be read to the table `damaged`, with a notice each: left in place, a damaged live
    /// transfer would bar its object for ever.
    SqliteResult<JournalContents> contents(qint64 nowMs);
    SqliteResult<QList<PartRecord>> parts(TransferId transfer);
    SqliteResult<QList<TransferRecord>> finished(RunId run, TransferId after, int limit);
    SqliteResult<QList<ListedTransfer>> newestFirst(int offset, int limit);
    /// In this order; rows that are gone are left out.
    SqliteResult<QList<ListedTransfer>> listed(const QList<TransferId> &transfers);
    /// Kept true by apply(); to be told to forget when what was applied did not come to the disk.
    FinishedCache &finishedCache() { return m_finished; }

private:
    struct DamagedRow {
        QString table;
        QVariantList key;     ///< values of the table's key columns
        QString content, reason;
    };

    SqliteResult<QList<ListedTransfer>> withConfirmed(const QList<TransferRecord> &records);
    SqliteResult<void> addConfirmed(ListedTransfer &listed);
    SqliteResult<void> write(const QString &sql, const QVariantList &values);
    SqliteResult<void> removeTransfer(TransferId transfer);
    template<typename Record>
    SqliteResult<QList<Record>> rows(const TableText &table, const QString &rest, const QVariantList &values,
                                     Decoded<Record> (*decode)(const SqliteStatement &), QList<DamagedRow> *damaged);
    SqliteResult<void> setApart(const QList<DamagedRow> &damaged, qint64 nowMs);
    SqliteResult<qint64> highest(const QString &table);

    SqliteDatabase &m_database;
    FinishedCache m_finished;
};

}  // namespace packmule
