#include "core/net/NetworkWatch.h"

#include "core/net/DefaultRoute.h"
#include "core/net/ProxyRules.h"

#include <QFile>
#include <QHostAddress>
#include <QHostInfo>
#include <QNetworkInterface>
#include <QSocketNotifier>

#ifdef Q_OS_LINUX
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#endif

namespace packmule {

namespace {

/// A cable plugged in is a burst of some ten messages within this time.
constexpr std::chrono::milliseconds kSettleTime{250};

QByteArray fileText(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

#ifdef Q_OS_LINUX
/// Routes of an interface outlive its carrier, so ask for that too. By ioctl and not in /sys, which may be that of another
/// network namespace.
bool isLiveInterface(const QByteArray &name)
{
    return QNetworkInterface::interfaceFromName(QString::fromUtf8(name)).flags().testFlag(QNetworkInterface::IsRunning);
}
#endif

}  // namespace

NetworkWatch::NetworkWatch(QObject *parent) : QObject(parent)
{
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleTime);
    connect(&m_settle, &QTimer::timeout, this, [this] { Q_EMIT changed(isOnline()); });
    listenToKernel();
}

NetworkWatch::~NetworkWatch()
{
#ifdef Q_OS_LINUX
    m_notifier.reset();
    if (m_socket >= 0)
        ::close(m_socket);
#endif
}

bool NetworkWatch::isOnline() const
{
#ifdef Q_OS_LINUX
    const QByteArray ipv4 = fileText(QStringLiteral("/proc/net/route"));
    const QByteArray ipv6 = fileText(QStringLiteral("/proc/net/ipv6_route"));
    // Without /proc nothing is known, and then nothing may be claimed.
    return (ipv4.isEmpty() && ipv6.isEmpty()) || hasDefaultRoute(ipv4, ipv6, isLiveInterface);
#else
    return true;
#endif
}

bool NetworkWatch::isLocalHost(const QByteArray &host) const
{
    if (isLoopbackHost(host) || host == QHostInfo::localHostName().toLatin1().toLower())
        return true;
    const QHostAddress address(QString::fromLatin1(host));
    return !address.isNull() && QNetworkInterface::allAddresses().contains(address);
}

void NetworkWatch::listenToKernel()
{
#ifdef Q_OS_LINUX
    m_socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (m_socket < 0)
        return;
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
    if (::bind(m_socket, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        return;
    m_notifier = std::make_unique<QSocketNotifier>(m_socket, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &NetworkWatch::onKernelNews);
#endif
}

void NetworkWatch::onKernelNews()
{
#ifdef Q_OS_LINUX
    // What changed does not matter, only that something did; an overrun (ENOBUFS) is news as well.
    std::array<char, 8192> news;
    while (::recv(m_socket, news.data(), news.size(), 0) > 0) {
    }
#endif
    m_settle.start();
}

}  // namespace packmule
