#pragma once

#include "core/base/Result.h"
#include "core/journal/SqliteDatabase.h"

#include <QList>
#include <QString>
#include <QStringList>

namespace packmule {

/// One step of the schema, run as one IMMEDIATE transaction. Released steps are never edited; a change is a new step.
struct MigrationStep {
    int version = 0;          ///< user_version once the step is done
    QStringList statements;
};

/// "PKML": tells our file from any other SQLite database.
inline constexpr qint64 kJournalApplicationId = 0x504B4D4C;

/// The schema's history, ascending from version 1.
const QList<MigrationStep> &journalMigrations();

/// Brings a database to the last step's version. Before the first step of an existing journal it is copied to
/// PATH.backup-vN (VACUUM INTO), which is never removed by us.
/// @return JournalUnavailable for a file that is another program's, or from a newer Packmule (nothing is changed then).
Result<void> migrate(SqliteDatabase &database, const QList<MigrationStep> &steps);

/// False (with the reason) for another program's database or one from the future. Reads only.
Result<void> checkSchemaIsOurs(SqliteDatabase &database, const QList<MigrationStep> &steps);

}  // namespace packmule
