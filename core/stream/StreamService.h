#pragma once

#include "core/stream/StreamServer.h"

#include <QHash>

namespace packmule {

/// What all connections of a server share; outlives them.
struct StreamService {
    const StreamServerOptions &options;
    const Clock &clock;
    Scheduler &scheduler;
    StreamRoot &root;
    StreamHub &hub;
    QHash<const LiveStream *, int> followers{};
    int connectionCount = 0;
};

}  // namespace packmule
