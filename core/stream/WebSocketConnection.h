#pragma once

#include "core/base/Scheduler.h"
#include "core/stream/FrameCodec.h"

#include <QObject>

#include <optional>

class QTcpSocket;

namespace packmule {

/// How a connection ended. `error` is set if it was not by a Close frame of either side.
struct WebSocketEnd {
    CloseCode code = CloseCode::Abnormal;  ///< the peer's, NoStatus if it named none
    QByteArray reason;
    std::optional<Error> error;
    bool isBrokenByPeer = false;           ///< the peer closed TCP in good order (FIN), without a Close frame
};

/// The Close frame that answers one.
struct CloseReply {
    CloseCode code = CloseCode::Normal;
    QByteArray reason;
};

/// What the owner of a WebSocketConnection is told. It must not destroy the connection from within (deleteLater is fine).
class WebSocketUser
{
public:
    /// A piece of a message as it arrived; text or binary, both are bytes. @param view valid during the call.
    virtual void webSocketBytes(QByteArrayView view) = 0;
    virtual void webSocketMessageEnded() {}
    virtual void webSocketPonged() {}
    /// Less than the limit is waiting to be sent again, or bytes have gone out.
    virtual void webSocketHasRoom() {}
    /// The peer closes: what to answer; usually the same.
    virtual CloseReply webSocketCloseReply(CloseCode code, const QByteArray &reason) { return {.code = code, .reason = reason}; }
    /// Once; nothing follows.
    virtual void webSocketEnded(const WebSocketEnd &end) = 0;

protected:
    ~WebSocketUser() = default;
};

/// Frames over a connected socket, after the handshake, in either role: answers pings and Close, bounds what waits to be
/// sent, bounds floods of control frames. Owns the socket. Thread: the socket's; its owner deletes it.
///
/// | state   | leaves it when                                                                              |
/// |---------|---------------------------------------------------------------------------------------------|
/// | Open    | we close, or refuse what came → Closing; a Close came: echoed → Ended; the socket is gone → Ended |
/// | Closing | the socket is gone → Ended; it is closed when the peer's Close came, or nothing moves any more |
/// | Ended   | –                                                                                           |
class WebSocketConnection final : public QObject
{
    Q_OBJECT

public:
    /// Above this nothing should be sent: hasRoom() is false.
    static constexpr qint64 kSendLimit = 256 * 1024;

    WebSocketConnection(QTcpSocket *socket, FrameCodec::Side side, FrameLimits limits, WebSocketUser &user, const Clock &clock, Scheduler &scheduler);
    ~WebSocketConnection() override;

    /// Begins to read. @param surplus what came behind the head; told on the next turn of the event loop.
    void begin(const QByteArray &surplus);

    /// Not yet given to the kernel.
    qint64 pendingBytes() const;
    bool hasRoom() const { return m_state == State::Open && pendingBytes() < kSendLimit; }
    /// One message in one frame. Ignored unless open; the caller asks hasRoom() first.
    void sendText(QByteArrayView payload);
    void ping();
    void pong();
    /// Sends Close and waits for the peer's: 5 s, or as long as the peer still takes what was sent before it.
    void close(CloseCode code, const QByteArray &reason = {});
    /// Sends Close and closes TCP behind it without waiting, as httpfstream's server does.
    void closeAtOnce(CloseCode code, const QByteArray &reason = {});
    /// Tells webSocketEnded from within, if it has not been told.
    void abort();
    /// Tells nothing more; the socket goes with its owner.
    void silence();
    /// Back-pressure: while false nothing is read, and TCP makes the peer wait. What was read already still comes.
    void setReading(bool isReading);
    bool isOpen() const { return m_state == State::Open; }
    /// When the last byte came from the peer.
    MonotonicTime lastHeard() const { return m_lastHeard; }

private:
    enum class State { Open, Closing, Ended };

    FrameCodec::Callbacks callbacks();
    void readOn();
    void take(QByteArrayView bytes);
    void answerPing(const QByteArray &payload);
    bool isFlood();
    void onClose(CloseCode code, const QByteArray &reason);
    void refuse(const Error &error, CloseCode code);
    void onDisconnected();
    void awaitClose();
    void write(const QByteArray &frame);
    void end(const WebSocketEnd &end);

    QTcpSocket *m_socket;
    WebSocketUser &m_user;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    FrameCodec m_codec;
    State m_state = State::Open;
    bool m_isReading = true;
    bool m_isInside = false;     ///< readOn is running: it may not be entered again
    QByteArray m_surplus;
    MonotonicTime m_lastHeard;
    MonotonicTime m_lastMoved;   ///< in either direction
    MonotonicTime m_floodSince;
    int m_controlFrames = 0;     ///< since m_floodSince
    std::optional<WebSocketEnd> m_planned;  ///< what to report once the socket is gone
    CallHandle m_closeTimer;
    CallHandle m_begin;
};

}  // namespace packmule
