#pragma once

#include <QByteArray>

#include <optional>

namespace packmule {

/// How a stream stands, as it is kept on disk.
enum class StreamState {
    Open,      ///< has an appender, or a lease that one may take up again
    Finished,  ///< our appender said that this is all
    Crashed,   ///< the appender was lost
    Ended,     ///< over, but the protocol cannot tell which of the two (an httpfstream appender)
};

/// What is remembered of a stream beside its bytes.
struct StreamRecord {
    QByteArray path;            ///< StreamPath::text()
    StreamState state = StreamState::Ended;
    qint64 length = 0;          ///< not while Open: then the file's own size counts
    QByteArray leaseId;         ///< of our appender, the last one if it is over; empty for an httpfstream appender
    QByteArray crc64Nvme;       ///< of all `length` bytes, raw; empty if unknown
};

QByteArray streamStateName(StreamState state);  ///< "finished"
std::optional<StreamState> streamStateFromName(const QByteArray &name);

QByteArray recordJson(const StreamRecord &record);
/// Null for what we did not write.
std::optional<StreamRecord> recordFromJson(const QByteArray &json);

}  // namespace packmule
