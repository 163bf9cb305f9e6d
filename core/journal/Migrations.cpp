#include "core/journal/Migrations.h"

#include "core/base/CrashPoint.h"
#include "core/base/LogCategories.h"
#include "core/journal/JournalFolder.h"

#include <QFile>

namespace packmule {

namespace {

SqliteResult<qint64> pragma(SqliteDatabase &database, const QString &name)
{
    return database.value(QStringLiteral("PRAGMA ") + name).transform([](const QVariant &value) {
        return value.toLongLong();
    });
}

// Keys, paths, ids and tokens are BLOBs: raw bytes as the file system and S3 have them (facts B6). Times are UTC
// milliseconds. Enums are the numbers of RecordCodes.h; states from 20 on are finished. Foreign keys only from part
// to transfer: a lost run or connection row must not take its transfers along.
const QStringList kVersion1 = {
    QStringLiteral("CREATE TABLE run (id INTEGER PRIMARY KEY, identity BLOB NOT NULL, command BLOB NOT NULL,"
                   " begun INTEGER NOT NULL, ended INTEGER, scan_complete INTEGER NOT NULL) STRICT"),
    QStringLiteral("CREATE INDEX run_open ON run (id) WHERE ended IS NULL"),
    QStringLiteral("CREATE TABLE transfer (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, connection BLOB NOT NULL,"
                   " source_path BLOB NOT NULL, source_device INTEGER NOT NULL, source_inode INTEGER NOT NULL,"
                   " source_size INTEGER NOT NULL, source_modified_ns INTEGER NOT NULL,"
                   " source_changed_ns INTEGER NOT NULL, source_racy INTEGER NOT NULL,"
                   " bucket BLOB NOT NULL, object_key BLOB NOT NULL, state INTEGER NOT NULL,"
                   " paused INTEGER NOT NULL, position INTEGER NOT NULL, part_size INTEGER NOT NULL,"
                   " plan_algorithm INTEGER NOT NULL, plan_sign_payload INTEGER NOT NULL, token BLOB,"
                   " upload_id BLOB, create_started INTEGER, abort_date INTEGER, etag BLOB, version_id BLOB,"
                   " checksum_algorithm INTEGER NOT NULL, checksum BLOB, checksum_composite INTEGER NOT NULL,"
                   " verified INTEGER NOT NULL, error_kind TEXT, error_detail TEXT, error_http_status INTEGER,"
                   " error_s3_code BLOB, error_request_id BLOB, error_retry_after_ms INTEGER, error_os INTEGER,"
                   " ended INTEGER) STRICT"),
    // Two live transfers to one object would overwrite each other: the engine avoids it, this makes it impossible.
    QStringLiteral("CREATE UNIQUE INDEX transfer_live ON transfer (connection, bucket, object_key) WHERE state < 20"),
    QStringLiteral("CREATE INDEX transfer_finished ON transfer (run, id) WHERE state >= 20"),
    QStringLiteral("CREATE TABLE part (transfer INTEGER NOT NULL REFERENCES transfer (id) ON DELETE CASCADE,"
                   " part_number INTEGER NOT NULL, size INTEGER NOT NULL, checksum_algorithm INTEGER NOT NULL,"
                   " checksum BLOB, checksum_composite INTEGER NOT NULL, etag BLOB,"
                   " PRIMARY KEY (transfer, part_number)) STRICT, WITHOUT ROWID"),
    QStringLiteral("CREATE TABLE connection (id BLOB NOT NULL PRIMARY KEY, endpoint_url BLOB, region BLOB,"
                   " aws_profile TEXT, provider TEXT, ca_bundle TEXT, addressing INTEGER NOT NULL,"
                   " anonymous INTEGER NOT NULL) STRICT, WITHOUT ROWID"),
    QStringLiteral("CREATE TABLE endpoint (url BLOB NOT NULL PRIMARY KEY, has_answered INTEGER NOT NULL,"
                   " checksum_algorithm INTEGER, unknown_checksums TEXT NOT NULL, clock_offset_ms INTEGER NOT NULL)"
                   " STRICT, WITHOUT ROWID"),
    QStringLiteral("CREATE TABLE orphan (id INTEGER PRIMARY KEY, connection BLOB NOT NULL, bucket BLOB NOT NULL,"
                   " object_key BLOB NOT NULL, upload_id BLOB NOT NULL) STRICT"),
    // Ids of removed rows are not given again: people may still hold them.
    QStringLiteral("CREATE TABLE highest (name TEXT NOT NULL PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID"),
    // Rows that could not be read, as JSON: out of everybody's way, never thrown away.
    QStringLiteral("CREATE TABLE damaged (found INTEGER NOT NULL, table_name TEXT NOT NULL, row_id INTEGER,"
                   " content TEXT NOT NULL) STRICT"),
};

// Connections saved in Packmule (issue 5).
const QStringList kVersion2 = {QStringLiteral("ALTER TABLE connection ADD COLUMN saved_connection BLOB")};

Result<void> backUp(SqliteDatabase &database, qint64 version)
{
    const QString backup = QStringLiteral("%1.backup-v%2").arg(database.path(), QString::number(version));
    const QString unfinished = backup + QStringLiteral(".new");
    QFile::remove(unfinished);
    // VACUUM INTO accepts an empty file: made by us first, so that it is never readable by others.
    const Result<void> made = createPrivateFile(unfinished);
    if (!made)
        return made;
    if (const auto copied = database.run(QStringLiteral("VACUUM INTO ?"), {unfinished}); !copied) {
        QFile::remove(unfinished);
        Error error = journalError(copied.error(), database.path());
        error.detail = QStringLiteral("the journal's format must change, but it cannot be backed up first: ") + error.detail;
        return std::unexpected(error);
    }
    QFile::remove(backup);
    if (!QFile::rename(unfinished, backup))
        return failure(ErrorKind::JournalUnavailable, QStringLiteral("cannot write the journal's backup ") + backup);
    return {};
}

SqliteResult<void> runStep(SqliteDatabase &database, const MigrationStep &step)
{
    SqliteResult<void> result = database.run(QStringLiteral("BEGIN IMMEDIATE"));
    for (const QString &statement : step.statements)
        result = result.and_then([&] { return database.run(statement); });
    PACKMULE_CRASH_POINT("K13");
    result = result
                 .and_then([&] { return database.run(QStringLiteral("PRAGMA application_id = %1").arg(kJournalApplicationId)); })
                 .and_then([&] { return database.run(QStringLiteral("PRAGMA user_version = %1").arg(step.version)); })
                 .and_then([&] { return database.run(QStringLiteral("COMMIT")); });
    if (!result)
        (void)database.run(QStringLiteral("ROLLBACK"));
    return result;
}

}  // namespace

const QList<MigrationStep> &journalMigrations()
{
    static const QList<MigrationStep> steps = {{.version = 1, .statements = kVersion1}, {.version = 2, .statements = kVersion2}};
    return steps;
}

Result<void> checkSchemaIsOurs(SqliteDatabase &database, const QList<MigrationStep> &steps)
{
    const auto toError = [&](const SqliteError &error) { return journalError(error, database.path()); };
    const auto version = pragma(database, QStringLiteral("user_version")).transform_error(toError);
    const auto application = pragma(database, QStringLiteral("application_id")).transform_error(toError);
    const auto tables = database.value(QStringLiteral("SELECT count(*) FROM sqlite_schema")).transform_error(toError);
    if (!version || !application || !tables)
        return std::unexpected(!version ? version.error() : !application ? application.error() : tables.error());
    const bool isEmpty = *application == 0 && *version == 0 && tables->toLongLong() == 0;
    if (!isEmpty && *application != kJournalApplicationId)
        return failure(ErrorKind::JournalUnavailable,
                       QStringLiteral("%1 is another program's database, not a Packmule journal; it was left alone")
                           .arg(database.path()));
    if (*version > steps.last().version)
        return failure(ErrorKind::JournalUnavailable,
                       QStringLiteral("journal %1 was written by a newer Packmule (format %2, this one knows %3); it was"
                                      " left alone: use the newer program, or another journal with --journal FILE")
                           .arg(database.path(), QString::number(*version), QString::number(steps.last().version)));
    return {};
}

Result<void> migrate(SqliteDatabase &database, const QList<MigrationStep> &steps)
{
    if (const Result<void> ours = checkSchemaIsOurs(database, steps); !ours)
        return ours;
    const auto toError = [&](const SqliteError &error) { return journalError(error, database.path()); };
    const auto version = pragma(database, QStringLiteral("user_version")).transform_error(toError);
    if (!version)
        return std::unexpected(version.error());
    if (*version > 0 && *version < steps.last().version) {
        if (const Result<void> saved = backUp(database, *version); !saved)
            return saved;
    }
    for (const MigrationStep &step : steps) {
        if (step.version <= *version)
            continue;
        if (const auto done = runStep(database, step); !done)
            return std::unexpected(toError(done.error()));
        qCInfo(lcJournal) << "journal" << database.path() << "is now at format" << step.version;
    }
    return {};
}

}  // namespace packmule
