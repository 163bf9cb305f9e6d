#include "core/files/PosixSourceFile.h"

#include "core/files/FileErrors.h"
#include "core/files/FileStatus.h"
#include "core/files/PartReader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace packmule {

namespace {

const QString kCannotOpen = QStringLiteral("cannot open");

int statusOf(const QByteArray &path, bool followSymlink, struct stat &status)
{
    return followSymlink ? ::stat(path.constData(), &status) : ::lstat(path.constData(), &status);
}

Result<void> requireRegularFile(const struct stat &status, const QByteArray &path)
{
    if (const QString complaint = complaintAboutType(status); !complaint.isEmpty())
        return std::unexpected(fileComplaint(ErrorKind::SourceUnreadable, path, complaint));
    return {};
}

}  // namespace

Result<std::shared_ptr<SourceFile>> SourceFile::open(const QByteArray &path, bool followSymlink)
{
    if (path.isEmpty() || path.contains('\0'))
        return std::unexpected(fileComplaint(ErrorKind::InvalidRequest, path, QStringLiteral("is not a file name")));

    // Looked at before it is opened, because opening alone does things to some devices (a tape rewinds) and pipes.
    struct stat status{};
    if (statusOf(path, followSymlink, status) != 0)
        return std::unexpected(fileError(errno, kCannotOpen, path));
    if (auto regular = requireRegularFile(status, path); !regular)
        return std::unexpected(regular.error());

    // O_NONBLOCK and the second look: something else may have taken its place since.
    const int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (followSymlink ? 0 : O_NOFOLLOW);
    const int descriptor = ::open(path.constData(), flags);
    if (descriptor < 0)
        return std::unexpected(fileError(errno, kCannotOpen, path));
    const bool known = ::fstat(descriptor, &status) == 0;
    const int osError = errno;
    auto file = std::make_shared<PosixSourceFile>(descriptor, path, followSymlink, known ? identityOf(status) : SourceIdentity{});
    if (!known)
        return std::unexpected(fileError(osError, kCannotOpen, path));
    if (auto regular = requireRegularFile(status, path); !regular)
        return std::unexpected(regular.error());
#ifdef POSIX_FADV_SEQUENTIAL
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);  // doubles the kernel's read-ahead; no harm if it is refused
#endif
    return file;
}

PosixSourceFile::PosixSourceFile(int descriptor, const QByteArray &path, bool followSymlink, const SourceIdentity &identity)
    : m_descriptor(descriptor), m_path(path), m_followSymlink(followSymlink), m_identity(identity)
{
}

PosixSourceFile::~PosixSourceFile()
{
    ::close(m_descriptor);
}

Result<void> PosixSourceFile::check() const
{
    struct stat atPath{};
    if (statusOf(m_path, m_followSymlink, atPath) != 0)
        return std::unexpected(fileError(errno, QStringLiteral("cannot look at"), m_path));
    struct stat open{};
    if (::fstat(m_descriptor, &open) != 0)
        return std::unexpected(fileError(errno, QStringLiteral("cannot look at"), m_path));

    const SourceIdentity there = identityOf(atPath);
    const SourceIdentity held = identityOf(open);
    if (there.device != m_identity.device || there.inode != m_identity.inode)
        return std::unexpected(fileComplaint(ErrorKind::SourceChanged, m_path, QStringLiteral("has been replaced by another file")));
    if (held.size < m_identity.size)
        return std::unexpected(fileComplaint(ErrorKind::SourceChanged, m_path, QStringLiteral("has become shorter")));
    if (held.size > m_identity.size)
        return std::unexpected(fileComplaint(ErrorKind::SourceChanged, m_path, QStringLiteral("has grown")));
    if (held.modifiedNs != m_identity.modifiedNs)
        return std::unexpected(fileComplaint(ErrorKind::SourceChanged, m_path, QStringLiteral("has been modified")));
    return {};
}

Result<qint64> PosixSourceFile::read(char *buffer, qint64 maxSize, qint64 offset) const
{
    qint64 total = 0;
    while (total < maxSize) {
        const ssize_t count = ::pread(m_descriptor, buffer + total, static_cast<size_t>(maxSize - total), offset + total);
        if (count == 0)
            break;
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return std::unexpected(fileError(errno, QStringLiteral("cannot read"), m_path));
        total += count;
    }
    return total;
}

std::unique_ptr<MappedWindow> PosixSourceFile::map(qint64 offset, qint64 size) const
{
    return MappedWindow::of(m_descriptor, offset, size);
}

std::unique_ptr<QIODevice> PosixSourceFile::window(qint64 offset, ByteCount size)
{
    return std::make_unique<PartReader>(shared_from_this(), offset, size);
}

}  // namespace packmule
