#pragma once

#include "core/files/FolderScanner.h"

#include <dirent.h>
#include <sys/stat.h>

#include <chrono>
#include <vector>

namespace packmule {

/// One walk over a folder and what lies below it, as FolderScanner promises it; blocking, so on a thread of its own.
/// Depth first, with one folder open at a time: a folder's names are read and sorted, its files told, its descriptor
/// closed, and only then its subfolders entered. Memory: the names of one folder, and the subfolder names on the way down.
/// Thread: the one that calls run().
class FolderWalk
{
public:
    /// Takes a batch and returns when the next may be read; false ends the walk.
    using Deliver = std::function<bool(ScanBatch)>;
    /// True if the walk should end now; asked for every name, from the walk's thread.
    using IsDropped = std::function<bool()>;

    FolderWalk(const QByteArray &folder, bool followSymlinks, int batchSize, Deliver deliver, IsDropped isDropped);
    ~FolderWalk();
    FolderWalk(const FolderWalk &) = delete;
    FolderWalk &operator=(const FolderWalk &) = delete;

    /// Delivers everything, the last batch marked so. Errors: as FolderScanner::scan; then nothing was delivered.
    Result<void> run();

private:
    struct Name;
    struct Folder;
    using Open = std::unique_ptr<DIR, int (*)(DIR *)>;

    Result<void> enter(const QByteArray &path, const QByteArray &relativePath, bool isLink);
    Result<void> refuseLoop(const QByteArray &path, const struct stat &status) const;
    void tellContents(Folder &folder, const Open &directory);
    std::vector<Name> readNames(const Folder &folder, const Open &directory);
    bool isFolder(const Name &name, int descriptor) const;
    void tellFile(const Folder &folder, const Name &name, int descriptor);
    void tellProblem(const QByteArray &path, ScanObstacle obstacle, const Error &error);
    void deliverIfDue();
    void deliver(bool isLast);
    bool hasEnded() const { return m_hasEnded || m_isDropped(); }

    const QByteArray m_root;
    const bool m_followSymlinks;
    const int m_batchSize;
    const Deliver m_deliver;
    const IsDropped m_isDropped;
    std::vector<Folder> m_folders;  // from the root down to where the walk is
    ScanBatch m_batch;
    std::chrono::steady_clock::time_point m_batchBegan;
    bool m_isFirstBatch = true;
    bool m_hasEnded = false;
};

}  // namespace packmule
