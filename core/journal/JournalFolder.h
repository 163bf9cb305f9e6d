#pragma once

#include "core/base/Result.h"

#include <QString>

#include <optional>

namespace packmule {

/// Makes the journal's folder: 0700, whatever the umask. An existing folder keeps its mode unless it is the data folder.
/// @return JournalUnavailable (osError says why) if it cannot be made or written.
Result<void> prepareJournalFolder(const QString &journalPath);

/// Makes an empty file of mode 0600 unless there is one. Never opens an existing file: closing any descriptor of a
/// database would drop SQLite's POSIX locks on it (sqlite.org, "How To Corrupt", 2.2).
Result<void> createPrivateFile(const QString &path);
/// Sets mode 0600 on a file that is known to be ours.
Result<void> makeFilePrivate(const QString &path);

/// Why write-ahead logging cannot be trusted on the file system under `folder` ("NFS"); nullopt = it can.
std::optional<QString> unsafeFileSystem(const QString &folder);
/// The rule behind it. @param type statfs's f_type.
std::optional<QString> unsafeFileSystemName(quint32 type);

}  // namespace packmule
