#pragma once

#include "core/base/Result.h"

#include <QString>
#include <QtTypes>

namespace packmule {

/// Where the owner of a journal listens; follows from the journal's path and the rights of its folder alone, so that both
/// sides find it whatever their environment. JOURNAL.sock where the folder is the user's alone and the name is short
/// enough for a socket, else /tmp/packmule-UID/HASH.sock in a folder that is checked to be ours and 0700.
/// Errors: JournalUnavailable (that folder belongs to somebody else).
Result<QString> handoverSocketPath(const QString &journalPath);

/// Whether the process at the other end runs as our user. Both sides ask: credentials go over this line.
bool isPeerOurself(qintptr descriptor);

}  // namespace packmule
