#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QString>

namespace packmule {

// Small files of the user's alone: settings, connections, secrets.

/// The whole file; empty for one that is absent. Errors: LocalIo (names the file; also for one larger than 16 MiB).
Result<QByteArray> readPrivateFile(const QString &path);

/// Replaces the file as a whole: written beside it with mode 0600, synced, renamed, the folder synced; so that after a
/// crash the old or the new one is there. A link is followed. Makes the folder (0700). Errors: LocalIo, DiskFull.
Result<void> replacePrivateFile(const QString &path, const QByteArray &bytes);

/// Moves a file that cannot be understood out of the way, to PATH.damaged-1 (-2, …), so that nothing is lost.
/// @return its new name. Errors: LocalIo.
Result<QString> setFileAside(const QString &path);

}  // namespace packmule
