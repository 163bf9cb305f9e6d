#pragma once

#include "core/stream/StreamService.h"
#include "core/stream/WebSocketConnection.h"

namespace packmule {

/// One appender: its messages' bytes go into the file as they arrive. Ours is told what is stored ("stored 1234", before a
/// power cut too if the policy says so) and ends with Close "finished LENGTH" or "aborted"; without either it keeps its
/// lease. httpfstream's is told nothing. Owned by its ServerConnection. Thread: the server's.
class AppenderLine final : public QObject, public WebSocketUser
{
    Q_OBJECT

public:
    AppenderLine(StreamService &service, const AppendGrant &grant);

    /// @param connection outlives this.
    void begin(WebSocketConnection &connection);
    void sweep(MonotonicTime now);
    qint64 receivedBytes() const { return m_receivedBytes; }

Q_SIGNALS:
    void ended(const QByteArray &how);

private:
    bool isCurrent() const { return m_number == m_stream->appenderNumber() && m_stream->isAppended(); }
    void webSocketBytes(QByteArrayView view) override;
    void webSocketMessageEnded() override {}
    CloseReply webSocketCloseReply(CloseCode code, const QByteArray &reason) override;
    void webSocketEnded(const WebSocketEnd &end) override;
    void acknowledge();
    void refuse(const Error &error);

    StreamService &m_service;
    std::shared_ptr<LiveStream> m_stream;
    const int m_number;
    WebSocketConnection *m_connection = nullptr;
    MonotonicTime m_lastPing;
    qint64 m_receivedBytes = 0;
    bool m_isRefused = false;
    CallHandle m_acknowledgement;
    bool m_isAcknowledging = false;
};

}  // namespace packmule
