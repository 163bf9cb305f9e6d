#pragma once

#include "core/net/HttpTransport.h"

#include <QNetworkProxy>

namespace packmule {

/// What two requests must have in common to go over one connection; a value.
struct ConnectionKey {
    HttpOrigin origin;
    QNetworkProxy proxy{QNetworkProxy::NoProxy};
    bool operator==(const ConnectionKey &) const = default;

    /// Plain http through an HTTP proxy: no tunnel, the proxy reads the request itself (RFC 9112, 3.2.2).
    bool isReadByProxy() const { return !origin.isEncrypted && proxy.type() == QNetworkProxy::HttpProxy; }
    bool isTunnelled() const { return proxy.type() != QNetworkProxy::NoProxy && !isReadByProxy(); }
};
inline size_t qHash(const ConnectionKey &key, size_t seed = 0)
{
    return qHashMulti(seed, key.origin, static_cast<int>(key.proxy.type()), key.proxy.hostName(), key.proxy.port(), key.proxy.user());
}

}  // namespace packmule
