#pragma once

#include "core/http/HttpHeaders.h"
#include "core/stream/StreamRecord.h"

#include <optional>

namespace packmule {

/// What a server of ours says at a stream's end: LiveStream::ending(), read.
struct StreamEnding {
    StreamState how = StreamState::Ended;
    qint64 length = 0;
    QByteArray crc64Nvme;  ///< raw; empty if it does not know
};

/// Null for any other text, and for "open".
std::optional<StreamEnding> streamEnding(const QByteArray &text);

/// Content-Range: which bytes of how many. first is -1 for "bytes */total".
struct ContentRange {
    qint64 first = -1;
    qint64 total = 0;
};
std::optional<ContentRange> contentRange(const HttpHeaders &headers);

}  // namespace packmule
