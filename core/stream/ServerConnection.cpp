#include "core/stream/ServerConnection.h"

#include "core/stream/WebSocketHandshake.h"

#include <QSslSocket>
#include <QTcpSocket>

#include <array>

namespace packmule {

namespace {

constexpr HttpHeadLimits kRequestHeadLimits{.head = ByteCount(16 * 1024), .headerCount = 100, .target = ByteCount(12 * 1024)};
/// What followers may say; it is ignored.
constexpr FrameLimits kFollowerLimits{.frame = ByteCount(64 * 1024), .message = ByteCount(64 * 1024)};
constexpr qint64 kReadBuffer = 64 * 1024;

}  // namespace

ServerConnection::ServerConnection(QTcpSocket *socket, StreamService &service, QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_service(service)
    , m_peer(socket->peerAddress())
    , m_reader(HttpReader::Side::Requests, kRequestHeadLimits,
               {.onHead =
                    [this](HttpHead head) {
                        m_head = std::move(head);
                        m_reader.pause();
                    },
                .onBody = {},
                .onMessageEnd = {}})
    , m_since(service.clock.now())
    , m_lastMoved(service.clock.now())
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(kReadBuffer);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_socket, &QTcpSocket::readyRead, this, &ServerConnection::readOn);
    connect(m_socket, &QTcpSocket::disconnected, this, &ServerConnection::onDisconnected);
    const auto onWritten = [this] {
        m_lastMoved = m_service.clock.now();
        writeOn();
    };
    connect(m_socket, &QTcpSocket::bytesWritten, this, onWritten);
    if (const auto *tls = qobject_cast<QSslSocket *>(m_socket))
        connect(tls, &QSslSocket::encryptedBytesWritten, this, onWritten);
    // From the first byte to the last of the head: a slow handshake ends here however it trickles.
    m_headTimer = service.scheduler.after(service.options.headTimeout, [this] { m_socket->abort(); });
    QMetaObject::invokeMethod(this, &ServerConnection::readOn, Qt::QueuedConnection);  // what came before we listened
}

ServerConnection::~ServerConnection()
{
    m_socket->disconnect(this);
    m_webSocket.reset();  // before the lines that it speaks to
}

void ServerConnection::readOn()
{
    if (m_isInside)
        return;
    m_isInside = true;
    std::array<char, kReadBuffer> buffer;
    while (m_stage == Stage::Head && m_socket->isOpen()) {
        if (m_unread.isEmpty() && !std::exchange(m_readerWaits, false)) {
            const qint64 size = m_socket->read(buffer.data(), static_cast<qint64>(buffer.size()));
            if (size <= 0)
                break;
            m_lastMoved = m_service.clock.now();
            m_unread = QByteArray(buffer.data(), size);
        }
        const auto taken = m_reader.feed(m_unread);
        if (!taken) {
            m_closesAfter = true;
            m_request = {};
            answerText(400, "bad request");
            break;
        }
        m_unread.remove(0, *taken);
        if (m_head)
            answerRequest(streamRequest(*std::exchange(m_head, std::nullopt), m_service.options.prefix));
    }
    m_isInside = false;
}

void ServerConnection::answerRequest(StreamRequest request)
{
    m_headTimer.cancel();
    m_since = m_service.clock.now();
    m_request = std::move(request);
    m_readerWaits = true;
    const HttpHead &head = m_request.head;
    const bool hasBody = head.isChunked || head.contentLength.value_or(ByteCount(0)) > ByteCount(0);
    m_closesAfter = !head.keepsAlive || hasBody;
    const bool isAppend = m_request.verb == StreamRequest::Verb::Append;
    if (head.target == "/health" && !isAppend && head.method == "GET") {
        HttpHeaders fields;
        fields.append("Content-Type", "application/json");
        answer(200, fields, "{\"status\":\"ok\",\"connections\":" + QByteArray::number(m_service.connectionCount) + "}\n");
        return;
    }
    if (!m_request.isBelowPrefix) {
        answerElsewhere();
        return;
    }
    if (head.method != "GET" && (head.method != "HEAD" || isAppend)) {
        HttpHeaders fields;
        fields.append("Allow", "GET, HEAD");
        answerText(405, "method not supported", fields);
        return;
    }
    if (m_request.path.kind == JudgedPath::Kind::Refused) {
        answerText(400, "bad path");
        return;
    }
    if (const auto refused = gateRefusal(m_service.options.gate, m_request, m_peer, m_service.clock.wallNow())) {
        HttpHeaders fields;
        if (m_request.isOurs)
            fields.append(StreamFields::kStream, "1");
        if (refused->status == 401)
            fields.append("WWW-Authenticate", "Bearer");
        answerText(refused->status, refused->text, fields);
        return;
    }
    if (m_request.path.kind == JudgedPath::Kind::Unclean) {
        const QByteArray prefix = m_service.options.prefix == "/" ? QByteArray() : m_service.options.prefix;
        HttpHeaders fields;
        fields.append("Location", prefix + m_request.path.path.encoded() + (m_request.query.isEmpty() ? QByteArray() : QByteArray('?' + m_request.query)));
        answerText(301, "Moved Permanently", fields);
        return;
    }
    isAppend ? append() : follow();
}

void ServerConnection::append()
{
    if (!m_request.webSocketKey) {
        HttpHeaders fields;
        fields.append("Upgrade", "websocket");
        answerText(426, "appending needs a WebSocket", fields);
        return;
    }
    const StreamPath &path = m_request.path.path;
    if (path.names.isEmpty() || path.isFolder || m_request.head.target.startsWith("/health?")) {
        answerText(500, "failed to open destination file for writing");
        return;
    }
    const auto grant = m_service.hub.begin(path, {.isOurs = m_request.isOurs, .leaseId = m_request.leaseId});
    if (!grant && grant.error().kind == ErrorKind::Conflict) {
        HttpHeaders fields;
        if (m_request.isOurs) {
            fields.append(StreamFields::kStream, "1");
            fields.append(StreamFields::kEnd, "open");  // tells it from a 403 of the gate
        }
        answerText(403, "addWriter: path already has an active writer", fields);
        return;
    }
    if (!grant) {
        const bool isFull = grant.error().kind == ErrorKind::QuotaExceeded || grant.error().kind == ErrorKind::DiskFull;
        answerText(isFull ? 507 : 500, isFull ? "no room for more" : "failed to open destination file for writing");
        return;
    }
    HttpHeaders fields;
    fields.append(StreamFields::kStream, "1");
    if (grant->wasFinished) {
        fields.append(StreamFields::kEnd, "finished " + QByteArray::number(grant->wasFinished->length));
        answerText(410, "this stream was finished", fields);
        return;
    }
    fields.append(StreamFields::kLease, grant->stream->leaseId());
    fields.append(StreamFields::kOffset, QByteArray::number(grant->stream->length()));
    m_appender = std::make_unique<AppenderLine>(m_service, *grant);
    connect(m_appender.get(), &AppenderLine::ended, this, &ServerConnection::endUpgraded);
    upgrade(fields, m_service.options.appenderLimits, *m_appender);
    m_appender->begin(*m_webSocket);
}

void ServerConnection::follow()
{
    const StreamPath &path = m_request.path.path;
    const auto live = path.isFolder ? nullptr : m_service.hub.live(path);
    const bool isPlain = m_request.head.method == "GET" && !m_request.webSocketKey;
    if (live && m_request.webSocketKey)
        upgradeFollower(live);
    else if (live && isPlain && m_request.wantsLive)
        answerLive(live);
    else if (m_service.root.place(path) == StreamRoot::Place::Folder)
        answerFolder();
    else
        answerFile();
}

void ServerConnection::upgradeFollower(const std::shared_ptr<LiveStream> &stream)
{
    const qint64 offset = m_request.offset.value_or(0);
    HttpHeaders fields;
    if (offset > stream->length()) {
        fields.append("Content-Range", "bytes */" + QByteArray::number(stream->length()));
        fields.append(StreamFields::kStream, "1");
        answerText(416, "the stream is shorter", fields);
        return;
    }
    if (m_service.followers.value(stream.get()) >= m_service.options.mostFollowers) {
        fields.append("Retry-After", "10");
        answerText(503, "too many followers", fields);
        return;
    }
    fields.append(StreamFields::kStream, "1");
    fields.append(StreamFields::kOffset, QByteArray::number(offset));
    m_follower = std::make_unique<FollowerLine>(m_service, stream, offset, m_request.isOurs);
    connect(m_follower.get(), &FollowerLine::ended, this, &ServerConnection::endUpgraded);
    upgrade(fields, kFollowerLimits, *m_follower);
    m_follower->begin(*m_webSocket);
}

/// @param fields go to peers of ours only: httpfstream's get the three that they know.
void ServerConnection::upgrade(HttpHeaders fields, FrameLimits limits, WebSocketUser &user)
{
    m_stage = Stage::Upgraded;
    m_status = 101;
    m_socket->disconnect(this);
    m_socket->write(upgradeAnswer(*m_request.webSocketKey, m_request.isOurs ? std::move(fields) : HttpHeaders()));
    m_webSocket = std::make_unique<WebSocketConnection>(m_socket, FrameCodec::Side::Server, limits, user, m_service.clock, m_service.scheduler);
    m_webSocket->begin(std::exchange(m_unread, {}));
}

void ServerConnection::endUpgraded(const QByteArray &how)
{
    m_bodyBytes = m_follower ? m_follower->sentBytes() : m_appender->receivedBytes();
    m_stage = Stage::Closing;
    report(how);
    Q_EMIT ended();
}

void ServerConnection::sweep(MonotonicTime now)
{
    if (m_stage == Stage::Upgraded && m_follower)
        m_follower->sweep(now);
    else if (m_stage == Stage::Upgraded)
        m_appender->sweep(now);
    else if (now - m_lastMoved > m_service.options.idleTimeout && !(m_body.stream && pendingBytes() == 0))
        m_socket->abort();  // a live plain answer may be silent, as long as everything was taken
}

void ServerConnection::shutDown()
{
    if (m_stage == Stage::Upgraded)
        m_webSocket->closeAtOnce(CloseCode::ServiceRestart);
}

}  // namespace packmule
