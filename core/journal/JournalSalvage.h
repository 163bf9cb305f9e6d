#pragma once

#include "core/journal/SqliteDatabase.h"

#include <QString>

namespace packmule {

struct SalvageCount {
    int transfers = 0;
    int otherRows = 0;
    int lost = 0;  ///< rows that were reached and could not be used
};

/// Copies every row that can still be read from a damaged journal (already set aside; it is not changed) into a fresh
/// one. Loses at worst the rows of the damaged pages and, as often again, their neighbours. Blocking.
SalvageCount salvageJournal(const QString &damagedPath, SqliteDatabase &fresh);

}  // namespace packmule
