#include "core/journal/ListReading.h"

#include "core/journal/RecordCodes.h"
#include "core/journal/RecordListing.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace packmule {

namespace {

// Measured: a slice takes 5 to 10 ms with a million rows (README).
constexpr TransferId kIdsAtOnce = 16'384;
constexpr int kSumsAtOnce = 4'096;
constexpr int kRunsWorth = 16;  // what to look for a run costs, in rows

/// What numberOf() is, in SQL.
QString numberText(ListColumn column)
{
    switch (column) {
    case ListColumn::Size: return QStringLiteral("source_size");
    case ListColumn::Ended: return QStringLiteral("coalesce(ended, %1)").arg(kNotEnded);
    case ListColumn::Progress:
        return QStringLiteral("CASE WHEN state IN (20, 21) THEN %1 WHEN upload_id IS NULL OR source_size <= 0 THEN 0 ELSE"
                              " CAST((SELECT coalesce(sum(size), 0) FROM part WHERE part.transfer = transfer.id) * %1.0 / source_size"
                              " AS INTEGER) END").arg(kProgressScale);
    case ListColumn::Added:
    case ListColumn::Name:
    case ListColumn::Destination:
    case ListColumn::State: return QStringLiteral("0");
    }
    return {};
}

bool hasNumber(ListColumn column)
{
    return column == ListColumn::Size || column == ListColumn::Ended || column == ListColumn::Progress;
}

/// Paths and keys hold any byte but NUL, which is thus free to stand between rows; as TEXT only so that SQLite joins them.
/// What is not needed stays away: each field costs a tenth of a second with a million rows.
QString rowText(ListColumn column, bool hasState)
{
    QString head = QStringLiteral("id || ' ' || run");
    if (hasState)
        head += QStringLiteral(" || ' ' || state || ' ' || paused");
    if (hasNumber(column))
        head += QStringLiteral(" || ' ' || ") + numberText(column);
    if (column == ListColumn::Name)
        return head + QStringLiteral(" || ' ' || CAST(source_path AS TEXT)");
    if (column == ListColumn::Destination)
        return head + QStringLiteral(" || ' ' || CAST(bucket AS TEXT) || '/' || CAST(object_key AS TEXT)");
    return head;
}

/// A to Z in either case; other letters as they are, all small or all large.
QString searchText(const QString &search, QVariantList &values)
{
    QStringList conditions;
    QByteArrayList needles;
    for (const QString &variant : {search, search.toLower(), search.toUpper()}) {
        const QByteArray needle = variant.toUtf8().toLower();
        if (needles.contains(needle))
            continue;
        needles.append(needle);
        conditions << QStringLiteral("instr(lower(CAST(source_path AS TEXT)), CAST(? AS TEXT))")
                   << QStringLiteral("instr(lower(CAST(object_key AS TEXT)), CAST(? AS TEXT))");
        values << needle << needle;
    }
    return QStringLiteral(" AND (") + conditions.join(QStringLiteral(" OR ")) + QStringLiteral(")");
}

/// The next number of "17 4 20 0 512", and the space behind it.
bool takeNumber(QByteArrayView &row, qint64 &number)
{
    const auto [end, fault] = std::from_chars(row.data(), row.data() + row.size(), number);
    if (fault != std::errc())
        return false;
    const qsizetype used = end - row.data();
    row = row.sliced(std::min(used + 1, row.size()));
    return true;
}

}  // namespace

OrderReading::OrderReading(SqliteDatabase &database, const ListQuery &query, RunId run)
    : m_database(database), m_fold(query, run == 0 ? ListFold::Shape::RunsFolded : ListFold::Shape::EachTransfer),
      m_hasText(ListFold::needsText(query.sortBy)), m_hasNumber(hasNumber(query.sortBy)),
      m_hasState(query.filter != ListFilter::All || query.sortBy == ListColumn::State)
{
    // "+": the primary key leads; without statistics SQLite might choose an index and then look up every row.
    QString where = QStringLiteral(" WHERE id > ? AND id <= ? AND +state <> 22");
    if (run != 0) {
        where += QStringLiteral(" AND +run = ?");
        m_values << run;
    }
    if (!query.connectionId.isEmpty()) {
        where += QStringLiteral(" AND +connection = ?");
        m_values << query.connectionId;
    }
    if (!query.search.isEmpty())
        where += searchText(query.search, m_values);
    m_sql = QStringLiteral("SELECT CAST(group_concat(%1, char(0)) AS BLOB) FROM transfer NOT INDEXED").arg(rowText(query.sortBy, m_hasState)) + where;
}

/// The newest row that has not been read; ids that are not there in their thousands cost nothing.
SqliteResult<void> OrderReading::findNext()
{
    const auto highest = m_database.value(QStringLiteral("SELECT coalesce(max(id), 0) FROM transfer WHERE id <= ?"),
                                          {m_below < 0 ? std::numeric_limits<TransferId>::max() : m_below});
    if (!highest)
        return std::unexpected(highest.error());
    m_below = highest->toLongLong();
    return {};
}

SqliteResult<bool> OrderReading::step()
{
    if (m_below < 0) {
        if (const auto begun = findNext(); !begun)
            return std::unexpected(begun.error());
    }
    if (m_below == 0)
        return m_fold.sortFurther();
    if (const auto read = readSlice(); !read)
        return std::unexpected(read.error());
    return false;
}

SqliteResult<void> OrderReading::readSlice()
{
    const TransferId from = std::max<TransferId>(0, m_below - kIdsAtOnce);
    const auto rows = m_database.value(m_sql, QVariantList{from, m_below} + m_values);
    if (!rows)
        return std::unexpected(rows.error());
    m_below = from;
    QByteArray text = rows->toByteArray();
    if (text.isEmpty())
        return findNext();
    const QByteArrayView all = m_hasText ? m_fold.keep(std::move(text)) : QByteArrayView(text);
    for (qsizetype begin = 0; begin < all.size();) {
        const qsizetype end = all.indexOf('\0', begin);
        take(all.sliced(begin, (end < 0 ? all.size() : end) - begin));
        begin = end < 0 ? all.size() : end + 1;
    }
    return {};
}

void OrderReading::take(QByteArrayView text)
{
    qint64 state = codeOf(TransferState::Queued), paused = 0;
    ListRow row;
    const bool isSound = takeNumber(text, row.id) && takeNumber(text, row.run)
        && (!m_hasState || (takeNumber(text, state) && takeNumber(text, paused))) && (!m_hasNumber || takeNumber(text, row.number));
    const auto known = transferStateFromCode(state);
    if (!isSound || !known)
        return;  // damaged; the next start sets it apart
    row.state = *known;
    row.isPaused = paused != 0;
    row.text = text;
    m_fold.add(row);
}

SumsReading::SumsReading(SqliteDatabase &database, FinishedCache &cache, QList<RunId> runs)
    : m_database(database), m_cache(cache), m_runs(std::move(runs))
{
}

SqliteResult<bool> SumsReading::step()
{
    for (int left = kSumsAtOnce; left > 0; left -= kRunsWorth) {
        while (m_next < m_runs.size() && m_cache.sumsOf(m_runs[m_next]).isComplete)
            ++m_next;
        if (m_next == m_runs.size())
            return true;
        const SqliteResult<int> read = readSome(m_cache.sumsOf(m_runs[m_next]), left);
        if (!read)
            return std::unexpected(read.error());
        left -= *read;
    }
    return false;
}

/// @return how many rows, at most `limit`.
SqliteResult<int> SumsReading::readSome(FinishedCache::Sums &known, int limit)
{
    const auto statement = m_database.statement(QStringLiteral(
        "SELECT id, state, source_size, source_path, bucket, object_key, connection FROM transfer INDEXED BY transfer_finished"
        " WHERE run = ? AND state >= 20 AND id > ? ORDER BY id LIMIT ?"));
    if (!statement)
        return std::unexpected(statement.error());
    SqliteStatement &row = **statement;
    if (const auto started = row.run({known.sums.run, known.readUpTo, limit}); !started)
        return std::unexpected(started.error());
    int count = 0;
    while (true) {
        const auto hasRow = row.nextRow();
        if (!hasRow) {
            row.reset();
            return std::unexpected(hasRow.error());
        }
        if (!*hasRow)
            break;
        ++count;
        known.readUpTo = row.value(0).toLongLong();
        const auto state = transferStateFromCode(row.value(1).toLongLong());
        if (state && isDoneOrSkipped(*state))
            addTo(known.sums, ByteCount(row.value(2).toLongLong()), row.value(3).toByteArray(), row.value(4).toByteArray(),
                  row.value(5).toByteArray(), row.value(6).toByteArray());
    }
    known.isComplete = count < limit;
    return count;
}

SqliteResult<QList<FinishedSums>> SumsReading::sums()
{
    QList<FinishedSums> all;
    for (const RunId run : m_runs) {
        FinishedSums &sums = m_cache.sumsOf(run).sums;
        if (sums.begun == WallTime{}) {
            const auto begun = m_database.value(QStringLiteral("SELECT begun FROM run WHERE id = ?"), {run});
            const auto ended = m_database.value(QStringLiteral("SELECT ended FROM run WHERE id = ?"), {run});
            if (!begun || !ended)
                return std::unexpected(!begun ? begun.error() : ended.error());
            sums.begun = WallTime(Milliseconds(begun->toLongLong()));
            if (!ended->isNull())
                sums.ended = WallTime(Milliseconds(ended->toLongLong()));
        }
        all.append(sums);
    }
    return all;
}

SqliteResult<bool> CountReading::step()
{
    FinishedCache::Count &known = m_cache.count();
    if (known.isComplete)
        return true;
    const auto next = m_database.value(QStringLiteral("SELECT min(id) FROM transfer WHERE id > ?"), {known.readUpTo});
    if (!next)
        return std::unexpected(next.error());
    if (next->isNull()) {
        known.isComplete = true;
        return true;
    }
    const TransferId upTo = next->toLongLong() + 2 * kIdsAtOnce;
    const auto count = m_database.value(
        QStringLiteral("SELECT coalesce(sum(state IN (20, 21)), 0) FROM transfer NOT INDEXED WHERE id > ? AND id <= ?"), {known.readUpTo, upTo});
    if (!count)
        return std::unexpected(count.error());
    known.count += count->toLongLong();
    known.readUpTo = upTo;
    return false;
}

}  // namespace packmule
