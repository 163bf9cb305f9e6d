#include "core/files/FileStatus.h"

#include <cstdlib>
#include <ctime>

namespace packmule {

namespace {

constexpr qint64 kNsPerSecond = 1'000'000'000;
// The coarsest time stamps in use: FAT counts in two seconds (facts/resume.md, B4).
constexpr qint64 kRacyNs = 2 * kNsPerSecond;

qint64 nanoseconds(const timespec &time)
{
    return time.tv_sec * kNsPerSecond + time.tv_nsec;
}

qint64 nowNs()
{
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return nanoseconds(now);
}

}  // namespace

SourceIdentity identityOf(const struct stat &status)
{
    SourceIdentity identity;
    identity.device = static_cast<quint64>(status.st_dev);
    identity.inode = static_cast<quint64>(status.st_ino);
    identity.size = ByteCount(status.st_size);
#ifdef Q_OS_DARWIN
    identity.modifiedNs = nanoseconds(status.st_mtimespec);
    identity.changedNs = nanoseconds(status.st_ctimespec);
#else
    identity.modifiedNs = nanoseconds(status.st_mtim);
    identity.changedNs = nanoseconds(status.st_ctim);
#endif
    // Both ways, because a file server's clock may be ahead of ours. Times far in the future count as settled.
    identity.isRacy = std::llabs(nowNs() - identity.modifiedNs) < kRacyNs;
    return identity;
}

QString complaintAboutType(const struct stat &status)
{
    switch (status.st_mode & S_IFMT) {
    case S_IFREG:
        return {};
    case S_IFDIR:
        return QStringLiteral("is a directory, not a file");
    case S_IFIFO:
        return QStringLiteral("is a named pipe, not a file");
    case S_IFSOCK:
        return QStringLiteral("is a socket, not a file");
    case S_IFLNK:
        return QStringLiteral("is a symbolic link");
    case S_IFCHR:
    case S_IFBLK:
        return QStringLiteral("is a device, not a file");
    default:
        return QStringLiteral("is not a regular file");
    }
}

}  // namespace packmule
