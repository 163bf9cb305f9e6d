#pragma once

#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/base/Result.h"

#include <QHash>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>
#include <QVariant>

#include <expected>
#include <memory>

namespace packmule {

/// What SQLite complained about, as far as the journal decides on it. A full disk, a lock or a file that cannot be
/// opened must never be taken for corruption (facts/resume.md B6).
enum class SqliteFault { Busy, Full, Io, Corrupt, Constraint, CannotOpen, ReadOnly, Other };

struct SqliteError {
    SqliteFault fault = SqliteFault::Other;
    int code = 0;   ///< SQLite's extended result code
    QString text;
};

template<typename T>
using SqliteResult = std::expected<T, SqliteError>;

/// The journal's own words for people: names the path. Kinds: DiskFull, JournalUnavailable, InvalidRequest (Constraint).
Error journalError(const SqliteError &error, const QString &path);

/// One prepared statement. Thread: its database's. Column numbers are 0-based and must exist.
class SqliteStatement
{
public:
    explicit SqliteStatement(QSqlQuery query) : m_query(std::move(query)) {}

    /// Binds by position (always bound, never spliced into the text) and starts; rows are fetched by nextRow().
    SqliteResult<void> run(const QVariantList &values = {});
    /// @return false after the last row.
    SqliteResult<bool> nextRow();
    /// Ends a read early. A statement left in the middle of its rows would keep a read transaction open.
    void reset() { m_query.finish(); }

    QVariant value(int column) const { return m_query.value(column); }
    int columnCount() const;
    QString columnName(int column) const;
    qint64 changedRows() const { return m_query.numRowsAffected(); }

private:
    QSqlQuery m_query;
};

/// One SQLite connection; the only class that names QSqlDatabase and, with SqliteStatement, QSqlQuery.
/// Thread: the one that opened it, until it is destroyed. Owns its prepared statements.
class SqliteDatabase
{
public:
    /// @param busyTimeout how long a lock of another process is waited for.
    static SqliteResult<std::unique_ptr<SqliteDatabase>> open(const QString &path, Milliseconds busyTimeout);
    ~SqliteDatabase();
    SqliteDatabase(const SqliteDatabase &) = delete;
    SqliteDatabase &operator=(const SqliteDatabase &) = delete;

    const QString &path() const { return m_path; }
    /// Runs a statement that is needed once.
    SqliteResult<void> run(const QString &sql, const QVariantList &values = {});
    /// First column of the first row; an invalid QVariant if there is none.
    SqliteResult<QVariant> value(const QString &sql, const QVariantList &values = {});
    /// Prepared at first use, then kept. The pointer lives as long as the database.
    SqliteResult<SqliteStatement *> statement(const QString &sql);

private:
    SqliteDatabase(QString connectionName, QString path);

    QString m_connectionName, m_path;
    QSqlDatabase m_connection;
    QHash<QString, std::shared_ptr<SqliteStatement>> m_statements;
};

}  // namespace packmule
