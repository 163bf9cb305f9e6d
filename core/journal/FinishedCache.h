#pragma once

#include "core/journal/ListQuery.h"
#include "core/journal/SqliteDatabase.h"

#include <map>
#include <optional>

namespace packmule {

/// Sums over finished transfers that were once asked for, kept true from then on, because to count a million rows anew
/// for every file that is done would be felt. Costs nothing before the first question (a command line never asks).
/// While a sum is being read from the oldest row on, rows that it has passed are kept true as well.
/// Thread: the journal's.
class FinishedCache
{
public:
    explicit FinishedCache(SqliteDatabase &database) : m_database(database) {}

    struct Sums {
        FinishedSums sums;
        TransferId readUpTo = 0;
        bool isComplete = false;
    };
    struct Count {
        qint64 count = 0;
        TransferId readUpTo = 0;
        bool isComplete = false;
    };

    Sums &sumsOf(RunId run);
    Count &count();

    /// Before the row is written.
    SqliteResult<void> noteSave(const TransferRecord &transfer);
    SqliteResult<void> noteRemoval(TransferId transfer);
    void noteRun(const RunRecord &run);
    /// What was noted last did not come to the disk.
    void forget();

private:
    static constexpr size_t kMostRuns = 20'000;

    bool isEmpty() const { return !m_count && m_sums.empty(); }
    SqliteResult<void> takeOut(TransferId transfer);

    SqliteDatabase &m_database;
    std::map<RunId, Sums> m_sums;
    std::optional<Count> m_count;
};

}  // namespace packmule
