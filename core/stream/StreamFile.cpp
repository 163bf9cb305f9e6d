#include "core/stream/StreamFile.h"

#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

namespace packmule {

Error streamFileError(const char *what, int code)
{
    const auto kind = [code] {
        switch (code) {
        case ENOSPC:
        case EDQUOT: return ErrorKind::DiskFull;
        case ENOENT: return ErrorKind::NoSuchKey;
        case EISDIR:
        case ENOTDIR:
        case ELOOP:
        case EACCES:
        case EPERM:
        case ENXIO: return ErrorKind::SourceUnreadable;
        default: return ErrorKind::LocalIo;
        }
    };
    Error error = Error::make(kind(), QLatin1String(what) + QLatin1String(": ") + QString::fromLocal8Bit(std::strerror(code)));
    error.osError = code;
    return error;
}

StreamFile::~StreamFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<qint64> StreamFile::size() const
{
    struct stat status{};
    if (::fstat(m_descriptor, &status) != 0)
        return std::unexpected(streamFileError("the stream's size cannot be read", errno));
    return static_cast<qint64>(status.st_size);
}

Result<qint64> StreamFile::modifiedSeconds() const
{
    struct stat status{};
    if (::fstat(m_descriptor, &status) != 0)
        return std::unexpected(streamFileError("the stream's time cannot be read", errno));
    return static_cast<qint64>(status.st_mtim.tv_sec);
}

Result<qint64> StreamFile::append(QByteArrayView bytes)
{
    qint64 done = 0;
    while (done < bytes.size()) {
        const ssize_t written = ::write(m_descriptor, bytes.data() + done, static_cast<size_t>(bytes.size() - done));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0 && done > 0)
            return done;
        if (written <= 0)
            return std::unexpected(streamFileError("the stream cannot be written", errno));
        done += written;
    }
    return done;
}

Result<qint64> StreamFile::readInto(char *place, qint64 offset, qint64 length) const
{
    qint64 done = 0;
    while (done < length) {
        const ssize_t size = ::pread(m_descriptor, place + done, static_cast<size_t>(length - done), offset + done);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return std::unexpected(streamFileError("the stream cannot be read", errno));
        if (size == 0)
            break;
        done += size;
    }
    return done;
}

Result<QByteArray> StreamFile::read(qint64 offset, qint64 length) const
{
    QByteArray bytes(length, Qt::Uninitialized);
    const auto size = readInto(bytes.data(), offset, length);
    if (!size)
        return std::unexpected(size.error());
    bytes.truncate(*size);
    return bytes;
}

Result<void> StreamFile::sync()
{
    if (::fdatasync(m_descriptor) != 0)
        return std::unexpected(streamFileError("the stream cannot be made durable", errno));
    return {};
}

}  // namespace packmule
