#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/files/SourceIdentity.h"

#include <QByteArray>
#include <QList>

#include <functional>

namespace packmule {

struct ScannedFile {
    QByteArray path;          ///< absolute raw bytes
    QByteArray relativePath;  ///< to the scanned folder, '/'-separated raw bytes
    SourceIdentity identity;
    bool isUtf8 = true;
};

/// A name that was met and will not be uploaded, with the reason (broken link, device, unreadable folder, loop).
struct ScanProblem {
    QByteArray path;
    Error error;
};

struct ScanBatch {
    QList<ScannedFile> files;
    QList<ScanProblem> problems;
    bool isLast = false;
};

/// Walks a folder by readdir (raw names; QDir hides what is not UTF-8) on a thread of its own, in batches with
/// back-pressure: the next batch is read only after `resume`. Order: by raw name within a folder, files before folders.
/// Symlinks: not followed unless asked; loops found by device and inode. Thread: the one that made it.
class FolderScanner
{
public:
    virtual ~FolderScanner() = default;
    /// `batch` runs for every batch; after each but the last call resume(). Dropping the handle ends the walk.
    [[nodiscard]] virtual CallHandle scan(const QByteArray &folder, bool followSymlinks, int batchSize,
                                          std::function<void(Result<ScanBatch>)> batch) = 0;
    virtual void resume() = 0;
};

std::unique_ptr<FolderScanner> makeThreadedFolderScanner();

}  // namespace packmule
