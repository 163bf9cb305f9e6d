#include "core/journal/FinishedCache.h"

#include "core/journal/RecordCodes.h"
#include "core/journal/RecordListing.h"

namespace packmule {

FinishedCache::Sums &FinishedCache::sumsOf(RunId run)
{
    if (m_sums.size() >= kMostRuns && !m_sums.contains(run))
        m_sums.clear();
    Sums &sums = m_sums[run];
    sums.sums.run = run;
    return sums;
}

FinishedCache::Count &FinishedCache::count()
{
    if (!m_count)
        m_count.emplace();
    return *m_count;
}

/// What the row, as it is on the disk now, has contributed.
SqliteResult<void> FinishedCache::takeOut(TransferId transfer)
{
    const auto statement = m_database.statement(QStringLiteral("SELECT run, state, source_size FROM transfer WHERE id = ?"));
    if (!statement)
        return std::unexpected(statement.error());
    SqliteStatement &row = **statement;
    const auto hasRow = row.run({transfer}).and_then([&] { return row.nextRow(); });
    if (!hasRow)
        return std::unexpected(hasRow.error());
    if (!*hasRow)
        return {};
    const auto state = transferStateFromCode(row.value(1).toLongLong());
    if (state && isDoneOrSkipped(*state)) {
        if (m_count && (m_count->isComplete || transfer <= m_count->readUpTo))
            --m_count->count;
        const auto run = m_sums.find(row.value(0).toLongLong());
        if (run != m_sums.end() && (run->second.isComplete || transfer <= run->second.readUpTo)) {
            --run->second.sums.done;
            run->second.sums.size = run->second.sums.size - ByteCount(row.value(2).toLongLong());
        }
    }
    row.reset();
    return {};
}

SqliteResult<void> FinishedCache::noteSave(const TransferRecord &transfer)
{
    if (isEmpty() || !isFinished(transfer.state))
        return {};
    if (const auto takenOut = takeOut(transfer.id); !takenOut)
        return takenOut;
    if (!isDoneOrSkipped(transfer.state))
        return {};
    if (m_count && (m_count->isComplete || transfer.id <= m_count->readUpTo))
        ++m_count->count;
    const auto run = m_sums.find(transfer.run);
    if (run != m_sums.end() && (run->second.isComplete || transfer.id <= run->second.readUpTo))
        addTo(run->second.sums, transfer.source.size, transfer.sourcePath, transfer.object.bucket, transfer.object.key, transfer.connectionId);
    return {};
}

SqliteResult<void> FinishedCache::noteRemoval(TransferId transfer)
{
    return isEmpty() ? SqliteResult<void>() : takeOut(transfer);
}

void FinishedCache::noteRun(const RunRecord &run)
{
    const auto known = m_sums.find(run.id);
    if (known == m_sums.end())
        return;
    known->second.sums.begun = run.begun;
    known->second.sums.ended = run.ended;
}

void FinishedCache::forget()
{
    m_sums.clear();
    m_count.reset();
}

}  // namespace packmule
