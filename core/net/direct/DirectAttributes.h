#pragma once

#include "core/base/Error.h"
#include "core/net/HttpTransport.h"

#include <QNetworkRequest>

namespace packmule::DirectAttribute {

constexpr QNetworkRequest::Attribute numbered(int number)
{
    return static_cast<QNetworkRequest::Attribute>(QNetworkRequest::User + 4600 + number);
}

// On requests. What goes beyond QNetworkRequest's own words.

/// QByteArray: the request target, sent byte for byte; the URL then only says where to. Its presence asks for this transport.
inline constexpr auto RawTarget = numbered(0);
/// HttpLimits: how long nothing may move, phase by phase.
inline constexpr auto Limits = numbered(1);
/// qint64: the body's size from the device's position on; without it all that the device has.
inline constexpr auto BodySize = numbered(2);
/// bool: the body waits for the server's word (Expect: 100-continue), for a second at most.
inline constexpr auto AsksBeforeBody = numbered(3);
/// bool: a 2xx whose body ends only with the connection is refused, because its end cannot be told from a cut.
inline constexpr auto NeedsLength = numbered(4);

// On replies, set when they have ended.

/// qint64: bytes of the body given to the socket, in the sending that got farthest.
inline constexpr auto HandedOver = numbered(10);
/// qint64: bytes of the body that the peer (behind a proxy: the proxy) has acknowledged.
inline constexpr auto Acknowledged = numbered(11);
/// bool: an idle connection was closed under an idempotent request, which was then sent once more on a new one.
inline constexpr auto WasResent = numbered(12);
/// Error: why it failed, in our kinds and words; absent after a whole answer.
inline constexpr auto Failure = numbered(13);

}  // namespace packmule::DirectAttribute
