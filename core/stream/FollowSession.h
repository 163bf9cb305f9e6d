#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/stream/StreamRecord.h"

#include <QObject>

namespace packmule {

/// How a followed stream came to its end.
struct FollowEnding {
    StreamState how = StreamState::Ended;  ///< Finished, Crashed or Ended
    qint64 length = 0;
    bool isLengthChecked = false;
    bool isContentChecked = false;         ///< by checksum
};

/// Following one stream or feed, whatever is behind it. Bytes arrive in order, none twice; what is missing is told by gap().
/// After ended() or failed() nothing follows. Thread: the one that made it, where its socket lives.
class FollowSession : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    virtual void start() = 0;
    /// Back-pressure: while paused nothing is read. What is on its way still comes.
    virtual void setPaused(bool isPaused) = 0;
    /// The stream's offset behind the last byte that was delivered.
    virtual qint64 position() const = 0;

Q_SIGNALS:
    void connected(qint64 offset);
    /// @param offset of the first byte.
    void bytesArrived(const QByteArray &bytes, qint64 offset);
    /// Bytes that can no longer be had.
    void gap(qint64 offset, qint64 bytes);
    /// There is no such stream yet; it is asked for again.
    void absent();
    void reconnecting(packmule::Milliseconds wait, const packmule::Error &why);
    void ended(const packmule::FollowEnding &ending);
    void failed(const packmule::Error &error);
};

}  // namespace packmule
