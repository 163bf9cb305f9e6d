#pragma once

#include "core/base/Result.h"

#include <QString>

#include <memory>

namespace packmule {

/// Says who holds a journal: the file JOURNAL.owner with the holder's pid, under a lock that ends with the process.
/// SQLite's own lock is the real one; this one serialises opening (setting aside, migrating) and names the holder.
/// Thread: any. The lock ends with the object.
class JournalOwner
{
public:
    /// @return JournalUnavailable with osError EBUSY and the holder's pid in the text if somebody else has it.
    static Result<std::unique_ptr<JournalOwner>> take(const QString &journalPath);
    ~JournalOwner();
    JournalOwner(const JournalOwner &) = delete;
    JournalOwner &operator=(const JournalOwner &) = delete;

private:
    explicit JournalOwner(int descriptor) : m_descriptor(descriptor) {}

    int m_descriptor;
};

/// The pid of the process that holds the journal now; 0 if none does or it cannot be told.
qint64 ownerPid(const QString &journalPath);

/// Whether a Packmule holds the journal now, known pid or not.
bool isJournalHeld(const QString &journalPath);

/// True for the error of openJournal() that means: another process holds it (osError EBUSY); ask it through ownerPid().
bool isJournalInUse(const Error &error);

}  // namespace packmule
