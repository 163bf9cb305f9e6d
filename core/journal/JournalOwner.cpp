#include "core/journal/JournalOwner.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace packmule {

namespace {

QByteArray ownerFile(const QString &journalPath)
{
    return QFile::encodeName(journalPath + QStringLiteral(".owner"));
}

qint64 pidIn(int descriptor)
{
    char text[32] = {};
    const ssize_t length = ::pread(descriptor, text, sizeof text - 1, 0);
    return length > 0 ? QByteArray(text).trimmed().toLongLong() : 0;
}

Error inUse(const QString &journalPath, qint64 pid)
{
    Error error = Error::make(ErrorKind::JournalUnavailable,
                              pid > 0 ? QStringLiteral("journal %1 is in use by pid %2").arg(journalPath, QString::number(pid))
                                      : QStringLiteral("journal %1 is in use by another process").arg(journalPath));
    error.osError = EBUSY;
    return error;
}

// A lock of the open file (not of the process, as plain fcntl locks are): it ends when its descriptor does, however the
// process ends, and asking after it takes nothing, so that who asks is never mistaken for an owner.
struct flock wholeFile(short type)
{
    struct flock lock = {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    return lock;
}

bool isHeldByAnother(int descriptor)
{
    struct flock lock = wholeFile(F_WRLCK);
    return ::fcntl(descriptor, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// The pid as far as it is known, if somebody holds the journal.
std::optional<qint64> holder(const QString &journalPath)
{
    const int descriptor = ::open(ownerFile(journalPath).constData(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return std::nullopt;
    const std::optional<qint64> pid = isHeldByAnother(descriptor) ? std::optional(pidIn(descriptor)) : std::nullopt;
    ::close(descriptor);
    return pid;
}

}  // namespace

Result<std::unique_ptr<JournalOwner>> JournalOwner::take(const QString &journalPath)
{
    const int descriptor = ::open(ownerFile(journalPath).constData(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        Error error = Error::make(ErrorKind::JournalUnavailable,
                                  QStringLiteral("cannot write beside the journal %1: %2")
                                      .arg(journalPath, QString::fromLocal8Bit(std::strerror(errno))));
        error.osError = errno;
        return std::unexpected(error);
    }
    // EAGAIN is the only answer that means "somebody has it"; a file system without locks leaves it to SQLite.
    struct flock lock = wholeFile(F_WRLCK);
    if (::fcntl(descriptor, F_OFD_SETLK, &lock) != 0 && (errno == EAGAIN || errno == EACCES)) {
        const Error error = inUse(journalPath, pidIn(descriptor));
        ::close(descriptor);
        return std::unexpected(error);
    }
    ::fchmod(descriptor, 0600);
    const QByteArray pid = QByteArray::number(QCoreApplication::applicationPid()) + '\n';
    // Only a hint: on a full disk it stays empty, and the message then names no pid.
    if (::ftruncate(descriptor, 0) == 0)
        (void)!::pwrite(descriptor, pid.constData(), static_cast<size_t>(pid.size()), 0);
    return std::unique_ptr<JournalOwner>(new JournalOwner(descriptor));
}

JournalOwner::~JournalOwner()
{
    // The file stays: removing a lock file races with the next one who opens it.
    (void)!::ftruncate(m_descriptor, 0);
    ::close(m_descriptor);
}

qint64 ownerPid(const QString &journalPath)
{
    return holder(journalPath).value_or(0);
}

bool isJournalHeld(const QString &journalPath)
{
    return holder(journalPath).has_value();
}

bool isJournalInUse(const Error &error)
{
    return error.kind == ErrorKind::JournalUnavailable && error.osError == EBUSY;
}

}  // namespace packmule
