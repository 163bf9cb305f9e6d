#include "core/journal/JournalFolder.h"

#include "core/journal/JournalLocation.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef Q_OS_LINUX
#include <sys/vfs.h>
#endif

namespace packmule {

namespace {

std::unexpected<Error> unavailable(const QString &what, int osError)
{
    Error error = Error::make(ErrorKind::JournalUnavailable,
                              what + QStringLiteral(": ") + QString::fromLocal8Bit(std::strerror(osError)));
    error.osError = osError;
    return std::unexpected(error);
}

// mkdir's mode is cut by the umask and only the folders made here are ours to restrict.
Result<void> makeFolder(const QString &folder)
{
    if (QFileInfo(folder).isDir())
        return {};
    const QString parent = QFileInfo(folder).absolutePath();
    if (parent != folder) {
        if (const Result<void> made = makeFolder(parent); !made)
            return made;
    }
    const QByteArray name = QFile::encodeName(folder);
    if (::mkdir(name.constData(), 0700) != 0 && errno != EEXIST)
        return unavailable(QStringLiteral("cannot make the journal's folder ") + folder, errno);
    if (::chmod(name.constData(), 0700) != 0)
        return unavailable(QStringLiteral("cannot protect the journal's folder ") + folder, errno);
    return {};
}

}  // namespace

Result<void> prepareJournalFolder(const QString &journalPath)
{
    const QString folder = QFileInfo(journalPath).absolutePath();
    if (const Result<void> made = makeFolder(folder); !made)
        return made;
    const QByteArray name = QFile::encodeName(folder);
    if (QFileInfo(folder).canonicalFilePath() == QFileInfo(dataFolder()).canonicalFilePath()
        && ::chmod(name.constData(), 0700) != 0)
        return unavailable(QStringLiteral("cannot protect the journal's folder ") + folder, errno);
    if (::access(name.constData(), W_OK | X_OK) != 0)
        return unavailable(QStringLiteral("the journal's folder %1 cannot be written").arg(folder), errno);
    return {};
}

Result<void> createPrivateFile(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    const int descriptor = ::open(name.constData(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        ::fchmod(descriptor, 0600);
        ::close(descriptor);
        return {};
    }
    if (errno != EEXIST)
        return unavailable(QStringLiteral("cannot make ") + path, errno);
    if (!QFileInfo(path).isFile())
        return unavailable(QStringLiteral("%1 is not a file").arg(path), EISDIR);
    return {};
}

Result<void> makeFilePrivate(const QString &path)
{
    // Another user's file may still be writable to us, and then it is not ours to restrict.
    if (::chmod(QFile::encodeName(path).constData(), 0600) != 0 && errno != EPERM)
        return unavailable(QStringLiteral("cannot protect ") + path, errno);
    return {};
}

std::optional<QString> unsafeFileSystemName(quint32 type)
{
    // linux/magic.h and statfs(2). FUSE may be local, but it is sshfs as often, and its locks and mmap vary.
    static constexpr std::array kUnsafe = {
        std::pair{0x6969U, "NFS"},         std::pair{0x517BU, "SMB"},       std::pair{0xFF534D42U, "CIFS"},
        std::pair{0xFE534D42U, "SMB"},     std::pair{0x65735546U, "FUSE"},  std::pair{0x01021997U, "9P"},
        std::pair{0x5346414FU, "AFS"},     std::pair{0x00C36400U, "Ceph"},  std::pair{0x73757245U, "Coda"},
        std::pair{0x0BD00BD0U, "Lustre"},  std::pair{0x47504653U, "GPFS"},  std::pair{0x4D44U, "FAT"},
    };
    for (const auto &[magic, name] : kUnsafe) {
        if (magic == type)
            return QString::fromLatin1(name);
    }
    return std::nullopt;
}

std::optional<QString> unsafeFileSystem(const QString &folder)
{
#ifdef Q_OS_LINUX
    struct statfs facts = {};
    if (::statfs(QFile::encodeName(folder).constData(), &facts) == 0)
        return unsafeFileSystemName(static_cast<quint32>(facts.f_type));
#else
    static_cast<void>(folder);
#endif
    return std::nullopt;
}

}  // namespace packmule
