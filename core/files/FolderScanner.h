#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/files/SourceIdentity.h"

#include <QByteArray>
#include <QList>

#include <functional>
#include <memory>

namespace packmule {

struct ScannedFile {
    QByteArray path;          ///< absolute raw bytes
    QByteArray relativePath;  ///< to the scanned folder, '/'-separated raw bytes
    SourceIdentity identity;
    bool isUtf8 = true;
};

enum class ScanObstacle {
    SymlinkNotFollowed,  ///< by the caller's own wish
    BrokenLink,
    Loop,                ///< a folder that contains itself, by a link or a mount
    NotAFile,            ///< a pipe, device or socket
    Unreadable,          ///< a folder that cannot be opened or read to its end, or a name that vanished meanwhile
};

/// A name that was met and will not be uploaded, with the reason (broken link, device, unreadable folder, loop).
struct ScanProblem {
    QByteArray path;  ///< absolute raw bytes
    Error error;
    ScanObstacle obstacle = ScanObstacle::Unreadable;
};

struct ScanBatch {
    QList<ScannedFile> files;
    QList<ScanProblem> problems;
    bool isLast = false;
};

/// Walks a folder by readdir (raw names; QDir hides what is not UTF-8) on a thread of its own, in batches with
/// back-pressure: the next batch is read only after `resume`. Order: by raw name within a folder, files before folders.
/// Symlinks: not followed unless asked (the scanned folder itself may be one); loops found by device and inode.
/// The first batch comes after at most 64 names or 50 ms of walking, later ones when they are full or half a second old.
/// One walk at a time: a new one ends the one before. Thread: the one that made it.
class FolderScanner
{
public:
    virtual ~FolderScanner() = default;
    /// `batch` runs for every batch; after each but the last call resume(). Dropping the handle ends the walk.
    /// An Error comes alone and last: the folder itself is missing, unreadable or not a folder.
    /// @param batchSize names in one batch, problems included; at least 1.
    [[nodiscard]] virtual CallHandle scan(const QByteArray &folder, bool followSymlinks, int batchSize,
                                          std::function<void(Result<ScanBatch>)> batch) = 0;
    virtual void resume() = 0;
};

std::unique_ptr<FolderScanner> makeThreadedFolderScanner();

}  // namespace packmule
