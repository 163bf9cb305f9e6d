#include "core/journal/JournalOpening.h"

#include "core/base/LogCategories.h"
#include "core/journal/JournalFolder.h"
#include "core/journal/JournalSalvage.h"

#include <QDateTime>
#include <QFile>
#include <QFileInfo>

#include <fcntl.h>
#include <unistd.h>

namespace packmule {

namespace {

/// Why a file cannot be used as it is. Damaged ones are set aside, everything else is the caller's Error.
struct OpeningFault {
    Error error;
    bool isDamaged = false;
};
using Opening = std::expected<std::unique_ptr<SqliteDatabase>, OpeningFault>;

std::unexpected<OpeningFault> faultFrom(const SqliteError &error, const QString &path)
{
    return std::unexpected(OpeningFault{journalError(error, path), error.fault == SqliteFault::Corrupt});
}

SqliteResult<void> applySettings(SqliteDatabase &database)
{
    // locking_mode comes before anything reads: then write-ahead logging needs no shared memory file, and the lock is
    // taken once and kept.
    static const QStringList kSettings = {
        QStringLiteral("PRAGMA locking_mode = EXCLUSIVE"), QStringLiteral("PRAGMA trusted_schema = OFF"),
        QStringLiteral("PRAGMA cell_size_check = ON"),     QStringLiteral("PRAGMA mmap_size = 0"),
        QStringLiteral("PRAGMA foreign_keys = ON"),        QStringLiteral("PRAGMA synchronous = FULL"),
        QStringLiteral("PRAGMA fullfsync = ON"),           QStringLiteral("PRAGMA checkpoint_fullfsync = ON"),
        QStringLiteral("PRAGMA journal_size_limit = 16777216"), QStringLiteral("PRAGMA temp_store = MEMORY"),
    };
    SqliteResult<void> result;
    for (const QString &setting : kSettings)
        result = result.and_then([&] { return database.run(setting); });
    return result;
}

// A full disk, a lock or a missing right makes quick_check fail too; only what it *says* is damage (facts B6).
std::optional<OpeningFault> damageOf(SqliteDatabase &database)
{
    const auto verdict = database.value(QStringLiteral("PRAGMA quick_check(1)"));
    if (!verdict)
        return faultFrom(verdict.error(), database.path()).error();
    if (verdict->toString() == QStringLiteral("ok"))
        return std::nullopt;
    return OpeningFault{Error::make(ErrorKind::JournalUnavailable, verdict->toString()), true};
}

SqliteResult<void> chooseLog(SqliteDatabase &database, bool isWalSafe)
{
    const QString wanted = isWalSafe ? QStringLiteral("wal") : QStringLiteral("delete");
    return database.value(QStringLiteral("PRAGMA journal_mode = ") + wanted)
        .and_then([&](const QVariant &mode) -> SqliteResult<void> {
            if (mode.toString() != wanted)
                qCWarning(lcJournal) << "journal mode stays" << mode.toString();
            // Takes the lock for good in every mode, and finds a read-only file now, not at the first commit.
            return database.run(QStringLiteral("BEGIN EXCLUSIVE"));
        })
        .and_then([&] { return database.run(QStringLiteral("COMMIT")); });
}

Opening connectTo(const QString &path, const JournalOptions &options, bool isWalSafe)
{
    if (const Result<void> made = createPrivateFile(path); !made)
        return std::unexpected(OpeningFault{made.error()});
    // SQLite would open it for reading only, and then call the lock that it cannot take an I/O error.
    if (!QFileInfo(path).isWritable())
        return std::unexpected(OpeningFault{journalError({.fault = SqliteFault::ReadOnly, .code = 0, .text = {}}, path)});
    auto opened = SqliteDatabase::open(path, options.busyTimeout);
    if (!opened)
        return faultFrom(opened.error(), path);
    SqliteDatabase &database = **opened;
    if (const auto set = applySettings(database); !set)
        return faultFrom(set.error(), path);
    // Read once by hand: checkSchemaIsOurs() cannot tell damage from other trouble.
    if (const auto header = database.value(QStringLiteral("SELECT count(*) FROM sqlite_schema")); !header)
        return faultFrom(header.error(), path);
    if (const Result<void> ours = checkSchemaIsOurs(database, options.migrations); !ours)
        return std::unexpected(OpeningFault{ours.error()});
    // Before the log is made: SQLite gives it the journal's own mode.
    if (const Result<void> restricted = makeFilePrivate(path); !restricted)
        return std::unexpected(OpeningFault{restricted.error()});
    if (const std::optional<OpeningFault> damage = damageOf(database))
        return std::unexpected(*damage);
    if (const auto chosen = chooseLog(database, isWalSafe); !chosen)
        return faultFrom(chosen.error(), path);
    if (const Result<void> migrated = migrate(database, options.migrations); !migrated)
        return std::unexpected(OpeningFault{migrated.error()});
    return std::move(*opened);
}

// `--journal photo.jpg` must not rename the photo: only a file that was a journal is set aside.
bool wasJournal(const QString &path)
{
    if (QFileInfo(path).fileName() == QStringLiteral("journal.db") || QFileInfo::exists(path + QStringLiteral(".ballast")))
        return true;
    QFile file(path);
    static constexpr int kApplicationIdOffset = 68;  // sqlite.org/fileformat.html 1.3
    if (!file.open(QIODevice::ReadOnly) || !file.seek(kApplicationIdOffset))
        return false;
    return file.read(4) == QByteArrayLiteral("PKML");
}

/// @return the name under which the damaged file is kept.
Result<QString> setAside(const QString &path)
{
    const QString time = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd'T'HHmmss'Z'"));
    QString kept = QStringLiteral("%1.corrupt-%2").arg(path, time);
    for (int again = 2; QFileInfo::exists(kept); ++again)
        kept = QStringLiteral("%1.corrupt-%2-%3").arg(path, time, QString::number(again));
    for (const QString &suffix : {QStringLiteral(""), QStringLiteral("-wal"), QStringLiteral("-shm"), QStringLiteral("-journal")}) {
        if (QFileInfo::exists(path + suffix) && !QFile::rename(path + suffix, kept + suffix))
            return failure(ErrorKind::JournalUnavailable,
                           QStringLiteral("journal %1 is damaged and cannot be set aside").arg(path));
        QFile::setPermissions(kept + suffix, QFileDevice::ReadOwner | QFileDevice::WriteOwner);
    }
    return kept;
}

// SQLite deletes the log of an empty database without a word; the log may hold the whole journal.
Result<void> keepLogWithoutJournal(const QString &path, QStringList &notices)
{
    const QString log = path + QStringLiteral("-wal");
    if (QFileInfo(path).size() > 0 || QFileInfo(log).size() == 0)
        return {};
    return setAside(path).transform([&](const QString &kept) {
        notices.append(QStringLiteral("the journal %1 was gone; what was left of it is kept as %2-wal").arg(path, kept));
    });
}

// A new database's rollback journal is removed without a sync of the folder (SQLite does that only at EXTRA). After a
// power loss it could be there again, and would roll the whole journal back to nothing.
void syncFolder(const QString &path)
{
    const int folder = ::open(QFile::encodeName(QFileInfo(path).absolutePath()).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return;
    ::fsync(folder);
    ::close(folder);
}

Opening beginAnew(const QString &path, const JournalOptions &options, bool isWalSafe, const Error &why,
                  QStringList &notices)
{
    if (!wasJournal(path))
        return std::unexpected(OpeningFault{
            Error::make(ErrorKind::JournalUnavailable,
                        QStringLiteral("%1 is not a Packmule journal; it was left alone").arg(path))});
    const Result<QString> kept = setAside(path);
    if (!kept)
        return std::unexpected(OpeningFault{kept.error()});
    Opening fresh = connectTo(path, options, isWalSafe);
    if (!fresh)
        return fresh;
    const SalvageCount saved = salvageJournal(*kept, **fresh);
    notices.append(QStringLiteral("the journal %1 was damaged (%2); it was set aside as %3 and %4 transfers were salvaged")
                       .arg(path, why.detail, *kept, QString::number(saved.transfers)));
    qCWarning(lcJournal) << notices.last();
    return fresh;
}

}  // namespace

Result<OpenedJournal> openJournalFile(const QString &path, const JournalOptions &options)
{
    if (const Result<void> prepared = prepareJournalFolder(path); !prepared)
        return std::unexpected(prepared.error());
    OpenedJournal result;
    auto owner = JournalOwner::take(path);
    if (!owner)
        return std::unexpected(owner.error());
    result.owner = std::move(*owner);

    const std::optional<QString> unsafe =
        options.unsafeFileSystem ? options.unsafeFileSystem : unsafeFileSystem(QFileInfo(path).absolutePath());
    if (unsafe)
        result.notices.append(QStringLiteral("the journal %1 is on %2, which is slower and less safe than a local disk")
                                  .arg(path, *unsafe));
    if (const Result<void> kept = keepLogWithoutJournal(path, result.notices); !kept)
        return std::unexpected(kept.error());

    Opening opened = connectTo(path, options, !unsafe);
    if (!opened && opened.error().isDamaged)
        opened = beginAnew(path, options, !unsafe, opened.error().error, result.notices);
    if (!opened)
        return std::unexpected(opened.error().error);
    syncFolder(path);
    result.database = std::move(*opened);
    return result;
}

}  // namespace packmule
