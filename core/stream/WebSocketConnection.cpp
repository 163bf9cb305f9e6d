#include "core/stream/WebSocketConnection.h"

#include <QSslSocket>
#include <QTcpSocket>

#include <array>

namespace packmule {

namespace {

using namespace std::chrono_literals;
constexpr Milliseconds kCloseTimeout = 5s;
constexpr Milliseconds kStalledLimit = 60s;
constexpr qint64 kSocketBuffer = 256 * 1024;
/// More pings and pongs than this in a window are a flood; the appender's pong every 2 s is far below.
constexpr Milliseconds kFloodWindow = 10s;
constexpr int kMostControlFrames = 500;

}  // namespace

WebSocketConnection::WebSocketConnection(QTcpSocket *socket, FrameCodec::Side side, FrameLimits limits, WebSocketUser &user, const Clock &clock,
                                         Scheduler &scheduler)
    : m_socket(socket)
    , m_user(user)
    , m_clock(clock)
    , m_scheduler(scheduler)
    , m_codec(side, limits, callbacks())
    , m_lastHeard(clock.now())
    , m_lastMoved(clock.now())
    , m_floodSince(clock.now())
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(kSocketBuffer);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
}

WebSocketConnection::~WebSocketConnection()
{
    silence();
}

FrameCodec::Callbacks WebSocketConnection::callbacks()
{
    return {.onPayload =
                [this](FrameCodec::Kind, QByteArrayView piece) {
                    if (m_state == State::Open)
                        m_user.webSocketBytes(piece);
                },
            .onMessageEnd =
                [this](FrameCodec::Kind) {
                    if (m_state == State::Open)
                        m_user.webSocketMessageEnded();
                },
            .onPing = [this](const QByteArray &payload) { answerPing(payload); },
            .onPong =
                [this](const QByteArray &) {
                    if (!isFlood() && m_state == State::Open)
                        m_user.webSocketPonged();
                },
            .onClose = [this](CloseCode code, const QByteArray &reason) { onClose(code, reason); }};
}

void WebSocketConnection::begin(const QByteArray &surplus)
{
    m_surplus = surplus;
    connect(m_socket, &QTcpSocket::readyRead, this, &WebSocketConnection::readOn);
    connect(m_socket, &QTcpSocket::disconnected, this, &WebSocketConnection::onDisconnected);
    const auto onWritten = [this] {
        m_lastMoved = m_clock.now();
        if (m_state == State::Open && pendingBytes() < kSendLimit)
            m_user.webSocketHasRoom();
    };
    connect(m_socket, &QTcpSocket::bytesWritten, this, onWritten);
    if (auto *tls = qobject_cast<QSslSocket *>(m_socket))
        connect(tls, &QSslSocket::encryptedBytesWritten, this, onWritten);
    m_begin = m_scheduler.after(0ms, [this] {
        readOn();
        if (m_socket->state() == QAbstractSocket::UnconnectedState)
            onDisconnected();
    });
}

qint64 WebSocketConnection::pendingBytes() const
{
    const auto *tls = qobject_cast<const QSslSocket *>(m_socket);
    return m_socket->bytesToWrite() + (tls == nullptr ? 0 : tls->encryptedBytesToWrite());
}

void WebSocketConnection::readOn()
{
    if (m_isInside)
        return;
    m_isInside = true;
    if (m_state != State::Ended && m_isReading && !m_surplus.isEmpty())
        take(std::exchange(m_surplus, {}));
    std::array<char, 64 * 1024> buffer;
    while (m_state != State::Ended && m_socket->isOpen() && (m_isReading || m_state == State::Closing)) {
        const qint64 size = m_socket->read(buffer.data(), static_cast<qint64>(buffer.size()));
        if (size <= 0)
            break;
        m_lastHeard = m_lastMoved = m_clock.now();
        take(QByteArrayView(buffer.data(), size));
    }
    m_isInside = false;
}

void WebSocketConnection::take(QByteArrayView bytes)
{
    const auto taken = m_codec.feed(bytes);
    if (!taken && m_state == State::Open)
        refuse(taken.error(), m_codec.refusal());
    else if (!taken)
        m_socket->abort();
}

void WebSocketConnection::answerPing(const QByteArray &payload)
{
    // RFC 6455, 5.5.3: only the latest ping needs an answer, so none is queued behind a full buffer.
    if (!isFlood() && hasRoom())
        write(m_codec.pongFrame(payload));
}

bool WebSocketConnection::isFlood()
{
    const MonotonicTime now = m_clock.now();
    if (now - m_floodSince > kFloodWindow) {
        m_floodSince = now;
        m_controlFrames = 0;
    }
    if (++m_controlFrames <= kMostControlFrames)
        return false;
    if (m_state == State::Open)
        refuse(Error::make(ErrorKind::MalformedAnswer, QStringLiteral("The WebSocket peer sends a flood of pings")), CloseCode::Policy);
    return true;
}

void WebSocketConnection::onClose(CloseCode code, const QByteArray &reason)
{
    if (m_state == State::Open) {
        const CloseReply reply = m_user.webSocketCloseReply(code, reason);
        write(m_codec.closeFrame(reply.code, reply.reason));
    }
    if (!m_planned)
        m_planned = WebSocketEnd{.code = code, .reason = reason, .error = {}};
    m_state = State::Closing;
    awaitClose();
    m_socket->disconnectFromHost();  // sends what is pending first
}

void WebSocketConnection::awaitClose()
{
    m_closeTimer = m_scheduler.after(kCloseTimeout, [this] {
        if (pendingBytes() > 0 && m_clock.now() - m_lastMoved < kStalledLimit)
            awaitClose();  // slow, but alive
        else
            m_socket->abort();
    });
}

void WebSocketConnection::refuse(const Error &error, CloseCode code)
{
    m_planned = WebSocketEnd{.code = code, .reason = {}, .error = error};
    closeAtOnce(code);
}

void WebSocketConnection::sendText(QByteArrayView payload)
{
    if (m_state == State::Open)
        write(m_codec.textFrame(payload));
}

void WebSocketConnection::ping()
{
    if (hasRoom())
        write(m_codec.pingFrame());
}

void WebSocketConnection::pong()
{
    if (hasRoom())
        write(m_codec.pongFrame());
}

void WebSocketConnection::close(CloseCode code, const QByteArray &reason)
{
    if (m_state != State::Open)
        return;
    write(m_codec.closeFrame(code, reason));
    m_state = State::Closing;
    m_isReading = true;
    awaitClose();
}

void WebSocketConnection::closeAtOnce(CloseCode code, const QByteArray &reason)
{
    if (m_state != State::Open)
        return;
    if (!m_planned)
        m_planned = WebSocketEnd{.code = code, .reason = reason, .error = {}};
    close(code, reason);
    m_socket->flush();  // the owner may destroy us right after
    m_socket->disconnectFromHost();
}

void WebSocketConnection::abort()
{
    m_socket->abort();
}

void WebSocketConnection::silence()
{
    m_state = State::Ended;
    m_closeTimer.cancel();
    m_begin.cancel();
    m_socket->disconnect(this);
}

void WebSocketConnection::setReading(bool isReading)
{
    m_isReading = isReading;
    if (isReading && m_state == State::Open)
        m_begin = m_scheduler.after(0ms, [this] {
            readOn();
            if (m_socket->state() == QAbstractSocket::UnconnectedState)
                onDisconnected();
        });
}

void WebSocketConnection::onDisconnected()
{
    if (m_state == State::Ended)
        return;
    readOn();  // what came before the end; a Close among it
    if (!m_isReading && m_socket->bytesAvailable() > 0 && m_state == State::Open)
        return;  // told once the user reads on
    WebSocketEnd ending = m_planned.value_or(WebSocketEnd{});
    if (!m_planned) {
        ending.isBrokenByPeer = m_socket->error() == QAbstractSocket::RemoteHostClosedError;
        ending.error = Error::make(ErrorKind::ConnectionLost, QStringLiteral("The connection was lost"));
    }
    end(ending);
}

void WebSocketConnection::write(const QByteArray &frame)
{
    m_socket->write(frame);
}

void WebSocketConnection::end(const WebSocketEnd &ending)
{
    m_state = State::Ended;
    m_closeTimer.cancel();
    m_begin.cancel();
    m_user.webSocketEnded(ending);
}

}  // namespace packmule
