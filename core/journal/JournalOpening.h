#pragma once

#include "core/base/Result.h"
#include "core/journal/JournalOptions.h"
#include "core/journal/JournalOwner.h"
#include "core/journal/SqliteDatabase.h"

#include <QStringList>

#include <memory>

namespace packmule {

/// A journal's file, locked, checked and at the newest format.
struct OpenedJournal {
    std::unique_ptr<JournalOwner> owner;       ///< outlives the database
    std::unique_ptr<SqliteDatabase> database;
    QStringList notices;
};

/// Folder, lock, permissions, SQLite's settings (facts/resume.md B6), quick_check, migrations. A damaged file is set
/// aside as PATH.corrupt-TIME with its log, what can be read is salvaged, and a fresh one begins.
/// Thread: the one that will use the database. Errors: JournalUnavailable (isJournalInUse() tells "in use"), DiskFull.
Result<OpenedJournal> openJournalFile(const QString &path, const JournalOptions &options);

}  // namespace packmule
