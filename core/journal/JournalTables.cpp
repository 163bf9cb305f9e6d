#include "core/journal/JournalTables.h"

#include "core/base/LogCategories.h"
#include "core/base/Redaction.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace packmule {

namespace {

template<typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

// A row as text for the table `damaged`: bytes in hex, so that nothing is lost to a wrong encoding.
QString contentOf(const SqliteStatement &row)
{
    QJsonObject content;
    for (int column = 0; column < row.columnCount(); ++column) {
        const QVariant value = row.value(column);
        content.insert(row.columnName(column), value.typeId() == QMetaType::QByteArray
                                                   ? QJsonValue(QString::fromLatin1(value.toByteArray().toHex()))
                                                   : QJsonValue::fromVariant(value));
    }
    return QString::fromUtf8(QJsonDocument(content).toJson(QJsonDocument::Compact));
}

QString noticeFor(const QString &table, const QVariantList &key, const QString &reason)
{
    const QVariant id = key.value(0);
    const QString name = id.typeId() == QMetaType::QByteArray ? displayName(id.toByteArray()) : id.toString();
    return QStringLiteral("the journal's row for %1 %2 was damaged (%3); it was set apart and the rest goes on")
        .arg(table, name, reason);
}

}  // namespace

SqliteResult<void> JournalTables::write(const QString &sql, const QVariantList &values)
{
    return m_database.statement(sql).and_then([&](SqliteStatement *statement) { return statement->run(values); });
}

SqliteResult<void> JournalTables::removeTransfer(TransferId transfer)
{
    static const QString kKeepId = QStringLiteral(
        "INSERT INTO highest (name, id) VALUES ('transfer', ?) ON CONFLICT (name) DO UPDATE SET id = max(id, excluded.id)");
    static const QString kRemove = QStringLiteral("DELETE FROM transfer WHERE id = ?");
    return m_finished.noteRemoval(transfer)
        .and_then([&] { return write(kKeepId, {transfer}); })
        .and_then([&] { return write(kRemove, {transfer}); });
}

SqliteResult<void> JournalTables::apply(const JournalChange &change)
{
    static const QString kSaveRun = runTable().upsert(), kSaveTransfer = transferTable().upsert(),
                         kSavePart = partTable().upsert(), kSaveConnection = connectionTable().upsert(),
                         kSaveEndpoint = endpointTable().upsert(), kSaveOrphan = orphanTable().upsert();
    static const QString kRemoveParts = QStringLiteral("DELETE FROM part WHERE transfer = ?"),
                         kRemoveOrphan = QStringLiteral("DELETE FROM orphan WHERE id = ?");
    return std::visit(
        Overloaded{
            [&](const SaveRun &save) {
                m_finished.noteRun(save.run);
                return write(kSaveRun, rowOf(save.run));
            },
            [&](const SaveTransfer &save) {
                return m_finished.noteSave(save.transfer).and_then([&] { return write(kSaveTransfer, rowOf(save.transfer)); });
            },
            [&](const SavePart &save) { return write(kSavePart, rowOf(save.part)); },
            [&](const RemoveParts &remove) { return write(kRemoveParts, {remove.transfer}); },
            [&](const RemoveTransfer &remove) { return removeTransfer(remove.transfer); },
            [&](const SaveConnection &save) { return write(kSaveConnection, rowOf(save.connection)); },
            [&](const SaveEndpoint &save) { return write(kSaveEndpoint, rowOf(save.endpoint)); },
            [&](const SaveOrphan &save) { return write(kSaveOrphan, rowOf(save.orphan)); },
            [&](const RemoveOrphan &remove) { return write(kRemoveOrphan, {remove.id}); },
        },
        change);
}

template<typename Record>
SqliteResult<QList<Record>> JournalTables::rows(const TableText &table, const QString &rest, const QVariantList &values,
                                                Decoded<Record> (*decode)(const SqliteStatement &),
                                                QList<DamagedRow> *damaged)
{
    const auto statement = m_database.statement(table.select(rest));
    if (!statement)
        return std::unexpected(statement.error());
    SqliteStatement &row = **statement;
    if (const auto started = row.run(values); !started)
        return std::unexpected(started.error());
    QList<Record> records;
    while (true) {
        const SqliteResult<bool> hasRow = row.nextRow();
        if (!hasRow) {
            row.reset();
            return std::unexpected(hasRow.error());
        }
        if (!*hasRow)
            return records;
        Decoded<Record> record = decode(row);
        if (record) {
            records.append(*std::move(record));
        } else if (damaged) {
            QVariantList key;
            for (int column = 0; column < table.key.count(u',') + 1; ++column)
                key.append(row.value(column));  // key columns come first in every table
            damaged->append({table.name, key, contentOf(row), record.error().reason});
        } else {
            qCWarning(lcJournal) << "skipped a damaged row of" << table.name << record.error().reason;
        }
    }
}

SqliteResult<void> JournalTables::setApart(const QList<DamagedRow> &damaged, qint64 nowMs)
{
    if (damaged.isEmpty())
        return {};
    SqliteResult<void> result = m_database.run(QStringLiteral("BEGIN IMMEDIATE"));
    for (const DamagedRow &row : damaged) {
        const QString keyColumn = row.table == QStringLiteral("endpoint") ? QStringLiteral("url") : QStringLiteral("id");
        const QVariant rowId = row.key.first().typeId() == QMetaType::LongLong ? row.key.first() : QVariant();
        result = result
                     .and_then([&] {
                         return m_database.run(QStringLiteral("INSERT INTO damaged VALUES (?, ?, ?, ?)"),
                                               {nowMs, row.table, rowId, row.content});
                     })
                     .and_then([&] {
                         return m_database.run(
                             QStringLiteral("DELETE FROM %1 WHERE %2 = ?").arg(row.table, keyColumn), {row.key.first()});
                     });
    }
    result = result.and_then([&] { return m_database.run(QStringLiteral("COMMIT")); });
    if (!result)
        (void)m_database.run(QStringLiteral("ROLLBACK"));
    return result;
}

SqliteResult<qint64> JournalTables::highest(const QString &table)
{
    return m_database
        .value(QStringLiteral("SELECT max(coalesce((SELECT max(id) FROM %1), 0),"
                              " coalesce((SELECT id FROM highest WHERE name = '%1'), 0),"
                              " coalesce((SELECT max(row_id) FROM damaged WHERE table_name = '%1'), 0))")
                   .arg(table))
        .transform([](const QVariant &value) { return value.toLongLong(); });
}

SqliteResult<JournalContents> JournalTables::contents(qint64 nowMs)
{
    QList<DamagedRow> damaged;
    const auto runs = rows(runTable(), QStringLiteral("WHERE ended IS NULL ORDER BY id"), {}, &runFrom, &damaged);
    // INDEXED BY: without statistics SQLite would rather walk the whole table, finished rows and all.
    const auto live = rows(transferTable(), QStringLiteral("INDEXED BY transfer_live WHERE state < 20 ORDER BY id"), {},
                           &transferFrom, &damaged);
    const auto connections = rows(connectionTable(), QString(), {}, &connectionFrom, &damaged);
    const auto endpoints = rows(endpointTable(), QString(), {}, &endpointFrom, &damaged);
    const auto orphans = rows(orphanTable(), QStringLiteral("ORDER BY id"), {}, &orphanFrom, &damaged);
    // Not a reason to refuse the whole list: they are found again at the next start.
    if (const auto apart = setApart(damaged, nowMs); !apart)
        qCWarning(lcJournal) << "damaged rows stay in place:" << apart.error().text;
    const auto highestTransfer = highest(QStringLiteral("transfer"));
    const auto highestRun = highest(QStringLiteral("run"));
    const auto highestOrphan = highest(QStringLiteral("orphan"));
    const auto firstError = [](const auto &...results) {
        std::optional<SqliteError> first;
        (void)((!results && (first = results.error(), true)) || ...);
        return first;
    };
    if (const auto error = firstError(runs, live, connections, endpoints, orphans, highestTransfer, highestRun,
                                      highestOrphan))
        return std::unexpected(*error);
    JournalContents contents{.openRuns = *runs,
                             .liveTransfers = *live,
                             .connections = *connections,
                             .endpoints = *endpoints,
                             .orphans = *orphans,
                             .highestTransfer = *highestTransfer,
                             .highestRun = *highestRun,
                             .highestOrphan = *highestOrphan,
                             .notices = {}};
    for (const DamagedRow &row : std::as_const(damaged))
        contents.notices.append(noticeFor(row.table, row.key, row.reason));
    return contents;
}

SqliteResult<QList<PartRecord>> JournalTables::parts(TransferId transfer)
{
    return rows(partTable(), QStringLiteral("WHERE transfer = ? ORDER BY part_number"), {transfer}, &partFrom, nullptr);
}

SqliteResult<QList<TransferRecord>> JournalTables::finished(RunId run, TransferId after, int limit)
{
    return rows(transferTable(),
                QStringLiteral("INDEXED BY transfer_finished WHERE run = ? AND state >= 20 AND id > ? ORDER BY id LIMIT ?"),
                {run, after, limit}, &transferFrom, nullptr);
}

SqliteResult<QList<ListedTransfer>> JournalTables::newestFirst(int offset, int limit)
{
    const auto records = rows(transferTable(), QStringLiteral("ORDER BY id DESC LIMIT ? OFFSET ?"), {limit, offset},
                              &transferFrom, nullptr);
    if (!records)
        return std::unexpected(records.error());
    return withConfirmed(*records);
}

SqliteResult<QList<ListedTransfer>> JournalTables::listed(const QList<TransferId> &transfers)
{
    QList<TransferRecord> records;
    records.reserve(transfers.size());
    for (const TransferId transfer : transfers) {
        const auto found = rows(transferTable(), QStringLiteral("WHERE id = ?"), {transfer}, &transferFrom, nullptr);
        if (!found)
            return std::unexpected(found.error());
        records.append(*found);
    }
    return withConfirmed(records);
}

SqliteResult<QList<ListedTransfer>> JournalTables::withConfirmed(const QList<TransferRecord> &records)
{
    QList<ListedTransfer> page;
    page.reserve(records.size());
    for (const TransferRecord &record : records) {
        page.append({.transfer = record, .confirmedParts = 0, .confirmed = {}});
        // Others have no parts; most of a long list are small or finished.
        if (const auto added = record.uploadId.isEmpty() ? SqliteResult<void>() : addConfirmed(page.last()); !added)
            return std::unexpected(added.error());
    }
    return page;
}

SqliteResult<void> JournalTables::addConfirmed(ListedTransfer &listed)
{
    const auto statement = m_database.statement(QStringLiteral("SELECT count(*), coalesce(sum(size), 0) FROM part WHERE transfer = ?"));
    if (!statement)
        return std::unexpected(statement.error());
    SqliteStatement &sum = **statement;
    const auto hasRow = sum.run({listed.transfer.id}).and_then([&] { return sum.nextRow(); });
    if (!hasRow)
        return std::unexpected(hasRow.error());
    listed.confirmedParts = sum.value(0).toInt();
    listed.confirmed = ByteCount(sum.value(1).toLongLong());
    sum.reset();
    return {};
}

}  // namespace packmule
