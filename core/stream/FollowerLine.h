#pragma once

#include "core/stream/StreamService.h"
#include "core/stream/WebSocketConnection.h"

namespace packmule {

/// One follower: a cursor into the stream's file. Nothing is queued for it but what its connection has room for, so that
/// a slow one costs no memory and delays nobody. Owned by its ServerConnection. Thread: the server's.
class FollowerLine final : public QObject, public WebSocketUser
{
    Q_OBJECT

public:
    FollowerLine(StreamService &service, std::shared_ptr<LiveStream> stream, qint64 offset, bool isOurs);
    ~FollowerLine() override;

    /// @param connection outlives this.
    void begin(WebSocketConnection &connection);
    /// Pings, and drops it if it has been silent for too long.
    void sweep(MonotonicTime now);
    qint64 sentBytes() const { return m_cursor - m_begin; }

Q_SIGNALS:
    void ended(const QByteArray &how);

private:
    void pump();
    void webSocketBytes(QByteArrayView) override {}  // httpfstream ignores what followers say, and so do we
    void webSocketHasRoom() override { pump(); }
    void webSocketEnded(const WebSocketEnd &end) override;

    StreamService &m_service;
    std::shared_ptr<LiveStream> m_stream;
    const qint64 m_begin;
    qint64 m_cursor;
    const bool m_isOurs;
    WebSocketConnection *m_connection = nullptr;
    MonotonicTime m_lastPing;
    MonotonicTime m_lastSent;
};

}  // namespace packmule
