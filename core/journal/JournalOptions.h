#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Clock.h"
#include "core/journal/Migrations.h"

#include <QList>
#include <QString>

#include <optional>

namespace packmule {

/// What tests and benchmarks may set differently; everybody else takes the defaults.
struct JournalOptions {
    Milliseconds busyTimeout{250};      ///< short: whoever comes second is to be told quickly
    Milliseconds gathering{250};        ///< record() waits at most so long (facts/resume.md B2 step 4) …
    int gatheredBatches = 16;           ///< … or for so many
    Milliseconds firstRetry{1'000};     ///< of a failed commit; doubles (facts B6)
    Milliseconds longestRetry{30'000};
    ByteCount ballast{1 << 20};
    std::optional<QString> unsafeFileSystem = std::nullopt;  ///< pretend that the folder is on it
    QList<MigrationStep> migrations = journalMigrations();
};

}  // namespace packmule
