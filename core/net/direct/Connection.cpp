#include "core/net/direct/Connection.h"

#include "core/net/direct/SocketErrorMapping.h"

#include <QScopedValueRollback>
#include <QSslSocket>

#include <utility>

namespace packmule {

namespace {

/// One turn of reading: a piece for the reader, small enough for the cache.
constexpr qsizetype kReadBytes = 64 * 1024;
/// What the socket may hold unread. Measured over https: 1.6 CPU-s per GiB with 1 MiB, 0.8 with 64 to 256 KiB, 0.95 with 32.
constexpr qint64 kSocketBufferBytes = 128 * 1024;

}  // namespace

Connection::Connection(ConnectionKey key, QSslConfiguration tls, QByteArray sessionTicket, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_key(std::move(key)), m_tls(std::move(tls)), m_sessionTicket(std::move(sessionTicket)),
      m_scheduler(scheduler),
      m_reader({.onContinue = [this] { onContinue(); },
                .onHead = [this](const HttpHead &head) { onAnswerHead(head); },
                .onBody =
                    [this](const QByteArray &piece) {
                        if (m_user && !m_user->answerBytes(piece))
                            m_isReadingPaused = m_user != nullptr;
                    }})
{
}

Connection::~Connection()
{
    m_user = nullptr;
    if (m_socket)
        m_socket->disconnect(this);
}

std::unique_ptr<QTcpSocket> Connection::newSocket() const
{
    std::unique_ptr<QTcpSocket> socket;
    if (m_key.origin.isEncrypted) {
        auto secure = std::make_unique<QSslSocket>();
        QSslConfiguration tls = m_tls;
        // Our server, our ticket; and nothing but HTTP/1.1 is spoken here.
        tls.setSslOption(QSsl::SslOptionDisableSessionPersistence, false);
        tls.setSessionTicket(m_sessionTicket);
        tls.setAllowedNextProtocols({QSslConfiguration::NextProtocolHttp1_1});
        secure->setSslConfiguration(tls);
        secure->setPeerVerifyName(QString::fromLatin1(m_key.origin.host));
        socket = std::move(secure);
    } else {
        socket = std::make_unique<QTcpSocket>();
    }
    socket->setReadBufferSize(kSocketBufferBytes);
    socket->setProxy(m_key.isTunnelled() ? m_key.proxy : QNetworkProxy(QNetworkProxy::NoProxy));
    return socket;
}

void Connection::open()
{
    const QString host = QString::fromLatin1(m_key.origin.host);
    if (m_key.isTunnelled()) {
        takeSocket(newSocket());
        connect(m_socket.get(), &QAbstractSocket::connected, this, &Connection::onConnected);
        // Queued: some errors are told from inside connectToHost(), when nobody uses this connection yet.
        QMetaObject::invokeMethod(
            this,
            [this, host] {
                if (m_socket)
                    m_socket->connectToHost(host, m_key.origin.port);
            },
            Qt::QueuedConnection);
        return;
    }
    m_race = std::make_unique<AddressRace>(
        m_scheduler, AddressRace::Callbacks{.onMoved =
                                                [this] {
                                                    if (m_user)
                                                        m_user->connectionMoved();
                                                },
                                            .onConnected = [this](qintptr descriptor) { onDescriptor(descriptor); },
                                            .onLost =
                                                [this](QAbstractSocket::SocketError error) {
                                                    breakOff({.code = networkCode(error, m_key.isReadByProxy())});
                                                }});
    if (m_key.isReadByProxy())
        m_race->run(m_key.proxy.hostName(), m_key.proxy.port());
    else
        m_race->run(host, m_key.origin.port);
}

void Connection::onDescriptor(qintptr descriptor)
{
    m_race.reset();
    takeSocket(newSocket());
    m_socket->setSocketDescriptor(descriptor);
    onConnected();
}

void Connection::takeSocket(std::unique_ptr<QTcpSocket> socket)
{
    m_socket = std::move(socket);
    m_secure = qobject_cast<QSslSocket *>(m_socket.get());
    connect(m_socket.get(), &QIODevice::readyRead, this, &Connection::onReadable);
    connect(m_socket.get(), &QAbstractSocket::disconnected, this, &Connection::onLost);
    connect(m_socket.get(), &QAbstractSocket::errorOccurred, this, &Connection::onLost);
    if (!m_secure) {
        connect(m_socket.get(), &QIODevice::bytesWritten, this, &Connection::onWritten);
        return;
    }
    // Not bytesWritten, which comes from inside the encrypting: see startExchange().
    connect(m_secure, &QSslSocket::encryptedBytesWritten, this, &Connection::onWritten);
    connect(m_secure, &QSslSocket::encrypted, this, &Connection::onStanding);
    connect(m_secure, &QSslSocket::newSessionTicketReceived, this,
            [this] { Q_EMIT ticketArrived(m_secure->sslConfiguration().sessionTicket()); });
}

void Connection::onConnected()
{
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_socket->setSocketOption(QAbstractSocket::KeepAliveOption, 1);
    if (m_user)
        m_user->connectionMoved();
    if (m_state != State::Connecting)
        return;
    if (m_secure)
        m_secure->startClientEncryption();
    else
        onStanding();
}

void Connection::onStanding()
{
    m_kernel = AcknowledgedBytes(*m_socket);
    if (m_secure) {
        if (const QByteArray ticket = m_secure->sslConfiguration().sessionTicket(); !ticket.isEmpty())
            Q_EMIT ticketArrived(ticket);
    }
    if (m_user) {
        startExchange();
        return;
    }
    m_state = State::Idle;
    Q_EMIT becameIdle();
}

void Connection::begin(const WireRequest &request, ConnectionUser &user)
{
    Q_ASSERT(!m_user && (m_state == State::Idle || m_state == State::Connecting));
    m_user = &user;
    m_request = request;
    m_body = OutgoingBody(request.body, request.bodyStart, request.bodySize);
    m_isReused = m_state == State::Idle;
    if (m_isReused)
        startExchange();
}

void Connection::startExchange()
{
    m_state = State::Sending;
    m_isHeadOut = m_isCut = m_keepsAlive = m_isReadingPaused = false;
    m_status = 0;
    m_awaitsContinue = m_request.asksBeforeBody && m_body.size() > 0;
    m_continueLimit.cancel();  // of an earlier exchange
    m_reader.expectAnswer(m_request.isForHead);
    if (m_body.device()) {
        // A throttled body says so when it has bytes again.
        m_bodyReady = connect(m_body.device(), &QIODevice::readyRead, this, &Connection::send);
    }
    m_user->requestBegan();
    if (m_secure)
        sendLater();  // we may be inside its encrypting, and flushing there frees what it is using if the peer has just gone
    else
        send();
}

void Connection::leave()
{
    if (!std::exchange(m_user, nullptr))
        return;
    m_reader.stop();
    close();
}

void Connection::close()
{
    if (std::exchange(m_state, State::Closed) == State::Closed)
        return;
    m_race.reset();
    m_continueLimit.cancel();
    disconnect(m_bodyReady);
    if (m_socket) {
        m_socket->disconnect(this);
        m_socket->abort();
        m_socket.release()->deleteLater();  // its signal may be on the stack
    }
    m_secure = nullptr;
    m_kernel = {};
    Q_EMIT closed();
}

void Connection::resumeReading()
{
    if (!std::exchange(m_isReadingPaused, false))
        return;
    // Later: the one who took bytes is not to be told of new ones from inside.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_isLost)
                onLost();
            else if (m_user)  // the exchange may have ended meanwhile, and what comes while idle is unasked
                onReadable();
        },
        Qt::QueuedConnection);
}

void Connection::onReadable()
{
    read();
    if (m_isAtEnd)
        conclude();
}

void Connection::onLost()
{
    if (m_state == State::Closed)
        return;
    m_isLost = true;
    read();  // what came before the end is still there
    if (!m_isReadingPaused)
        conclude();
}

void Connection::read()
{
    if (m_isReading || !m_socket || m_state == State::Connecting)
        return;
    if (m_state == State::Idle) {
        m_isAtEnd = true;  // the end, or bytes nobody asked for
        return;
    }
    const QScopedValueRollback reading(m_isReading, true);
    m_readBuffer.resize(kReadBytes);
    while (m_user && !m_isReadingPaused && !m_reader.hasEnded()) {
        const qint64 count = m_socket->read(m_readBuffer.data(), kReadBytes);
        if (count < 0) {
            m_isAtEnd = true;
            return;
        }
        if (count == 0)
            return;
        m_user->connectionMoved();
        feed(QByteArrayView(m_readBuffer).first(count));
        if (m_state == State::Closed || m_state == State::Idle)
            return;
    }
}

void Connection::feed(QByteArrayView bytes)
{
    const auto taken = m_reader.feed(bytes);
    if (m_state == State::Closed || !m_user)
        return;
    if (!taken) {
        breakOff({.cause = ConnectionBreak::Cause::Malformed, .reason = taken.error().detail});
        return;
    }
    if (!m_reader.hasEnded())
        return;
    if (*taken < bytes.size())
        m_closesAfterExchange = true;  // bytes that answer nothing
    finishExchange();
}

void Connection::onAnswerHead(const HttpHead &head)
{
    m_status = head.status;
    m_keepsAlive = head.keepsAlive;
    m_awaitsContinue = false;
    if (m_state == State::Sending && head.status >= 300) {
        m_isCut = true;
        m_state = State::Receiving;
    }
    if (m_user)
        m_user->answerBegan(head);
}

void Connection::onContinue()
{
    if (std::exchange(m_awaitsContinue, false))
        sendLater();
}

void Connection::finishExchange()
{
    if (m_state == State::Sending) {
        breakOff({.cause = ConnectionBreak::Cause::Malformed,
                  .reason = QStringLiteral("it calls a request done whose body had not gone out")});
        return;
    }
    ConnectionUser *user = std::exchange(m_user, nullptr);
    disconnect(m_bodyReady);
    const bool isKept = m_keepsAlive && !m_isCut && !m_closesAfterExchange && !m_isLost && !m_isAtEnd && unsent() == 0;
    if (isKept) {
        m_state = State::Idle;
        m_request = {};
        Q_EMIT becameIdle();
    } else {
        close();
    }
    user->answerEnded();
}

/// The peer's end was reached.
void Connection::conclude()
{
    if (m_state == State::Closed)
        return;
    if (!m_user) {
        close();
        return;
    }
    const bool isInExchange = m_state == State::Sending || m_state == State::Receiving;
    if (isInExchange && m_reader.feedEnd() && m_reader.hasEnded()) {
        finishExchange();
        return;
    }
    breakOff(networkBreak());
}

ConnectionBreak Connection::networkBreak() const
{
    ConnectionBreak why;
    why.code = QNetworkReply::RemoteHostClosedError;
    if (m_socket && m_socket->error() != QAbstractSocket::UnknownSocketError)
        why.code = networkCode(m_socket->error(), m_key.isReadByProxy() && m_state == State::Connecting);
    why.qtText = m_socket ? m_socket->errorString() : QString();
    if (m_secure)
        why.tlsErrors = m_secure->sslHandshakeErrors();
    why.isStale = m_isReused && m_state != State::Connecting && !m_reader.hasBegun();
    return why;
}

void Connection::breakOff(ConnectionBreak why)
{
    ConnectionUser *user = std::exchange(m_user, nullptr);
    m_reader.stop();
    close();
    if (user)
        user->connectionBroken(why);
}

}  // namespace packmule
