#include "core/journal/Ballast.h"

#include <QFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace packmule {

namespace {

bool fill(int descriptor, ByteCount size)
{
#ifdef Q_OS_MACOS
    return ::ftruncate(descriptor, size.value()) == 0;
#else
    return ::posix_fallocate(descriptor, 0, size.value()) == 0;
#endif
}

}  // namespace

Ballast::Ballast(QString path, ByteCount size) : m_path(std::move(path)), m_size(size) {}

bool Ballast::reserve()
{
    if (m_isReserved || m_size == ByteCount())
        return true;
    const QByteArray name = QFile::encodeName(m_path);
    const int descriptor = ::open(name.constData(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return false;
    ::fchmod(descriptor, 0600);
    struct stat file = {};
    struct statvfs volume = {};
    const bool isKnown = ::fstat(descriptor, &file) == 0 && ::fstatvfs(descriptor, &volume) == 0;
    const bool isThere = isKnown && file.st_size == m_size.value();
    const quint64 available = isKnown ? quint64(volume.f_bavail) * quint64(volume.f_frsize) : 0;
    const bool hasRoom = available >= 2 * quint64(m_size.value());
    m_isReserved = isThere || (hasRoom && fill(descriptor, m_size));
    ::close(descriptor);
    if (!m_isReserved)
        ::unlink(name.constData());
    return m_isReserved;
}

bool Ballast::release()
{
    if (!m_isReserved)
        return false;
    m_isReserved = false;
    return ::unlink(QFile::encodeName(m_path).constData()) == 0;
}

}  // namespace packmule
