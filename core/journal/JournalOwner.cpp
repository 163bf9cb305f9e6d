#include "core/journal/JournalOwner.h"

#include <QCoreApplication>
#include <QFile>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
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
    // EWOULDBLOCK is the only answer that means "somebody has it"; a file system without flock leaves it to SQLite.
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
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
    const int descriptor = ::open(ownerFile(journalPath).constData(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        return 0;
    // A shared probe, so that two who ask at once do not see each other. Closing gives it back.
    const bool isHeld = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    const qint64 pid = isHeld ? pidIn(descriptor) : 0;
    ::close(descriptor);
    return pid;
}

bool isJournalInUse(const Error &error)
{
    return error.kind == ErrorKind::JournalUnavailable && error.osError == EBUSY;
}

}  // namespace packmule
