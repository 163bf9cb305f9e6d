#pragma once

#include "core/base/Result.h"
#include "core/files/MappedWindow.h"
#include "core/files/SourceIdentity.h"

#include <QByteArray>
#include <QIODevice>

#include <memory>

namespace packmule {

/// One regular file, opened once read-only and kept open for the whole transfer, so that rename and replacement are
/// seen and never mixed in. Copies share the descriptor. Thread: any; reads are pread.
class SourceFile
{
public:
    /// Opens without blocking on FIFOs. @param path absolute raw bytes.
    /// Errors: SourceMissing, SourceUnreadable (also: a directory, pipe, device or socket), DiskFull never, LocalIo; osError set.
    static Result<std::shared_ptr<SourceFile>> open(const QByteArray &path, bool followSymlink);

    virtual ~SourceFile() = default;
    virtual const QByteArray &path() const = 0;
    /// As it was at open.
    virtual const SourceIdentity &identity() const = 0;
    /// Looks again at the descriptor and at the path. @return SourceMissing, SourceChanged (other inode at the path,
    /// other size or mtime) or nothing.
    virtual Result<void> check() const = 0;
    /// pread into `buffer`. Short only at the file's end. Errors: SourceUnreadable, LocalIo with errno.
    virtual Result<qint64> read(char *buffer, qint64 maxSize, qint64 offset) const = 0;
    /// The same bytes without a copy; null where that is not to be had, then read() them.
    virtual std::unique_ptr<MappedWindow> map(qint64 offset, qint64 size) const
    {
        Q_UNUSED(offset)
        Q_UNUSED(size)
        return nullptr;
    }
    /// A seekable, open, unbuffered window of the file (PartReader). Ends early with an error if the file has shrunk.
    virtual std::unique_ptr<QIODevice> window(qint64 offset, ByteCount size) = 0;
};

}  // namespace packmule
