#include "core/net/DefaultRoute.h"

#include <QList>

#include <algorithm>

namespace packmule {

namespace {

// linux/route.h and linux/ipv6_route.h
constexpr uint kRouteUp = 0x0001;
constexpr uint kRouteReject = 0x0200;

bool leadsSomewhere(const QByteArray &hexFlags)
{
    bool isNumber = false;
    const uint flags = hexFlags.toUInt(&isNumber, 16);
    return isNumber && (flags & kRouteUp) != 0 && (flags & kRouteReject) == 0;
}

bool isZero(const QByteArray &hex)
{
    return !hex.isEmpty() && std::ranges::all_of(hex, [](char c) { return c == '0'; });
}

QList<QByteArray> columns(const QByteArray &line)
{
    return line.simplified().split(' ');
}

}  // namespace

bool hasDefaultRoute(const QByteArray &ipv4Table, const QByteArray &ipv6Table,
                     const std::function<bool(const QByteArray &)> &isLive)
{
    // Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
    const auto isIpv4Default = [&](const QByteArray &line) {
        const QList<QByteArray> row = columns(line);
        return row.size() >= 8 && isZero(row[1]) && isZero(row[7]) && leadsSomewhere(row[3]) && isLive(row[0]);
    };
    // destination prefix source prefix next-hop metric references use flags interface
    const auto isIpv6Default = [&](const QByteArray &line) {
        const QList<QByteArray> row = columns(line);
        return row.size() >= 10 && isZero(row[0]) && isZero(row[1]) && leadsSomewhere(row[8]) && isLive(row[9]);
    };
    return std::ranges::any_of(ipv4Table.split('\n'), isIpv4Default) || std::ranges::any_of(ipv6Table.split('\n'), isIpv6Default);
}

}  // namespace packmule
