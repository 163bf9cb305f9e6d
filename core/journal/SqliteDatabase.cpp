#include "core/journal/SqliteDatabase.h"

#include <QSqlError>
#include <QSqlRecord>

#include <atomic>
#include <cerrno>

namespace packmule {

namespace {

// Primary result codes, sqlite.org/rescode.html. Qt's driver asks for extended ones; the low byte is the primary code.
constexpr int kBusy = 5, kLocked = 6, kReadOnly = 8, kIoError = 10, kCorrupt = 11, kFull = 13, kCannotOpen = 14,
              kConstraint = 19, kNotADatabase = 26;

SqliteFault faultFromCode(int code)
{
    switch (code & 0xff) {
    case kBusy:
    case kLocked: return SqliteFault::Busy;
    case kReadOnly: return SqliteFault::ReadOnly;
    case kIoError: return SqliteFault::Io;
    case kCorrupt:
    case kNotADatabase: return SqliteFault::Corrupt;
    case kFull: return SqliteFault::Full;
    case kCannotOpen: return SqliteFault::CannotOpen;
    case kConstraint: return SqliteFault::Constraint;
    default: return SqliteFault::Other;
    }
}

SqliteError errorFrom(const QSqlError &error)
{
    const int code = error.nativeErrorCode().toInt();
    return {.fault = faultFromCode(code), .code = code, .text = error.databaseText()};
}

QString nextConnectionName()
{
    static std::atomic<int> count = 0;
    return QStringLiteral("packmule-journal-%1").arg(++count);
}

}  // namespace

Error journalError(const SqliteError &error, const QString &path)
{
    const QString code =
        error.code == 0 ? QString() : QStringLiteral(" (SQLite %1: %2)").arg(QString::number(error.code), error.text);
    const auto unavailable = [&](const QString &what, int osError) {
        Error result = Error::make(ErrorKind::JournalUnavailable, what.arg(path) + code);
        result.osError = osError;
        return result;
    };
    switch (error.fault) {
    case SqliteFault::Busy:
        // Not EBUSY, which means a Packmule that can be asked (JournalOwner): this is somebody's sqlite3 shell.
        return unavailable(QStringLiteral("journal %1 is locked by another program"), EAGAIN);
    case SqliteFault::Full: {
        Error full = Error::make(ErrorKind::DiskFull, QStringLiteral("no space left for the journal %1").arg(path));
        full.osError = ENOSPC;
        return full;
    }
    case SqliteFault::Io: return unavailable(QStringLiteral("journal %1 cannot be read or written"), EIO);
    case SqliteFault::Corrupt: return unavailable(QStringLiteral("journal %1 is damaged"), 0);
    case SqliteFault::Constraint:
        return Error::make(ErrorKind::InvalidRequest, QStringLiteral("journal %1 refused a row").arg(path) + code);
    case SqliteFault::CannotOpen: return unavailable(QStringLiteral("journal %1 cannot be opened"), 0);
    case SqliteFault::ReadOnly: return unavailable(QStringLiteral("journal %1 is read-only"), EROFS);
    case SqliteFault::Other: return unavailable(QStringLiteral("journal %1 failed"), 0);
    }
    Q_UNREACHABLE_RETURN({});
}

SqliteResult<void> SqliteStatement::run(const QVariantList &values)
{
    for (qsizetype i = 0; i < values.size(); ++i)
        m_query.bindValue(static_cast<int>(i), values[i]);
    if (!m_query.exec())
        return std::unexpected(errorFrom(m_query.lastError()));
    return {};
}

SqliteResult<bool> SqliteStatement::nextRow()
{
    if (m_query.next())
        return true;
    if (m_query.lastError().isValid())
        return std::unexpected(errorFrom(m_query.lastError()));
    m_query.finish();
    return false;
}

int SqliteStatement::columnCount() const
{
    return static_cast<int>(m_query.record().count());
}

QString SqliteStatement::columnName(int column) const
{
    return m_query.record().fieldName(column);
}

SqliteDatabase::SqliteDatabase(QString connectionName, QString path)
    : m_connectionName(std::move(connectionName)), m_path(std::move(path))
{
    m_connection = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_connectionName);
}

SqliteResult<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open(const QString &path, Milliseconds busyTimeout)
{
    std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(nextConnectionName(), path));
    database->m_connection.setDatabaseName(path);
    database->m_connection.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(busyTimeout.count()));
    if (!database->m_connection.open())
        return std::unexpected(errorFrom(database->m_connection.lastError()));
    return database;
}

SqliteDatabase::~SqliteDatabase()
{
    // Qt warns, and leaks, unless every query and the handle itself are gone before the name is removed.
    m_statements.clear();
    m_connection.close();
    m_connection = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_connectionName);
}

SqliteResult<void> SqliteDatabase::run(const QString &sql, const QVariantList &values)
{
    QSqlQuery query(m_connection);
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        return std::unexpected(errorFrom(query.lastError()));
    return SqliteStatement(std::move(query)).run(values);
}

SqliteResult<QVariant> SqliteDatabase::value(const QString &sql, const QVariantList &values)
{
    QSqlQuery query(m_connection);
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        return std::unexpected(errorFrom(query.lastError()));
    SqliteStatement statement(std::move(query));
    return statement.run(values)
        .and_then([&] { return statement.nextRow(); })
        .transform([&](bool hasRow) { return hasRow ? statement.value(0) : QVariant(); });
}

SqliteResult<SqliteStatement *> SqliteDatabase::statement(const QString &sql)
{
    if (const auto known = m_statements.constFind(sql); known != m_statements.constEnd())
        return known->get();
    QSqlQuery query(m_connection);
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        return std::unexpected(errorFrom(query.lastError()));
    auto statement = std::make_shared<SqliteStatement>(std::move(query));
    m_statements.insert(sql, statement);
    return statement.get();
}

}  // namespace packmule
