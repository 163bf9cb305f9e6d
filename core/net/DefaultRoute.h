#pragma once

#include <QByteArray>

#include <functional>

namespace packmule {

/// Whether the kernel's tables (the text of /proc/net/route and /proc/net/ipv6_route) hold a default route that leads
/// somewhere: up, not a rejecting one, over an interface for which `isLive` is true. Pure.
bool hasDefaultRoute(const QByteArray &ipv4Table, const QByteArray &ipv6Table,
                     const std::function<bool(const QByteArray &interfaceName)> &isLive);

}  // namespace packmule
