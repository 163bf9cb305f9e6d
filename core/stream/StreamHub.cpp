#include "core/stream/StreamHub.h"

#include "core/base/CrashPoint.h"
#include "core/stream/StreamPath.h"

namespace packmule {

namespace {

constexpr int kLeaseBytes = 16;

}  // namespace

StreamHub::StreamHub(StreamRoot &root, HubOptions options, Scheduler &scheduler) : m_root(root), m_options(options), m_scheduler(scheduler)
{
    if (m_options.quota)
        m_storedBytes = m_root.storedBytes();
}

StreamHub::~StreamHub() = default;

void StreamHub::restore()
{
    for (const StreamRecord &record : m_root.openRecords()) {
        StreamPath path;
        path.names = record.path.sliced(1).split('/');
        auto file = m_root.place(path) == StreamRoot::Place::Stream ? m_root.openToAppend(path, false) : Result<StreamFile>(failure(ErrorKind::NoSuchKey, {}));
        const auto length = file ? file->size() : Result<qint64>(std::unexpected(file.error()));
        if (!length) {
            m_root.removeRecord(path);
            continue;
        }
        const auto stream = std::make_shared<LiveStream>(path, std::move(*file), *length, record.leaseId);
        if (stream->hasLease()) {
            m_live.insert(record.path, stream);
            loseAppender(stream);
        } else {
            conclude(stream, StreamState::Crashed);  // it was our end that broke the connection, whatever it wanted to send
        }
    }
}

Result<AppendGrant> StreamHub::begin(const StreamPath &path, const AppendClaim &claim)
{
    const QByteArray text = path.text();
    const auto there = m_live.value(text);
    const bool isItsOwn = claim.isOurs && !claim.leaseId.isEmpty();
    if (there && isItsOwn && there->leaseId() == claim.leaseId)
        return takeUp(there);
    if (there)
        return failure(ErrorKind::Conflict, QStringLiteral("path already has an active writer"));
    const auto record = m_root.record(path);
    if (isItsOwn && record && record->leaseId == claim.leaseId && record->state == StreamState::Finished)
        return AppendGrant{.stream = {}, .appenderNumber = 0, .wasFinished = record};
    if (m_options.quota && m_storedBytes >= m_options.quota->value())
        return failure(ErrorKind::QuotaExceeded, QStringLiteral("the quota is used up"));

    const bool isDurable = m_options.fsync != FsyncPolicy::Never;
    auto file = m_root.openToAppend(path, isDurable);
    if (!file)
        return std::unexpected(file.error());
    const auto length = file->size();
    if (!length)
        return std::unexpected(length.error());
    // Whose lease ran out keeps its id if nobody appended since: then it can go on from the offset. Else a new id tells it.
    const bool goesOn = isItsOwn && record && record->leaseId == claim.leaseId;
    const QByteArray leaseId = !claim.isOurs ? QByteArray() : goesOn ? claim.leaseId : randomBytes(kLeaseBytes).toHex();
    const auto stream = std::make_shared<LiveStream>(path, std::move(*file), *length, leaseId);
    knowPrefix(*stream, record);
    const StreamRecord open{.path = text, .state = StreamState::Open, .length = *length, .leaseId = leaseId, .crc64Nvme = {}};
    if (const auto written = m_root.writeRecord(open, isDurable); !written)
        return std::unexpected(written.error());
    m_live.insert(text, stream);
    return takeUp(stream);
}

Result<AppendGrant> StreamHub::takeUp(const std::shared_ptr<LiveStream> &stream)
{
    if (stream->m_isAppended)
        Q_EMIT stream->appenderReplaced();
    stream->m_leaseTimer.cancel();
    stream->m_isAppended = true;
    return AppendGrant{.stream = stream, .appenderNumber = ++stream->m_appenderNumber, .wasFinished = {}};
}

/// So that the checksum of the whole is known at the end without reading what was there before.
void StreamHub::knowPrefix(LiveStream &stream, const std::optional<StreamRecord> &record) const
{
    if (stream.m_length == 0 || !record || record->length != stream.m_length || record->crc64Nvme.isEmpty())
        return;
    stream.m_isPrefixKnown = true;
    stream.m_prefixCrc = record->crc64Nvme;
}

Result<void> StreamHub::append(LiveStream &stream, QByteArrayView bytes)
{
    if (m_options.quota && m_storedBytes + bytes.size() > m_options.quota->value())
        return failure(ErrorKind::QuotaExceeded, QStringLiteral("the quota is used up"));
    while (!bytes.isEmpty()) {
        const auto written = stream.m_file.append(bytes);
        if (!written)
            return std::unexpected(written.error());
        stream.count(bytes.first(*written));
        m_storedBytes += *written;
        bytes = bytes.sliced(*written);
        PACKMULE_CRASH_POINT("stream-appended");
    }
    Q_EMIT stream.grown();
    return {};
}

Result<void> StreamHub::settle(LiveStream &stream)
{
    if (m_options.fsync != FsyncPolicy::Always || !std::exchange(stream.m_isUnsynced, false))
        return {};
    return stream.m_file.sync();
}

Result<void> StreamHub::finish(const std::shared_ptr<LiveStream> &stream, qint64 length)
{
    if (length != stream->m_length)
        return failure(ErrorKind::VerificationFailed, QStringLiteral("%1 bytes are stored, not %2").arg(QString::number(stream->m_length), QString::number(length)));
    if (m_options.fsync != FsyncPolicy::Never) {
        if (const auto synced = stream->m_file.sync(); !synced)
            return synced;
    }
    conclude(stream, StreamState::Finished);
    return {};
}

void StreamHub::end(const std::shared_ptr<LiveStream> &stream, StreamState state)
{
    if (!stream->isOver())
        conclude(stream, state);
}

void StreamHub::loseAppender(const std::shared_ptr<LiveStream> &stream)
{
    if (stream->isOver())
        return;
    stream->m_isAppended = false;
    const std::weak_ptr<LiveStream> waiting = stream;
    stream->m_leaseTimer = m_scheduler.after(m_options.leaseTime, [this, waiting] {
        if (const auto still = waiting.lock(); still && !still->m_isAppended)
            end(still, StreamState::Crashed);
    });
}

void StreamHub::conclude(const std::shared_ptr<LiveStream> &stream, StreamState state)
{
    const StreamRecord record = stream->finalRecord(state);
    // A record that cannot be written stays "open", and the next start calls the stream crashed: never better than it is.
    static_cast<void>(m_root.writeRecord(record, m_options.fsync != FsyncPolicy::Never));
    m_live.remove(record.path);
    Q_EMIT stream->over();
}

}  // namespace packmule
