#pragma once

#include "core/base/Scheduler.h"
#include "core/integrity/Digest.h"
#include "core/stream/StreamFile.h"
#include "core/stream/StreamPath.h"
#include "core/stream/StreamRecord.h"

#include <QObject>

namespace packmule {

/// A stream that has an appender, or whose appender may come back (its lease runs). Followers hold it by shared pointer
/// and read from its file at their own pace, also after the end. Only StreamHub makes and changes it. Thread: the hub's.
///
/// | state    | leaves it when                                                                                   |
/// |----------|--------------------------------------------------------------------------------------------------|
/// | appended | the appender finished → over; was lost: with a lease → waiting, without → over                   |
/// | waiting  | the lease was taken up → appended; it ran out → over                                             |
/// | over     | –                                                                                                |
class LiveStream final : public QObject
{
    Q_OBJECT

public:
    LiveStream(StreamPath path, StreamFile file, qint64 length, QByteArray leaseId);

    const StreamPath &path() const { return m_path; }
    const StreamFile &file() const { return m_file; }
    /// Bytes that are there to read.
    qint64 length() const { return m_length; }
    bool isOver() const { return m_state != StreamState::Open; }
    StreamState state() const { return m_state; }
    bool hasLease() const { return !m_leaseId.isEmpty(); }
    const QByteArray &leaseId() const { return m_leaseId; }
    /// Counts the connections that appended one after the other; who holds an older number is no longer the appender.
    int appenderNumber() const { return m_appenderNumber; }
    bool isAppended() const { return m_isAppended; }
    /// Once over; empty if unknown.
    const QByteArray &crc64Nvme() const { return m_crc; }
    /// "finished 1234 9f3c…": how our peers are told the end, in the Close frame's reason and a header.
    QByteArray ending() const;

Q_SIGNALS:
    void grown();
    void over();
    /// Another connection came with the same lease; the one before must go.
    void appenderReplaced();

private:
    friend class StreamHub;

    void count(QByteArrayView bytes);
    StreamRecord finalRecord(StreamState state);

    StreamPath m_path;
    StreamFile m_file;
    qint64 m_length = 0;
    QByteArray m_leaseId;
    StreamState m_state = StreamState::Open;
    bool m_isAppended = false;
    int m_appenderNumber = 0;
    bool m_isUnsynced = false;
    CallHandle m_leaseTimer;

    bool m_isPrefixKnown = false;    ///< m_prefixCrc is that of the first m_prefixLength bytes
    QByteArray m_prefixCrc;
    qint64 m_prefixLength = 0;
    std::unique_ptr<Digest> m_digest;  ///< of everything behind the prefix
    QByteArray m_crc;
};

}  // namespace packmule
