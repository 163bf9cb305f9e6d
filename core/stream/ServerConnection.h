#pragma once

#include "core/stream/AppenderLine.h"
#include "core/stream/FollowerLine.h"
#include "core/stream/StreamRequest.h"

namespace packmule {

/// What of a stream goes out as a plain answer's body: a file's bytes, or a live stream's until its end.
struct PlainBody {
    StreamFile file;
    std::shared_ptr<LiveStream> stream;  ///< set: live, and chunked; `file` is then not used
    qint64 position = 0;
    qint64 end = 0;                      ///< not for a live one
};

/// One client of the server: reads requests one after the other, answers them plainly, or hands its socket over to a
/// FollowerLine or AppenderLine, which it owns then. Deleted by the server after ended(). Thread: the server's.
///
/// | stage     | leaves it when                                                                              |
/// |-----------|---------------------------------------------------------------------------------------------|
/// | Head      | a request's head is there → Answering or Upgraded; it is bad or late → Closing               |
/// | Answering | the answer is handed over → Head, or Closing if that was the last                           |
/// | Upgraded  | the WebSocket ended → Closing                                                               |
/// | Closing   | the socket is gone → ended()                                                                |
class ServerConnection final : public QObject
{
    Q_OBJECT

public:
    ServerConnection(QTcpSocket *socket, StreamService &service, QObject *parent);
    ~ServerConnection() override;

    void sweep(MonotonicTime now);
    /// The server goes away: peers of ours are told to come back.
    void shutDown();
    const QHostAddress &peer() const { return m_peer; }

Q_SIGNALS:
    void ended();

private:
    enum class Stage { Head, Answering, Upgraded, Closing };

    void readOn();
    void answerRequest(StreamRequest request);
    void append();
    void follow();
    void upgradeFollower(const std::shared_ptr<LiveStream> &stream);
    void upgrade(HttpHeaders fields, FrameLimits limits, WebSocketUser &user);
    void answerFile();
    void answerLive(const std::shared_ptr<LiveStream> &stream);
    void answerFolder();
    void answerElsewhere();
    void answerText(int status, const QByteArray &text, const HttpHeaders &fields = {});
    void answer(int status, HttpHeaders fields, const QByteArray &body, PlainBody file = {});
    QByteArray endingOf(const StreamPath &path, qint64 size) const;
    void writeOn();
    bool writePiece();
    void finishAnswer();
    void closeGently();
    void endUpgraded(const QByteArray &how);
    void onDisconnected();
    void report(const QByteArray &how);
    qint64 pendingBytes() const;

    QTcpSocket *m_socket;  ///< the WebSocket's child once it is upgraded
    StreamService &m_service;
    const QHostAddress m_peer;
    HttpReader m_reader;
    Stage m_stage = Stage::Head;
    bool m_isInside = false;
    bool m_readerWaits = false;
    QByteArray m_unread;           ///< came behind the head under way
    std::optional<HttpHead> m_head;
    StreamRequest m_request;
    int m_status = 0;
    qint64 m_bodyBytes = 0;
    bool m_closesAfter = false;
    PlainBody m_body;
    MonotonicTime m_since;         ///< of the request
    MonotonicTime m_lastMoved;
    CallHandle m_headTimer;

    std::unique_ptr<FollowerLine> m_follower;
    std::unique_ptr<AppenderLine> m_appender;
    std::unique_ptr<WebSocketConnection> m_webSocket;
};

}  // namespace packmule
