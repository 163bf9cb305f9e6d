#include "core/journal/JournalSalvage.h"

#include "core/base/LogCategories.h"
#include "core/journal/RecordRows.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace packmule {

namespace {

/// The damaged file and its log under other names: opening the original would fold the log into it.
class SalvageCopy
{
public:
    explicit SalvageCopy(const QString &original) : m_path(original + QStringLiteral(".salvage"))
    {
        m_isComplete = QFile::copy(original, m_path)
            && (!QFileInfo::exists(original + QStringLiteral("-wal"))
                || QFile::copy(original + QStringLiteral("-wal"), m_path + QStringLiteral("-wal")));
        // No room for a copy, or unreadable sectors: then the original itself.
        if (!m_isComplete)
            m_source = original;
        else
            m_source = m_path;
    }
    ~SalvageCopy()
    {
        QFile::remove(m_path);
        QFile::remove(m_path + QStringLiteral("-wal"));
    }
    SalvageCopy(const SalvageCopy &) = delete;
    SalvageCopy &operator=(const SalvageCopy &) = delete;
    const QString &source() const { return m_source; }

private:
    QString m_path, m_source;
    bool m_isComplete = false;
};

class Salvage
{
public:
    Salvage(SqliteDatabase &damaged, SqliteDatabase &fresh) : m_damaged(damaged), m_fresh(fresh) {}

    SalvageCount run();

private:
    template<typename Record>
    using Decode = Decoded<Record> (*)(const SqliteStatement &);

    // Rows of one query until its end or the first unreadable page. @return whether the end was reached.
    template<typename Record>
    bool copyRows(const TableText &table, const QString &rest, const QVariantList &values, Decode<Record> decode, int &count);
    // Tables with a number as key: steps over unreadable pages in growing strides.
    template<typename Record>
    void copyNumbered(const TableText &table, Decode<Record> decode, int &count);
    // Small tables: from both ends.
    template<typename Record>
    void copyFromBothEnds(const TableText &table, const QString &where, const QVariantList &values, Decode<Record> decode);
    void copyParts();

    SqliteDatabase &m_damaged, &m_fresh;
    SalvageCount m_count;
    qint64 m_lastKey = 0;
    QList<TransferId> m_liveTransfers;
};

template<typename Record>
bool Salvage::copyRows(const TableText &table, const QString &rest, const QVariantList &values, Decode<Record> decode,
                       int &count)
{
    const auto source = m_damaged.statement(table.select(rest));
    const auto target = m_fresh.statement(table.insertIfPossible());
    if (!source || !target || !(*source)->run(values))
        return false;
    while (true) {
        const SqliteResult<bool> hasRow = (*source)->nextRow();
        if (!hasRow) {
            (*source)->reset();
            return false;
        }
        if (!*hasRow)
            return true;
        m_lastKey = std::max(m_lastKey, (*source)->value(0).toLongLong());
        const Decoded<Record> record = decode(**source);
        if (!record || !(*target)->run(rowOf(*record))) {
            ++m_count.lost;
            continue;
        }
        if ((*target)->changedRows() == 1)
            ++count;
        if constexpr (std::is_same_v<Record, TransferRecord>) {
            if (!record->uploadId.isEmpty())
                m_liveTransfers.append(record->id);
        }
    }
}

template<typename Record>
void Salvage::copyNumbered(const TableText &table, Decode<Record> decode, int &count)
{
    static constexpr qint64 kUnknownEnd = 1'000'000;  // beyond the last row seen, if the far end cannot be read
    const auto end = m_damaged.value(QStringLiteral("SELECT max(id) FROM ") + table.name);
    m_lastKey = 0;
    qint64 from = 0, stride = 1;
    while (from <= (end ? end->toLongLong() : m_lastKey + kUnknownEnd)) {
        const qint64 before = m_lastKey;
        if (copyRows(table, QStringLiteral("NOT INDEXED WHERE id >= ? ORDER BY id"), {from}, decode, count))
            return;
        stride = m_lastKey > before ? 1 : stride * 2;
        from = std::max(from, m_lastKey) + stride;
    }
}

template<typename Record>
void Salvage::copyFromBothEnds(const TableText &table, const QString &where, const QVariantList &values,
                               Decode<Record> decode)
{
    const QString keys = table.key;
    const QString backwards = QString(keys).replace(QStringLiteral(","), QStringLiteral(" DESC,")) + QStringLiteral(" DESC");
    if (!copyRows(table, where + QStringLiteral(" ORDER BY ") + keys, values, decode, m_count.otherRows))
        copyRows(table, where + QStringLiteral(" ORDER BY ") + backwards, values, decode, m_count.otherRows);
}

void Salvage::copyParts()
{
    // By transfer: a part that is lost is found again by ListParts.
    for (const TransferId transfer : std::as_const(m_liveTransfers))
        copyFromBothEnds(partTable(), QStringLiteral("WHERE transfer = ?"), {transfer}, &partFrom);
}

SalvageCount Salvage::run()
{
    copyNumbered(runTable(), &runFrom, m_count.otherRows);
    copyNumbered(transferTable(), &transferFrom, m_count.transfers);
    copyParts();
    copyFromBothEnds(connectionTable(), QString(), {}, &connectionFrom);
    copyFromBothEnds(endpointTable(), QString(), {}, &endpointFrom);
    copyNumbered(orphanTable(), &orphanFrom, m_count.otherRows);
    return m_count;
}

}  // namespace

SalvageCount salvageJournal(const QString &damagedPath, SqliteDatabase &fresh)
{
    const SalvageCopy copy(damagedPath);
    const auto damaged = SqliteDatabase::open(copy.source(), Milliseconds(0));
    if (!damaged)
        return {};
    (void)(*damaged)->run(QStringLiteral("PRAGMA locking_mode = EXCLUSIVE"));
    // Without it SQLite reads nothing of a file that is shorter than its header says.
    (void)(*damaged)->run(QStringLiteral("PRAGMA writable_schema = ON"));
    if (const auto begun = fresh.run(QStringLiteral("BEGIN IMMEDIATE")); !begun)
        return {};
    const SalvageCount count = Salvage(**damaged, fresh).run();
    if (const auto kept = fresh.run(QStringLiteral("COMMIT")); !kept) {
        qCWarning(lcJournal) << "nothing salvaged:" << kept.error().text;
        (void)fresh.run(QStringLiteral("ROLLBACK"));
        return {};
    }
    return count;
}

}  // namespace packmule
