#include "core/net/direct/AcknowledgedBytes.h"

#include <QTcpSocket>

#ifdef Q_OS_UNIX
#include <poll.h>
#include <sys/ioctl.h>
#endif
#ifdef Q_OS_LINUX
#include <linux/sockios.h>
#endif

namespace packmule {

namespace {

/// QSslSocket keeps a QTcpSocket as its child, and a tunnel's engine another one below that: the last of the line is
/// connected to the network, the others have numbers of their own making.
const QAbstractSocket *innermost(const QAbstractSocket &socket)
{
    const QAbstractSocket *found = &socket;
    while (const auto *inner = found->findChild<QTcpSocket *>())
        found = inner;
    return found;
}

}  // namespace

AcknowledgedBytes::AcknowledgedBytes(const QAbstractSocket &socket)
    : m_descriptor(static_cast<int>(innermost(socket)->socketDescriptor()))
{
}

std::optional<qint64> AcknowledgedBytes::unacknowledged() const
{
#ifdef Q_OS_LINUX
    int bytes = 0;
    if (m_descriptor >= 0 && ::ioctl(m_descriptor, SIOCOUTQ, &bytes) == 0)
        return bytes;
#endif
    return std::nullopt;
}

bool AcknowledgedBytes::hasUnread() const
{
#ifdef Q_OS_UNIX
    if (m_descriptor < 0)
        return false;
    pollfd asked{.fd = m_descriptor, .events = POLLIN, .revents = 0};
    return ::poll(&asked, 1, 0) > 0;
#else
    return false;
#endif
}

}  // namespace packmule
