#pragma once

#include "core/stream/StreamFile.h"
#include "core/stream/StreamPath.h"
#include "core/stream/StreamRecord.h"

#include <QList>

#include <memory>

namespace packmule {

/// One line of a folder's listing.
struct StreamEntry {
    QByteArray name;
    bool isFolder = false;
    qint64 size = 0;
    qint64 modifiedSeconds = 0;
};

/// The folder that a server serves, and the only code that turns a path into a file. Every component is opened by itself
/// below the one before, and never through a symbolic link, so that no path leads out of the root whatever others rename
/// meanwhile (facts/security.md, E4.3). One process at a time has it. Thread: any one.
///
///     root/a/b                        a stream: a plain file, 0600, in folders 0700
///     root/.packmule/lock             one server at a time
///     root/.packmule/streams/HASH     StreamRecord of the stream whose path has this SHA-256
class StreamRoot
{
public:
    enum class Place { Nothing, Stream, Folder, Other };

    /// Makes the folder (0700) if it is absent. Errors: Conflict if another process has it; LocalIo, SourceUnreadable.
    static Result<std::unique_ptr<StreamRoot>> open(const QByteArray &folder);
    ~StreamRoot();

    Place place(const StreamPath &path) const;
    /// Errors: NoSuchKey, SourceUnreadable (a folder, a link, a device).
    Result<StreamFile> openToRead(const StreamPath &path) const;
    /// Makes folders and the file where they are missing; with isDurable its name survives a power cut. Errors: SourceUnreadable (a folder is there, or a file where a
    /// folder is needed), DiskFull, LocalIo.
    Result<StreamFile> openToAppend(const StreamPath &path, bool isDurable);
    /// Sorted by name; streams and folders only. Errors: NoSuchKey, SourceUnreadable.
    Result<QList<StreamEntry>> entries(const StreamPath &folder) const;
    /// Bytes of all streams. Walks the whole root.
    qint64 storedBytes() const;

    std::optional<StreamRecord> record(const StreamPath &path) const;
    /// Replaces it in one rename. @param isDurable it survives a power cut once this has returned.
    Result<void> writeRecord(const StreamRecord &record, bool isDurable);
    void removeRecord(const StreamPath &path);
    /// Those whose state is Open: what a server that starts has to look after.
    QList<StreamRecord> openRecords() const;

private:
    explicit StreamRoot(int root) : m_root(root) {}
    Result<void> prepare();
    /// @return a descriptor of the folder that holds the path's last name; the caller closes it.
    Result<int> openParent(const StreamPath &path, bool makesFolders) const;
    static QByteArray recordName(const QByteArray &pathText);

    int m_root = -1;
    int m_lock = -1;
    int m_records = -1;
};

}  // namespace packmule
