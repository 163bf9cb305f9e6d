#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Clock.h"
#include "core/net/HttpTransport.h"

#include <QHash>

namespace packmule {

/// How fast bytes really reach each origin, so that the watchdog can tell a slow line from a dead one.
/// Qt counts a byte as sent once the kernel has it, and the kernel takes up to 4 MiB at once (finding 15); the honest
/// measure is a whole body over the time until its answer. Thread: that of the transport.
class DrainRates
{
public:
    /// A body of `size` was answered `elapsed` after its first byte had been handed over. Small ones say nothing.
    void learn(const HttpOrigin &origin, ByteCount size, Milliseconds elapsed);
    /// An exchange was given up as stalled: the next one to this origin is waited for twice as long.
    void doubt(const HttpOrigin &origin);
    /// How long the kernel's buffers may need for what they can still hold.
    /// @param handedOver bytes taken from this body so far; @param elapsed since the first of them.
    Milliseconds allowance(const HttpOrigin &origin, ByteCount handedOver, Milliseconds elapsed) const;

private:
    QHash<HttpOrigin, qint64> m_bytesPerSecond;
};

}  // namespace packmule
