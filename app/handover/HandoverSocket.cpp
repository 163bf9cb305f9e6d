#include "app/handover/HandoverSocket.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace packmule {

namespace {

// sockaddr_un::sun_path holds 108 bytes with the final zero on Linux, 104 on macOS.
constexpr qsizetype kLongestPath = 103;

bool isOursAlone(const QByteArray &folder)
{
    struct stat facts = {};
    return ::lstat(folder.constData(), &facts) == 0 && S_ISDIR(facts.st_mode) && facts.st_uid == ::geteuid()
        && (facts.st_mode & 077U) == 0;
}

}  // namespace

Result<QString> handoverSocketPath(const QString &journalPath)
{
    const QString beside = journalPath + QStringLiteral(".sock");
    if (QFile::encodeName(beside).size() <= kLongestPath
        && isOursAlone(QFile::encodeName(QFileInfo(journalPath).absolutePath())))
        return beside;
    const QByteArray folder = "/tmp/packmule-" + QByteArray::number(::geteuid());
    if (::mkdir(folder.constData(), 0700) != 0 && errno != EEXIST)
        return failure(ErrorKind::JournalUnavailable, QStringLiteral("cannot make %1: %2")
                                                          .arg(QString::fromLatin1(folder), QString::fromLocal8Bit(std::strerror(errno))));
    if (!isOursAlone(folder))
        return failure(ErrorKind::JournalUnavailable,
                       QStringLiteral("%1 is not a folder of this user alone").arg(QString::fromLatin1(folder)));
    // Not a secret: only a short name for a long path.
    const QByteArray name = QCryptographicHash::hash(journalPath.toUtf8(), QCryptographicHash::Sha1).toHex().left(24);
    return QString::fromLatin1(folder + '/' + name + ".sock");
}

bool isPeerOurself(qintptr descriptor)
{
#ifdef Q_OS_LINUX
    struct ucred peer = {};
    socklen_t length = sizeof peer;
    return ::getsockopt(static_cast<int>(descriptor), SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0
        && peer.uid == ::geteuid();
#else
    uid_t user = 0;
    gid_t group = 0;
    return ::getpeereid(static_cast<int>(descriptor), &user, &group) == 0 && user == ::geteuid();
#endif
}

}  // namespace packmule
