#pragma once

#include "core/base/ByteCount.h"
#include "core/stream/LiveStream.h"
#include "core/stream/StreamRoot.h"

#include <QHash>

#include <memory>

namespace packmule {

/// When appended bytes are made durable.
enum class FsyncPolicy {
    Never,   ///< they survive a killed server, not a power cut
    Finish,  ///< durable when a finish is confirmed
    Always,  ///< durable before each acknowledgement
};

struct HubOptions {
    FsyncPolicy fsync = FsyncPolicy::Finish;
    Milliseconds leaseTime{30'000};
    std::optional<ByteCount> quota;  ///< of the whole root
};

/// What an appender asks for.
struct AppendClaim {
    bool isOurs = false;   ///< speaks our extension, so it gets a lease
    QByteArray leaseId;    ///< of an earlier connection, empty at first
};

/// What it got.
struct AppendGrant {
    std::shared_ptr<LiveStream> stream;      ///< null if wasFinished
    int appenderNumber = 0;
    std::optional<StreamRecord> wasFinished; ///< its own finish, which it did not hear of, was carried out
};

/// The streams that are being appended to, the rules of who may append, and what of it survives on disk. Every change of
/// a stream goes through here. Owns the live streams together with their followers. Thread: the one that made it.
class StreamHub
{
public:
    StreamHub(StreamRoot &root, HubOptions options, Scheduler &scheduler);
    ~StreamHub();

    /// What an earlier process left: open leases run from now on, appenders without a lease are crashed.
    void restore();
    /// The stream if it has an appender or a lease that runs, else null.
    std::shared_ptr<LiveStream> live(const StreamPath &path) const { return m_live.value(path.text()); }

    /// Errors: Conflict (another appender or its lease), QuotaExceeded, and those of StreamRoot::openToAppend.
    Result<AppendGrant> begin(const StreamPath &path, const AppendClaim &claim);
    /// What was written stays counted beside an error. Errors: DiskFull, QuotaExceeded, LocalIo.
    Result<void> append(LiveStream &stream, QByteArrayView bytes);
    /// To be called before an acknowledgement: makes durable what the policy asks for.
    Result<void> settle(LiveStream &stream);
    /// The appender said that `length` bytes are all. Errors: VerificationFailed if they are not; then nothing changes.
    Result<void> finish(const std::shared_ptr<LiveStream> &stream, qint64 length);
    /// The stream is over and did not finish. @param state Crashed or Ended.
    void end(const std::shared_ptr<LiveStream> &stream, StreamState state);
    /// The connection of an appender that has a lease is gone: it may come back for leaseTime.
    void loseAppender(const std::shared_ptr<LiveStream> &stream);

private:
    Result<AppendGrant> takeUp(const std::shared_ptr<LiveStream> &stream);
    void knowPrefix(LiveStream &stream, const std::optional<StreamRecord> &record) const;
    void conclude(const std::shared_ptr<LiveStream> &stream, StreamState state);

    StreamRoot &m_root;
    const HubOptions m_options;
    Scheduler &m_scheduler;
    qint64 m_storedBytes = 0;  ///< kept only with a quota
    QHash<QByteArray, std::shared_ptr<LiveStream>> m_live;
};

}  // namespace packmule
