#include "core/stream/StreamExchange.h"

#include "core/stream/WebSocketHandshake.h"

#include <QSslSocket>
#include <QTcpSocket>

#include <array>

namespace packmule {

namespace {

using namespace std::chrono_literals;
/// From the first name lookup to the answer's head.
constexpr Milliseconds kHeadTimeout = 20s;
constexpr HttpHeadLimits kAnswerHeadLimits{.head = ByteCount(16 * 1024), .headerCount = 100, .target = ByteCount(16 * 1024)};

Error socketFailure(const QTcpSocket &socket)
{
    const auto made = [&socket](ErrorKind kind) { return Error::make(kind, socket.errorString()); };
    switch (socket.error()) {
    case QAbstractSocket::ConnectionRefusedError: return made(ErrorKind::ConnectionRefused);
    case QAbstractSocket::HostNotFoundError: return made(ErrorKind::NameNotResolved);
    case QAbstractSocket::NetworkError: return made(ErrorKind::NetworkUnreachable);
    case QAbstractSocket::SocketTimeoutError: return made(ErrorKind::Stalled);
    case QAbstractSocket::SslHandshakeFailedError: return made(ErrorKind::TlsUntrusted);
    default: return made(ErrorKind::ConnectionLost);
    }
}

}  // namespace

StreamExchange::StreamExchange(const StreamExchangeContext &context, StreamExchangeUser &user)
    : m_context(context), m_user(&user), m_reader(HttpReader::Side::Responses, kAnswerHeadLimits, callbacks()), m_lastHeard(context.clock.now())
{
}

StreamExchange::~StreamExchange()
{
    silence();
}

HttpReader::Callbacks StreamExchange::callbacks()
{
    return {.onHead =
                [this](HttpHead head) {
                    m_head = std::move(head);
                    m_reader.pause();
                },
            .onBody =
                [this](const QByteArray &piece) {
                    if (m_user != nullptr)
                        m_user->exchangeBody(piece);
                },
            .onMessageEnd = [this] { m_isWhole = m_isAnswered; }};
}

void StreamExchange::start(const StreamAddress &address, Wish wish, const HttpHeaders &fields)
{
    m_address = address;
    m_wish = wish;
    m_fields = fields;
    auto *tls = address.isTls ? new QSslSocket(this) : nullptr;
    m_socket = tls != nullptr ? tls : new QTcpSocket(this);
    m_socket->setReadBufferSize(256 * 1024);
    connect(m_socket, &QTcpSocket::readyRead, this, &StreamExchange::readOn);
    connect(m_socket, &QTcpSocket::errorOccurred, this, &StreamExchange::onSocketError);
    connect(m_socket, &QTcpSocket::disconnected, this, &StreamExchange::onDisconnected);
    m_headTimer = m_context.scheduler.after(kHeadTimeout, [this] { fail(Error::make(ErrorKind::Stalled, QStringLiteral("The server does not answer"))); });
    if (tls != nullptr) {
        tls->setSslConfiguration(m_context.tls);
        connect(tls, &QSslSocket::encrypted, this, &StreamExchange::sendRequest);
        tls->connectToHostEncrypted(QString::fromLatin1(address.host), address.port);
    } else {
        connect(m_socket, &QTcpSocket::connected, this, &StreamExchange::sendRequest);
        m_socket->connectToHost(QString::fromLatin1(address.host), address.port);
    }
}

void StreamExchange::sendRequest()
{
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    if (m_wish == Wish::Upgrade) {
        m_key = newWebSocketKey();
        m_socket->write(upgradeRequest(m_address.target, m_address.hostField(), m_key, m_fields));
        return;
    }
    QByteArray head = "GET " + m_address.target + " HTTP/1.1\r\nHost: " + m_address.hostField() + "\r\nConnection: close\r\n";
    for (const auto &[name, value] : m_fields.fields())
        head += name + ": " + value + "\r\n";
    m_socket->write(head + "\r\n");
}

void StreamExchange::readOn()
{
    if (m_isInside)
        return;
    m_isInside = true;
    std::array<char, 64 * 1024> buffer;
    while (m_user != nullptr && m_isReading && m_connection == nullptr && !m_isWhole && m_socket->isOpen()) {
        const qint64 size = m_socket->read(buffer.data(), static_cast<qint64>(buffer.size()));
        if (size <= 0)
            break;
        m_lastHeard = m_context.clock.now();
        QByteArrayView rest(buffer.data(), size);
        while (m_user != nullptr && !rest.isEmpty() && !m_isWhole) {
            const auto taken = m_reader.feed(rest);
            if (!taken) {
                fail(taken.error());
                break;
            }
            rest = rest.sliced(*taken);
            if (!m_head)
                continue;
            if (m_head->status == 101) {
                upgrade(rest.toByteArray());
                break;
            }
            finishHead();
        }
    }
    if (m_user != nullptr && m_isWhole) {
        StreamExchangeUser *user = m_user;
        silence();
        user->exchangeFinished();
    }
    m_isInside = false;
}

void StreamExchange::finishHead()
{
    const HttpHead head = *std::exchange(m_head, std::nullopt);
    const bool isInterim = head.status < 200;
    if (isInterim)
        return;
    m_headTimer.cancel();
    m_isAnswered = true;
    m_user->exchangeAnswered(head);
    if (m_user != nullptr && (head.contentLength == ByteCount(0) || head.status == 204 || head.status == 304))
        static_cast<void>(m_reader.feed({}));  // lets it tell the end of an empty body
}

void StreamExchange::upgrade(const QByteArray &surplus)
{
    m_headTimer.cancel();
    const HttpHead head = *std::exchange(m_head, std::nullopt);
    if (m_wish != Wish::Upgrade) {
        fail(Error::make(ErrorKind::MalformedAnswer, QStringLiteral("The server switches protocols unasked")));
        return;
    }
    if (const auto judged = judgeUpgradeAnswer(head, m_key); !judged) {
        fail(judged.error());
        return;
    }
    m_socket->disconnect(this);
    m_connection = std::make_unique<WebSocketConnection>(m_socket, FrameCodec::Side::Client, FrameLimits::none(), *m_user, m_context.clock,
                                                         m_context.scheduler);
    m_connection->setReading(m_isReading);
    m_user->exchangeUpgraded(head);
    if (m_user != nullptr)
        m_connection->begin(surplus);
}

void StreamExchange::setReading(bool isReading)
{
    m_isReading = isReading;
    if (m_connection)
        m_connection->setReading(isReading);
    else if (isReading && m_socket != nullptr)
        m_readLater = m_context.scheduler.after(0ms, [this] {
            readOn();
            if (m_user != nullptr && m_connection == nullptr && m_socket->state() == QAbstractSocket::UnconnectedState)
                onDisconnected();
        });
}

MonotonicTime StreamExchange::lastHeard() const
{
    return m_connection ? m_connection->lastHeard() : m_lastHeard;
}

void StreamExchange::onDisconnected()
{
    readOn();
    if (m_user == nullptr || m_connection || (!m_isReading && m_socket->bytesAvailable() > 0))
        return;
    if (m_isAnswered && m_reader.feedEnd()) {
        StreamExchangeUser *user = m_user;
        silence();
        user->exchangeFinished();
        return;
    }
    fail(Error::make(ErrorKind::ConnectionLost, QStringLiteral("The connection was closed before the whole answer had come")));
}

void StreamExchange::onSocketError()
{
    if (m_socket->error() == QAbstractSocket::RemoteHostClosedError)
        return;  // disconnected() follows, behind what can still be read
    readOn();
    fail(socketFailure(*m_socket));
}

void StreamExchange::fail(const Error &error)
{
    StreamExchangeUser *user = m_user;
    silence();
    if (user != nullptr)
        user->exchangeFailed(error);
}

void StreamExchange::silence()
{
    m_user = nullptr;
    m_headTimer.cancel();
    m_readLater.cancel();
    if (m_socket != nullptr)
        m_socket->disconnect(this);
    if (m_connection)
        m_connection->silence();
}

void StreamExchange::retire(std::unique_ptr<StreamExchange> exchange)
{
    if (!exchange)
        return;
    exchange->silence();
    exchange.release()->deleteLater();
}

}  // namespace packmule
