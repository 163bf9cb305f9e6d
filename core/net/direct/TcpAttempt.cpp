#include "core/net/direct/TcpAttempt.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace packmule {

namespace {

QAbstractSocket::SocketError socketErrorOf(int osError)
{
    switch (osError) {
    case ECONNREFUSED:
        return QAbstractSocket::ConnectionRefusedError;
    case ECONNRESET:
    case EPIPE:
        return QAbstractSocket::RemoteHostClosedError;
    case ETIMEDOUT:
        return QAbstractSocket::SocketTimeoutError;
    case EACCES:
    case EPERM:
        return QAbstractSocket::SocketAccessError;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return QAbstractSocket::SocketResourceError;
    default:  // ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL …
        return QAbstractSocket::NetworkError;
    }
}

}  // namespace

TcpAttempt::TcpAttempt(const QHostAddress &address, quint16 port)
{
    const int osError = begin(address, port);
    if (osError != 0) {
        failLater(osError);
        return;
    }
    m_notifier = std::make_unique<QSocketNotifier>(m_descriptor, QSocketNotifier::Write);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &TcpAttempt::onWritable);
}

void TcpAttempt::failLater(int osError)
{
    QMetaObject::invokeMethod(this, [this, osError] { Q_EMIT failed(socketErrorOf(osError)); }, Qt::QueuedConnection);
}

#ifdef Q_OS_UNIX

TcpAttempt::~TcpAttempt()
{
    giveUp();
}

void TcpAttempt::giveUp()
{
    m_notifier.reset();
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

int TcpAttempt::begin(const QHostAddress &address, quint16 port)
{
    const bool isV6 = address.protocol() == QAbstractSocket::IPv6Protocol;
    m_descriptor = ::socket(isV6 ? AF_INET6 : AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (m_descriptor < 0)
        return errno;
    ::fcntl(m_descriptor, F_SETFD, FD_CLOEXEC);
    ::fcntl(m_descriptor, F_SETFL, ::fcntl(m_descriptor, F_GETFL) | O_NONBLOCK);
    sockaddr_storage place{};
    socklen_t length = 0;
    if (isV6) {
        auto *v6 = reinterpret_cast<sockaddr_in6 *>(&place);
        const Q_IPV6ADDR bytes = address.toIPv6Address();
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        std::copy(std::begin(bytes.c), std::end(bytes.c), v6->sin6_addr.s6_addr);
        v6->sin6_scope_id = address.scopeId().toUInt();
        length = sizeof(sockaddr_in6);
    } else {
        auto *v4 = reinterpret_cast<sockaddr_in *>(&place);
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        v4->sin_addr.s_addr = htonl(address.toIPv4Address());
        length = sizeof(sockaddr_in);
    }
    if (::connect(m_descriptor, reinterpret_cast<const sockaddr *>(&place), length) == 0 || errno == EINPROGRESS || errno == EINTR)
        return 0;
    return errno;
}

void TcpAttempt::onWritable()
{
    m_notifier->setEnabled(false);
    int osError = 0;
    socklen_t length = sizeof osError;
    ::getsockopt(m_descriptor, SOL_SOCKET, SO_ERROR, &osError, &length);
    m_notifier.release()->deleteLater();  // its signal is on the stack
    if (osError != 0)
        Q_EMIT failed(socketErrorOf(osError));
    else
        Q_EMIT connected(std::exchange(m_descriptor, -1));
}

#else

TcpAttempt::~TcpAttempt() = default;

void TcpAttempt::giveUp() {}

int TcpAttempt::begin(const QHostAddress &, quint16)
{
    return ENOSYS;  // no port of ours yet: take the stock transport there
}

void TcpAttempt::onWritable() {}

#endif

}  // namespace packmule
