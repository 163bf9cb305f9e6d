#include "core/localstore/StoreFiles.h"

#include <cerrno>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace packmule {

namespace {

std::unexpected<Error> osFailure(const char *action, const QByteArray &path)
{
    const int code = errno;
    const ErrorKind kind = code == ENOSPC || code == EDQUOT ? ErrorKind::DiskFull : ErrorKind::LocalIo;
    Error error = Error::make(kind, QStringLiteral("Cannot %1 %2: %3")
                                        .arg(QString::fromLatin1(action), QString::fromUtf8(path), QString::fromLocal8Bit(std::strerror(code))));
    error.osError = code;
    return std::unexpected(error);
}

QByteArray parentOf(const QByteArray &path)
{
    return path.left(std::max<qsizetype>(path.lastIndexOf('/'), 1));
}

}  // namespace

void OpenFile::close()
{
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

Result<void> OpenFile::append(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t written = ::write(m_descriptor, bytes.data(), static_cast<size_t>(bytes.size()));
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return osFailure("write", "a body");
        bytes = bytes.sliced(written);
    }
    return {};
}

Result<QByteArray> OpenFile::read(qint64 offset, qint64 length) const
{
    QByteArray bytes(length, Qt::Uninitialized);
    qint64 count = 0;
    while (count < length) {
        const ssize_t got = ::pread(m_descriptor, bytes.data() + count, static_cast<size_t>(length - count), offset + count);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return osFailure("read", "a body");
        if (got == 0)
            break;
        count += got;
    }
    bytes.truncate(count);
    return bytes;
}

Result<OpenFile> OpenFile::openToRead(const QByteArray &path)
{
    const int descriptor = ::open(path.constData(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return osFailure("open", path);
    return OpenFile(descriptor);
}

Result<OpenFile> OpenFile::create(const QByteArray &path)
{
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    int descriptor = ::open(path.constData(), kFlags, 0600);
    if (descriptor < 0 && errno == ENOENT) {
        if (const auto made = makeFolder(parentOf(path)); !made)
            return std::unexpected(made.error());
        descriptor = ::open(path.constData(), kFlags, 0600);
    }
    if (descriptor < 0)
        return osFailure("create", path);
    return OpenFile(descriptor);
}

IncomingFile::~IncomingFile()
{
    if (!m_path.isEmpty())
        removeFile(m_path);
}

Result<void> makeFolder(const QByteArray &path)
{
    if (::mkdir(path.constData(), 0700) == 0 || errno == EEXIST)
        return {};
    if (errno != ENOENT || parentOf(path) == path)
        return osFailure("make", path);
    if (const auto made = makeFolder(parentOf(path)); !made)
        return made;
    if (::mkdir(path.constData(), 0700) == 0 || errno == EEXIST)
        return {};
    return osFailure("make", path);
}

Result<void> renamePath(const QByteArray &from, const QByteArray &to)
{
    if (::rename(from.constData(), to.constData()) == 0)
        return {};
    if (errno == ENOENT && makeFolder(parentOf(to)) && ::rename(from.constData(), to.constData()) == 0)
        return {};
    return osFailure("rename to", to);
}

Result<void> replaceFile(const QByteArray &path, const QByteArray &temporaryPath, QByteArrayView bytes)
{
    auto file = OpenFile::create(temporaryPath);
    if (!file)
        return std::unexpected(file.error());
    IncomingFile incoming(temporaryPath);
    if (const auto written = file->append(bytes); !written)
        return written;
    file->close();
    if (const auto renamed = renamePath(temporaryPath, path); !renamed)
        return renamed;
    incoming.keep();
    return {};
}

Result<QByteArray> fileContent(const QByteArray &path)
{
    const auto file = OpenFile::openToRead(path);
    if (!file)
        return std::unexpected(file.error());
    constexpr qint64 kStep = 64 * 1024;
    QByteArray content;
    while (true) {
        const auto piece = file->read(content.size(), kStep);
        if (!piece)
            return piece;
        content += *piece;
        if (piece->size() < kStep)
            return content;
    }
}

QByteArrayList folderEntries(const QByteArray &path)
{
    QByteArrayList names;
    DIR *folder = ::opendir(path.constData());
    if (folder == nullptr)
        return names;
    while (const dirent *entry = ::readdir(folder)) {
        const QByteArray name(entry->d_name);
        if (name != "." && name != "..")
            names.append(name);
    }
    ::closedir(folder);
    return names;
}

void removeFile(const QByteArray &path)
{
    ::unlink(path.constData());
}

void removeTree(const QByteArray &path)
{
    if (::unlink(path.constData()) == 0 || errno == ENOENT)
        return;
    const QByteArrayList names = folderEntries(path);
    for (const QByteArray &name : names)
        removeTree(path + '/' + name);
    ::rmdir(path.constData());
}

bool pathExists(const QByteArray &path)
{
    struct stat status{};
    return ::lstat(path.constData(), &status) == 0;
}

}  // namespace packmule
