#pragma once

#include "core/base/Result.h"

#include <QJsonObject>
#include <QList>

#include <chrono>

namespace packmule {

/// Which way bytes flow: Upstream from client to target, Downstream back.
enum class Direction { Upstream, Downstream };

/// One harm done to one direction of a connection; a value. JSON, as POST /toxics takes it:
/// {"type": …, "stream": "upstream"|"downstream"|"both", "probability": 0…1, …}
///
/// | type | fields | effect |
/// |---|---|---|
/// | latency | latencyMs, jitterMs | every piece comes that much later, order kept |
/// | bandwidth | bytesPerSecond | no faster than that |
/// | slicer | size, delayMs | in pieces of `size`, `delayMs` apart |
/// | timeout | afterBytes, closeAfterMs | after that many bytes nothing is read any more: a black hole; 0 never closes |
/// | reset_peer | afterBytes | after that many bytes both sides get RST |
/// | limit_data | afterBytes | after that many bytes both sides are closed politely |
/// | truncate | afterBytes | what follows is swallowed; the rest of the connection goes on |
/// | bit_flip | offset, bit | one bit of the byte at that offset of the stream is turned |
/// afterBytes counts from the connection's first byte; 0 means "now", on open connections too.
struct Toxic {
    enum class Kind { Latency, Bandwidth, Slicer, Timeout, ResetPeer, LimitData, Truncate, BitFlip };

    Kind kind = Kind::Latency;
    bool isUpstream = true;
    bool isDownstream = false;
    double probability = 1;                  ///< drawn once for each connection
    std::chrono::milliseconds latency{0};
    std::chrono::milliseconds jitter{0};
    std::chrono::milliseconds delay{0};      ///< between slices
    std::chrono::milliseconds closeAfter{0};
    qint64 bytesPerSecond = 0;
    qint64 size = 1;
    qint64 offset = 0;                       ///< afterBytes, or the offset of bit_flip
    int bit = 0;

    bool concerns(Direction direction) const { return direction == Direction::Upstream ? isUpstream : isDownstream; }
    /// True for kinds that end the flow at `offset`.
    bool isStop() const
    {
        return kind == Kind::Timeout || kind == Kind::ResetPeer || kind == Kind::LimitData || kind == Kind::Truncate;
    }

    static Result<Toxic> fromJson(const QJsonObject &json);
    static Result<QList<Toxic>> listFromJson(const QByteArray &text);
};

}  // namespace packmule
