#include "core/settings/PrivateFile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

namespace packmule {

namespace {

constexpr qint64 kLargest = 16LL << 20;  // of settings; anything larger is not ours

std::unexpected<Error> fileError(const QString &path, const char *what, int osError)
{
    Error error = Error::make(osError == ENOSPC || osError == EDQUOT ? ErrorKind::DiskFull : ErrorKind::LocalIo,
                              QStringLiteral("%1 cannot be %2: %3").arg(path, QLatin1String(what), QString::fromLocal8Bit(std::strerror(osError))));
    error.osError = osError;
    return std::unexpected(error);
}

/// Links are followed, so that a settings file kept elsewhere stays there.
QString target(const QString &path)
{
    const QString canonical = QFileInfo(path).canonicalFilePath();
    return canonical.isEmpty() ? path : canonical;
}

// mkdir's mode is cut by the umask; only folders made here are ours to restrict.
Result<void> makeFolder(const QString &folder)
{
    if (QFileInfo(folder).isDir())
        return {};
    const QString parent = QFileInfo(folder).absolutePath();
    if (parent != folder) {
        if (const auto made = makeFolder(parent); !made)
            return made;
    }
    const QByteArray name = QFile::encodeName(folder);
    if (::mkdir(name.constData(), 0700) != 0 && errno != EEXIST)
        return fileError(folder, "made", errno);
    return {};
}

bool writeAll(int descriptor, const QByteArray &bytes)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t written = ::write(descriptor, bytes.constData() + done, static_cast<size_t>(bytes.size() - done));
        if (written < 0 && errno != EINTR)
            return false;
        done += std::max<ssize_t>(written, 0);
    }
    return true;
}

void syncFolder(const QString &folder)
{
    const int descriptor = ::open(QFile::encodeName(folder).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

}  // namespace

Result<QByteArray> readPrivateFile(const QString &path)
{
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return errno == ENOENT ? Result<QByteArray>(QByteArray()) : fileError(path, "read", errno);
    struct stat facts = {};
    const bool isFile = ::fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size <= kLargest;
    QByteArray bytes(isFile ? static_cast<qsizetype>(facts.st_size) : 0, Qt::Uninitialized);
    qsizetype done = 0;
    int osError = isFile ? 0 : EINVAL;
    while (osError == 0 && done < bytes.size()) {
        const ssize_t got = ::read(descriptor, bytes.data() + done, static_cast<size_t>(bytes.size() - done));
        if (got == 0)
            break;
        if (got < 0 && errno != EINTR)
            osError = errno;
        done += std::max<ssize_t>(got, 0);
    }
    ::close(descriptor);
    if (osError != 0)
        return fileError(path, "read", osError);
    bytes.truncate(done);
    return bytes;
}

Result<void> replacePrivateFile(const QString &path, const QByteArray &bytes)
{
    const QString end = target(path);
    const QString folder = QFileInfo(end).absolutePath();
    if (const auto made = makeFolder(folder); !made)
        return made;
    const QString unfinished = end + QStringLiteral(".new");
    const QByteArray name = QFile::encodeName(unfinished);
    ::unlink(name.constData());  // of a writer that died; two at once are kept apart by the caller's lock
    const int descriptor = ::open(name.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fileError(path, "written", errno);
    int osError = ::fchmod(descriptor, 0600) == 0 && writeAll(descriptor, bytes) && ::fsync(descriptor) == 0 ? 0 : errno;
    if (::close(descriptor) != 0 && osError == 0)
        osError = errno;
    if (osError == 0 && ::rename(name.constData(), QFile::encodeName(end).constData()) != 0)
        osError = errno;
    if (osError != 0) {
        ::unlink(name.constData());
        return fileError(path, "written", osError);
    }
    syncFolder(folder);
    return {};
}

Result<QString> setFileAside(const QString &path)
{
    const QString end = target(path);
    for (int number = 1;; ++number) {
        const QString aside = end + QStringLiteral(".damaged-%1").arg(number);
        // link() fails on an existing name, rename() would replace it.
        if (::link(QFile::encodeName(end).constData(), QFile::encodeName(aside).constData()) == 0) {
            ::unlink(QFile::encodeName(end).constData());
            return aside;
        }
        if (errno == EEXIST)
            continue;
        if (!QFileInfo::exists(aside) && ::rename(QFile::encodeName(end).constData(), QFile::encodeName(aside).constData()) == 0)
            return aside;  // a file system without hard links
        return fileError(path, "set aside", errno);
    }
}

}  // namespace packmule
