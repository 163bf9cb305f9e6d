#pragma once

#include "core/net/ProxyRules.h"

#include <QString>

namespace packmule {

/// What a transport needs to know for its whole life; a value.
struct TransportSettings {
    QString caBundlePath;         ///< PEM file that replaces the system's authorities; empty: the system's
    ProxyRules proxy;             ///< direct unless the composition says otherwise
    int connectionsPerOrigin = 6; ///< requests beyond this wait inside the transport, their limits not running
};

}  // namespace packmule
