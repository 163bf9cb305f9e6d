#include "core/stream/FollowerLine.h"

#include "core/stream/Utf8Boundary.h"

#include <array>

namespace packmule {

namespace {

/// httpfstream's follower loses the rest of any larger frame (facts/streams.md, 1.5).
constexpr qint64 kOfficialFrame = 32 * 1024;
constexpr qint64 kOurFrame = 64 * 1024;

}  // namespace

FollowerLine::FollowerLine(StreamService &service, std::shared_ptr<LiveStream> stream, qint64 offset, bool isOurs)
    : m_service(service), m_stream(std::move(stream)), m_begin(offset), m_cursor(offset), m_isOurs(isOurs), m_lastPing(service.clock.now()), m_lastSent(m_lastPing)
{
    ++m_service.followers[m_stream.get()];
}

FollowerLine::~FollowerLine()
{
    if (--m_service.followers[m_stream.get()] <= 0)
        m_service.followers.remove(m_stream.get());
}

void FollowerLine::begin(WebSocketConnection &connection)
{
    m_connection = &connection;
    connect(m_stream.get(), &LiveStream::grown, this, &FollowerLine::pump);
    connect(m_stream.get(), &LiveStream::over, this, &FollowerLine::pump);
    pump();
}

void FollowerLine::pump()
{
    std::array<char, kOurFrame> buffer;
    while (m_connection->hasRoom()) {
        const qint64 wanted = std::min(m_stream->length() - m_cursor, m_isOurs ? kOurFrame : kOfficialFrame);
        if (wanted <= 0 && m_stream->isOver())
            m_connection->close(CloseCode::Normal, m_isOurs ? m_stream->ending() : QByteArray());
        if (wanted <= 0)
            return;
        if (m_stream->file().readInto(buffer.data(), m_cursor, wanted).value_or(0) != wanted) {
            m_connection->close(CloseCode::ServerFault, "the stream was truncated");
            return;
        }
        QByteArrayView bytes(buffer.data(), wanted);
        const bool isLast = m_stream->isOver() && m_cursor + wanted == m_stream->length();
        if (!isLast && !m_isOurs)
            bytes.chop(unfinishedCharacterBytes(bytes));
        if (bytes.isEmpty())
            return;  // the rest of the character comes with the next bytes, or the end sends it as it is
        m_connection->sendText(bytes);
        m_cursor += bytes.size();
        m_lastSent = m_service.clock.now();
    }
}

void FollowerLine::sweep(MonotonicTime now)
{
    if (now - std::max(m_connection->lastHeard(), m_lastSent) > m_service.options.silentLimit) {
        m_connection->abort();
        return;
    }
    if (now - m_lastPing < m_service.options.pingEvery)
        return;
    m_lastPing = now;
    m_connection->ping();
}

void FollowerLine::webSocketEnded(const WebSocketEnd &end)
{
    disconnect(m_stream.get(), nullptr, this, nullptr);
    const bool hasAll = m_stream->isOver() && m_cursor == m_stream->length();
    Q_EMIT ended(hasAll ? m_stream->ending() : end.error ? QByteArray("lost") : QByteArray::number(static_cast<int>(end.code)));
}

}  // namespace packmule
